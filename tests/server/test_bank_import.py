"""Bringing questions on screen: a report first, the good ones in, the bad ones back."""

from __future__ import annotations

import html
import io
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import openpyxl
import pytest

from weike.lessons.questions.uploads import BIGGEST, KEPT
from weike.quizzes.bank import load_bank
from weike.quizzes.formats import excel, markdown

from .client import Answer, Browser
from .conftest import Running, Start

PATH = "/teach/bank/import"
HEADER = ["题型", "题干", "选项A", "选项B", "选项C", "答案", "难度"]


def workbook(*, good: int = 17) -> bytes:
    """20 rows by default: three of them cannot be taken."""
    rows: list[list[object]] = [
        ["单选", f"第 {n} 题先做什么？", "通风", "检测", "作业", "A", 2] for n in range(good)
    ]
    rows.insert(3, ["单选", "没有答案的题？", "甲", "乙", None, None, None])
    rows.insert(9, ["多选题目", "题型写错的题？", "甲", "乙", None, "AB", None])
    rows.insert(15, ["单选", "难度写错的题？", "甲", "乙", None, "A", 9])
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in [HEADER, *rows]:
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def upload(browser: Browser, name: str, content: bytes, **fields: str) -> Answer:
    mark = uuid4().hex
    parts = []
    for key, value in {"_xsrf": browser.cookies.get("_xsrf", ""), **fields}.items():
        parts.append(f'--{mark}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n')
    head = "".join(parts) + (
        f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n"
    )
    body = head.encode() + content + f"\r\n--{mark}--\r\n".encode()
    kind = {"Content-Type": f"multipart/form-data; boundary={mark}", "X-XSRFToken": ""}
    return browser.ask("POST", PATH, body=body, headers=kind)


@pytest.fixture
def running(start: Start) -> Running:
    return start()


def written(running: Running) -> list[str]:
    folder = running.course.root / "quizzes"
    return sorted(str(one.relative_to(folder)) for one in folder.rglob("*") if one.is_file())


def test_seventeen_of_twenty_go_in_and_three_come_back(running: Running) -> None:
    browser = running.signed_in("L01")
    before = written(running)
    sent = upload(browser, "安全题库.xlsx", workbook())
    assert sent.status == 303, sent.text
    report = browser.get(sent.location)
    assert report.status == 200
    assert re.findall(r"<dd>(\d+)</dd>", report.text) == ["17", "3", "0"]
    for place in ("第 5 行", "第 11 行", "第 17 行"):
        assert place in report.text
    assert written(running) == before, "nothing is written before it was agreed to"
    with ThreadPoolExecutor(2) as clicks:
        done = clicks.map(lambda _n: browser.form(sent.location, name="安全题库", into=""), "12")
    assert [one.status for one in done] == [303, 303], "a second click while the first is taken"
    page = browser.get(sent.location)
    assert "17 题已进入题库" in page.text
    assert len(load_bank(running.course.root / "quizzes/安全题库.md")) == 17
    back = browser.get(f"{sent.location}/rejected")
    assert back.status == 200
    rows = list(openpyxl.load_workbook(io.BytesIO(back.body)).active.iter_rows(values_only=True))
    assert [row[1] for row in rows[1:]] == ["没有答案的题？", "题型写错的题？", "难度写错的题？"]
    assert all(row[-1] for row in rows[1:])
    assert excel.read(back.body).rejected
    # A click later makes no second bank either.
    assert browser.form(sent.location, name="安全题库", into="").status == 303
    assert written(running) == sorted([*before, "安全题库.md"])
    found = browser.get("/teach/bank?bank=quizzes%2F%E5%AE%89%E5%85%A8%E9%A2%98%E5%BA%93.md")
    assert "17 题（共" in found.text


def test_a_problem_on_one_of_several_sheets_is_placed_there(running: Running) -> None:
    browser = running.signed_in("L01")
    book = openpyxl.load_workbook(io.BytesIO(workbook(good=1)))
    for name, *rows in (("判断题", ["题干", "答案"], ["<b>对吗？", "也许"]), ("<i>封面", ["安全"])):
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    report = browser.get(upload(browser, "a.xlsx", out.getvalue()).location).text
    assert "“判断题”第 2 行" in report
    assert "“Sheet”第 3 行" in report
    assert "没有读取工作表“&lt;i&gt;封面”：缺少列 题型、题干、答案" in report


def test_what_the_course_has_already_is_left_out_unless_wanted_twice(running: Running) -> None:
    browser = running.signed_in("L01")
    first = upload(browser, "a.xlsx", workbook()).location
    browser.form(first, name="a", into="")
    again = upload(browser, "b.xlsx", workbook(good=18)).location
    report = browser.get(again).text
    assert re.findall(r"<dd>(\d+)</dd>", report) == ["18", "3", "17"]
    assert "quizzes/a.md" in report
    browser.form(again, name="", into="quizzes/a.md")
    assert len(load_bank(running.course.root / "quizzes/a.md")) == 18
    third = upload(browser, "c.xlsx", workbook()).location
    browser.form(third, name="c", into="", twice="1")
    made = load_bank(running.course.root / "quizzes/c.md")
    assert len(made) == 17
    known = {one.id for one in load_bank(running.course.root / "quizzes/a.md")}
    assert not known & {one.id for one in made}, "ids are course-wide"


