"""The log says once what is wrong and what to do, not once for each answer."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

import pytest
from sqlalchemy.exc import OperationalError

from weike.results.outage import AGAIN, MOVED, QUIET, Outage, kind_of


def broken(text: str, name: str = "") -> OperationalError:
    told = sqlite3.OperationalError(text)
    if name:
        told.sqlite_errorname = name
    return OperationalError("BEGIN", {}, told)


FULL = broken("database or disk is full", "SQLITE_FULL")
LOCKED = broken("database is locked", "SQLITE_BUSY")


class Hand:
    """A clock whose hand is moved."""

    def __init__(self) -> None:
        self.at = 1000.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def clock() -> Hand:
    return Hand()


@pytest.fixture
def outage(clock: Hand) -> Outage:
    return Outage("nothing can be saved", "saving works again", "/data/weike.db", clock=clock)


@pytest.fixture
def said(caplog: pytest.LogCaptureFixture) -> Callable[[], list[str]]:
    return lambda: [one.getMessage() for one in caplog.records]


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (FULL, "full"),
        (OSError(28, "No space left on device"), "full"),
        (LOCKED, "locked"),
        (broken("attempt to write a readonly database", "SQLITE_READONLY_DBMOVED"), "readonly"),
        (broken("disk I/O error", "SQLITE_IOERR_WRITE"), "disk"),
        (broken("database disk image is malformed", "SQLITE_CORRUPT"), "damaged"),
        (broken(MOVED), "moved"),
        (broken("connection refused"), "away"),
    ],
)
def test_what_happened_is_known_by_what_the_driver_says(error: Exception, kind: str) -> None:
    assert kind_of(error) == kind


def test_an_outage_is_said_when_it_begins_now_and_then_and_when_it_is_over(
    outage: Outage, clock: Hand, said: Callable[[], list[str]]
) -> None:
    for _n in range(1000):
        outage.failed(FULL)
    assert len(said()) == 1
    assert "the disk is full: free some space for /data/weike.db" in said()[0]
    clock.at += AGAIN
    outage.failed(FULL)
    assert "600 s (1001 refused so far)" in said()[1]
    assert (outage.lasts, outage.seconds) == (True, AGAIN)
    clock.at += 5
    outage.worked()
    assert said()[2:] == ["saving works again, after 605 s and 1001 refused"]
    assert (outage.lasts, outage.seconds, outage.count) == (False, 0, 1)


def test_one_that_comes_and_goes_fills_no_log(
    outage: Outage, clock: Hand, said: Callable[[], list[str]]
) -> None:
    for _n in range(100):
        outage.failed(LOCKED)
        clock.at += QUIET / 50
        outage.worked()
    assert outage.count == 100
    assert len(said()) == 4


def test_another_trouble_in_the_same_outage_is_said(
    outage: Outage, clock: Hand, said: Callable[[], list[str]]
) -> None:
    outage.failed(LOCKED)
    clock.at += QUIET
    outage.failed(FULL)
    assert ["locked" in line for line in said()] == [True, False]
    assert "full" in said()[1]
