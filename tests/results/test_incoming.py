from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from weike.quizzes.errors import AttemptRefused
from weike.results.answering.incoming import LARGEST, check

GOOD: dict[str, Any] = {
    "response": "110",
    "event": "event-00000001",
    "seq": 1,
    "answered_at": "2026-10-12T01:31:00.000Z",
}


def test_a_good_body_is_read() -> None:
    incoming = check({**GOOD, "response": ["绿", " "]})
    assert (incoming.raw, incoming.event, incoming.seq) == ('["绿"," "]', "event-00000001", 1)
    assert incoming.claimed == datetime(2026, 10, 12, 1, 31, tzinfo=UTC)


def test_a_response_may_be_as_long_as_the_bound_in_bytes() -> None:
    fits = "绿" * ((LARGEST - 2) // 3)
    assert check({**GOOD, "response": fits}).response == fits
    with pytest.raises(AttemptRefused):
        check({**GOOD, "response": fits + "绿"})


@pytest.mark.parametrize(
    "wrong",
    [
        None,
        [],
        "text",
        {},
        {**GOOD, "score": 1},
        {k: v for k, v in GOOD.items() if k != "seq"},
        {**GOOD, "event": "short"},
        {**GOOD, "event": "x" * 65},
        {**GOOD, "event": "abc'; DROP TABLE x"},
        {**GOOD, "event": 12345678},
        {**GOOD, "event": "事件事件事件事件"},
        {**GOOD, "seq": -1},
        {**GOOD, "seq": 2**31},
        {**GOOD, "seq": True},
        {**GOOD, "seq": 1.0},
        {**GOOD, "seq": "1"},
        {**GOOD, "answered_at": None},
        {**GOOD, "answered_at": 0},
        {**GOOD, "answered_at": "yesterday"},
        {**GOOD, "answered_at": "0001-01-01T00:00:00+14:00"},
        {**GOOD, "response": "9" * 17_000},
        {**GOOD, "response": "\ud800"},
    ],
)
def test_every_field_of_the_wrong_shape_is_refused(wrong: object) -> None:
    with pytest.raises(AttemptRefused) as caught:
        check(wrong)
    assert (caught.value.code, caught.value.status) == ("bad_response", 400)
