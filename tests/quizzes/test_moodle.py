"""Moodle XML: each type of question, what people's programs write, and what is dangerous."""

from __future__ import annotations

import base64
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weike.quizzes import Bank, BankError
from weike.quizzes.formats import markdown, moodle
from weike.quizzes.html import render
from weike.quizzes.loss import export

from .test_round_trip import WILD, banks

PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n" + b"picture").decode()


def quiz(*questions: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<quiz>\n{"".join(questions)}</quiz>'.encode()


def xml(kind: str, inside: str, stem: str = "<p>问？</p>") -> str:
    return (
        f'<question type="{kind}"><name><text>n</text></name>'
        f'<questiontext format="html"><text><![CDATA[{stem}]]></text></questiontext>'
        f"{inside}</question>\n"
    )


def answer(text: str, fraction: Any, more: str = "") -> str:
    inside = f"<text><![CDATA[{text}]]></text>{more}"
    return f'<answer fraction="{fraction}" format="html">{inside}</answer>'


def says(text: str) -> str:
    return f'<feedback format="html"><text><![CDATA[{text}]]></text></feedback>'


def only(*questions: str) -> dict[str, Any]:
    (question,) = moodle.loads(quiz(*questions)).questions
    return {name: value for name, value in question.to_json().items() if name != "id"}


def refused(*questions: str) -> list[str]:
    reading = moodle.read(quiz(*questions))
    assert len(reading.rejected) == len(reading.problems) == len(questions)
    return [problem.message for problem in reading.problems]


def dropped(*questions: str) -> tuple[str, ...]:
    reading = moodle.read(quiz(*questions))
    assert not reading.rejected
    return reading.dropped


# Each type


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


def test_values_without_quotes_and_tags_without_their_list_are_read() -> None:
    own = (
        "<question type=multichoice><questiontext format=html><text>a =b c</text></questiontext>"
        '<tag><text>x</text></tag><answer format="html" fraction=100><text>y</text></answer>'
        "<answer fraction=0><text>n</text></answer></question>"
    )
    read = only(own)
    assert (read["stem"], read["tags"]) == ("a =b c", ["x"])
    assert [o["right"] for o in read["options"]] == [True, False]


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("x&lt;y", "x&lt;y"),
        ("List&lt;String&gt; a", "List&lt;String&gt; a"),
        ("&lt;p>a&lt;b&lt;/p>", "a&lt;b"),
        ("#include &lt;stdio.h>", "#include &lt;stdio.h&gt;"),
        ("&lt;o:p>a&lt;/o:p>", "a"),
        ("a<b>b</b><br/>c", "a<strong>b</strong><br>\nc"),
    ],
)
def test_a_sign_that_begins_no_tag_is_text(written: str, shown: str) -> None:
    own = f'<answer fraction="100" format="html"><text>{written}</text></answer>'
    options = only(xml("multichoice", own + answer("n", 0)))["options"]
    assert render(options[0]["text"], inline=True) == shown


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


# What stands around the answers


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


