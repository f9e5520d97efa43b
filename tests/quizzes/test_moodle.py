"""Moodle XML: each type of question, and what stands around its answers."""

from __future__ import annotations

import pytest

from weike.quizzes.formats import moodle

from .moodlexml import answer, dropped, only, quiz, refused, says, xml


def test_one_of_several() -> None:
    own = "<single>true</single>" + "".join(
        [
            answer("<p>提起</p>", 100, says("<b>对</b>")),
            answer("拔掉", 0),
            answer("压下", "33.33333"),
            answer("跑", -50, says("不")),
            answer("", 0),
        ]
    )
    assert only(xml("multichoice", own)) == {
        "type": "single",
        "stem": "问？",
        "points": 1,
        "options": [
            {"text": "提起", "right": True, "feedback": "**对**"},
            {"text": "拔掉", "right": False},
            {"text": "压下", "right": False, "weight": 0.3333333},
            {"text": "跑", "right": False, "weight": -0.5, "feedback": "不"},
        ],
    }


@pytest.mark.parametrize("fraction", ["50", "50.0", "100"])
def test_several_of_several(fraction: str) -> None:
    own = (
        "<single>false</single>" + answer("a", fraction) + answer("b", fraction) + answer("c", -100)
    )
    assert only(xml("multichoice", own))["options"] == [
        {"text": "a", "right": True},
        {"text": "b", "right": True},
        {"text": "c", "right": False, "weight": -1},
    ]
    uneven = "<single>0</single>" + answer("a", 75) + answer("b", 25) + answer("c", 0)
    read = only(xml("multichoice", uneven))
    assert (read["type"], [o.get("weight") for o in read["options"]]) == (
        "multiple",
        [0.75, 0.25, None],
    )
    assert (
        only(xml("multichoiceset", answer("a", 100) + answer("b", 100) + answer("c", 0)))["type"]
        == "multiple"
    )


def test_a_second_full_answer_of_a_single_choice_is_named() -> None:
    question = xml("multichoice", answer("a", 100) + answer("b", 100))
    assert [o["right"] for o in only(question)["options"]] == [True, False]
    assert "a second full answer of a single choice, which now earns 99 %" in dropped(question)


def test_every_right_answer_of_a_plugin_for_several_is_full_and_has_its_share() -> None:
    answers = answer("Tokyo", 0) + answer("London", 100) + answer("Paris", 100)
    read = only(xml("oumultiresponse", answers))
    assert read["type"] == "multiple"
    assert [(o["right"], o.get("weight")) for o in read["options"]] == [
        (False, None), (True, None), (True, None),
    ]  # fmt: skip


def test_embedded_texts_whose_capital_letters_count_are_told() -> None:
    question = xml("cloze", "", "Water: {1:SHORTANSWER_C:=H2O~h2o#no}")
    assert "that capital letters count; here they never do" in dropped(question)
    assert dropped(xml("cloze", "", "Water: {1:SHORTANSWER:=H2O}")) == ()


@pytest.mark.parametrize(
    ("texts", "fractions", "right"),
    [
        (("true", "false"), (100, 0), True),
        (("true", "false"), (0, 100), False),
        (("false", "true"), (0, 100), True),
        (("Vrai", "Faux"), (0, 100), False),
        (("正确", "错误"), (100, 0), True),
        (("错误", "正确"), (100, 0), False),
    ],
)
def test_true_or_false(texts: tuple[str, str], fractions: tuple[int, int], right: bool) -> None:
    own = "".join(
        answer(text, fraction, says(f"fb{fraction}"))
        for text, fraction in zip(texts, fractions, strict=True)
    )
    read = only(xml("truefalse", own))
    assert (read["type"], read["right"]) == ("boolean", right)
    assert read["feedback"] == {"right": "fb100", "wrong": "fb0"}


def test_a_typed_text_with_its_weights() -> None:
    own = "<usecase>1</usecase>" + "".join(
        [
            answer("绿色", 100, says("好")),
            answer("<p>绿</p>", 100),
            answer("浅绿", 50),
            answer("gr*n", 80),
            answer("5\\*3", 100),
            answer("*", 0, says("不")),
        ]
    )
    question = xml("shortanswer", own, "指针在 _____ 区。___________")
    read = only(question)
    assert read["stem"] == "指针在 ____ 区。\\_\\_\\_"
    assert read["blanks"] == [
        [
            {"text": "绿色", "weight": 1, "feedback": "好"},
            "绿",
            {"text": "浅绿", "weight": 0.5},
            "5*3",
        ]
    ]
    assert set(dropped(question)) == {
        "that capital letters count; here they never do",
        "answers with the wildcard *",
        "answers that earn nothing, with what is said to them",
    }
    assert refused(xml("shortanswer", answer("gr*n", 100))) == [
        "the right answer has the wildcard *, which a bank does not know"
    ]
    assert refused(xml("shortanswer", answer("绿", 50))) == ["no right answer"]


