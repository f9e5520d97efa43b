"""Pages come and go at a kernel; few are there at once, and its last touch is known."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from weike.server import attendance as module
from weike.server.attendance import CROWDED, PAGES, Attendance

GONE = 0


@pytest.fixture
def attendance() -> Attendance:
    found = Attendance()
    found.begins("k")
    return found


def page(told: list[tuple[int, int]], number: int) -> Callable[..., None]:
    return lambda code=GONE: told.append((number, code))


def test_of_too_many_pages_the_oldest_go(attendance: Attendance) -> None:
    told: list[tuple[int, int]] = []
    for number in range(PAGES + 2):
        attendance.opened("k", page(told, number))
    assert told == [(0, CROWDED), (1, CROWDED)]
    attendance.ends("k")
    assert told[2:] == [(number, GONE) for number in range(2, PAGES + 2)]
    assert not attendance.connected("k")


def test_a_page_that_comes_too_late_is_told_so(attendance: Attendance) -> None:
    told: list[tuple[int, int]] = []
    attendance.ends("k")
    attendance.opened("k", page(told, 1))
    assert told == [(1, GONE)]
    assert attendance.idle("k") == 0, "nothing is kept of it"


def test_a_kernel_is_left_when_its_page_has_had_time_to_come(
    attendance: Attendance, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not attendance.left("k"), "it has just been given to somebody"
    monkeypatch.setattr(module, "COMING", 0)
    close = page([], 1)
    attendance.opened("k", close)
    assert not attendance.left("k")
    attendance.closed("k", close)
    assert attendance.left("k")