def test_pictures_come_along_and_other_files_are_named() -> None:
    file = '<file name="{}" path="/" encoding="base64">{}</file>'
    stem = (
        '<p>看图 <img src="@@PLUGINFILE@@/a%20b.png?time=1" alt="图 [1]" width="9">'
        '<img src="@@PLUGINFILE@@/gone.png" alt="没有">'
        '<img src="https://x.example/y.png" alt="远"></p>'
    )
    text = (
        f"<question type='truefalse'><questiontext><text><![CDATA[{stem}]]></text>"
        f"{file.format('a b.png', PNG)}{file.format('x.mp3', 'AAAA')}</questiontext>"
        f"{answer('true', 100)}</question>"
    )
    (question,) = moodle.loads(quiz(text)).questions
    assert f"![图 \\[1\\]](data:image/png;base64,{PNG})" in question.stem
    assert "没有" in question.stem
    reading = moodle.read(quiz(text), source="消防 1.xml")
    ((name, content),) = reading.media.items()
    assert name.startswith("media/消防-1-")
    assert content.startswith(b"\x89PNG")
    assert f"![图 \\[1\\]]({name})" in reading.bank.questions[0].stem
    assert set(reading.dropped) == {
        "the file gone.png",
        "pictures from other hosts, which are not shown",
    }


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("<p dir='ltr'>一&nbsp;二</p><p>三</p>", "一 二\n\n三"),
        ("a<br>b<br/><br>", "a\\\nb"),
        ("<ul><li>甲</li><li>乙<ol><li>丙</li></ol></li></ul>", "-  甲\n-  乙\n   1. 丙"),
        ("<b>没有。</b>文字 <i>x</i>", "<strong>没有。</strong>文字 *x*"),
        ("H<sub>2</sub>O 2*3*4", "H<sub>2</sub>O 2\\*3\\*4"),
        (r"\(x^2\) 和 \[a_b\] 和 $5", "$x^2$ 和 $$a_b$$ 和 $5"),
        ("<pre>a\n\n*b*</pre>", "```\na\n\n*b*\n```"),
        ("<script>alert(1)</script><style>p{}</style>x<iframe src='y'>z</iframe>", "x"),
        ("<table onclick='x'><tr><td>1</td></tr></table>",
         "<table><tbody><tr><td>1</td></tr></tbody></table>"),
        ("<h2>头</h2>文", "#### 头\n\n文"),
        ("<a href='https://a.example/'>链接</a>", '<a href="https://a.example/">链接</a>'),
        ("1. 不是列表", "1\\. 不是列表"),
        ("a < b &lt; c & d", "a < b < c & d"),
        ("<p><span style='color:red'>红</span></p>", "红"),
    ],
)  # fmt: skip
def test_html_becomes_markdown_that_shows_the_same(html: str, markdown: str) -> None:
    assert only(xml("essay", "", html))["stem"] == markdown


@pytest.mark.parametrize(
    ("kind", "text", "stem"),
    [
        ("plain_text", "a &lt;b&gt; *c* d*", "a \\<b\\> \\*c\\* d\\*"),
        ("moodle_auto_format", "一\n二", "一\\\n二"),
        ("markdown", "**a** \\\\(x^2\\\\)", "**a** $x^2$"),
        ("wiki_like", "x", "x"),
        ("", "<![CDATA[<b>x</b>]]>", "**x**"),
    ],
)
def test_each_format_of_a_text_is_heeded(kind: str, text: str, stem: str) -> None:
    question = (
        f"<question type='essay'><questiontext format='{kind}'><text>{text}</text></questiontext>"
        "</question>"
    )
    assert only(question)["stem"] == stem


# What people's programs write


@pytest.mark.parametrize(
    "text",
    [
        "<questiontext>问？</questiontext>",
        "<questiontext format='html'><text><p>问？</p></text></questiontext>",
        "<questiontext format='html'><text>&lt;p&gt;问？&lt;/p&gt;</text></questiontext>",
        "<questiontext format='html'><text>问？&nbsp;</text></questiontext>",
        "<questiontext format='html'><text>\x0b问？&#12;</text></questiontext>",
        "<name><text>问？</text></name><questiontext><text></text></questiontext>",
    ],
)
def test_a_text_is_read_however_it_was_wrapped(text: str) -> None:
    assert only(f"<question type='essay'>{text}</question>")["stem"] == "问？"


def test_a_bare_ampersand_and_the_names_of_signs_are_mended() -> None:
    said = "<text>R&D &copy; &bogus; &#38; &amp;amp;</text>"
    text = f"<question type='essay'><questiontext>{said}</questiontext></question>"
    assert only(text)["stem"] == "R&D © &bogus; & &"


def test_a_comment_a_declaration_and_a_question_alone_do_no_harm() -> None:
    alone = b"\n<!-- question: 5 & 6 -->" + xml("essay", "").encode()
    assert len(moodle.loads(alone)) == 1
    with_sheet = (
        b'<?xml version="1.0"?><?xml-stylesheet href="a.xsl"?>' + quiz(xml("essay", ""))[39:]
    )
    assert len(moodle.loads(with_sheet)) == 1


