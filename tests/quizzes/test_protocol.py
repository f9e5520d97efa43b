"""The JSON that reaches a browser, body by body."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest

from weike.quizzes import protocol
from weike.quizzes.attempt import Attempt, Saved, deadline_of
from weike.quizzes.errors import AttemptRefused, ResponseError
from weike.quizzes.formats import markdown
from weike.quizzes.paper import draw_paper
from weike.quizzes.quiz import QuizDefinition
from weike.quizzes.rules import Rules
from weike.quizzes.types import known

BANK = """\
## 第一步？ {#single points=2}
- [x] 提起
- [ ] **拔销**
  > 这是第二步。
> 口诀：提、拔、握、压。
## 要带哪些？ {#multiple}
- [x] 手套
- [x] 面罩
- [ ] 手机
## 可以用水救油火。 {#boolean}
- [ ] 正确
  > 油会浮起来。
- [x] 错误
## [[绿色|绿]] 区正常，[[红色]] 区不足。 {#blank}
## 每分钟多少次？ {#numeric}
= 110 ± 10 次
## 连线 {#matching}
- 红色 -> 禁止
- 黄色 -> 警告
- -> 指令
## 按先后排序 {#ordering}
1. 通风
2. 检测
3. 作业
## 本课的长短 {#poll}
- ( ) 太长
  > 谢谢
