"""Questions that go to another bank, or are copied there: what it would do, then doing it.

A question that is moved keeps its id, so its history and its figures go with it. A copy is another
question with an id of its own. Nothing is written before the lessons were named that ask it.
"""

from __future__ import annotations

import hashlib
import posixpath
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final

from weike.lessons.questions.library import BankFile, Entry, Library, Use
from weike.lessons.questions.rewriting import Rewritten, added, can_hold, taken_out
from weike.lessons.questions.saving import Desk
from weike.lessons.sources import Changed, SourceError, read_source, save_source, source_path
from weike.quizzes.bank import Bank
from weike.quizzes.errors import WeikeError, why
from weike.quizzes.i18n import _
from weike.quizzes.pictures import map_pictures
from weike.quizzes.question import Question, content_hash
from weike.results.authoring.moves import record_moves
from weike.results.authoring.revisions import keep_revision

MOST: Final = 500  # questions at a time


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which questions go where: (path, id) each; `new` is a bank that is not there yet."""

    items: tuple[tuple[str, str], ...]
    target: str
    new: bool = False
    copy: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """A file as it was seen and as it would be; `after` is None for one that goes away."""

    path: str
    before: bytes | None
    after: bytes | None
    bank: Bank | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """What it would do. `fewer` and `more` are lessons that would ask other questions afterwards.

    `seen` changes with every file concerned: what was agreed to is what is done.
    """

    wanted: Wanted
    goes: tuple[tuple[Entry, Question], ...]
    stays: tuple[tuple[Entry, str], ...]
    losses: tuple[str, ...]
    fewer: Mapping[Use, int]
    more: tuple[Use, ...]
    writes: tuple[Write, ...]
    seen: str


def plan(desk: Desk, wanted: Wanted) -> Move:
    """What would happen. Raises `WeikeError` where a lesson could not be taken any more."""
    library = desk.shelves.library()
    entries = list(dict.fromkeys(_entry(library, *one) for one in wanted.items))
    if not entries:
        raise WeikeError(_("choose one question at least"))
    if len(entries) > MOST:
        raise WeikeError(_("at most {n} questions at a time").format(n=MOST))
    target = _target(desk, library, wanted)
    goes, stays, losses = [], [], list[str]()
    taken = {one.id for one in target.bank or ()}
    asked = {_content_of(one) for one in target.bank or ()}
    course_wide = {one.question.id for one in library.entries}
    for entry in entries:
        why = _why_not(entry, target, taken, copy=wanted.copy)
        if not why:
            made = _for_target(entry, target, course_wide if wanted.copy else None)
            why, lost = can_hold(made, target.format)
            if _content_of(made) in asked:
                why = _("this bank asks the same already")
        if why:
            stays.append((entry, why))
            continue
        goes.append((entry, made))
        losses += lost
        taken.add(made.id)
        asked.add(_content_of(made))
        course_wide.add(made.id)
    writes, fewer = [], dict[Use, int]()
    if goes:
        writes.append(_into(desk, target, [made for _entry, made in goes], losses))
        if not wanted.copy:
            writes += _out_of(desk, library, [entry for entry, _made in goes], fewer, losses)
    return Move(
        wanted=wanted,
        goes=tuple(goes),
        stays=tuple(stays),
        losses=tuple(dict.fromkeys(losses)),
        fewer=fewer,
        more=tuple(use for use in target.uses if goes),
        writes=tuple(writes),
        seen=_seen(writes),
    )


def carry_out(desk: Desk, move: Move) -> None:
    """Write the files, the target first: a question is never in no file at all."""
    where = move.wanted.target.removeprefix("quizzes/")
    words = (
        _("{n} questions copied to {bank}") if move.wanted.copy else _("{n} questions to {bank}")
    )
    note = words.format(n=len(move.goes), bank=where)
    done: list[Write] = []
    try:
        for one in move.writes:
            _write(desk, one, note)
            done.append(one)
    except WeikeError:
        for one in reversed(done):
            with suppress(WeikeError):  # the first error is the one to tell
                _write(desk, replace(one, before=one.after, after=one.before, bank=None), "")
        raise
    if not move.wanted.copy:
        for path in dict.fromkeys(entry.path for entry, _made in move.goes):
            items = [made.id for entry, made in move.goes if entry.path == path]
            record_moves(desk.store, items, path, move.wanted.target, by=desk.by, now=desk.now)


def _entry(library: Library, path: str, item: str) -> Entry:
    found = library.find(path, item)
    if found is None:
        raise WeikeError(
            _("{item} is no longer in {bank}; choose again").format(
                item=item, bank=path.removeprefix("quizzes/")
            )
        )
    return found


def _target(desk: Desk, library: Library, wanted: Wanted) -> BankFile:
    found = library.bank(wanted.target)
    if wanted.new:
        if found is not None or source_path(desk.course, wanted.target).exists():
            raise WeikeError(
                _("there is a bank {name} already").format(
                    name=wanted.target.removeprefix("quizzes/")
                )
            )
        return BankFile(path=wanted.target, format="markdown", hash="", bank=Bank())
    if found is None or found.bank is None:
        raise WeikeError(_("there is no bank {name}").format(name=wanted.target))
    return found


def _why_not(entry: Entry, target: BankFile, taken: set[str], *, copy: bool) -> str:
    if copy:
        return ""
    if entry.lesson is not None:
        return _("it is written in the lesson {title}; it can only be copied").format(
            title=entry.lesson.title
        )
    if entry.path == target.path:
        return _("it is in this bank already")
    if entry.question.id in taken:
        return _("this bank has a question with the id {id}").format(id=entry.question.id)
    return ""


def _for_target(entry: Entry, target: BankFile, course_wide: set[str] | None) -> Question:
    """The question as it stands there: its pictures found, its topic kept, a copy's id its own."""
    question = readdressed(entry.question, entry.path, target.path)
    topic = target.bank.topic if target.bank else None
    if entry.topic and not question.topic and entry.topic != topic:
        question = replace(question, topic=entry.topic)
    if course_wide is None:
        return question
    own = content_hash({**question.to_json(), "id": target.path})[:10]
    names = (f"q-{own}", *(f"q-{own}-{n}" for n in range(2, MOST * 2)))
    return replace(question, id=next(name for name in names if name not in course_wide))