def test_a_pasted_text_is_read_like_a_file(running: Running) -> None:
    browser = running.signed_in("L01")
    text = "1. 进入前先做什么？\nA. 通风\nB. 作业\n答案：A\n"
    sent = upload(browser, "", b"", text=text)
    assert sent.status == 303, sent.text
    assert re.findall(r"<dd>(\d+)</dd>", browser.get(sent.location).text) == ["1", "0", "0"]
    sent = upload(browser, "", b"", text="## 甲？\n- [x] 是\n- [ ] 不\n", format="markdown")
    browser.form(sent.location, name="贴的", into="")
    assert [one.stem for one in load_bank(running.course.root / "quizzes/贴的.md")] == ["甲？"]
    nothing = upload(browser, "", b"", text=" ")
    assert nothing.status == 400


def test_what_is_wrong_is_mended_on_the_page_and_joins_the_others(running: Running) -> None:
    browser = running.signed_in("L01")
    text = (
        "一、单选题（每题2分）\n1、甲是（A）\nA.一 B.二\n2、乙是（ ）\nA.一 B.二\n"
        "二、判断题\n3、丙。（√）\n4、丁。（ ）\n"
    )
    sent = upload(browser, "", b"", text=text)
    report = html.unescape(browser.get(sent.location).text)
    assert re.findall(r"<dd>(\d+)</dd>", report) == ["2", "2", "0"]
    for begin, place in (("2、乙是（ ）", "第 4 行"), ("4、丁。（ ）", "第 8 行")):
        assert f'{place}</th><td data-label="题目">{begin}' in report
    assert browser.form(sent.location, name="贴的", into="").status == 303
    done = browser.get(sent.location).text
    mend = html.unescape(re.search(r'<textarea id="mend"[^>]*>(.*?)</textarea>', done, re.S)[1])  # type: ignore[index]
    assert mend.count("【原因】") == 2
    assert ("甲是" in mend, "每题2分" in mend) == (False, False)
    mended = mend.replace("乙是（ ）", "乙是（B）").replace("丁。（ ）", "丁。（×）")
    again = upload(browser, "", b"", text=mended, format="chinese", bank="quizzes/贴的.md")
    assert re.findall(r"<dd>(\d+)</dd>", browser.get(again.location).text) == ["2", "0", "0"]
    assert browser.form(again.location, name="", into="quizzes/贴的.md").status == 303
    made = load_bank(running.course.root / "quizzes/贴的.md").questions
    assert [(one.type, one.points) for one in made] == [
        ("single", 2), ("boolean", 1), ("single", 2), ("boolean", 1),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("x.xlsx", b"no workbook at all"),
        ("x.xlsx", b""),
        ("x.json", b"{"),
        ("x.md", b"## \xff\xfe"),
        ("x.exe", b"MZ"),
        ("x", b"x"),
        ("..", b"x"),
        ("../../weike.toml.md", "## 题？\n".encode()),
    ],
)
def test_what_cannot_be_read_is_said_and_nothing_is_written(
    running: Running, name: str, content: bytes
) -> None:
    browser = running.signed_in("L01")
    before = written(running)
    sent = upload(browser, name, content)
    if sent.status == 303:
        page = browser.get(sent.location)
        assert page.status in (200, 400)
        assert "什么也没有写入" in page.text
        assert browser.form(sent.location, name="x", into="").status in (303, 400)
    else:
        assert sent.status == 400
    assert written(running) == before


def test_names_of_banks_lead_nowhere_else(running: Running) -> None:
    browser = running.signed_in("L01")
    before = written(running)
    sent = upload(browser, "a.xlsx", workbook())
    for name in ("../x", "a/../../x", "/etc/x", ".hidden", "weike/x", "", "a\\b", "x" * 300):
        refused = browser.form(sent.location, name=name, into="")
        assert refused.status == 400, name
    assert browser.form(sent.location, name="", into="lessons/fire.ipynb").status == 404
    assert written(running) == before


def test_too_much_is_refused_and_a_stranger_sends_nothing(running: Running) -> None:
    browser = running.signed_in("L01")
    big = upload(browser, "x.xlsx", b"x" * (BIGGEST + 1))
    assert big.status == 400
    assert "20 MB" in big.text
    assert upload(browser, "x.md", b"y" * (5 * 1024 * 1024)).status == 303
    for stranger in (running.browser(), running.signed_in("M01")):
        try:
            refused = upload(stranger, "x.xlsx", b"x" * (3 * 1024 * 1024))
        except (ConnectionError, BrokenPipeError):
            continue  # the server has hung up, which is also an answer
        assert refused.status in (401, 403)
    forged = running.signed_in("L01")
    forged.cookies["_xsrf"] = "other"
    token = uuid4().hex
    assert upload(forged, "x.md", b"z", _xsrf=token).status == 403


def test_an_upload_is_its_senders_and_ends_after_an_hour(running: Running) -> None:
    browser, other = running.signed_in("L01"), running.signed_in("A01")
    sent = upload(browser, "a.xlsx", workbook())
    assert other.get(sent.location).status == 404
    assert other.get(f"{sent.location}/rejected").status == 404
    folder = running.course.results / "uploads"
    assert len(list(folder.iterdir())) == 2
    later = datetime.now(UTC) + KEPT + timedelta(minutes=1)
    assert running.server.site.uploads.expire(later) == 1
    assert list(folder.iterdir()) == []
    assert browser.get(sent.location).status == 404


def test_the_template_is_a_workbook_to_fill_in(running: Running) -> None:
    found = running.signed_in("L01").get("/teach/bank/template")
    assert found.status == 200
    sheets = openpyxl.load_workbook(io.BytesIO(found.body)).sheetnames
    assert "填写说明" in sheets


def test_the_page_says_which_files_it_takes(running: Running) -> None:
    page = html.unescape(running.signed_in("L01").get(PATH).text)
    for suffix in (".xlsx", ".docx", ".txt", *markdown.SUFFIXES):
        assert suffix in page
    assert ".zip" not in page, "QTI is written only"
    assert "QTI" not in page
