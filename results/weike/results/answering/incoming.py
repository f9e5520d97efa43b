"""What a browser sends as an answer, checked field by field. A browser is hostile."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from weike.quizzes.errors import AttemptRefused
from weike.quizzes.i18n import _
from weike.results.types import canonical

LARGEST = 16_384  # bytes of JSON in one response
_EVENT = re.compile(r"[0-9a-zA-Z-]{8,64}")
_FIELDS = {"response", "event", "seq", "answered_at"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """A body of the right shape. `claimed` is when the browser says it was answered."""

    response: Any
    raw: str
    event: str
    seq: int
    claimed: datetime


def check(body: object) -> Incoming:
    """Raises `AttemptRefused` "bad_response", which names the field that is wrong."""
    if not isinstance(body, dict) or set(body) != _FIELDS:
        raise _wrong(", ".join(sorted(_FIELDS)))
    event, seq, response = body["event"], body["seq"], body["response"]
    if not isinstance(event, str) or not _EVENT.fullmatch(event):
        raise _wrong("event")
    if not isinstance(seq, int) or isinstance(seq, bool) or not 0 <= seq < 2**31:
        raise _wrong("seq")
    return Incoming(
        response=response,
        raw=_raw(response),
        event=event,
        seq=seq,
        claimed=_claimed(body["answered_at"]),
    )


def _raw(response: object) -> str:
    try:
        raw = canonical(response)
        size = len(raw.encode())  # half a surrogate pair is no text and cannot be stored
    except (TypeError, ValueError, RecursionError) as error:
        raise _wrong("response") from error
    if size > LARGEST:
        raise _wrong("response")
    return raw


def _claimed(text: object) -> datetime:
    if not isinstance(text, str) or len(text) > 40:
        raise _wrong("answered_at")
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise _wrong("answered_at") from error


def _wrong(field: str) -> AttemptRefused:
    return AttemptRefused(
        "bad_response", _("the answer cannot be read: {field}").format(field=field)
    )
