"""Drawing a paper: chance comes in, and stays put."""

from __future__ import annotations

import json
from dataclasses import replace
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from weike.quizzes.choice import Option
from weike.quizzes.paper import Paper, draw_paper
from weike.quizzes.quiz import QuizDefinition
from weike.quizzes.rules import Rules
from weike.quizzes.types.single import Single

QUESTIONS = tuple(
    Single(
        id=f"q{number}",
        stem=f"第{number}题",
        topic="操作" if number < 6 else "原理",
        difficulty=number % 2 + 1,
        options=(
            Option(text="甲", right=True),
            Option(text="以上都对"),
            Option(text="乙"),
            Option(text="丙"),
        ),
    )
    for number in range(10)
)
QUIZ = QuizDefinition(id="fire", title="灭火器", rules=Rules(draw=4), questions=QUESTIONS)


def quiz(rules: Rules) -> QuizDefinition:
    return replace(QUIZ, rules=rules)


def items(paper: Paper) -> list[str]:
    return [drawn.item for drawn in paper.items]


def orders(paper: Paper) -> list[list[int]]:
    return [[index for _id, index in drawn.layout["options"]] for drawn in paper.items]


@given(st.randoms(use_true_random=False))
def test_a_draw_takes_each_question_once_and_keeps_the_order_of_the_bank(chance: Random) -> None:
    drawn = items(draw_paper(QUIZ, chance))
    assert len(set(drawn)) == 4
    assert drawn == sorted(drawn)


@given(st.randoms(use_true_random=False))
def test_a_draw_takes_questions_not_met_first_and_then_the_least_met(chance: Random) -> None:
    met = {f"q{number}": number % 3 + 1 for number in range(8)}
    drawn = items(draw_paper(QUIZ, chance, met=met))
    assert {"q8", "q9"} <= set(drawn)
    assert set(drawn) - {"q8", "q9"} <= {"q0", "q3", "q6"}


@given(st.randoms(use_true_random=False))
def test_a_draw_can_be_stratified_by_topic_and_by_difficulty(chance: Random) -> None:
    rules = Rules(draw=5, strata=(("操作", 2), ("原理", 1), (1, 2)))
    drawn = draw_paper(quiz(rules), chance)
    picked = [QUIZ.by_id[item] for item in items(drawn)]
    assert len(picked) == 5
    assert sum(question.topic == "操作" for question in picked) >= 2
    assert sum(question.difficulty == 1 for question in picked) >= 2


def test_drawing_more_than_there_is_takes_everything() -> None:
    assert len(draw_paper(quiz(Rules(draw=99)), Random(1)).items) == 10
    assert len(draw_paper(quiz(Rules(draw=9, strata=(("原理", 9),))), Random(1)).items) == 4


def test_over_many_draws_every_question_and_every_order_comes() -> None:
    chance = Random(7)
    papers = [draw_paper(QUIZ, chance) for _ in range(300)]
    assert {item for paper in papers for item in items(paper)} == set(QUIZ.by_id)
    assert len({tuple(order) for paper in papers for order in orders(paper)}) == 6


def test_only_what_the_rules_say_is_shuffled() -> None:
    straight = draw_paper(quiz(Rules(shuffle="none")), Random(1))
    assert items(straight) == list(QUIZ.by_id)
    assert orders(straight) == [[0, 1, 2, 3]] * 10
    assert items(draw_paper(quiz(Rules(shuffle="questions")), Random(1))) != list(QUIZ.by_id)


def test_all_of_the_above_stays_last() -> None:
    for text in ("以上都对", "以上都不是", "上述各项都是", "All of the above.", "None of these"):
        options = (Option(text=text), Option(text="甲", right=True), Option(text="乙"))
        question = Single(stem="问", options=options)
        for seed in range(20):
            layout = question.draw(Random(seed), shuffle=True)
            assert layout["options"][-1][1] == 0


def test_ids_of_options_are_fresh_in_every_attempt_and_say_nothing() -> None:
    chance = Random(1)
    papers = [draw_paper(QUIZ, chance) for _ in range(50)]
    ids = [id for paper in papers for drawn in paper.items for id, _ in drawn.layout["options"]]
    assert len(set(ids)) == len(ids)
    assert all(len(id) >= 6 for id in ids)
    # The rank of the right option's id among its paper's ids is as good as random.
    ranks = [
        sorted(id for id, _ in drawn.layout["options"]).index(
            next(id for id, index in drawn.layout["options"] if index == 0)
        )
        for paper in papers
        for drawn in paper.items
    ]
    assert all(25 < ranks.count(rank) < 80 for rank in range(4))


def test_a_paper_survives_json_and_holds_the_versions() -> None:
    paper = draw_paper(QUIZ, Random(1))
    assert Paper.from_json(json.loads(json.dumps(paper.to_json()))) == paper
    assert all(drawn.version == QUIZ.by_id[drawn.item].version for drawn in paper.items)


def test_a_version_changes_with_anything_in_the_question() -> None:
    question = QUESTIONS[0]
    options = (replace(question.options[0], feedback="好"), *question.options[1:])
    changed = [
        replace(question, explanation="因为"),
        replace(question, points=2),
        replace(question, options=options),
    ]
    assert len({question.version, *(other.version for other in changed)}) == 4
    assert replace(question, points=1).version == question.version


def test_a_quiz_survives_json_and_its_version_follows_its_content() -> None:
    stored = json.loads(json.dumps(QUIZ.to_json()))
    assert QuizDefinition.from_json(stored) == QUIZ
    assert QuizDefinition.from_json(stored).version == QUIZ.version
    assert quiz(Rules()).version != QUIZ.version


def test_pictures_are_resolved_in_every_text() -> None:
    question = Single(
        stem="看 ![表](图/压力表.svg)",
        explanation='![a](a.svg "题")',
        options=(
            Option(text="![b](<b c.svg>)", right=True, feedback='<img src="d.svg" alt="d">'),
            Option(text="`![x](x.svg)`"),
        ),
    )
    seen: list[str] = []

    def resolve(source: str) -> str:
        seen.append(source)
        return "../media/" + source.replace(" ", "-")

    moved = replace(QUIZ, questions=(question,)).with_pictures(resolve).questions[0]
    assert isinstance(moved, Single)
    assert moved.stem == "看 ![表](../media/图/压力表.svg)"
    assert moved.explanation == '![a](../media/a.svg "题")'
    assert moved.options[0].text == "![b](../media/b-c.svg)"
    assert moved.options[0].feedback == '<img src="../media/d.svg" alt="d">'
    assert moved.options[1].text == "`![x](x.svg)`"
    assert sorted(seen) == ["a.svg", "b c.svg", "d.svg", "图/压力表.svg"]
