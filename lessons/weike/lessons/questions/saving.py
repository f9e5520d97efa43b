"""Changing questions of a course's banks: the file written, and its versions kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from weike.lessons.questions.library import BankFile, Shelves
from weike.lessons.questions.splice import with_question, without_question
from weike.lessons.sources import Changed, content_hash, read_source, save_source, source_path
from weike.quizzes.bank import Bank, formats
from weike.quizzes.course import Course
from weike.quizzes.errors import WeikeError
from weike.quizzes.formats import markdown
from weike.quizzes.i18n import _, listed
from weike.quizzes.loss import Export, export
from weike.quizzes.question import Question
from weike.results.authoring.revisions import keep_revision
from weike.results.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Where banks are changed: by whom, and when."""

    course: Course
    store: Store
    shelves: Shelves
    by: str
    now: datetime

    def save_question(
        self, path: str, question: Question, *, expected: str, old: str | None = None
    ) -> None:
        """Put a question into a bank, in place of the one with the id `old` or at the end.

        `expected` is the hash of the file that was looked at. Raises `Changed` where it is another
        by now.
        """
        if old is None:
            self._check_id(path, question)
        note = _("{item} changed") if old else _("{item} new")
        self._change(
            path,
            lambda text, bank, form: with_question(text, bank, question, form=form, old=old),
            expected=expected,
            note=note.format(item=question.id),
        )

    def delete_question(self, path: str, item: str, *, expected: str) -> None:
        """Take a question out. Raises `WeikeError` where a lesson asks it."""
        file = self._file(path)
        if file.uses:
            raise WeikeError(
                _("lessons use this bank: {titles}; take it out of them first").format(
                    titles=listed(use.title for use in file.uses)
                )
            )
        self._change(
            path,
            lambda text, bank, form: without_question(text, bank, item, form=form),
            expected=expected,
            note=_("{item} taken out").format(item=item),
        )

    def add_bank(
        self,
        path: str,
        bank: Bank,
        *,
        note: str = "",
        media: Mapping[str, bytes] | None = None,
    ) -> Export:
        """Write a new bank in Markdown; says what Markdown cannot hold.

        `media` are its pictures, by their path from the bank's folder.
        """
        made = export(bank, formats()["markdown"])
        if not made.written:
            raise WeikeError(_("none of the questions can be kept"))
        data = made.data.encode() if isinstance(made.data, str) else made.data
        self._add_media(path, media or {})
        save_source(self.course, path, data, expected=None)
        keep_revision(self.store, path, data, by=self.by, now=self.now, note=note)
        return made

    def extend_bank(
        self,
        path: str,
        bank: Bank,
        *,
        note: str = "",
        media: Mapping[str, bytes] | None = None,
    ) -> Export:
        """Add questions at the end of a bank in Markdown, `media` being their pictures."""
        content, hash = read_source(self.course, path)
        file = self._file(path)
        if file.hash != hash:
            raise Changed(path, hash)
        if file.bank is None or file.format != "markdown":
            raise WeikeError(_("questions can be added to banks in Markdown"))
        made = export(bank, formats()["markdown"])
        if not made.written:
            raise WeikeError(_("none of the questions can be kept"))
        body = markdown.dumps(Bank(questions=_kept(bank, made)))
        text = content.decode("utf-8-sig").rstrip("\n") + "\n\n" + body
        markdown.loads(text, source=path, zone=self.course.zone)  # or it is not written
        self._add_media(path, media or {})
        self.write(path, content, text.encode(), note)
        return made

    def to_markdown(self, path: str) -> str:
        """Turn a bank of another format into Markdown; the path of the new file.

        The old file is taken away (its content stays among the versions), unless lessons name it.
        """
        file = self._file(path)
        if file.bank is None:
            raise WeikeError(_("{name} cannot be read").format(name=file.name))
        if file.uses:
            raise WeikeError(
                _("lessons name this file: {titles}; it has to keep its name").format(
                    titles=listed(use.title for use in file.uses)
                )
            )
        target = path.rpartition(".")[0] + ".md"
        content, _hash = read_source(self.course, path)
        made = self.add_bank(target, file.bank)
        if made.written < len(file.bank):
            source_path(self.course, target).unlink()
            raise WeikeError(str(next(loss for loss in made.losses if loss.left_out)))
        keep_revision(self.store, path, content, by="command", now=self.now)
        source_path(self.course, path).unlink()
        return target

    def _add_media(self, path: str, media: Mapping[str, bytes]) -> None:
        """Pictures have names of their own content, so one that is there is the same."""
        folder = path.rpartition("/")[0]
        for name, content in media.items():
            if not source_path(self.course, f"{folder}/{name}").exists():
                save_source(self.course, f"{folder}/{name}", content, expected=None)

    def _change(
        self,
        path: str,
        change: Callable[[str, Bank, str], tuple[str, Bank]],
        *,
        expected: str,
        note: str,
    ) -> None:
        content, hash = read_source(self.course, path)
        file = self._file(path)
        if hash != expected or file.hash != hash:
            raise Changed(path, hash)
        if file.bank is None or not file.editable:
            raise WeikeError(_("{name} cannot be changed here").format(name=file.name))
        text, bank = change(content.decode("utf-8-sig"), file.bank, file.format)
        written = text.encode()
        self.write(path, content, written, note)
        # What is known need not be read again: a large bank takes half a minute.
        self.shelves.keeping.put(path, written, bank)

    def _check_id(self, path: str, question: Question) -> None:
        """Ids are course-wide: two questions under one would share their statistics."""
        for entry in self.shelves.library().entries:
            if entry.question.id == question.id and entry.path != path:
                raise WeikeError(
                    _("the id {id} belongs to another question in {place}").format(
                        id=question.id, place=entry.path
                    )
                )

    def write(self, path: str, before: bytes, after: bytes, note: str) -> None:
        """Put a content in place of the one that was seen; both stay among the versions."""
        keep_revision(self.store, path, before, by="command", now=self.now)
        save_source(self.course, path, after, expected=content_hash(before))
        keep_revision(self.store, path, after, by=self.by, now=self.now, note=note)

    def _file(self, path: str) -> BankFile:
        found = self.shelves.library().bank(path)
        if found is None:
            raise WeikeError(_("there is no bank {name}").format(name=path))
        return found


def _kept(bank: Bank, made: Export) -> tuple[Question, ...]:
    left_out = {loss.item for loss in made.losses if loss.left_out}
    return tuple(one for one in bank.questions if one.id not in left_out)