def test_a_number_with_tolerance_and_unit() -> None:
    own = (
        answer("110", 100, f"<tolerance>10</tolerance>{says('好')}")
        + answer("3,5e2", 50, "<tolerance>0.1</tolerance>")
        + answer("*", 0, says("不"))
        + "<units><unit><multiplier>0.001</multiplier><unit_name>km</unit_name></unit>"
        "<unit><multiplier>1</multiplier><unit_name>m</unit_name></unit></units>"
    )
    assert only(xml("numerical", own))["answers"] == [
        {"value": 110, "tolerance": 10, "unit": "m", "feedback": "好"},
        {"value": 350, "tolerance": 0.1, "unit": "m", "weight": 0.5},
    ]
    assert "further units of a number" in dropped(xml("numerical", own))
    hidden = xml("numerical", answer("1", 100) + "<units><unit><multiplier>1</multiplier>"
                 "<unit_name>m</unit_name></unit></units><showunits>3</showunits>")  # fmt: skip
    assert "unit" not in only(hidden)["answers"][0]
    assert refused(xml("numerical", answer("*", 100)), xml("numerical", answer("x", 100))) == [
        "every number is right here",
        "x is no number",
    ]


def test_pairs_with_something_that_belongs_to_nothing() -> None:
    def pair(left: str, right: str) -> str:
        return (
            f'<subquestion format="html"><text><![CDATA[{left}]]></text>'
            f"<answer><text>{right}</text></answer></subquestion>"
        )

    own = pair("<p>红色</p>", "禁止") + pair("黄色", "警告") + pair("", "提示")
    read = only(xml("matching", own))
    assert read["pairs"] == [["红色", "禁止"], ["黄色", "警告"]]
    assert read["distractors"] == ["提示"]
    assert refused(xml("matching", pair("a", "b"))) == [
        "a matching question with fewer than two pairs"
    ]


def test_an_order_is_that_of_the_file() -> None:
    own = "<selecttype>2</selecttype>" + answer("通风", 1) + answer("检测", 2) + answer("作业", 3)
    assert only(xml("ordering", own))["items"] == ["通风", "检测", "作业"]
    assert dropped(xml("ordering", own)) == ("that only some of the things to order are shown",)
    assert refused(xml("ordering", answer("a", 1))) == ["there is nothing to bring into order"]


def test_an_essay_and_a_text() -> None:
    own = (
        "<generalfeedback><text>要点</text></generalfeedback><attachments>1</attachments>"
        "<graderinfo><text>时间、地点</text></graderinfo>"
    )
    read = only(xml("essay", own))
    assert (read["type"], read["explanation"]) == ("essay", "要点\n\n时间、地点")
    assert dropped(xml("essay", own)) == ("files that an essay may bring",)
    assert only(xml("description", "<defaultgrade>0</defaultgrade>", "看图")) == {
        "type": "note",
        "stem": "看图",
        "points": 0,
    }


def test_embedded_texts_become_blanks() -> None:
    first = "{1:SHORTANSWER:=绿色~%50%浅绿#差不多~%0%黄}"
    stem = f"<p>{first} 区正常，{{:SA:=红\\}}\\~色}} 区 ____ 送修。</p>"
    read = only(xml("cloze", "", stem))
    assert read["stem"] == "____ 区正常，____ 区 \\_\\_\\_ 送修。"
    assert read["blanks"] == [
        ["绿色", {"text": "浅绿", "weight": 0.5, "feedback": "差不多"}],
        ["红}~色"],
    ]


def test_blanks_beside_each_other_stay_two() -> None:
    assert only(xml("cloze", "", "{1:SA:=a}{1:SA:=b}"))["stem"] == "____ ____"


