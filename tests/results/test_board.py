from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from weike.results.board import Shown, branch_board
from weike.results.people import Member
from weike.results.store import Store

NOW = datetime(2026, 11, 1, 1, tzinfo=UTC)
SINCE = date(2026, 10, 1)

AddMember = Callable[..., Member]


def viewer(*roles: str, branch: str = "own", duty: frozenset[str] = frozenset()) -> Member:
    return Member(
        id="m",
        code="M",
        name="某",
        branch_id=branch,
        roles=frozenset({"member", *roles}),
        duty=duty,
    )


@pytest.mark.parametrize(
    ("members", "attempted", "figures", "marks"),
    [
        (40, 40, True, True),
        (5, 5, True, True),
        (5, 4, True, False),
        (40, 1, True, False),
        (40, 0, True, True),
        (4, 4, False, False),
        (4, 0, False, False),
    ],
)
def test_a_figure_needs_five_people_behind_it(
    members: int, attempted: int, figures: bool, marks: bool
) -> None:
    shown = Shown.to(viewer(), "b", members=members, attempted=attempted)
    assert shown == Shown(figures, marks)


def test_only_a_duty_for_the_branch_shows_a_small_group() -> None:
    small = {"members": 3, "attempted": 2}
    all_of_it, nothing = Shown(True, True), Shown(False, False)
    assert Shown.to(viewer("administrator"), "b", **small) == all_of_it
    assert Shown.to(viewer("organizer", duty=frozenset({"b"})), "b", **small) == all_of_it
    assert Shown.to(viewer("organizer", duty=frozenset({"c"})), "b", **small) == nothing
    assert Shown.to(viewer("lecturer", branch="b"), "b", **small) == nothing


@pytest.fixture
def board(store: Store, add_member: AddMember) -> Callable[[str], dict[str, Any]]:
    """The board of a member by code: 公司 with 大 (six members) and 小 (two, one an organizer)."""
    people = {f"B{n}": add_member(f"B{n}", branch="公司/大", since=SINCE) for n in range(6)}
    people["S1"] = add_member("S1", branch="公司/小", since=SINCE)
    people["S2"] = add_member("S2", branch="公司/小", since=SINCE, roles={"organizer": "公司/小"})
    return lambda code: branch_board(store, people[code], None, NOW)


def test_a_board_is_plain_json_with_the_whole_tree(board: Callable[[str], dict[str, Any]]) -> None:
    body = board("B1")
    assert json.loads(json.dumps(body, allow_nan=False)) == body
    assert body["period"] == "2026-Q4"
    assert body["level_names"] == ["党委", "党总支", "支部"]
    rows = {row["path"]: row for row in body["branches"]}
    assert set(rows) == {"公司", "公司/大", "公司/小"}
    assert rows["公司"]["parent"] is None
    assert rows["公司/大"]["parent"] == rows["公司"]["branch"]
    assert [path for path, row in rows.items() if row["own"]] == ["公司/大"]
    assert (rows["公司/大"]["members"], rows["公司/大"]["attempted"]) == (6, 0)


def test_a_small_group_is_hidden_from_its_own_members_and_shown_to_its_organizer(
    board: Callable[[str], dict[str, Any]],
) -> None:
    small = {code: board(code)["branches"][-1] for code in ("S1", "S2", "B1")}
    assert small["S1"]["name"] == "小"
    assert small["S1"]["hidden"] is True
    assert small["B1"]["hidden"] is True
    assert small["S1"]["attempted"] is None
    assert "hidden" not in small["S2"]
    assert small["S2"]["attempted"] == 0
