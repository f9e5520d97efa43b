"""What a response earns: the rules of grading, and the promises that they keep."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from random import Random
from typing import Any, get_args

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from weike.quizzes import Grade, Question, ResponseError, Ungraded, WeikeError, grade
from weike.quizzes.choice import Option
from weike.quizzes.question import Hint, Partial
from weike.quizzes.types.blank import Blank, Synonym
from weike.quizzes.types.boolean import Boolean
from weike.quizzes.types.matching import Matching
from weike.quizzes.types.multiple import Multiple
from weike.quizzes.types.numeric import Answer, Numeric
from weike.quizzes.types.ordering import Ordering
from weike.quizzes.types.poll import Poll
from weike.quizzes.types.single import Single

PARTIALS: tuple[Partial, ...] = get_args(Partial)
SINGLE = Single(
    stem="第一步？",
    points=2,
    options=(Option(text="提起"), Option(text="拔销", right=True), Option(text="压下", weight=0.5)),
)
BOOLEAN = Boolean(stem="可以用水救油火。", right=False)
BLANK = Blank(
    stem="____ 区正常，____ 区不足。",
    points=4,
    blanks=(
        (Synonym(text="绿色"), Synonym(text="绿"), Synonym(text="浅绿", weight=0.5)),
        (Synonym(text="红色"),),
    ),
)
NUMERIC = Numeric(
    stem="每分钟多少次？",
    answers=(Answer(value=110, tolerance=10, unit="次"), Answer(value=130, weight=0.5)),
)


MATCHING = Matching(
    stem="连线",
    points=3,
    pairs=(("红色", "禁止"), ("黄色", "警告"), ("红圈", "禁止")),
    distractors=("指令",),
)
ORDERING = Ordering(stem="先后", points=4, items=("通风", "检测", "作业", "撤离"))
POLL = Poll(stem="长短", options=(Option(text="太长", right=True), Option(text="正好")))


def mult(key: set[int], count: int = 4, points: float = 1) -> Multiple:
    options = (Option(text=f"选项{i}", right=i in key) for i in range(count))
    return Multiple(stem="问", points=points, options=tuple(options))


def score(question: Question, response: object, partial: Partial = "all-or-nothing") -> float:
    result = grade(question, response, partial=partial)
    assert isinstance(result, Grade)
    assert 0 <= result.score <= result.max == question.points
    assert result.correct is (result.score == result.max)
    return result.score


def test_single_choice_takes_an_index_or_the_options_text() -> None:
    assert [score(SINGLE, r) for r in (0, 1, 2, "拔销", " 拔销。", "提起")] == [0, 2, 1, 2, 2, 0]


def test_true_or_false_takes_a_truth() -> None:
    assert [score(BOOLEAN, r) for r in (True, False)] == [0, 1]


@pytest.mark.parametrize(
    ("response", "expected"),
    [
        (["绿色", "红色"], 4),
        (["绿", " 红色。"], 4),
        (["浅绿", "红色"], 3),
        (["绿", ""], 2),
        (["红", "绿"], 0),
        (["", ""], 0),
    ],
)
def test_every_blank_earns_its_share(response: list[str], expected: float) -> None:
    assert score(BLANK, response) == expected


def test_a_grade_of_blanks_says_which_were_right() -> None:
    result = grade(BLANK, ["浅绿", "红色"])
    assert isinstance(result, Grade)
    assert result.parts == (0.5, 1.0)


def test_a_single_blank_takes_a_bare_text() -> None:
    assert score(Blank(stem="____", blanks=((Synonym(text="绿"),),)), "绿") == 1


@pytest.mark.parametrize(
    ("response", "expected"),
    [
        ("110", 1),
        ("100", 1),
        ("120 次", 1),
        ("1.1e2", 1),
        ("１１０　次", 1),
        (110, 1),
        (99.9, 0),
        ("121", 0),
        ("110 下", 0),
        ("130", 0.5),
        ("很多", 0),
        ("", 0),
    ],
)
def test_a_number_is_right_within_its_tolerance(response: object, expected: float) -> None:
    assert score(NUMERIC, response) == expected


@pytest.mark.parametrize("response", ["12", "12%", "12 %", "１２％"])
def test_a_percentage_may_be_written_with_its_sign_or_without(response: str) -> None:
    assert score(Numeric(stem="?", answers=(Answer(value=12, unit="%"),)), response) == 1


def test_where_no_unit_is_named_both_readings_of_a_percentage_are_right() -> None:
    assert score(Numeric(stem="?", answers=(Answer(value=0.12),)), "12%") == 1
    assert score(Numeric(stem="?", answers=(Answer(value=12),)), "12%") == 1
    assert score(Numeric(stem="?", answers=(Answer(value=12, unit="kg"),)), "12%") == 0


def test_bounds_are_exact_and_not_binary_fractions() -> None:
    question = Numeric(stem="?", answers=(Answer(value=0.3, tolerance=0.1),))
    assert [score(question, r) for r in ("0.4", "0.2", "0.40001")] == [1, 1, 0]


def test_ranges_may_be_open_at_one_end() -> None:
    assert score(Numeric(stem="?", answers=(Answer(min=3),)), "1e9") == 1
    assert score(Numeric(stem="?", answers=(Answer(max=5),)), "5.1") == 0


@pytest.mark.parametrize("response", ["3,14", "3，14", "1,200"])
def test_a_decimal_comma_gets_a_hint_instead_of_a_mark(response: str) -> None:
    question = Numeric(stem="?", answers=(Answer(value=3.14),))
    result = grade(question, response)
    assert isinstance(result, Hint)
    assert "without a comma" in result.reason
    with pytest.raises(ResponseError, match="without a comma"):
        question.decode({}, response)


def test_a_unit_that_nobody_asked_for_gets_a_hint_instead_of_a_mark() -> None:
    result = grade(Numeric(stem="每分钟多少次？", answers=(Answer(value=110),)), "110 次")
    assert isinstance(result, Hint)
    assert result.reason == "write the number alone, without 次"


@pytest.mark.parametrize(
    ("response", "expected"),
    [
        ([["红色", "禁止"], ["黄色", "警告"], ["红圈", "禁止"]], 3),
        ({"红色": "禁止", "红圈": "禁止"}, 2),
        ([[0, 0], [1, 2], [2, 1]], 1),
        ([["黄色", "指令"]], 0),
        ([], 0),
    ],
)
def test_every_pair_earns_its_share(response: object, expected: float) -> None:
    for partial in PARTIALS:
        assert score(MATCHING, response, partial) == expected


def test_a_right_side_of_two_pairs_is_shown_once() -> None:
    assert MATCHING.rights == ("禁止", "警告", "指令")


def test_an_order_earns_all_or_nothing_unless_its_places_count() -> None:
    assert score(ORDERING, ["通风", "检测", "作业", "撤离"]) == 4
    assert score(ORDERING, [0, 1, 3, 2]) == 0
    assert score(ORDERING, [0, 1, 3, 2], "missed-half") == 0
    assert score(ORDERING, [0, 1, 3, 2], "per-option") == 2


@given(st.integers(0, 9999), st.booleans())
def test_the_right_order_is_never_shown(seed: int, shuffle: bool) -> None:
    layout = ORDERING.draw(Random(seed), shuffle=shuffle)
    assert sorted(index for _id, index in layout["options"]) == [0, 1, 2, 3]
    assert [index for _id, index in layout["options"]] != [0, 1, 2, 3]


def test_a_poll_is_worth_nothing_whatever_was_picked() -> None:
    for outcome in (grade(POLL, 0), grade(POLL, "正好"), POLL.unanswered()):
        assert outcome == Grade(score=0, max=0, correct=None)
    assert not POLL.key


def test_all_or_nothing_wants_exactly_the_key() -> None:
    question = mult({0, 1})
    assert [score(question, r) for r in ([0, 1], [1, 0], [0], [0, 1, 2], [])] == [1, 1, 0, 0, 0]


def test_half_of_the_marks_for_missed_options_but_not_for_wrong_ones() -> None:
    question = mult({0, 1, 2}, points=2)
    responses: list[list[int]] = [[0, 1, 2], [0], [0, 1], [0, 3], [0, 1, 2, 3], []]
    assert [score(question, r, "missed-half") for r in responses] == [2, 1, 1, 0, 0, 0]


def test_per_option_is_right_picks_minus_wrong_picks_over_keys() -> None:
    question = mult({0, 1}, points=6)
    responses: list[list[int]] = [[0, 1], [0], [0, 2], [0, 1, 2], [0, 1, 2, 3], [2, 3], []]
    assert [score(question, r, "per-option") for r in responses] == [6, 3, 0, 3, 0, 0, 0]


def test_right_options_may_weigh_differently() -> None:
    options = (
        Option(text="甲", right=True, weight=0.75),
        Option(text="乙", right=True, weight=0.25),
        Option(text="丙", weight=0),
        Option(text="丁", weight=-1),
    )
    question = Multiple(stem="问", options=options)
    responses: list[list[int]] = [[0], [1], [0, 1], [0, 2], [0, 1, 3]]
    assert [score(question, r, "per-option") for r in responses] == [0.75, 0.25, 1, 0.25, 0]


MULTIPLES = st.integers(2, 7).flatmap(
    lambda count: st.sets(st.integers(0, count - 1), min_size=1).map(lambda key: mult(key, count))
)


@st.composite
def answered(draw: st.DrawFn) -> tuple[Multiple, frozenset[int]]:
    question = draw(MULTIPLES)
    return question, draw(st.frozensets(st.integers(0, len(question.options) - 1)))


@given(answered(), st.sampled_from(PARTIALS))
def test_the_score_stays_between_nothing_and_all(
    case: tuple[Multiple, frozenset[int]], partial: Partial
) -> None:
    score(case[0], case[1], partial)


@given(answered(), st.sampled_from(PARTIALS))
def test_leaving_out_a_wrong_pick_never_costs_anything(
    case: tuple[Multiple, frozenset[int]], partial: Partial
) -> None:
    question, picks = case
    honest = picks & question.key
    for wrong in picks - question.key:
        assert score(question, picks, partial) <= score(question, picks - {wrong}, partial)
    assert score(question, picks, partial) <= score(question, honest, partial)


@given(MULTIPLES, st.sampled_from(PARTIALS))
def test_ticking_nothing_earns_nothing(question: Multiple, partial: Partial) -> None:
    assert score(question, [], partial) == 0


@given(MULTIPLES, st.sampled_from(PARTIALS))
def test_ticking_everything_never_beats_knowing_all_but_one(
    question: Multiple, partial: Partial
) -> None:
    everything = frozenset(range(len(question.options)))
    assume(1 < len(question.key) < len(everything))
    honest = max(
        score(question, known, partial)
        for known in combinations(question.key, len(question.key) - 1)
    )
    assert score(question, everything, partial) <= honest


@given(MULTIPLES, st.sampled_from(PARTIALS))
def test_guessing_never_beats_picking_as_many_that_one_knows(
    question: Multiple, partial: Partial
) -> None:
    """The mean over all guesses of one size, exactly."""
    everything = range(len(question.options))
    for size in range(len(question.key) + 1):
        guesses = [score(question, g, partial) for g in combinations(everything, size)]
        known = [score(question, k, partial) for k in combinations(question.key, size)]
        assert sum(guesses) / len(guesses) <= sum(known) / len(known) + 1e-9


@given(answered(), st.sampled_from(PARTIALS), st.randoms(use_true_random=False))
def test_the_order_of_options_and_picks_changes_nothing(
    case: tuple[Multiple, frozenset[int]], partial: Partial, chance: Any
) -> None:
    question, picks = case
    order = list(range(len(question.options)))
    chance.shuffle(order)
    moved = replace(question, options=tuple(question.options[index] for index in order))
    again = [place for place, index in enumerate(order) if index in picks]
    assert score(moved, again, partial) == score(question, sorted(picks), partial)


@pytest.mark.parametrize(
    ("question", "response"),
    [
        (SINGLE, 3),
        (SINGLE, -1),
        (SINGLE, True),
        (SINGLE, None),
        (SINGLE, "没有这项"),
        (SINGLE, [1]),
        (mult({0}), 0),
        (mult({0}), [0, 0]),
        (mult({0}), [9]),
        (mult({0}), {"0": 1}),
        (BOOLEAN, 1),
        (BOOLEAN, "true"),
        (BLANK, ["绿"]),
        (BLANK, ["绿", 5]),
        (BLANK, ["绿", "红" * 1001]),
        (BLANK, ["绿", "\x00"]),
        (BLANK, ["绿", "\ud800"]),
        (NUMERIC, True),
        (NUMERIC, ["110"]),
        (NUMERIC, "1" * 101),
        (MATCHING, "禁止"),
        (MATCHING, [["红色"]]),
        (MATCHING, [["红色", "禁止"], ["红色", "警告"]]),
        (MATCHING, [["红色", "没有这项"]]),
        (MATCHING, [[0, 3]]),
        (MATCHING, [[True, 0]]),
        (ORDERING, [0, 1, 2]),
        (ORDERING, [0, 1, 2, 2]),
        (ORDERING, ["通风", "检测", "作业", "没有这项"]),
        (ORDERING, [True, 0, 2, 3]),
        (POLL, 2),
        (POLL, [0, 1]),
    ],
)
def test_a_response_of_a_wrong_shape_is_refused(question: Question, response: object) -> None:
    with pytest.raises(ResponseError):
        grade(question, response)


@pytest.mark.parametrize(
    "broken",
    [
        Single(stem="?", options=(Option(text="甲"), Option(text="乙"))),
        Single(stem="?", options=(Option(text="甲", right=True), Option(text="乙", right=True))),
        Multiple(stem="?", options=(Option(text="甲"), Option(text="乙"))),
        Blank(stem="?", blanks=()),
        Blank(stem="?", blanks=((Synonym(text="绿", weight=0.5),),)),
        Numeric(stem="?", answers=()),
        Numeric(stem="?", answers=(Answer(min=5, max=3),)),
        Matching(stem="?", pairs=(("甲", "子"), ("乙", "子"))),
        Ordering(stem="?", items=("甲",)),
    ],
)
def test_a_broken_key_is_its_own_outcome(broken: Question) -> None:
    for response in (0, [0], ["绿"], "5"):
        result = grade(broken, response)
        assert isinstance(result, Ungraded)
        assert result.reason
    assert isinstance(broken.unanswered(), Ungraded)
    assert broken.problems()


def test_an_exception_while_grading_is_its_own_outcome() -> None:
    numberless = Numeric(stem="?", answers=(Answer(),))
    result = grade(numberless, "5")
    assert isinstance(result, Ungraded)
    assert "AssertionError" in result.reason


def test_a_rule_that_nobody_knows_is_a_named_error() -> None:
    with pytest.raises(WeikeError, match="no rule most; choose one of all-or-nothing"):
        grade(SINGLE, 1, partial="most")  # type: ignore[arg-type]
