"""A bank typed in Word, with what Word adds and hides."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image

from weike.quizzes import BankError
from weike.quizzes.formats import chinese
from weike.quizzes.formats import word as form
from weike.quizzes.loss import export


def picture() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (30, 20), "red").save(file, "PNG")
    return file.getvalue()


def body_of(document: Any) -> dict[str, Any]:
    (question,) = form.loads(document.data())
    return question.to_json()


SUB = '<w:r><w:rPr><w:vertAlign w:val="subscript"/></w:rPr><w:t>2</w:t></w:r>'
GAP = '<w:r><w:rPr><w:u w:val="single"/></w:rPr><w:t xml:space="preserve">    </w:t></w:r>'
PAPER = """消防题库
一、单选题
1、一（A）
A．甲
B．乙
二、判断题
2、三（√）"""


def test_the_numbers_that_word_counts_by_itself_are_read(word: Any) -> None:
    word.counts("1", ("chineseCounting", "%1、")).counts("2", ("decimal", "%1."))
    word.counts("3", ("upperLetter", "%1.")).counts("4", ("upperLetter", "（%1）"))
    word.paragraph("单选题（每题2分）", list="1")
    word.paragraph("第一步（ ）", list="2")
    word.paragraph("提起", list="3").paragraph("拔销", list="3").paragraph("答案：B")
    word.paragraph("第二步（ ）", list="2")
    word.paragraph("甲", list="4").paragraph("乙", list="4").paragraph("答案：A")
    first, second = form.loads(word.data())
    assert (first.stem, first.points) == ("第一步（ ）", 2)
    assert [option["right"] for option in first.to_json()["options"]] == [False, True]
    assert [option["text"] for option in second.to_json()["options"]] == ["甲", "乙"]


def test_a_blank_drawn_as_underlined_spaces_is_a_blank(word: Any) -> None:
    word.paragraph("填空题").paragraph("1、是", GAP, "区。")
    assert body_of(word.paragraph("答案：绿色"))["blanks"] == [["绿色"]]


def test_pictures_formulas_and_raised_letters_stay_where_they_stood(word: Any) -> None:
    run = "<m:r><m:t>{}</m:t></m:r>".format
    power = f"<m:oMath><m:sSup><m:e>{run('x')}</m:e><m:sup>{run('2')}</m:sup></m:sSup></m:oMath>"
    word.paragraph(
        "1、看", word.picture(picture(), alt="红色"), "，水是H", SUB, "O，", power, "（A）"
    )
    word.paragraph("A.甲 B.", word.picture(picture(), "b.png", "乙图"))
    reading = form.read(word.data(), source="我的 题库.docx")
    (question,) = reading.bank
    (address,) = reading.media
    assert address.startswith("media/我的-题库-")
    assert question.stem == f"看![红色]({address})，水是H<sub>2</sub>O，${{x}}^{{2}}$（ ）"
    assert question.to_json()["options"][1]["text"] == f"![乙图]({address})"
    assert reading.media[address] == picture()


def test_a_picture_that_pages_cannot_show_and_what_else_was_there_is_named(word: Any) -> None:
    word.paragraph("1、看", word.picture(b"x", "old.wmf"), "（A）").paragraph("A.甲 B.乙")
    word.paragraph("<w:r><w:footnoteReference/></w:r>")
    dropped = form.read(word.data()).dropped
    assert "a picture of the kind .wmf, which browsers cannot show" in dropped
    assert "footnotes" in dropped


def test_options_and_answers_in_tables_are_read_row_by_row(word: Any) -> None:
    word.paragraph("1、问（ ）").table(["A. 甲", "B. 乙"], ["C. 丙", "D. 丁"]).paragraph("参考答案")
    options = body_of(word.table(["题号", "1"], ["答案", "C"]))["options"]
    assert [option["text"] for option in options if option["right"]] == ["丙"]


def test_soft_returns_end_lines(word: Any) -> None:
    assert body_of(word.paragraph("1、问（B）\nA.甲\nB.乙"))["stem"] == "问（ ）"


def test_problems_name_the_paragraph_and_bad_questions_come_back_in_a_document(word: Any) -> None:
    word.paragraph("一、单选题").paragraph("1、问（ ）").paragraph("A.甲 B.乙")
    reading = form.read(word.data())
    assert [(p.line, p.message) for p in reading.problems] == [(2, "no right answer")]
    back = form.dump_rejected(word.data(), reading)
    again = form.read(back)
    assert [p.message for p in again.problems] == ["no right answer"]
    assert again.rejected[0].source.startswith("1、问（ ）\nA.甲 B.乙")


def test_a_bank_written_as_a_document_is_read_the_same() -> None:
    bank = chinese.loads(PAPER)
    made = export(bank, form)
    assert made.losses == ()
    assert isinstance(made.data, bytes)
    assert form.loads(made.data) == bank


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", "cannot be read as a Word document"),
        (b"PK\x03\x04junk", "cannot be read as a Word document"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600,
            "protected by a password or an old .doc",
        ),
    ],
)
def test_what_is_no_document_is_refused_with_a_repair(data: bytes, expected: str) -> None:
    with pytest.raises(BankError, match=expected):
        form.loads(data)


def test_a_table_with_the_header_of_the_workbook_is_read_like_one(word: Any) -> None:
    word.paragraph("一、判断题").paragraph("1、地球是圆的（√）")
    word.table(
        ["题型", "题干", "选项A", "选项B", "答案"],
        ["单选", "第一步（ ）", "提", "拔", "B"],
        ["单选", "没有答案（ ）", "提", "拔", ""],
        ["判断", "地球是圆的", "", "", "对"],
    )
    reading = form.read(word.data())
    assert [question.stem for question in reading.bank] == ["地球是圆的", "第一步（ ）"]
    assert [(p.line, p.message) for p in reading.problems] == [(5, "no right answer")]
    assert reading.rejected[0].source == "单选\t没有答案（ ）\t提\t拔\t"
    assert reading.dropped == ("line 6: the same question stands there twice",)
