from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from sqlalchemy import update

from weike.quizzes.errors import WeikeError
from weike.results import tables
from weike.results.people import Member
from weike.results.scores import branch_scores, member_scores
from weike.results.scoring.shrinkage import pooled_variance, shrink
from weike.results.scoring.trend import trend
from weike.results.store import Store

from .facts import Facts

SEPTEMBER = date(2026, 9, 1)
OCTOBER = date(2026, 10, 1)
PUBLISHED = datetime(2026, 10, 1, 1, tzinfo=UTC)
LEARNED = datetime(2026, 10, 20, 1, tzinfo=UTC)
NOW = datetime(2026, 11, 1, 1, tzinfo=UTC)

AddMember = Callable[..., Member]


@pytest.fixture
def organisation(add_member: AddMember) -> dict[str, Member]:
    """公司 with 甲 (three members), 乙 (two), 丙 (one) and one of its own."""
    return {
        code: add_member(code, branch=branch, since=SEPTEMBER)
        for code, branch in {
            "A1": "公司/甲",
            "A2": "公司/甲",
            "A3": "公司/甲",
            "B1": "公司/乙",
            "B2": "公司/乙",
            "C1": "公司/丙",
            "TOP": "公司",
        }.items()
    }


def row(
    store: Store, name: str, *, period: str = "2026-Q4", now: datetime = NOW
) -> dict[str, object]:
    frame = branch_scores(store, period=period, now=now)
    found = frame[frame["name"] == name]
    assert len(found) == 1
    return {str(key): value for key, value in found.iloc[0].items()}


def test_the_figures_of_a_branch_agree_with_a_calculation_by_hand(
    store: Store, facts: Facts, organisation: dict[str, Member]
) -> None:
    facts.lesson("fire", "one", "two")
    facts.lesson("dust", "one")
    facts.lesson("story")
    a1, a2 = organisation["A1"], organisation["A2"]
    facts.grade(a1, "fire/one", 8)
    facts.grade(a1, "fire/two", 3, max=5, passed=False)
    facts.grade(a1, "dust/one", 10)
    facts.finish(a1, "story")
    facts.grade(a2, "fire/one", 6, passed=False)

    found = row(store, "甲")
    # a1: fire (.8 + .6)/2 = .7, dust 1 → .85, three lessons complete; a2: fire .6, none complete.
    assert found["members"] == 3
    assert found["attempted"] == 2
    assert found["mean"] == pytest.approx((0.85 + 0.6) / 2)
    assert found["completion"] == pytest.approx(3 / (3 * 3))
    assert found["coverage"] == pytest.approx(1 / 3)
    assert found["pass_rate"] == pytest.approx(2 / 4)


def test_a_parent_is_the_sum_of_its_members_not_the_mean_of_its_children(
    store: Store, facts: Facts, organisation: dict[str, Member]
) -> None:
    facts.lesson("fire", "one")
    for code, points in {"A1": 10, "A2": 10, "A3": 10, "B1": 2, "TOP": 6}.items():
        facts.grade(organisation[code], "fire/one", points)
    found = row(store, "公司")
    assert found["members"] == 7
    assert found["attempted"] == 5
    assert found["mean"] == pytest.approx((3 * 1.0 + 0.2 + 0.6) / 5)
    assert found["completion"] == pytest.approx(5 / 7)


def test_only_the_first_attempt_counts_and_in_it_the_first_answers(
    store: Store, facts: Facts, organisation: dict[str, Member]
) -> None:
    facts.lesson("fire", "one")
    facts.grade(organisation["B1"], "fire/one", 4, score=9, passed=False)
    facts.grade(organisation["B1"], "fire/one", 10, number=2, passed=True)
    found = row(store, "乙")
    assert found["mean"] == pytest.approx(0.4)
    assert found["pass_rate"] == 1  # the make-up test was passed


def test_a_branch_that_did_nothing_has_no_mean_and_an_empty_one_no_figure_at_all(
    store: Store, facts: Facts, organisation: dict[str, Member]
) -> None:
    facts.lesson("fire", "one")
    facts.move(organisation["C1"], None, OCTOBER)
    idle = row(store, "乙")
    assert (idle["members"], idle["attempted"], idle["coverage"], idle["completion"]) == (
        2,
        0,
        0,
        0,
    )
    for undefined in ("mean", "adjusted", "low", "high", "pass_rate"):
        assert math.isnan(float(str(idle[undefined])))
    empty = row(store, "丙")
    assert empty["members"] == 0
    assert math.isnan(float(str(empty["coverage"])))
    assert math.isnan(float(str(empty["completion"])))


