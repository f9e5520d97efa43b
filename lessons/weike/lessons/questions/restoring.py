"""A bank, or one question of it, as it was once: what that would change, then doing it.

To restore makes a new version of the file; what stands there now stays among the versions. Papers
that were drawn keep their questions, because those are stored with the attempt.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

from weike.lessons.questions.library import BankFile, Use
from weike.lessons.questions.moving import check_draw, readdressed
from weike.lessons.questions.rewriting import added, changed, taken_out
from weike.lessons.questions.saving import Desk
from weike.lessons.questions.versions import bank_of, difference
from weike.lessons.sources import Changed, read_source
from weike.quizzes.bank import Bank, name_of, open_content
from weike.quizzes.errors import WeikeError
from weike.quizzes.i18n import _
from weike.quizzes.question import Question
from weike.results.authoring.revisions import Kept, revision

Lines = tuple[tuple[str, str], ...]  # what `difference` says


@dataclass(frozen=True, slots=True, kw_only=True)
class Restoring:
    """What it would do. `elsewhere` are questions that another bank has by now; they stay there.

    `item` is the one question that is restored, None for the whole bank. `lessons` take questions
    from the bank. `seen` is another whenever the file is.
    """

    file: BankFile
    version: Kept
    item: str | None
    back: tuple[Question, ...]
    gone: tuple[Question, ...]
    changed: tuple[tuple[Question, Lines], ...]
    elsewhere: tuple[tuple[Question, str], ...]
    head: bool
    losses: tuple[str, ...]
    lessons: tuple[Use, ...]
    before: bytes
    after: bytes

    @property
    def seen(self) -> str:
        return hashlib.sha256(self.before).hexdigest()[:32]


def plan(desk: Desk, path: str, id: str, item: str | None = None) -> Restoring:
    """What would happen. Raises `WeikeError` where it cannot be done, or would change nothing."""
    library = desk.shelves.library()
    file = library.bank(path)
    kept = revision(desk.store, id)
    if file is None or kept is None or (item is None and kept.path != path):
        raise WeikeError(_("there is no such version"))
    then = bank_of(desk.store, desk.shelves.keeping, desk.course, kept)
    if then is None:
        raise WeikeError(_("this version could not be read then, and cannot now"))
    before, hash = read_source(desk.course, path)
    if hash != file.hash:
        raise Changed(path, hash)
    others = {
        one.question.id: one.path
        for one in library.entries
        if one.path != path and not one.in_lesson
    }
    now = file.bank or Bank()
    if item is None:
        after, made, losses = _whole(file, kept, then, now, others)
    else:
        after, made, losses = _one(file, kept, then, now, others, before, item)
    if after == before:
        raise WeikeError(_("it is the same as now"))
    for use in file.uses:
        check_draw(use, len(made), file)
    had, has = ({one.id: one for one in bank.questions} for bank in (now, made))
    return Restoring(
        file=file,
        version=kept,
        item=item,
        back=tuple(one for one in made.questions if one.id not in had),
        gone=tuple(one for one in now.questions if one.id not in has),
        changed=tuple(
            (one, difference(had[one.id], one))
            for one in made.questions
            if one.id in had and had[one.id].version != one.version
        ),
        elsewhere=tuple(
            (one, others[one.id])
            for one in then.questions
            if item is None and one.id in others and one.id not in had
        ),
        head=replace(now, questions=()) != replace(made, questions=()),
        losses=losses,
        lessons=file.uses,
        before=before,
        after=after,
    )


def carry_out(desk: Desk, found: Restoring, *, moment: str) -> None:
    """Write the file; `moment` names the version in its note."""
    note = _("as on {moment}").format(moment=moment)
    if found.item is not None:
        note = f"{found.item} {note}"
    desk.write(found.file.path, found.before, found.after, note)


def _whole(
    file: BankFile, kept: Kept, then: Bank, now: Bank, others: dict[str, str]
) -> tuple[bytes, Bank, tuple[str, ...]]:
    """The old file byte for byte, unless a question of it stands in another bank by now."""
    here = {one.id for one in now.questions}
    away = [one.id for one in then.questions if one.id in others and one.id not in here]
    if not away:
        return kept.content, then, ()
    if len(away) == len(then):
        raise WeikeError(_("all questions of this version are in other banks by now"))
    form = name_of(open_content(file.path, kept.content)[0])
    made = taken_out(file.path, kept.content, then, form, away)
    return made.content, made.bank, made.losses


def _one(
    file: BankFile,
    kept: Kept,
    then: Bank,
    now: Bank,
    others: dict[str, str],
    before: bytes,
    item: str,
) -> tuple[bytes, Bank, tuple[str, ...]]:
    question = next((one for one in then.questions if one.id == item), None)
    if question is None or file.bank is None:
        raise WeikeError(_("there is no such version"))
    question = readdressed(question, kept.path, file.path)
    if any(one.id == item for one in now.questions):
        made = changed(file.path, before, now, file.format, question)
    elif item in others:
        raise WeikeError(
            _("{item} is in {bank} by now").format(
                item=item, bank=others[item].removeprefix("quizzes/")
            )
        )
    else:
        made = added(file.path, before, now, file.format, [question])
    return made.content, made.bank, made.losses


def summary(before: Bank | None, after: Bank | None) -> tuple[int, int, int]:
    """How many questions came, changed and went between two versions of a file."""
    old, new = (
        {one.id: one.version for one in bank.questions} if bank else {} for bank in (before, after)
    )
    return (
        len(new.keys() - old.keys()),
        sum(old[id] != version for id, version in new.items() if id in old),
        len(old.keys() - new.keys()),
    )
