"""First come, first served; who does not ask any more has gone."""

from __future__ import annotations

from weike.server.line import PATIENCE, Line


def test_places_are_given_in_the_order_of_asking_and_kept() -> None:
    line = Line()
    assert [line.ask(name, now) for now, name in enumerate("abc")] == [0, 1, 2]
    assert [line.ask(name, 5) for name in "cba"] == [2, 1, 0]


def test_who_is_served_or_gives_up_leaves_the_line() -> None:
    line = Line()
    for name in "abc":
        line.ask(name, 0)
    line.leave("a")
    assert line.ask("b", PATIENCE) == 0
    assert line.ask("b", PATIENCE + 1) == 0
    assert len(line) == 1, "c has not asked for too long"
