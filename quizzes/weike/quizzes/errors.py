"""What a person got wrong, said so that the person can mend it."""

from __future__ import annotations

import errno
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from weike.quizzes.i18n import _, listed


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One finding: where it is, what is wrong, what to do.

    `line` and `cell` count from 1, as editors and people do. `sheet` is told where a workbook has
    several.
    """

    message: str
    repair: str = ""
    file: str | None = None
    cell: int | None = None
    line: int | None = None
    column: str | None = None
    sheet: str | None = None

    @property
    def place(self) -> str:
        parts = []
        if self.cell is not None:
            parts.append(_("cell {n}").format(n=self.cell))
        if self.line is not None and self.sheet is not None:
            parts.append(_("“{sheet}” line {n}").format(sheet=self.sheet, n=self.line))
        elif self.line is not None:
            parts.append(_("line {n}").format(n=self.line))
        if self.column is not None:
            parts.append(_("column {name}").format(name=self.column))
        return listed(parts)

    @property
    def said(self) -> str:
        """What is wrong and what to do, for where the place is plain."""
        if not self.repair:
            return self.message
        return _("{message}; {repair}").format(message=self.message, repair=self.repair)

    def __str__(self) -> str:
        if not self.place:
            return self.said
        return _("{place}: {text}").format(place=self.place, text=self.said)


def why(error: OSError) -> str:
    """The system's reason in the reader's language; the system itself knows only English."""
    return {
        errno.ENOENT: _("there is no such file or folder"),
        errno.EACCES: _("this account may not do that"),
        errno.EPERM: _("this account may not do that"),
        errno.EROFS: _("this disk can only be read"),
        errno.ENOSPC: _("the disk is full"),
        errno.EDQUOT: _("the disk is full"),
        errno.EISDIR: _("this is a folder"),
        errno.ENOTDIR: _("a part of the path is no folder"),
        errno.EEXIST: _("there is one already"),
        errno.ENAMETOOLONG: _("the name is too long"),
    }.get(error.errno or 0, error.strerror or str(error))


class WeikeError(Exception):
    """A person's mistake or a refused wish; its text is shown as it is."""

    def _render_traceback_(self) -> list[str]:
        """How IPython shows it: a notebook's author needs the sentence, not our call stack."""
        return [str(self)]


class ProblemsError(WeikeError):
    """Everything that is wrong with one source, at once."""

    def __init__(self, source: str, problems: Sequence[Problem]) -> None:
        assert problems, "an error without a problem helps nobody"
        self.source = source
        self.problems = tuple(problems)
        super().__init__(source, self.problems)

    def __str__(self) -> str:
        if len(self.problems) == 1:
            return _("{source} has 1 problem: {problem}").format(
                source=self.source, problem=self.problems[0]
            )
        head = _("{source} has {n} problems:").format(source=self.source, n=len(self.problems))
        return "\n  ".join([head, *map(str, self.problems)])


class BankError(ProblemsError):
    """A question bank, or one `%%quiz` cell, that cannot be read as it stands."""


class ResponseError(WeikeError, ValueError):
    """A response that does not fit its question; nothing is saved, the text is shown beside it."""


_STATUS = {
    "bad_response": 400,
    "not_found": 404,
    "not_open": 403,
    "closed": 403,
    "no_attempts_left": 409,
    "wait_until": 409,
    "submitted": 409,
}


class AttemptRefused(WeikeError):  # noqa: N818 - a refusal, not a fault
    """What an attempt does not allow now: `code` for programs, the text for people."""

    def __init__(
        self, code: str, message: str | None = None, *, when: datetime | None = None
    ) -> None:
        assert code in _STATUS, code
        self.code = code
        self.when = when
        self.status = _STATUS[code]
        super().__init__(message or _refusal(code))


def _refusal(code: str) -> str:
    return {
        "bad_response": _("this answer does not fit the question"),
        "not_found": _("there is nothing here"),
        "not_open": _("this quiz is not open yet"),
        "closed": _("this quiz is closed"),
        "no_attempts_left": _("no attempts are left"),
        "wait_until": _("the next attempt has to wait"),
        "submitted": _("this attempt is already submitted"),
    }[code]
