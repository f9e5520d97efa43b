"""Files made to hurt, or merely odd: a clear error or the right reading, and nothing written."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from weike.commands.bank import bank
from weike.quizzes import BankError, WeikeError, load_bank
from weike.quizzes.formats import chinese, excel, gift, markdown
from weike.quizzes.formats import json as json_form
from weike.quizzes.formats import word as word_form
from weike.quizzes.schema import bank_schema
from weike.quizzes.word.writing import write_word

ROW = ["单选", "问（ ）", "甲", "乙", "A"]
BOMB = '<!DOCTYPE a [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'


def workbook(*rows: list[Any], change: Callable[[Any], None] = lambda sheet: None) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["题型", "题干", "选项A", "选项B", "答案"], *rows):
        sheet.append(row)
    change(sheet)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def changed(data: bytes, **parts: bytes | None) -> bytes:
    """An archive with other contents under some of its names."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", 8) as new:
        for name in old.namelist():
            new.writestr(name, parts.pop(name, None) or old.read(name))
        for name, content in parts.items():
            new.writestr(name, content or b"")
    return out.getvalue()


def part(data: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(name)


SHEET = "xl/worksheets/sheet1.xml"
TEXT = "word/document.xml"
XLSX = workbook(ROW)
DOCX = write_word(["1、问（A）", "A.甲 B.乙"])
DEEP = "<w:document xmlns:w='http://schemas.openxmlformats.org/wordprocessingml/2006/main'><w:body>"


def with_doctype(data: bytes, name: str) -> bytes:
    body = part(data, name)
    at = body.index(b"?>") + 2 if body.startswith(b"<?xml") else 0
    return changed(data, **{name: body[:at] + BOMB.encode() + body[at:]})


def nested(tag: str, times: int) -> bytes:
    inside = f"<w:{tag}>" * times + f"</w:{tag}>" * times
    text = f"{DEEP}<w:p>{inside}</w:p></w:body></w:document>".encode()
    # With enough that cannot be compressed, it is no zip bomb.
    return changed(DOCX, **{TEXT: text, "word/media/x.png": Random(1).randbytes(20_000)})


ATTACKS: dict[str, tuple[str, bytes, str]] = {
    "a workbook that unpacks to 200 MB": (
        "a.xlsx",
        changed(XLSX, **{"xl/media/x.png": bytes(200_000_000)}),
        "expands more than a hundredfold",
    ),
    "a document that unpacks to 200 MB": (
        "a.docx",
        changed(DOCX, **{"word/media/x.png": bytes(200_000_000)}),
        "expands more than a hundredfold",
    ),
    "entities in a sheet": ("a.xlsx", with_doctype(XLSX, SHEET), "holds XML entities"),
    "entities in a document": ("a.docx", with_doctype(DOCX, TEXT), "holds XML entities"),
    "a path upwards": ("a.docx", changed(DOCX, **{"../../evil.md": b"x"}), "paths that lead out"),
    "a path from the root": ("a.xlsx", changed(XLSX, **{"/evil.md": b"x"}), "paths that lead out"),
    "a path of Windows": ("a.docx", changed(DOCX, **{"C:/evil.md": b"x"}), "paths that lead out"),
    "a path with backslashes": (
        "a.xlsx",
        changed(XLSX, **{"..\\evil.md": b"x"}),
        "paths that lead out",
    ),
    "a document nested beyond measure": (
        "a.docx",
        nested("smartTag", 30_000),
        "cannot be read as a Word document",
    ),
    "tables nested beyond measure": (
        "a.docx",
        changed(
            DOCX,
            **{TEXT: (DEEP + "<w:tbl><w:tr><w:tc>" * 500 + "</w:tc></w:tr></w:tbl>" * 500
                      + "</w:body></w:document>").encode()},
        ),
        "cannot be read as a Word document",
    ),
    "a part that is no XML": ("a.docx", changed(DOCX, **{TEXT: b"\x00\xff"}), "cannot be read"),
    "half a workbook": ("a.xlsx", XLSX[: len(XLSX) // 2], "cannot be read as an Excel workbook"),
    "a workbook named as a document": ("a.docx", XLSX, "cannot be read as a Word document"),
    "a document named as a workbook": ("a.xlsx", DOCX, "cannot be read as an Excel workbook"),
    "rows of 16,384 columns": (
        "a.xlsx",
        workbook(
            ROW, change=lambda sheet: [sheet.cell(n, 16_384, "x") for n in range(3, 20)] and None
        ),
        "has rows of more than 1000 columns",
    ),
    "text that is no text": ("a.md", b"\x80\xff\x00", "not UTF-8"),
    "half a UTF-16 character": ("a.txt", b"\xff\xfea", "not UTF-8"),
    "JSON nested beyond measure": ("a.json", b"[" * 200_000, "this is no JSON"),
    "a list for a question": ("a.json", b'{"questions": [[]]}', "write an object"),
}  # fmt: skip


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_is_refused_and_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    file, data, expected = ATTACKS[name]
    (tmp_path / "weike.toml").write_text('language = "en"\n', encoding="utf-8")
    (tmp_path / file).write_bytes(data)
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    result = CliRunner().invoke(bank, ["import", file, "--keep-good"])
    assert isinstance(result.exception, WeikeError), result.output
    assert expected in str(result.exception)
    assert sorted(tmp_path.rglob("*")) == before


def test_a_cell_at_the_last_corner_of_a_sheet_is_read_past() -> None:
    far = workbook(ROW, change=lambda sheet: sheet.cell(1_048_576, 16_384, "x") and None)
    assert len(excel.read(far).bank) == 1
    sheet = part(XLSX, SHEET).replace(b'ref="A1:E2"', b'ref="A1:XFD1048576"')
    assert len(excel.loads(changed(XLSX, **{SHEET: sheet}))) == 1


def test_a_formula_is_never_taken_for_its_text() -> None:
    reading = excel.read(workbook(["单选", "=1+1", "甲", "乙", "A"], ROW))
    assert [p.message for p in reading.problems] == ["the question has no text"]
    assert len(reading.bank) == 1


TEXTS = {
    "a.txt": "一、单选题\n1、灭火器（A）\nA.甲 B.乙\n",
    "a.aiken": "灭火器\nA. 甲\nB. 乙\nANSWER: A\n",
    "a.gift": "灭火器{=甲 ~乙}\n",
    "a.md": "## 灭火器\n- [x] 甲\n- [ ] 乙\n",
    "a.json": json.dumps(
        {"questions": [{"type": "boolean", "stem": "灭火器", "right": True}]}, ensure_ascii=False
    ),
}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-be-bom"])
@pytest.mark.parametrize("name", TEXTS)
def test_a_text_is_read_in_every_encoding_of_windows(
    tmp_path: Path, name: str, encoding: str
) -> None:
    text = TEXTS[name].replace("\n", "\r\n")
    bom = encoding.removesuffix("-bom") != encoding
    data = ("\ufeff" * bom + text).encode(encoding.removesuffix("-bom"))
    (tmp_path / name).write_bytes(data)
    (question,) = load_bank(tmp_path / name)
    assert question.stem.startswith("灭火器")


PARAGRAPHS = st.sampled_from(
    [
        "一、单选题",
        "1、问（A）",
        "2、问（ ）",
        "A.甲 B.乙",
        "答案：B",
        "判断题",
        "3、对（√）",
        "\t",
        "",
    ]
) | st.text(max_size=8)


@settings(max_examples=40)
@given(st.lists(PARAGRAPHS, max_size=8))
def test_no_document_crashes_its_reader(paragraphs: list[str]) -> None:
    try:
        reading = word_form.read(write_word(paragraphs))
    except BankError:
        return
    assert all(question.flaw() is None for question in reading.bank)


@settings(max_examples=60)
@given(st.sampled_from([XLSX, DOCX]), st.integers(0, 20_000), st.integers(0, 255))
def test_a_flipped_byte_is_an_error_or_changes_nothing(data: bytes, place: int, byte: int) -> None:
    place %= len(data)
    broken = data[:place] + bytes([byte]) + data[place + 1 :]
    form: Any = excel if data is XLSX else word_form
    with suppress(BankError):
        assert all(question.flaw() is None for question in form.read(broken).bank)


KEYS = st.sampled_from(
    ["type", "stem", "options", "text", "right", "blanks", "answers", "value", "pairs", "items"]
) | st.text(max_size=3)
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.floats() | st.text(max_size=3),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(KEYS, inside, max_size=4),
    max_leaves=12,
)
TYPES = st.sampled_from(sorted(bank_schema()["$defs"])).map(lambda name: {"type": name})


@given(st.lists(st.builds(lambda a, b: {"stem": "x", **b, **a}, TYPES, VALUES.filter(
    lambda value: isinstance(value, dict)
)), max_size=2))  # fmt: skip
def test_no_json_crashes_its_reader(questions: list[Any]) -> None:
    try:
        found = json_form.loads(json.dumps({"questions": questions}))
    except BankError:
        return
    assert all(question.flaw() is None for question in found)


@given(st.text(st.sampled_from("#-[]()x *>=|`{}\n甲 a1.:~$_\\<&"), max_size=40))
def test_no_signs_crash_the_reader_of_markdown(text: str) -> None:
    try:
        found = markdown.loads(f"## 问\n{text}")
    except BankError:
        return
    assert all(question.flaw() is None for question in found)


# Of each 50,000 signs. Where all that follows is looked at for every sign, that takes minutes.
TEDIOUS: dict[str, tuple[Any, str, str, str]] = {
    "a paper's line of spaces": (chinese, "", " \t\u3000 ", "1、问（A）\nA.甲 B.乙\n"),
    "spaces behind a stem": (chinese, "1、问", " ", "（A）\nA.甲 B.乙\n"),
    "a line to write on": (chinese, "1、问", "_", "\nA.甲 B.乙\n答案：A\n"),
    "a line of full width": (chinese, "1、问", "＿", "\nA.甲 B.乙\n答案：A\n"),
    "a stem full of options A": (chinese, "1、问", "A.", "\nA.甲 B.乙\n答案：A\n"),
    "a stem full of answers": (chinese, "1、问", "（A）", "\nA.甲 B.乙\n答案：A\n"),
    "the digits of a number in GIFT": (gift, "问{#", "1", ":x}\n"),
    "gaps that never end": (markdown, "## 问 ", "[[a ", "\n- [x] 甲\n- [ ] 乙\n"),
    "a gap full of brackets": (markdown, "## 问 [[", "（", "甲]]\n"),
    "backslashes before a pair": (markdown, "## 问\n- a ", "\\", "-> b\n- c -> d\n"),
}


@pytest.mark.parametrize("name", TEDIOUS)
def test_a_long_line_of_one_sign_costs_as_much_as_it_is_long(name: str) -> None:
    form, before, sign, after = TEDIOUS[name]
    with suppress(BankError):
        form.loads(before + sign * (50_000 // len(sign)) + after)


def test_a_question_between_long_spaces_is_read_as_without_them() -> None:
    space = " \t\u3000" * 1000
    (question,) = chinese.loads(f"{space}1、问{space}题（{space}A{space}）\nA.甲{space}B.乙\n")
    assert question.stem.split()[:1] == ["问"]
    assert [(one.text, one.right) for one in question.options] == [("甲", True), ("乙", False)]