def test_other_embedded_answers_become_a_material() -> None:
    stem = (
        "<p>水在 {2:NUMERICAL:=100:0.5#好} 度{1:MULTICHOICE_H:=沸腾~结冰#不~%50%冒泡}，"
        "写作 {1:SA:=H2O}，有 {1:MR:=氢~=氧~铁}。</p>"
    )
    read = only(xml("cloze", "<defaultgrade>10</defaultgrade>", stem))
    assert (read["type"], read["points"]) == ("material", 10)
    assert read["stem"] == "水在 **(1)** 度 **(2)** ，写作 **(3)** ，有 **(4)** 。"
    number, single, blank, multiple = read["questions"]
    assert [one["points"] for one in read["questions"]] == [4, 2, 2, 2]
    assert number["answers"] == [{"value": 100, "tolerance": 0.5, "feedback": "好"}]
    assert [o["right"] for o in single["options"]] == [True, False, False]
    assert single["options"][1]["feedback"] == "不"
    assert blank["blanks"] == [["H2O"]]
    assert [o["right"] for o in multiple["options"]] == [True, True, False]


def test_embedded_answers_that_cannot_be_kept_are_refused() -> None:
    assert refused(
        xml("cloze", "", "no gap"),
        xml("cloze", "", "open {1:SHORTANSWER:=a"),
        xml("cloze", "", "{1:SHORTANSWER:=a {1:SA:=b}"),
        xml("cloze", "", "{1:SA:~a}"),
        xml("cloze", "", "{1:MC:a~b} {1:SA:=x}"),
    ) == [
        "no embedded answers",
        "an embedded answer does not end",
        "an embedded answer does not end",
        "no right answer",
        "no right answer",
    ]


@pytest.mark.parametrize(("kind", "choice"), [("gapselect", "selectoption"), ("ddwtos", "dragbox")])
def test_words_to_choose_become_blanks(kind: str, choice: str) -> None:
    own = "".join(
        f"<{choice}><text>{word}</text><group>1</group></{choice}>" for word in ("绿", "红", "黄")
    )
    question = xml(kind, own, "<p>[[1]] 区正常，[[2]] 区送修，不是 [[1]]。</p>")
    read = only(question)
    assert read["stem"] == "____ 区正常，____ 区送修，不是 ____。"
    assert read["blanks"] == [["绿"], ["红"], ["绿"]]
    assert dropped(question) == ("the words to choose from; they are typed now",)
    long = f"<{choice}><text>{'长' * 200}</text></{choice}>"
    assert refused(xml(kind, own, "[[4]]"), xml(kind, own, "x"), xml(kind, long, "[[1]]")) == [
        "a gap without its word",
        "a gap without its word",
        "a word to choose is a picture or too long to be typed",
    ]


@pytest.mark.parametrize(
    "kind", ["calculated", "calculatedmulti", "random", "ddmarker", "stack", ""]
)
def test_a_type_that_a_bank_does_not_know_is_refused_by_name(kind: str) -> None:
    reading = moodle.read(quiz(xml(kind, answer("{a}+{b}", 100))))
    (problem,) = reading.problems
    assert problem.message == f"a question of the type {kind or '—'} cannot be taken"
    assert "multichoice" in problem.repair


def test_category_points_tags_id_and_explanation_are_kept() -> None:
    category = (
        '<question type="category"><category><text>$course$/top/消防/灭火器//油</text></category>'
        "<info><text>x</text></info></question>"
    )
    own = (
        "<generalfeedback format='html'><text><![CDATA[<p>口诀</p>]]></text></generalfeedback>"
        "<defaultgrade>2.5000000</defaultgrade><penalty>0.3333333</penalty><hidden>0</hidden>"
        "<idnumber>fire-1</idnumber><tags><tag><text>班组</text></tag>"
        "<tag><text>a &amp; b</text></tag></tags>"
    )
    (question,) = moodle.loads(
        quiz(category, xml("truefalse", own + answer("true", 100)))
    ).questions
    assert (question.id, question.points, question.topic) == ("fire-1", 2.5, "消防/灭火器/油")
    assert (question.tags, question.explanation) == (("班组", "a & b"), "口诀")


def test_what_a_bank_has_no_place_for_is_named() -> None:
    own = (
        "<idnumber>第 1 题</idnumber><hint><text>想想</text></hint>"
        "<correctfeedback><text>Your answer is correct.</text></correctfeedback>"
    )
    assert dropped(xml("truefalse", own + answer("true", 100))) == (
        "id numbers that cannot be ids",
        "hints",
        "what is said to every right, partly right or wrong answer",
    )
