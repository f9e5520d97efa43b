from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from weike.results.awarding.rankinglog import Ranking
from weike.results.awarding.rankings import draft, find_ranking
from weike.results.awarding.rankingsheets import ranking_sheet
from weike.results.people import Member, branches
from weike.results.scoring.board import Shown, branch_board, shown_to
from weike.results.scoring.withholding import withheld
from weike.results.store import Store

from .facts import Facts

NOW = datetime(2026, 11, 1, 1, tzinfo=UTC)
SINCE = date(2026, 10, 1)
NO_PAST = {"previous_members": 0, "previous_attempted": 0}

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


def shown(viewer: Member, *rows: tuple[str, str | None, int, int]) -> Mapping[str, Shown]:
    """By id, for (id, parent, members, attempted), where there is no period before."""
    keys = ("branch", "parent", "members", "attempted")
    return shown_to(viewer, [dict(zip(keys, row, strict=True)) | NO_PAST for row in rows])


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
        (0, 0, False, False),
    ],
)
def test_a_figure_needs_five_people_behind_it(
    members: int, attempted: int, figures: bool, marks: bool
) -> None:
    assert shown(viewer(), ("b", None, members, attempted)) == {"b": Shown(figures, marks, marks)}


def test_only_a_duty_for_the_branch_shows_a_small_group() -> None:
    small = ("b", None, 3, 2)
    all_of_it, nothing = {"b": Shown(True, True, True)}, {"b": Shown(False, False, False)}
    assert shown(viewer("administrator"), small) == all_of_it
    assert shown(viewer("organizer", duty=frozenset({"b"})), small) == all_of_it
    assert shown(viewer("organizer", duty=frozenset({"c"})), small) == nothing
    assert shown(viewer("lecturer", branch="b"), small) == nothing


def test_the_smallest_other_is_hidden_where_a_hidden_one_could_be_worked_out() -> None:
    found = shown(
        viewer(),
        ("top", None, 53, 50),
        ("a", "top", 30, 30),
        ("b", "top", 20, 20),
        ("c", "top", 3, 0),
    )
    assert [id for id, one in found.items() if not one.figures] == ["b", "c"]
    # With figures hidden, marks are too; nobody of c attempted anything.
    assert [id for id, one in found.items() if not one.marks] == ["b", "c"]


def test_what_a_duty_already_tells_is_no_hiding_place() -> None:
    rows = [("top", None, 33, 33), ("a", "top", 30, 30), ("c", "top", 3, 3)]
    found = shown(viewer("organizer", duty=frozenset({"a"})), *rows)
    assert [id for id, one in found.items() if not one.figures] == ["top", "c"]


Groups = list[tuple[str, str | None, int]]


@st.composite
def organisations(draw: st.DrawFn) -> tuple[Groups, frozenset[str]]:
    """(id, parent, people) of up to a dozen branches on any levels, and one subtree of a duty."""
    parents: list[int | None] = [None]
    for n in range(1, draw(st.integers(1, 11))):
        parents.append(draw(st.none() | st.integers(0, n - 1)))
    own = [draw(st.sampled_from((0, 0, 1, 2, 3, 4, 5, 9))) for _ in parents]
    total = list(own)
    for n in reversed(range(len(parents))):
        above = parents[n]
        if above is not None:
            total[above] += total[n]
    groups: Groups = [
        (str(n), None if above is None else str(above), total[n]) for n, above in enumerate(parents)
    ]
    duty: set[str] = set()
    top = draw(st.none() | st.sampled_from([id for id, _, _ in groups]))
    for id, parent, _ in groups:
        if id == top or parent in duty:
            duty.add(id)
    return groups, frozenset(duty)