def readdressed(question: Question, path: str, target: str) -> Question:
    """With the addresses of its pictures as they are from another file of the course."""
    here, there = posixpath.dirname(path), posixpath.dirname(target)
    if here == there:
        return question

    def resolve(address: str) -> str:
        if ":" in address or address.startswith(("/", "#")):
            return address
        return posixpath.relpath(posixpath.join(here, address), there)

    return question.map_texts(lambda text: map_pictures(text, resolve))


def _content_of(question: Question) -> str:
    return content_hash({**question.to_json(), "id": ""})


def _into(desk: Desk, target: BankFile, questions: Sequence[Question], losses: list[str]) -> Write:
    if target.hash:
        content = _content(desk, target)
        made = added(target.path, content, target.bank or Bank(), target.format, questions)
    else:
        made = added(target.path, b"", Bank(), target.format, questions)
    losses += _named(target, made)
    before = content if target.hash else None
    return Write(path=target.path, before=before, after=made.content, bank=made.bank)


def _out_of(
    desk: Desk,
    library: Library,
    entries: Sequence[Entry],
    fewer: dict[Use, int],
    losses: list[str],
) -> Iterable[Write]:
    by_path: dict[str, list[str]] = {}
    for entry in entries:
        by_path.setdefault(entry.path, []).append(entry.question.id)
    for path, items in by_path.items():
        file = library.bank(path)
        assert file is not None, "its questions were found in it"
        assert file.bank is not None, "it was read"
        left = len(file.bank) - len(items)
        for use in file.uses:
            check_draw(use, left, file)
            fewer[use] = fewer.get(use, 0) + len(items)
        content = _content(desk, file)
        if not left:
            yield Write(path=path, before=content, after=None)
            continue
        made = taken_out(path, content, file.bank, file.format, items)
        losses += _named(file, made)
        yield Write(path=path, before=content, after=made.content, bank=made.bank)


def check_draw(use: Use, left: int, file: BankFile) -> None:
    """Raise `WeikeError` where a lesson could not be taken with as many questions as are left."""
    if left >= max(1, use.draw or 1):
        return
    raise WeikeError(
        _("the lesson {title} takes {n} questions from {bank}; {left} would be left").format(
            title=use.title, n=use.draw or _("all"), bank=file.name, left=left
        )
    )


def _named(file: BankFile, made: Rewritten) -> list[str]:
    return [f"{file.name}: {what}" for what in made.losses]


def _content(desk: Desk, file: BankFile) -> bytes:
    content, hash = read_source(desk.course, file.path)
    if hash != file.hash:
        raise Changed(file.path, hash)
    return content


def _write(desk: Desk, one: Write, note: str) -> None:
    if one.after is None:
        assert one.before is not None, "a file that goes away was there"
        keep_revision(desk.store, one.path, one.before, by="command", now=desk.now)
        content, hash = read_source(desk.course, one.path)
        if content != one.before:
            raise Changed(one.path, hash)
        try:
            source_path(desk.course, one.path).unlink()
        except OSError as error:
            raise SourceError(
                _("{file} cannot be written: {reason}").format(file=one.path, reason=why(error))
            ) from error
        return
    if one.before is None:
        save_source(desk.course, one.path, one.after, expected=None)
        keep_revision(desk.store, one.path, one.after, by=desk.by, now=desk.now, note=note)
    else:
        desk.write(one.path, one.before, one.after, note)
    if one.bank is not None:
        desk.shelves.keeping.put(one.path, one.after, one.bank)


def _seen(writes: Iterable[Write]) -> str:
    found = hashlib.sha256()
    for one in writes:
        for part in (one.path.encode(), one.before or b"", one.after or b""):
            found.update(hashlib.sha256(part).digest())
    return found.hexdigest()[:32]