@pytest.mark.parametrize(
    ("declared", "encoding"),
    [
        ("UTF-8", "utf-8"),
        ("UTF-8", "utf-8-sig"),
        ("UTF-16", "utf-16"),
        ("GBK", "gb18030"),
        ("GB2312", "gb18030"),
        ("gb18030", "gb18030"),
        ("UTF-8", "gb18030"),  # saved again by an editor
        ("no-such-thing", "utf-8"),
    ],
)
def test_a_file_in_any_usual_encoding_is_read(declared: str, encoding: str) -> None:
    text = quiz(xml("essay", "", "灭火器")).decode().replace("UTF-8", declared)
    assert moodle.loads(text.encode(encoding)).questions[0].stem == "灭火器"


# What is wrong, and what is dangerous


def test_bad_questions_are_kept_apart_with_their_lines_and_can_be_mended() -> None:
    data = quiz(
        xml("essay", "", "一"), xml("random", "", "二"), xml("truefalse", answer("true", 0))
    )
    reading = moodle.read(data)
    assert [question.stem for question in reading.bank] == ["一"]
    assert [problem.line for problem in reading.problems] == [4, 5]
    back = moodle.dump_rejected(data, reading)
    again = moodle.read(back)
    assert [one.source for one in again.rejected] == [one.source for one in reading.rejected]
    assert b"<!-- line 4: a question of the type random cannot be taken" in back
    mended = back.replace(b'fraction="0"', b'fraction="100"')
    assert moodle.read(mended).bank.questions[0].type == "boolean"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "there is no <question> in the file"),
        (b"hello", "there is no <question> in the file"),
        (b"<quiz></quiz>", "there is no <question> in the file"),
        (b"<quiz><question type='essay'></quiz>", "this is no XML: mismatched tag"),
        (b"PK\x03\x04<&<", "this is no XML"),
        (b"<a>" * 200 + b"</a>" * 200, "the XML is nested too deeply"),
        (b" " * (20 * 1024 * 1024 + 1), "the file is larger than 20 MB"),
        (
            b'<?xml version="1.0"?><!DOCTYPE quiz [<!ENTITY a "aaaaaaaaaa">'
            b'<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><quiz>&b;</quiz>',
            "the file declares a document type or entities",
        ),
        (
            b'<!DOCTYPE quiz [<!ENTITY x SYSTEM "file:///etc/passwd">]><quiz>&x;</quiz>',
            "the file declares a document type or entities",
        ),
        (b'<!DOCTYPE quiz SYSTEM "http://x.example/a.dtd"><quiz/>', "a document type or entities"),
    ],
)
def test_a_dangerous_or_broken_file_is_a_clear_error(data: bytes, message: str) -> None:
    with pytest.raises(BankError) as caught:
        moodle.read(data, source="a.xml")
    assert message in str(caught.value)


@pytest.mark.parametrize(
    "question",
    [
        xml("cloze", "", "{1:SA:=a" + "~b" * 100_000 + "}"),
        xml("cloze", "", "{1:SA:=a" * 20_000),
        xml("cloze", "", "{1:SA:=a}" + "\\(" * 40_000),
        xml("essay", "", "<ul><li>" * 2_000),
    ],
    ids=["answers", "open", "formulas", "lists"],
)
def test_what_is_made_to_keep_the_reader_busy_is_answered_soon(question: str) -> None:
    begun = time.process_time()
    moodle.read(quiz(question))
    assert time.process_time() - begun < 10


PIECES = st.sampled_from(
    [
        *("<question type='", "multichoice", "cloze", "numerical", "shortanswer", "matching"),
        *("gapselect", "ordering", "truefalse", "'>", "</question>", "<quiz>", "</quiz>"),
        *("<questiontext format='html'><text>", "</text></questiontext>", "<![CDATA[", "]]>"),
        *(
            "<answer fraction='",
            "100",
            "50",
            "-1e999",
            "nan",
            "'>",
            "</answer>",
            "<text>",
            "</text>",
        ),
        *("{1:SA:=a}", "{1:MC:=a~b", "}", "[[1]]", "<p>", "</ul>", "<li>", "<table>", "&", "&#0;"),
        *("<subquestion>", "</subquestion>", "<dragbox>", "</dragbox>", "绿", "*", "____", "\\"),
    ]
)
WRAPPED = st.builds(
    lambda kind, stem, answers: quiz(
        xml(kind, "".join(answers), stem.replace("]]>", "")),
    ),
    st.sampled_from(["multichoice", "shortanswer", "numerical", "truefalse", "cloze", "gapselect",
                     "ordering", "matching", "essay", "description"]),
    st.lists(PIECES, max_size=12).map("".join),
    st.lists(
        st.builds(
            answer,
            st.sampled_from(["a", "b", "*", "5", "true", "<p>x</p>", "", "a|b", "]]", "1e400"]),
            st.sampled_from([100, 50, 33.333, 0, -100, "x", "1e9", "nan"]),
            st.sampled_from(["", "<tolerance>0.1</tolerance>", "<tolerance>x</tolerance>",
                             "<range>1..9</range>"]),
        ),
        max_size=4,
    ),
)  # fmt: skip


