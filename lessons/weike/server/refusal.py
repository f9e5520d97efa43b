"""A request that is refused, and how an error is said to a person or a program."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from tornado import web

from weike.quizzes.i18n import _


class Refused(web.HTTPError):
    """A refusal that a person or a program can act on."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        more: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(status)
        self.code = code
        self.message = message
        self.more = more or {}
        self.headers = headers or {}


def explain(status: int, error: BaseException | None) -> tuple[str, str, Mapping[str, object]]:
    """(code, sentence, further fields) of an error; nothing of our own innards."""
    if isinstance(error, Refused):
        return error.code, error.message, error.more
    sentences = {
        400: ("bad_request", _("The server does not understand this request.")),
        401: ("sign_in", _("Please sign in first.")),
        403: ("forbidden", _("You may not open this.")),
        404: ("not_found", _("There is nothing here, or it is not for you.")),
        405: ("bad_method", _("This address does not do that.")),
        413: ("too_large", _("That is more than this address takes.")),
        416: ("bad_range", _("The server does not understand this request.")),
        503: ("busy", _("Too busy just now. Please try again in a minute.")),
    }
    fallback = HTTPStatus(status).phrase if status < 500 else _("Something went wrong on our side.")
    code, message = sentences.get(status, ("error", fallback))
    return code, message, {}