- ( ) 正好
## 讲一次未遂事故。 {#essay type=essay points=2}
> 时间、地点、原因、办法。
## 读事故经过，回答问题。 {#material}
某厂焊工动火前没有清理可燃物。
### 直接原因是什么？ {#material-why points=0.5}
- [x] 没有清理
- [ ] 天气
> 见第一段。
### 过了几分钟起火？ {#material-when points=0.5}
= 5
###
> 动火前先清理。
## 没有别的了。 {#note type=note}
"""
NOW = datetime(2026, 10, 1, 8, 0, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)


def attempt(**rules: Any) -> Attempt:
    quiz = QuizDefinition(
        id="fire", title="灭火器", rules=Rules(**rules), questions=markdown.loads(BANK).questions
    )
    return Attempt(
        id="a1",
        number=1,
        definition=quiz,
        paper=draw_paper(quiz, Random(3)),
        started=NOW,
        deadline=deadline_of(quiz.rules, NOW),
    )


def option(made: Attempt, item: str, index: int) -> str:
    return next(str(id) for id, place in made.paper.layout(item)["options"] if place == index)


def answer(made: Attempt, item: str, response: Any, seq: int = 1) -> Attempt:
    saved = Saved(
        response=response, seq=seq, event=f"{item}-{seq}", answered_at=NOW, received_at=NOW
    )
    protocol.decode(made, item, response)
    return made.with_answer(item, saved)


def test_a_paper_shows_what_can_be_answered_and_nothing_else() -> None:
    made = attempt(shuffle="none", limit=timedelta(minutes=10))
    body = protocol.opened(made, now=NOW, attempts_left=2)
    ids = [id for id, _index in made.paper.layout("single")["options"]]
    assert json.loads(json.dumps(body)) == body
    assert body["paper"]["items"][0] == {
        "item": "single",
        "type": "single",
        "html": "<p>第一步？</p>",
        "points": 2,
        "options": [
            {"id": ids[0], "html": "提起"},
            {"id": ids[1], "html": "<strong>拔销</strong>"},
        ],
    }
    gap = '<span class="weike-blank" data-blank="{}">____</span>'
    assert body["paper"]["items"][2:5] == [
        {"item": "boolean", "type": "boolean", "html": "<p>可以用水救油火。</p>", "points": 1},
        {
            "item": "blank",
            "type": "blank",
            "html": f"<p>{gap.format(1)} 区正常，{gap.format(2)} 区不足。</p>",
            "points": 1,
            "blanks": 2,
        },
        {
            "item": "numeric",
            "type": "numeric",
            "html": "<p>每分钟多少次？</p>",
            "points": 1,
            "unit": "次",
        },
    ]
    del body["paper"]
    assert body == {
        "attempt": "a1",
        "number": 1,
        "answers": {},
        "rules": {
            "behaviour": "practice",
            "partial": "all-or-nothing",
            "pass": 0.6,
            "attempts": None,
            "attempts_left": 2,
            "limit": 600,
            "wait": None,
            "wait_until": None,
            "open": None,
            "close": None,
        },
        "deadline": "2026-10-01T08:10:00.000Z",
        "now": "2026-10-01T08:00:00.000Z",
    }


def test_a_timed_quiz_shows_no_question_before_its_start() -> None:
    quiz = replace(attempt().definition, rules=Rules(limit=timedelta(minutes=10), draw=3))
    body = protocol.not_started(quiz, now=NOW, number=2, attempts_left=1, wait_until=LATER)
    assert body["paper"] == {"title": "灭火器", "items": []}
    assert (body["attempt"], body["number"], body["questions"]) == (None, 2, 3)
    assert body["rules"]["wait_until"] == "2026-10-01T08:05:00.000Z"


def test_practice_tells_at_once_what_was_wrong_and_why() -> None:
    made = attempt()
    made = answer(made, "single", option(made, "single", 1))
    body = protocol.answered(made, "single", now=NOW)
    options = {o["id"]: o for o in body["feedback"].pop("options")}
    assert body == {
        "saved": True,
        "feedback": {
            "correct": False,
            "score": 0,
            "max": 2,
            "explanation_html": "<p>口诀：提、拔、握、压。</p>",
        },
    }
    assert options[option(made, "single", 0)]["right"] is True
    assert options[option(made, "single", 1)] == {
        "id": option(made, "single", 1),
        "right": False,
        "html": "这是第二步。",
    }


@pytest.mark.parametrize(
    ("item", "response", "feedback"),
    [
        (
            "boolean",
            True,
            {
                "correct": False,
                "score": 0,
                "max": 1,
                "key": False,
                "message_html": "<p>油会浮起来。</p>",
            },
        ),
        (
            "blank",
            ["绿", "蓝"],
            {
                "correct": False,
                "score": 0.5,
                "max": 1,
                "key": ["绿色", "红色"],
                "blanks": [{"right": True}, {"right": False}],
            },
        ),
        ("numeric", "115次", {"correct": True, "score": 1, "max": 1, "key": "110 ± 10 次"}),
    ],
)
def test_every_type_has_its_feedback(item: str, response: Any, feedback: dict[str, Any]) -> None:
    made = answer(attempt(), item, response)
    assert protocol.answered(made, item, now=NOW)["feedback"] == feedback


def test_a_saved_answer_comes_back_with_the_paper() -> None:
    made = answer(attempt(behaviour="test"), "numeric", "5")
    made = answer(made, "numeric", "110", seq=2)
    assert protocol.opened(made, now=NOW)["answers"] == {
        "numeric": {"response": "110", "seq": 2, "saved_at": "2026-10-01T08:00:00.000Z"}
    }


def test_a_late_answer_is_acknowledged_without_feedback() -> None:
    made = attempt()
    assert protocol.answered(made, "numeric", now=NOW, late=True) == {"saved": True, "late": True}


def test_the_result_counts_points_and_never_rounds_up_to_a_pass() -> None:
    made = attempt(behaviour="test", passing=0.89)
    made = answer(made, "single", option(made, "single", 0))
    made = answer(made, "boolean", False)
    made = answer(made, "numeric", "110")
    made = answer(made, "blank", ["绿", "红色"])
    places = {index: id for id, index in made.paper.layout("ordering")["options"]}
    made = answer(made, "ordering", [places[0], places[1], places[2]])
    sides = made.paper.layout("matching")
    right = {index: id for id, index in sides["right"]}
    made = answer(made, "matching", [[id, right[index]] for id, index in sides["left"]])
    made = answer(made, "essay", "上个月……")
    why = made.paper.layout("material")["questions"][0]["options"][0][0]
    made = answer(made, "material", [why, "5"])
    done = protocol.submitted(replace(made, submitted=NOW), now=NOW)
    items = done.pop("items")
    assert done == {"score": 8, "max": 9, "passed": False, "percent": 88, "pending": 1}
    assert [item["item"] for item in items] == [drawn.item for drawn in made.paper.items]
    unanswered = next(item for item in items if item["item"] == "multiple")
    assert unanswered["response"] is None
    assert unanswered["feedback"]["correct"] is False


def test_a_question_that_cannot_be_graded_says_so_and_tells_nothing() -> None:
    made = attempt(behaviour="test")
    broken = replace(made.definition.by_id["numeric"], answers=(), explanation="解析")
    quiz = replace(made.definition, questions=(*made.definition.questions[:4], broken))
    done = protocol.submitted(replace(made, definition=quiz, submitted=NOW), now=NOW)
    assert done["max"] == 5
    assert done["items"][-1]["feedback"] == {
        "correct": None,
        "score": 0,
        "max": 0,
        "ungraded": True,
    }


def test_where_nothing_can_be_scored_there_is_no_percentage() -> None:
    made = attempt()
    broken = replace(made.definition.by_id["numeric"], answers=())
    quiz = replace(made.definition, questions=(broken,))
    paper = replace(made.paper, items=made.paper.items[-1:])
    done = protocol.submitted(replace(made, definition=quiz, paper=paper, submitted=NOW), now=NOW)
    assert (done["score"], done["max"], done["passed"], done["percent"]) == (0, 0, True, None)


def test_an_attempt_that_ran_out_of_time_opens_with_its_result() -> None:
    made = answer(attempt(behaviour="test", limit=timedelta(minutes=1)), "numeric", "110")
    assert "result" not in protocol.opened(made, now=NOW)
    body = protocol.opened(made, now=LATER)
    assert body["result"]["score"] == 1
    assert body["answers"]["numeric"]["feedback"]["correct"] is True


@pytest.mark.parametrize(
    ("item", "response"),
    [
        ("single", 0),
        ("single", "提起"),
        ("single", "nosuchid"),
        ("single", None),
        ("multiple", [0]),
        ("multiple", ["手套"]),
        ("multiple", "手套"),
        ("multiple", [["手套"]]),
        ("boolean", "true"),
        ("boolean", None),
        ("blank", "绿"),
        ("blank", ["绿"]),
        ("blank", {"0": "绿"}),
        ("numeric", ["110"]),
        ("numeric", "1,10"),
        ("numeric", {}),
        ("matching", [[0, 0], [1, 1]]),
        ("matching", [["红色", "禁止"]]),
        ("matching", {}),
        ("ordering", [0, 1, 2]),
        ("ordering", []),
        ("poll", 0),
        ("poll", []),
        ("essay", ["x"]),
        ("essay", "x" * 10_001),
        ("note", "x"),
    ],
)
def test_a_browser_speaks_in_ids_and_shapes_of_the_paper(item: str, response: Any) -> None:
    """Not in indexes and texts, which are for people in a notebook."""
    with pytest.raises(ResponseError) as caught:
        protocol.decode(attempt(), item, response)
    assert isinstance(caught.value, ValueError)
    assert str(caught.value)


def test_an_id_of_another_attempt_is_none_of_the_options() -> None:
    made = attempt()
    other = replace(made, paper=draw_paper(made.definition, Random(4)))
    with pytest.raises(ResponseError):
        protocol.decode(made, "single", option(other, "single", 0))
    with pytest.raises(ResponseError):
        protocol.decode(made, "multiple", [option(made, "multiple", 0)] * 2)


def test_an_item_that_is_not_on_the_paper_is_not_found() -> None:
    with pytest.raises(AttemptRefused) as caught:
        protocol.decode(attempt(), "other", "5")
    assert (caught.value.code, caught.value.status) == ("not_found", 404)


def test_these_tests_cover_every_type() -> None:
    assert {question.type for question in attempt().definition.questions} == set(known())


def test_pairs_and_orders_are_told_in_ids_once_the_rules_allow_it() -> None:
    made = attempt(shuffle="none")
    layout = made.paper.layout("matching")
    left = [id for id, _index in layout["left"]]
    right = {index: id for id, index in layout["right"]}
    item = protocol.opened(made, now=NOW)["paper"]["items"][5]
    assert [option["id"] for option in item["left"]] == left
    assert [option["html"] for option in item["left"]] == ["红色", "黄色"]
    assert {option["html"] for option in item["right"]} == {"禁止", "警告", "指令"}
    said = protocol.answered(
        answer(made, "matching", [[left[0], right[0]], [left[1], right[2]]]), "matching", now=NOW
    )["feedback"]
    assert (said["correct"], said["score"], said["max"]) == (False, 0.5, 1)
    assert said["pairs"] == [
        {"left": left[0], "right": right[0], "correct": True},
        {"left": left[1], "right": right[1], "correct": False},
    ]
    places = {index: id for id, index in made.paper.layout("ordering")["options"]}
    order = [places[index] for index in (0, 1, 2)]
    said = protocol.answered(answer(made, "ordering", order), "ordering", now=NOW)["feedback"]
    assert (said["correct"], said["order"]) == (True, order)


def test_a_poll_counts_in_nobodys_score() -> None:
    made = attempt()
    thanks = option(made, "poll", 0)
    said = protocol.answered(answer(made, "poll", thanks), "poll", now=NOW)["feedback"]
    assert said == {"correct": None, "score": 0, "max": 0, "message_html": said["message_html"]}
    assert "谢谢" in said["message_html"]
    assert answer(made, "poll", thanks).max == made.max == 11


def test_an_essay_waits_for_a_person_and_counts_neither_for_nor_against() -> None:
    made = answer(attempt(), "essay", "上个月……")
    said = protocol.answered(made, "essay", now=NOW)["feedback"]
    assert said == {
        "correct": None,
        "score": 0,
        "max": 0,
        "pending": True,
        "explanation_html": "<p>时间、地点、原因、办法。</p>",
    }
    # Unanswered it has earned nothing; answered, its points are in nobody's sum yet.
    assert (attempt().max, made.max) == (11, 9)


def test_a_material_is_answered_part_by_part_and_told_part_by_part() -> None:
    made = attempt(shuffle="none")
    item = protocol.opened(made, now=NOW)["paper"]["items"][-2]
    why = item["questions"][0]
    assert (item["type"], item["points"]) == ("material", 1)
    assert [one["item"] for one in item["questions"]] == ["material-why", "material-when"]
    assert [option["html"] for option in why["options"]] == ["没有清理", "天气"]
    assert "清理可燃物" in item["html"]
    made = answer(made, "material", [why["options"][0]["id"], None])
    said = protocol.answered(made, "material", now=NOW)["feedback"]
    assert (said["correct"], said["score"], said["max"]) == (False, 0.5, 1)
    assert said["explanation_html"] == "<p>动火前先清理。</p>"
    assert [one["item"] for one in said["questions"]] == ["material-why", "material-when"]
    assert [one["correct"] for one in said["questions"]] == [True, False]
    assert said["questions"][0]["explanation_html"] == "<p>见第一段。</p>"
    assert said["questions"][1]["key"] == "5"
    with pytest.raises(ResponseError, match="question 2: write 3,5 without a comma"):
        protocol.decode(made, "material", [None, "3,5"])
