"""What cannot be done just now and may work in a moment: as a sentence to a person.

Nothing of the database's own words is in it: they name machines. They are in the log, with what to
do (`weike.results.outage`).
"""

from __future__ import annotations

import errno

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionError

from weike.quizzes.i18n import _
from weike.results.errors import StoreUnavailableError

RETRY = 5  # seconds
_FULL = (errno.ENOSPC, errno.EDQUOT)


def passing(error: BaseException) -> str | None:
    """The sentence for a trouble that passes; None for a mistake, theirs or ours."""
    if isinstance(error, StoreUnavailableError) or _is_full(error):
        return _("Nothing can be saved just now. Please try again in a minute.")
    if _is_ours(error):
        return None
    if isinstance(error, OperationalError | InterfaceError | NoConnectionError) or (
        isinstance(error, DBAPIError) and error.connection_invalidated
    ):
        return _("The server cannot get at its data just now. Please try again in a minute.")
    return None


def _is_ours(error: BaseException) -> bool:
    """SQLite has no class of its own for a query that is wrong; it would never be in the log."""
    told = getattr(error, "orig", None)
    return getattr(told, "sqlite_errorname", None) == "SQLITE_ERROR"


def _is_full(error: BaseException) -> bool:
    return isinstance(error, OSError) and error.errno in _FULL
