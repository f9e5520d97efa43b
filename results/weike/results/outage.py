"""While the database cannot be written, or read: what to do, said once and not for each answer.

A line for everyone who was refused would fill the disk that is full already. So an outage is in the
log when it begins, every `AGAIN` seconds while it lasts, and when it is over.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Literal

from weike.quizzes.i18n import _

LOG = logging.getLogger("weike.results")
AGAIN = 600.0  # seconds until an outage that lasts is said again
QUIET = 60.0  # seconds in which one that comes and goes is said once

Kind = Literal["full", "disk", "locked", "readonly", "moved", "damaged", "away"]
MOVED: Final = "the database file has been moved, deleted or replaced"


def reason(kind: Kind) -> str:
    """What has happened, for a person who cannot do anything about it."""
    said = {
        "full": _("the disk is full"),
        "disk": _("the disk refuses to be written"),
        "locked": _("another program holds the database locked"),
        "readonly": _("the database may not be written"),
        "moved": _("the database file has been moved or replaced"),
        "damaged": _("the database is damaged"),
        "away": _("the database does not answer"),
    }
    return said[kind]


_ADVICE: Final[dict[Kind, str]] = {
    "full": "the disk is full: free some space for {where}",
    "disk": "the disk refuses to be written: see whether it is full or failing ({where})",
    "locked": (
        "another program holds the database locked (an import, a database shell?):"
        " let it finish, or end it ({where})"
    ),
    "readonly": "give the account that runs Weike the right to write {where} and its folder",
    "moved": "put {where} back; if another file has taken its place, start weike serve again",
    "damaged": "stop the server and restore the last backup ({where})",
    "away": "see that the database runs and can be reached ({where})",
}
# By the names of SQLite's errors, by PostgreSQL's codes, by words where there is neither.
_SIGNS: Final[tuple[tuple[Kind, tuple[str, ...]], ...]] = (
    ("moved", (MOVED,)),
    ("full", ("SQLITE_FULL", "53100", "disk is full", "No space left")),
    ("locked", ("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_PROTOCOL", "55P03")),
    ("readonly", ("SQLITE_READONLY", "SQLITE_PERM", "SQLITE_AUTH", "25006", "42501")),
    ("damaged", ("SQLITE_CORRUPT", "SQLITE_NOTADB", "XX001", "XX002")),
    ("disk", ("SQLITE_IOERR", "58030")),
)


def kind_of(error: BaseException) -> Kind:
    """What has happened, by what the database's driver says."""
    told = getattr(error, "orig", None) or error
    codes = (getattr(told, "sqlite_errorname", None), getattr(told, "sqlstate", None))
    said = next((code for code in codes if code), None) or str(told)
    for kind, signs in _SIGNS:
        if any(sign in said for sign in signs):
            return kind
    return "away"


@dataclass(slots=True)
class Outage:
    """Whether something works. `what` does not work while it lasts; `back` is said afterwards.

    One thread at a time tells what came of its tries; anybody may look.
    """

    what: str
    back: str
    where: str = ""
    clock: Callable[[], float] = time.monotonic
    kind: Kind | None = None  # of the outage that lasts
    since: float | None = None
    refused: int = 0  # since it began
    count: int = 0  # of outages, since the start
    _told: float | None = field(default=None, repr=False)
    _open: bool = field(default=False, repr=False)  # said, and its end is not

    @property
    def lasts(self) -> bool:
        return self.since is not None

    @property
    def seconds(self) -> float:
        return 0.0 if self.since is None else self.clock() - self.since

    def failed(self, error: BaseException, *, waiting: int = 1) -> None:
        """So many were told that it does not work."""
        now, kind = self.clock(), kind_of(error)
        if self.since is None:
            self.since, self.refused = now, 0
            self.count += 1
        quiet = AGAIN if self._open and kind == self.kind else QUIET
        self.kind = kind
        self.refused += waiting
        if self._told is None or now - self._told >= quiet:
            self._told, self._open = now, True
            LOG.error(
                "%s since %.0f s (%d refused so far): %s [%s]",
                self.what,
                self.seconds,
                self.refused,
                _ADVICE[kind].format(where=self.where),
                getattr(error, "orig", None) or error,
            )

    def worked(self) -> None:
        if self.since is None:
            return
        if self._open:
            LOG.warning("%s, after %.0f s and %d refused", self.back, self.seconds, self.refused)
        self.since, self.kind, self._open = None, None, False
