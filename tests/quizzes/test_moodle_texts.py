"""Moodle XML: texts and their files, however people's programs write them."""

from __future__ import annotations

import pytest

from weike.quizzes.formats import moodle
from weike.quizzes.html import render

from .moodlexml import PNG, answer, only, quiz, xml


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