def test_the_roster_is_frozen_where_members_were_at_the_start_of_the_period(
    store: Store, facts: Facts, organisation: dict[str, Member], add_member: AddMember
) -> None:
    facts.lesson("fire", "one")
    facts.move(organisation["A1"], "公司/乙", date(2026, 10, 15))
    facts.move(organisation["B2"], None, date(2026, 10, 15))
    late = add_member("LATE", branch="公司/乙", since=date(2026, 10, 15))
    facts.grade(organisation["A1"], "fire/one", 10)
    facts.grade(late, "fire/one", 0)

    assert row(store, "甲")["members"] == 3
    assert row(store, "甲")["mean"] == 1
    assert (row(store, "乙")["members"], row(store, "乙")["attempted"]) == (2, 0)
    # A period that begins after the moves: the mover and the newcomer count in the new branch.
    november = row(store, "乙", period="2026-11", now=datetime(2026, 11, 20, tzinfo=UTC))
    assert november["members"] == 3
    assert november["mean"] == pytest.approx(0.5)


def test_the_first_import_ever_is_the_start_of_a_period_that_began_before_it(
    store: Store, facts: Facts, add_member: AddMember
) -> None:
    add_member("A1", branch="公司/甲", since=date(2026, 10, 9))
    add_member("A2", branch="公司/甲", since=date(2026, 10, 9))
    add_member("A3", branch="公司/甲", since=date(2026, 10, 10))
    assert row(store, "甲")["members"] == 2


def test_figures_stand_as_of_the_end_of_the_period_or_of_now(
    store: Store, facts: Facts, organisation: dict[str, Member]
) -> None:
    facts.lesson("fire", "one")
    facts.lesson("dust", "one", at=datetime(2026, 11, 5, tzinfo=UTC))
    last_second = datetime(2026, 10, 31, 15, 59, 59, tzinfo=UTC)
    facts.grade(organisation["A1"], "fire/one", 10, at=last_second)
    facts.grade(organisation["A2"], "fire/one", 10, at=last_second + timedelta(seconds=1))
    later = datetime(2026, 12, 1, tzinfo=UTC)
    assert row(store, "甲", period="2026-10", now=later)["completion"] == pytest.approx(1 / 3)
    assert row(store, "甲", period="2026-11", now=later)["completion"] == pytest.approx(2 / 6)
    assert row(store, "甲", now=datetime(2026, 10, 5, tzinfo=UTC))["completion"] == 0
    assert row(store, "甲", now=later)["completion"] == pytest.approx(2 / 6)


def test_a_withdrawn_lesson_and_a_removed_quiz_no_longer_count(
    store: Store, facts: Facts, organisation: dict[str, Member]
) -> None:
    facts.lesson("fire", "one", "two")
    facts.lesson("dust", "one")
    facts.grade(organisation["A1"], "fire/one", 5)
    facts.grade(organisation["A1"], "fire/two", 10)
    facts.grade(organisation["A1"], "dust/one", 10)
    assert row(store, "甲")["mean"] == pytest.approx(0.875)
    facts.lesson("fire", "one", at=PUBLISHED + timedelta(days=1), again=True)
    facts.withdraw("dust", PUBLISHED + timedelta(days=2))
    found = row(store, "甲")
    assert found["mean"] == pytest.approx(0.5)
    assert found["completion"] == pytest.approx(1 / 3)


def test_a_period_that_has_not_begun_has_a_roster_and_no_figures(
    store: Store, facts: Facts, organisation: dict[str, Member]
) -> None:
    facts.lesson("fire", "one")
    facts.grade(organisation["A1"], "fire/one", 5)
    found = row(store, "甲", period="2027-Q1")
    assert found["members"] == 3
    assert all(np.isnan(float(str(found[name]))) for name in ("coverage", "completion", "mean"))


def test_means_are_adjusted_among_the_branches_of_one_level(
    store: Store, facts: Facts, add_member: AddMember
) -> None:
    facts.lesson("fire", "one")
    marks = {"甲": [10, 9, 8, 9], "乙": [7, 6, 8], "丙": [2, 4, 3, 1, 2]}
    for name, points in marks.items():
        for i, mark in enumerate(points):
            facts.grade(
                add_member(f"{name}{i}", branch=f"公司/{name}", since=OCTOBER), "fire/one", mark
            )
    shares = [np.array(points) / 10 for points in marks.values()]
    expected = shrink(
        [len(s) for s in shares],
        [float(s.mean()) for s in shares],
        pooled_variance([len(s) for s in shares], [float(s.var(ddof=1)) for s in shares]),
    )
    frame = branch_scores(store, period="2026-Q4", now=NOW)
    below = frame[frame["level"] == 1].set_index("name")
    for i, name in enumerate(marks):
        assert below.loc[name, "adjusted"] == pytest.approx(expected.means[i])
        assert (below.loc[name, "low"], below.loc[name, "high"]) == pytest.approx(
            expected.interval(i)
        )
    assert frame.attrs["tau2"][1] == pytest.approx(expected.tau2)
    assert frame.attrs["tau2"][0] is None
    assert frame.attrs["no_difference"] is False
    assert frame.attrs["period"] == "2026-Q4"