@given(organisations())
@settings(max_examples=400, deadline=None)
def test_no_hidden_figure_can_be_computed_from_what_is_shown(
    organisation: tuple[Groups, frozenset[str]],
) -> None:
    """By linear algebra, not by the rule: every sum that is shown is a row over the branches' own
    people; so is everything that a duty tells. What lies in their span can be computed."""
    groups, duty = organisation
    hidden = withheld(groups, known=duty)
    ids = [id for id, _, _ in groups]
    parent = {id: above for id, above, _ in groups}
    people = {id: n for id, _, n in groups}
    own = {id: n - sum(people[c] for c in ids if parent[c] == id) for id, n in people.items()}

    def beneath(id: str) -> list[str]:
        return [one for one in ids if one == id or id in chain(one)]

    def chain(id: str) -> list[str]:
        above = parent[id]
        return [] if above is None else [above, *chain(above)]

    def row(of: Collection[str]) -> list[float]:
        return [1.0 if id in of and own[id] else 0.0 for id in ids]

    told = [row(beneath(id)) for id in ids if id not in hidden] + [row([id]) for id in duty]
    span = np.array(told).reshape(-1, len(ids))
    rank = np.linalg.matrix_rank(span) if len(span) else 0

    def computable(of: Collection[str]) -> bool:
        return bool(np.linalg.matrix_rank(np.vstack([span, row(of)])) == rank)

    for id in hidden:
        if people[id]:
            assert not computable(beneath(id)), (groups, duty, hidden)
    assert not hidden & duty
    # Nor the figure of any few people, whatever branches they are put together from.
    few = [id for id in ids if 0 < own[id] < 5 and id not in duty]
    for size in range(1, 5):
        for some in combinations(few, size):
            if sum(own[id] for id in some) < 5:
                assert not computable(some), (groups, duty, hidden)


def test_what_is_hidden_does_not_depend_on_who_leads() -> None:
    """Periods that end alike show the same marks under other ranks: with 甲 hidden in one and 乙
    in another, the one person of 丙 would be what is left of the whole."""
    people = {"公司": 16, "甲": 7, "乙": 8, "丙": 1}

    def hidden(first: str) -> set[str]:
        rows = [
            {
                **{"branch": id, "parent": None if id == "公司" else "公司"},
                **{"members": n, "attempted": n},
                **NO_PAST,
                **{"rank": 1 if id == first else 2, "leading": id == first},
            }
            for id, n in people.items()
        ]
        return {id for id, one in shown_to(viewer(), rows).items() if not one.marks}

    assert hidden("甲") == hidden("乙") == {"甲", "丙"}


def test_nothing_is_hidden_without_need() -> None:
    assert withheld([("top", None, 30), ("a", "top", 10), ("b", "top", 20)]) == frozenset()
    # Two small ones of five people together hide each other.
    two = [("top", None, 35), ("a", "top", 30), ("b", "top", 2), ("c", "top", 3)]
    assert withheld(two) == {"b", "c"}
    # The smallest other is itself the sum of shown ones: of those, too, one is hidden.
    three = [("top", None, 53), ("a", "top", 20), ("a1", "a", 8), ("a2", "a", 12)]
    assert withheld([*three, ("b", "top", 30), ("c", "top", 3)]) == {"a", "a1", "c"}


@pytest.fixture
def board(store: Store, add_member: AddMember) -> Callable[[str], dict[str, Any]]:
    """The board of a member by code: 公司 with 大 (six members), 小 (two, one an organizer), and 中
    (five) that is hidden so that 小 cannot be worked out.
    """
    people = {f"B{n}": add_member(f"B{n}", branch="公司/大", since=SINCE) for n in range(6)}
    for n in range(5):
        add_member(f"C{n}", branch="公司/中", since=SINCE)
    people["S1"] = add_member("S1", branch="公司/小", since=SINCE)
    people["S2"] = add_member("S2", branch="公司/小", since=SINCE, roles={"organizer": "公司/小"})
    return lambda code: branch_board(store, people[code], None, NOW)


def test_a_board_is_plain_json_with_the_whole_tree(board: Callable[[str], dict[str, Any]]) -> None:
    body = board("B1")
    assert json.loads(json.dumps(body, allow_nan=False)) == body
    assert body["period"] == "2026-Q4"
    assert body["level_names"] == ["党委", "党总支", "支部"]
    rows = {row["path"]: row for row in body["branches"]}
    assert set(rows) == {"公司", "公司/大", "公司/中", "公司/小"}
    assert rows["公司"]["parent"] is None
    assert rows["公司/大"]["parent"] == rows["公司"]["branch"]
    assert [path for path, row in rows.items() if row["own"]] == ["公司/大"]
    assert (rows["公司/大"]["members"], rows["公司/大"]["attempted"]) == (6, 0)


def test_a_small_group_is_hidden_from_its_own_members_and_shown_to_its_organizer(
    board: Callable[[str], dict[str, Any]],
) -> None:
    small = {
        code: next(row for row in board(code)["branches"] if row["name"] == "小")
        for code in ("S1", "S2", "B1")
    }
    assert small["S1"]["name"] == "小"
    assert small["S1"]["hidden"] is True
    assert small["B1"]["hidden"] is True
    assert small["S1"]["attempted"] is None
    assert "hidden" not in small["S2"]
    assert small["S2"]["attempted"] == 0
    middle = next(row for row in board("S1")["branches"] if row["name"] == "中")
    assert (middle["hidden"], middle["members"], middle["attempted"]) == (True, 5, None)
    # Who has a duty for 小 has nothing to learn about it from the others.
    assert not any("hidden" in row for row in board("S2")["branches"])


