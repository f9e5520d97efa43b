from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from weike.quizzes.errors import WeikeError
from weike.results.periods import Period

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("text", "first", "after"),
    [
        ("2026", date(2026, 1, 1), date(2027, 1, 1)),
        ("2026-H1", date(2026, 1, 1), date(2026, 7, 1)),
        ("2026-H2", date(2026, 7, 1), date(2027, 1, 1)),
        ("2026-Q1", date(2026, 1, 1), date(2026, 4, 1)),
        ("2026-Q4", date(2026, 10, 1), date(2027, 1, 1)),
        ("2026-11", date(2026, 11, 1), date(2026, 12, 1)),
        ("2026-12", date(2026, 12, 1), date(2027, 1, 1)),
    ],
)
def test_a_period_is_written_as_it_is_read(text: str, first: date, after: date) -> None:
    period = Period.parse(text)
    assert (period.first, period.after) == (first, after)
    assert str(period) == text


@pytest.mark.parametrize("text", ["2026q3", " 2026-q3 "])
def test_small_letters_and_a_missing_dash_are_understood(text: str) -> None:
    assert Period.parse(text) == Period.parse("2026-Q3")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Q4",
        "2026-Q5",
        "2026-H3",
        "2026-13",
        "2026-0",
        "0000",
        "1969",
        "2200",
        "9998-Q1",
        "9999",
        "x",
    ],
)
def test_anything_else_is_refused_with_examples(text: str) -> None:
    with pytest.raises(WeikeError, match="2026-Q4"):
        Period.parse(text)


def test_a_period_begins_at_midnight_of_the_organisation() -> None:
    period = Period.parse("2026-Q4")
    assert period.start(SHANGHAI) == datetime(2026, 9, 30, 16, tzinfo=UTC)
    assert period.end(SHANGHAI) == datetime(2026, 12, 31, 16, tzinfo=UTC)


def test_the_current_quarter_is_the_one_on_the_wall_of_the_organisation() -> None:
    just_after_midnight_in_shanghai = datetime(2026, 9, 30, 16, 0, 1, tzinfo=UTC)
    assert str(Period.current(just_after_midnight_in_shanghai, SHANGHAI)) == "2026-Q4"
    assert str(Period.current(just_after_midnight_in_shanghai, UTC)) == "2026-Q3"
