"""A clock that is set back gives nobody more time, and order does not depend on it."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from pathlib import Path

import pytest

import weike.server
from weike.server.clock import HOLD, Clock


class Hands:
    """The computer's clock, which is set, and the time that really passes."""

    def __init__(self) -> None:
        self.wall, self.steady = 1_800_000_000.0, 50.0

    def pass_(self, seconds: float) -> None:
        self.wall += seconds
        self.steady += seconds


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def clock(hands: Hands) -> Clock:
    return Clock(lambda: hands.wall, lambda: hands.steady)


def seconds(clock: Clock) -> float:
    return clock().timestamp()


def test_it_is_the_computers_time_as_long_as_that_goes_forward(clock: Clock, hands: Hands) -> None:
    assert clock() == datetime.fromtimestamp(hands.wall, UTC)
    hands.pass_(60)
    assert seconds(clock) == hands.wall
    hands.wall += 8 * 3600  # a time server, or a computer that slept
    assert seconds(clock) == hands.wall
    hands.wall -= 0.5  # a time server's small step
    assert seconds(clock) == hands.wall
    assert clock.behind == 0


def test_a_clock_set_back_gives_no_time_to_whoever_is_in_a_timed_quiz(
    clock: Clock, hands: Hands, caplog: pytest.LogCaptureFixture
) -> None:
    begun = seconds(clock)
    hands.wall -= 8 * 3600
    with caplog.at_level(logging.WARNING):
        for minutes in range(1, 60):
            hands.pass_(60)
            assert seconds(clock) - begun == 60 * minutes
    assert clock.behind == 8 * 3600
    [line] = [one.getMessage() for one in caplog.records]
    assert "set back by 8:00:00" in line
    assert "weike doctor" in line


def test_it_is_followed_in_the_end(clock: Clock, hands: Hands) -> None:
    clock()
    hands.wall -= 8 * 3600
    before = seconds(clock)
    hands.pass_(HOLD - 1)
    assert seconds(clock) == before + HOLD - 1
    hands.pass_(1)
    assert seconds(clock) == hands.wall
    assert clock.behind == 0
    hands.wall -= 60  # and once more
    assert seconds(clock) == hands.wall + 60


def test_a_clock_that_is_right_again_is_followed_at_once(clock: Clock, hands: Hands) -> None:
    clock()
    hands.wall -= 3600
    clock()
    hands.pass_(10)
    hands.wall += 3600
    assert seconds(clock) == hands.wall
    assert clock.behind == 0


def test_the_server_asks_no_other_clock() -> None:
    folder = Path(weike.server.__file__).parent
    asking = {
        str(file.relative_to(folder).parent)
        for file in folder.rglob("*.py")
        if "datetime.now(" in file.read_text("utf-8")
    }
    assert asking <= {"preview"}, "which runs in JupyterLab and serves no members"