# Both ways


EVERY = f"""\
## 第一步？ {{#first points=2 topic="消防/灭火器" tags="班组,新员工"}}
- [x] **提起**
  > 对
- [ ] 拔掉 {{weight=0.5}}
- [ ] 压下 $x^2$

> 口诀：$a_1$ 和 ![图](data:image/png;base64,{PNG})

## 哪些？ {{topic="消防/灭火器"}}
- [x] 甲 {{weight=0.75}}
- [x] 乙 {{weight=0.25}}
- [ ] 丙

## 对吗？
- [x] 正确
  > 好
- [ ] 错误
  > 不

## 指针在 [[绿色|绿*|浅绿 {{weight=0.5 feedback="差不多"}}]] 区。

## [[绿}}~]] 区正常，[[红|赤#]] 区送修。

## 几次？
= 110 ± 10 次
= 3..5 次 {{weight=0.5 feedback="近"}}

## 连线
- 红 -> 禁止
- 黄 -> 警告
- -> 提示

## 排序
1. 通风
2. 检测

## 说说。 {{type=essay}}

> 要点

## 看图 {{type=note}}
"""


def test_what_moodle_can_hold_comes_back_the_same() -> None:
    bank = markdown.loads(EVERY)
    made = export(bank, moodle)
    assert made.losses == ()
    assert moodle.loads(made.data).questions == bank.questions
    assert b"@@PLUGINFILE@@/picture-1.png" in made.data
    assert b"\\\\(x^2\\\\)" in made.data


def test_what_moodle_cannot_hold_is_named() -> None:
    bank = markdown.loads(
        "---\ntitle: 题\n---\n## 一 {#a difficulty=3}\n= 5\n## 二 {#b}\n- ( ) 甲\n- ( ) 乙\n"
        "## 三 {#c}\n= 3.. m\n## 四 {#d}\n### 子一\n= 1\n### 子二\n= 2\n"
    )
    made = export(bank, moodle)
    assert {str(loss) for loss in made.losses if not loss.left_out} == {
        "title is lost",
        "a: difficulty is changed",
    }
    assert {loss.item for loss in made.losses if loss.left_out} == {"b", "c", "d"}
    assert made.written == 1


@given(banks(WILD))
def test_an_export_never_changes_a_key_in_silence(bank: Bank) -> None:
    made = export(bank, moodle)
    changed = {loss.item for loss in made.losses}
    kept = {q.id: q for q in bank if q.id not in {one.item for one in made.losses if one.left_out}}
    if kept:
        for before, after in zip(kept.values(), moodle.loads(made.data), strict=True):
            assert before == after or before.id in changed


@given(
    st.lists(PIECES, max_size=40).map(lambda parts: "".join(parts).encode())
    | WRAPPED
    | st.binary(max_size=200)
    | st.text(max_size=200).map(lambda text: quiz(f"<question type='essay'>{text}</question>"))
)
def test_nothing_crashes_the_reader_and_every_question_can_be_graded(data: bytes) -> None:
    try:
        reading = moodle.read(data)
    except BankError:
        return
    for question in reading.bank:
        assert question.problems() == []
        assert question.flaw() is None
    if reading.bank.questions:
        again = moodle.read(moodle.dumps(reading.bank))
        assert again.rejected or len(again.bank) == len(reading.bank)