def test_equal_branches_are_said_to_show_no_difference(
    store: Store, facts: Facts, organisation: dict[str, Member]
) -> None:
    facts.lesson("fire", "one")
    for code in ("A1", "A2", "B1", "B2"):
        facts.grade(organisation[code], "fire/one", 5 if code.endswith("1") else 7)
    assert branch_scores(store, now=NOW).attrs["no_difference"] is True


def test_a_branch_can_be_asked_for_by_path_name_or_id_with_all_beneath_it(
    store: Store, organisation: dict[str, Member], add_member: AddMember
) -> None:
    add_member("D1", branch="分公司/甲", since=OCTOBER)
    company = branch_scores(store, branch="公司", now=NOW)
    assert list(company["path"]) == ["公司", "公司/丙", "公司/乙", "公司/甲"]
    assert list(branch_scores(store, branch="公司＞乙", now=NOW)["name"]) == ["乙"]
    assert list(branch_scores(store, branch=str(company.index[0]), now=NOW)["name"]) == list(
        company["name"]
    )
    with pytest.raises(WeikeError, match="分公司/甲"):
        branch_scores(store, branch="甲", now=NOW)
    with pytest.raises(WeikeError, match="丁"):
        branch_scores(store, branch="丁", now=NOW)


def test_a_store_without_members_or_lessons_gives_an_empty_table_of_the_same_columns(
    store: Store,
) -> None:
    frame = branch_scores(store, now=NOW)
    assert frame.empty
    assert list(frame.columns[:4]) == ["path", "name", "level", "level_name"]
    assert frame.attrs["no_difference"] is False


def test_the_rows_behind_a_branch_recompute_its_figures(
    store: Store, facts: Facts, organisation: dict[str, Member]
) -> None:
    facts.lesson("fire", "one")
    facts.grade(organisation["A1"], "fire/one", 10)
    facts.grade(organisation["A2"], "fire/one", 4, passed=False)
    rows = member_scores(store, branch="公司/甲", now=NOW)
    found = row(store, "甲")
    assert list(rows["code"]) == ["A1", "A2", "A3"]
    assert rows["mark"].mean() == pytest.approx(found["mean"])
    assert rows["completed"].sum() / rows["assigned"].sum() == pytest.approx(found["completion"])
    assert rows["passed"].sum() / rows["submitted"].sum() == pytest.approx(found["pass_rate"])


def test_a_kept_figure_is_given_up_as_soon_as_something_is_recorded(
    store: Store, facts: Facts, organisation: dict[str, Member]
) -> None:
    facts.lesson("fire", "one")
    assert row(store, "甲")["attempted"] == 0
    facts.grade(organisation["A1"], "fire/one", 10)
    assert row(store, "甲")["attempted"] == 1
    facts.withdraw("fire", LEARNED)
    assert row(store, "甲")["attempted"] == 0


def test_what_a_caller_does_to_a_table_stays_with_the_caller(
    store: Store, facts: Facts, organisation: dict[str, Member]
) -> None:
    facts.lesson("fire", "one")
    facts.grade(organisation["A1"], "fire/one", 10)
    mine = branch_scores(store, now=NOW)
    mine["mean"] = 0.0
    assert row(store, "甲")["mean"] == 1


def test_a_repeated_view_asks_the_grades_only_once(
    store: Store, facts: Facts, organisation: dict[str, Member]
) -> None:
    facts.lesson("fire", "one")
    facts.grade(organisation["A1"], "fire/one", 10)
    first = row(store, "甲", now=NOW)["mean"]
    # A change that no fact announces is not seen: the second view, later, came from memory.
    with store.engine.execution_options(weike_write=True).begin() as connection:
        connection.execute(update(tables.grade).values(first_score=0.0))
    assert row(store, "甲", now=NOW + timedelta(hours=1))["mean"] == first


def test_shares_are_numbers_with_nan_where_undefined(
    store: Store, facts: Facts, organisation: dict[str, Member]
) -> None:
    facts.lesson("fire", "one")
    facts.grade(organisation["A1"], "fire/one", 10)
    frame = branch_scores(store, now=NOW)
    shares = ["coverage", "completion", "mean", "adjusted", "low", "high", "pass_rate"]
    assert {str(dtype) for dtype in frame.dtypes[shares]} == {"float64"}
    assert {str(dtype) for dtype in frame.dtypes[["members", "attempted", "level"]]} == {"int64"}