@pytest.fixture
def two_quarters(store: Store, facts: Facts, add_member: AddMember) -> dict[str, Member]:
    """Lesson `a` in 2026-Q3, `b` in Q4, which all of 甲, 乙, 丙, 戊 learned; of 乙 one learned `a`,
    and nobody of 己 did, where there are enough to be shown."""
    sizes = {"甲": 9, "乙": 8, "丙": 8, "戊": 9, "己": 6}
    marks = {"甲": 8, "乙": 5, "丙": 6, "戊": 3, "己": 2}
    facts.lesson("a", "one", at=datetime(2026, 6, 20, tzinfo=UTC))
    facts.lesson("b", "one", at=datetime(2026, 6, 20, tzinfo=UTC))
    people = {
        f"{name}{i}": add_member(f"{name}{i}", branch=f"公司/{name}", since=date(2026, 6, 1))
        for name, size in sizes.items()
        for i in range(size)
    }
    facts.assign("a", first=date(2026, 7, 1), after=date(2026, 10, 1))
    facts.assign("b", first=date(2026, 10, 1), after=date(2027, 1, 1))
    for n, (code, member) in enumerate(people.items()):
        if code[0] != "己" and (code[0] != "乙" or code == "乙0"):
            facts.grade(member, "a/one", 3 + n % 5, at=datetime(2026, 8, 1, tzinfo=UTC))
        facts.grade(member, "b/one", marks[code[0]] + n % 2, at=datetime(2026, 10, 20, tzinfo=UTC))
    duty = frozenset(one.id for one in branches(store))
    people["Z"] = viewer("organizer", duty=duty)
    return people


HIDES = ("change", "improvement", "score", "score_range", "rank", "leading")


def test_what_the_period_before_hides_is_told_by_no_change_and_no_score(
    store: Store, two_quarters: dict[str, Member]
) -> None:
    def rows(code: str, period: str) -> dict[str, Any]:
        body = branch_board(store, two_quarters[code], period, NOW)
        return {row["name"]: row for row in body["branches"]}

    before, now = rows("甲0", "2026-Q3"), rows("甲0", "2026-Q4")
    assert {name for name, row in before.items() if "hidden" in row} == {"乙", "丙"}
    assert not any("hidden" in row for row in now.values())
    assert {name for name, row in now.items() if "score_hidden" in row} == {"乙", "丙"}
    for name in ("乙", "丙"):
        assert {key: now[name][key] for key in HIDES} == dict.fromkeys(HIDES)
        assert None not in (now[name]["mean"], now[name]["adjusted_mean"], now[name]["completion"])
    assert None not in [now["甲"][key] for key in HIDES]
    # Nobody's mark is in no score.
    assert (now["己"]["improvement"], now["己"]["score"] is None) == (None, False)
    everything = rows("Z", "2026-Q4")
    assert not any("hidden" in row or "score_hidden" in row for row in everything.values())
    for name in ("乙", "丙"):
        assert None not in [everything[name][key] for key in HIDES]


def test_a_ranking_hides_what_the_period_before_does(
    store: Store, two_quarters: dict[str, Member]
) -> None:
    made = find_ranking(
        store, draft(store, period="2026-Q4", by="command", now=datetime(2027, 1, 2, 9, tzinfo=UTC))
    )
    assert made is not None
    names = ("previous", "change", "improvement", "score", "score_low", "score_high", "rank")

    def rows(ranking: Ranking, code: str) -> dict[str, Any]:
        return {row["name"]: row for row in ranking_sheet(ranking, two_quarters[code]).rows}

    seen, everything = rows(made, "甲0"), rows(made, "Z")
    assert {name for name, row in seen.items() if row["score_hidden"]} == {"乙", "丙"}
    for name in ("乙", "丙"):
        assert {key: seen[name][key] for key in names} == dict.fromkeys(names)
        assert None not in [everything[name][key] for key in names]
        assert seen[name]["mean"] == everything[name]["mean"] is not None
    # One that was recorded without the numbers of the period before may compare nothing.
    older = [{key: value for key, value in row.items() if key not in NO_PAST} for row in made.rows]
    old = replace(made, figures={**made.figures, "branches": older})
    compared = {name for name, row in rows(old, "甲0").items() if not row["score_hidden"]}
    assert compared == {"己"}
    assert not any(row["score_hidden"] for row in rows(old, "Z").values())