def test_a_score_and_its_improvement_agree_with_a_calculation_by_hand(
    store: Store, facts: Facts, add_member: AddMember
) -> None:
    """Two branches of two; Q3 then Q4, in which a second lesson is all that is assigned.

    Q3: 甲 .5 .7 (mean .6), 乙 .5 .7 (.6). Q4: 甲 1 .8 (.9), 乙 .4 .6 (.5); all v = .02, s² = .02.
    Q4 means: μ = .7, MSB = 2(.2² + .2²) = .16, n₀ = 4 - 8/4 = 2, τ² = (.16 - .02)/2 = .07,
    B = .07/(.07 + .01) = 7/8: adjusted .7 ± .175.
    Δ: .3 and -.1, sizes 1/(1/2 + 1/2) = 1: μ = .1, MSB = .04 + .04 = .08, n₀ = 2 - 2/2 = 1,
    τ² = .06, B = .06/.08 = 3/4: Δ' = .1 ± .15 = .25, -.05; improvement 1 (clipped), .375.
    """
    people = {
        code: add_member(code, branch=f"公司/{code[0]}", since=date(2026, 6, 1))
        for code in ("甲1", "甲2", "乙1", "乙2")
    }
    summer = datetime(2026, 7, 5, tzinfo=UTC)
    facts.lesson("fire", "one", at=summer)
    facts.lesson("dust", "one")
    facts.assign("dust")
    for code, before, now in (("甲1", 5, 10), ("甲2", 7, 8), ("乙1", 5, 4), ("乙2", 7, 6)):
        facts.grade(people[code], "fire/one", before, at=summer + timedelta(days=1))
        facts.grade(people[code], "dust/one", now)
    first, second = row(store, "甲"), row(store, "乙")
    assert (first["adjusted"], second["adjusted"]) == (pytest.approx(0.875), pytest.approx(0.525))
    assert (first["previous"], second["previous"]) == (pytest.approx(0.6), pytest.approx(0.6))
    assert (first["change"], second["change"]) == (pytest.approx(0.25), pytest.approx(-0.05))
    assert (first["improvement"], second["improvement"]) == (1, pytest.approx(0.375))
    assert first["score"] == pytest.approx(100 * (0.5 * 0.875 + 0.3 + 0.2))
    assert second["score"] == pytest.approx(100 * (0.5 * 0.525 + 0.3 + 0.2 * 0.375))
    # SE: .25·(7/8·.01) + .25·(3/4·.02), the second only inside the clip.
    reach = 1.959964 * 100 * math.sqrt(0.25 * 0.00875 + 0.25 * 0.015)
    assert second["score_low"] == pytest.approx(float(str(second["score"])) - reach, rel=1e-5)
    frame = branch_scores(store, now=NOW)
    assert frame.attrs["weights"] == {"mean": 0.5, "completion": 0.3, "improvement": 0.2}
    # Of two members each, neither is eligible.
    assert frame["rank"].isna().all()
    assert set(frame[frame["level"] == 1]["band"]) == {"small"}


def test_who_has_not_started_and_who_is_excused_are_counted_apart(
    store: Store, facts: Facts, organisation: dict[str, Member]
) -> None:
    facts.lesson("fire", "one")
    facts.begin(organisation["A1"], "fire/one", at=LEARNED)
    facts.excuse(organisation["A3"])
    found = row(store, "甲")
    assert (found["members"], found["excused"], found["not_started"]) == (2, 1, 1)
    assert (found["assigned"], found["completed"]) == (2, 0)
    top = row(store, "公司")
    assert (top["members"], top["excused"], top["not_started"]) == (6, 1, 5)


def test_the_trend_shows_each_period_with_its_own_roster_and_end(
    store: Store, facts: Facts, organisation: dict[str, Member]
) -> None:
    summer = datetime(2026, 9, 10, tzinfo=UTC)
    facts.lesson("fire", "one", at=summer)
    facts.grade(organisation["A1"], "fire/one", 4, at=summer)
    facts.grade(organisation["A2"], "fire/one", 8)
    facts.move(organisation["A3"], "公司/乙", OCTOBER)
    id = facts.branch("公司/甲")
    found = trend(store, branch=id, periods=3, now=NOW)
    assert list(found.index) == ["2026-Q2", "2026-Q3", "2026-Q4"]
    assert found["members"].tolist() == [3, 3, 2]
    assert found["mean"].tolist()[1:] == [pytest.approx(0.4), pytest.approx(0.6)]
    assert math.isnan(found["mean"].iloc[0])
    assert found["completion"].tolist()[1:] == [pytest.approx(1 / 3), 1]
    months = trend(store, branch=id, periods=2, period="2026-10", now=NOW)
    assert list(months.index) == ["2026-09", "2026-10"]
