"""The question bank in the browser: found, shown, changed, kept."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest

from weike.quizzes.bank import load_bank
from weike.quizzes.formats import excel, markdown
from weike.quizzes.quiz import QuizDefinition
from weike.results.authoring.revisions import revisions
from weike.results.catalogue import publish
from weike.results.versions import LessonVersion, store_version

from .bankpages import BANK, PATH, QUESTION, changed, fields, lesson, send, stems, write
from .client import Answer
from .conftest import Running, Start

MANY = 10_000


@pytest.fixture
def running(start: Start) -> Running:
    running = start()
    write(running, PATH, BANK)
    return running


def test_questions_are_found_by_words_in_any_width_and_by_filters(running: Running) -> None:
    write(running, "quizzes/other.md", "## ＡＥＤ 是什么？ {#aed-1}\n- [x] 除颤器\n- [ ] 血压计\n")
    lesson(running, "%%quiz q1\n## 写在课里的题？ {#own-1}\n- [x] 是\n- [ ] 否\n")
    browser = running.signed_in("L01")
    page = browser.get("/teach/bank")
    assert page.status == 200
    assert len(stems(page)) == 5
    for wish, expected in (
        ("q=aed", ["ＡＥＤ 是什么？"]),
        ("q=" + quote("口诀 提起"), ["使用灭火器的第一步是什么？"]),
        ("q=" + quote("电气"), ["干粉灭火器可以扑灭电气火灾。"]),
        ("q=FIRE-002", ["灭火器压力表指针在 ____ 区为正常。"]),
        ("topic=" + quote("操作"), ["使用灭火器的第一步是什么？"]),
        ("difficulty=2", ["使用灭火器的第一步是什么？"]),
        ("type=blank", ["灭火器压力表指针在 ____ 区为正常。"]),
        ("use=use-of-bank", ["写在课里的题？"]),
        ("use=-&q=aed", ["ＡＥＤ 是什么？"]),
        ("use=-&q=" + quote("写在"), []),
        ("bank=" + quote("quizzes/other.md"), ["ＡＥＤ 是什么？"]),
        ("q=nothing-like-it", []),
    ):
        assert stems(browser.get(f"/teach/bank?{wish}")) == expected, wish


def test_a_lesson_that_names_a_bank_uses_its_questions(running: Running) -> None:
    lesson(running, "%%quiz q1\n---\nbank: 消防.md\ndraw: 2\n---\n")
    browser = running.signed_in("L01")
    assert len(stems(browser.get("/teach/bank?use=use-of-bank"))) == 3
    assert "用题库的微课" in browser.get(QUESTION).text


def test_a_question_is_changed_in_its_file_and_nothing_else_is(running: Running) -> None:
    browser = running.signed_in("L01")
    sent = fields(browser.get(QUESTION))
    sent = changed(sent, "stem", "使用灭火器先做什么？")
    sent = changed(sent, "explanation", "提、拔、握、压。")
    done = send(browser, "/teach/bank/question", sent, act="save")
    assert done.status == 303, done.text
    text = (running.course.root / PATH).read_text("utf-8")
    question = markdown.loads(text).questions[0]
    assert (question.id, question.stem) == ("fire-001", "使用灭火器先做什么？")
    assert question.explanation == "提、拔、握、压。"
    assert text.partition("## 灭火器压力表")[2] == BANK.partition("## 灭火器压力表")[2]
    page = browser.get(done.location).text
    assert "讲师一" in page
    assert "修改记录" in page or "各版本" in page
    assert re.search(r'class="less">- ## 使用灭火器的第一步是什么？', page)
    assert re.search(r'class="more">\+ ## 使用灭火器先做什么？', page)
    kept = revisions(running.store, PATH)
    assert [one.by == "command" for one in kept] == [False, True]


def test_what_is_wrong_is_said_at_its_field_and_nothing_is_written(running: Running) -> None:
    browser = running.signed_in("L01")
    sent = fields(browser.get(QUESTION))
    wrong = [(n, v) for n, v in changed(sent, "difficulty", "9") if n != "tick"]
    page = send(browser, "/teach/bank/question", wrong, act="save")
    assert page.status == 400
    assert 'id="difficulty-wrong"' in page.text
    assert (running.course.root / PATH).read_text("utf-8") == BANK


def test_of_two_who_change_one_question_the_second_is_told(running: Running) -> None:
    first, second = running.signed_in("L01"), running.signed_in("A01")
    mine, theirs = fields(first.get(QUESTION)), fields(second.get(QUESTION))
    other = fields(second.get(QUESTION.replace("fire-001", "fire-003")))
    assert send(first, "/teach/bank/question", changed(mine, "stem", "甲改的？")).status == 303
    late = send(second, "/teach/bank/question", changed(theirs, "stem", "乙改的？"))
    assert late.status == 409
    assert "乙改的？" in late.text
    assert "甲改的？" in late.text
    # Another question of the same file is nobody's conflict.
    assert send(second, "/teach/bank/question", changed(other, "stem", "断电吗？")).status == 303
    assert send(second, "/teach/bank/question", fields(late)).status == 303
    stems = [one.stem for one in load_bank(running.course.root / PATH)]
    assert (stems[0], stems[2]) == ("乙改的？", "断电吗？")


def test_a_new_question_is_written_at_the_end_of_the_bank(running: Running) -> None:
    browser = running.signed_in("L01")
    page = browser.get(f"/teach/bank/new?type=multiple&bank={quote(PATH)}")
    assert page.status == 200
    sent = [("bank", PATH), ("type", "multiple"), ("stem", "哪些要带？"), ("id", "")]
    sent += [(name, "") for name in ("explanation", "points", "topic", "difficulty", "tags")]
    for text in ("安全帽", "手电", "打火机", ""):
        sent += [("text", text), ("feedback", "")]
    more = send(browser, "/teach/bank/new", sent, act="rows")
    assert more.text.count('name="text"') == 7
    done = send(browser, "/teach/bank/new", [*sent, ("tick", "0"), ("tick", "1")], act="save")
    assert done.status == 303, done.text
    question = load_bank(running.course.root / PATH).questions[-1]
    assert question.type == "multiple"
    assert question.stem == "哪些要带？"
    assert browser.get(done.location).status == 200


MATERIAL = """## 阅读材料 {#m1}

某班组交接班时没有说明照明故障。

### 交接班要说明故障。
- [x] 正确
- [ ] 错误

### 第一步做什么？
- [x] 开灯
- [ ] 作业
"""


def test_what_has_no_form_of_its_own_is_changed_as_text(running: Running) -> None:
    write(running, "quizzes/material.md", MATERIAL)
    browser = running.signed_in("L01")
    path = "/teach/bank/question?bank=quizzes%2Fmaterial.md&item=m1"
    page = browser.get(path)
    assert page.status == 200
    sent = fields(page)
    text = next(value for name, value in sent if name == "source")
    wrong = changed(sent, "source", text.replace("[x] 开灯", "[ ] 开灯"))
    refused = send(browser, "/teach/bank/question", wrong, act="save")
    assert refused.status == 400
    assert 'id="source-wrong"' in refused.text
    mended = changed(sent, "source", text.replace("照明故障", "通风故障"))
    assert send(browser, "/teach/bank/question", mended, act="save").status == 303
    (question,) = load_bank(running.course.root / "quizzes/material.md").questions
    assert (question.id, question.type) == ("m1", "material")
    assert "通风故障" in question.stem
    lesson(running, f"%%quiz q1\n{MATERIAL.replace('#m1', '#m2')}")
    shown = browser.get("/teach/bank/question?bank=lessons%2Fuse-of-bank.ipynb&item=m2")
    assert shown.status == 200
    assert "照明故障" in shown.text
    assert "question-form" not in shown.text


def test_a_new_question_takes_no_id_of_another_bank(running: Running) -> None:
    write(running, "quizzes/other.md", "## 丙？ {#other-1}\n- [x] 是\n- [ ] 否\n")
    browser = running.signed_in("L01")
    browser.get("/teach/bank")
    sent = [("bank", PATH), ("type", "boolean"), ("stem", "丁？"), ("right", "true")]
    refused = send(browser, "/teach/bank/new", sent, id="other-1", act="save")
    assert refused.status == 400
    assert "quizzes/other.md" in refused.text
    assert send(browser, "/teach/bank/new", sent, id="other-2", act="save").status == 303


def test_a_question_that_is_used_cannot_be_deleted(running: Running) -> None:
    browser = running.signed_in("L01")
    sent = fields(browser.get(QUESTION))
    lesson(running, "%%quiz q1\n---\nbank: 消防.md\n---\n")
    refused = send(browser, "/teach/bank/question", sent, act="delete")
    assert refused.status == 400
    assert "用题库的微课" in refused.text
    (running.course.root / "lessons/use-of-bank.ipynb").unlink()
    done = send(browser, "/teach/bank/question", sent, act="delete")
    assert done.status == 303
    left = load_bank(running.course.root / PATH)
    assert [one.id for one in left] == ["fire-002", "fire-003"]
    assert "删除" in browser.get(done.location).text


def test_the_preview_asks_as_members_are_asked_and_keeps_the_key(running: Running) -> None:
    browser = running.signed_in("L01")
    sent: dict[str, list[str]] = {}
    for name, value in fields(browser.get(QUESTION)):
        sent.setdefault(name, []).append(value)
    body: dict[str, Any] = {"type": "single", "fields": sent}
    shown = browser.post("/teach/bank/preview", body)
    assert shown.status == 200
    (item,) = shown.json["opened"]["paper"]["items"]
    assert [one["html"] for one in item["options"]] == ["提起灭火器", "拔掉保险销"]
    assert "口诀" not in shown.text
    assert "第二步" not in shown.text
    said = browser.post("/teach/bank/preview", body | {"response": item["options"][1]["id"]}).json
    assert said["answered"]["feedback"]["correct"] is False
    assert "口诀" in said["answered"]["feedback"]["explanation_html"]
    del sent["tick"]
    assert browser.post("/teach/bank/preview", body).json["problems"]
    assert browser.post("/teach/bank/preview", {"type": "x", "fields": {}}).status == 400


def test_only_lecturers_change_and_nobody_else_sees_keys(running: Running) -> None:
    for code, status in (("M01", 403), ("O01", 403)):
        browser = running.signed_in(code)
        for path in ("/teach/bank", QUESTION, "/teach/bank/export?bank=x&format=json"):
            assert browser.get(path).status == status
        assert browser.post("/teach/bank/preview", {}).status == status


def test_a_bank_of_another_format_is_shown_and_can_become_markdown(running: Running) -> None:
    write(running, "quizzes/book.xlsx", excel.dumps(markdown.loads(BANK)))
    browser = running.signed_in("L01")
    path = "quizzes/book.xlsx"
    page = browser.get(f"/teach/bank/question?bank={path}&item=fire-001")
    assert page.status == 200
    assert "question-form" not in page.text
    lesson(running, "%%quiz q1\n---\nbank: book.xlsx\n---\n")
    assert browser.form("/teach/bank/convert", bank=path).status == 400
    (running.course.root / "lessons/use-of-bank.ipynb").unlink()
    done = browser.form("/teach/bank/convert", bank=path)
    assert done.status == 303
    assert not (running.course.root / path).exists()
    made = load_bank(running.course.root / "quizzes/book.md")
    assert [one.id for one in made] == ["fire-001", "fire-002", "fire-003"]
    assert len(revisions(running.store, path)) == 1


def test_a_bank_is_exported_with_what_is_lost(running: Running) -> None:
    browser = running.signed_in("L01")
    page = browser.get(f"/teach/bank/export?bank={quote(PATH)}&format=aiken")
    assert page.status == 200
    assert "3 题中有 1 题" in page.text
    assert "fire-002" in page.text
    file = browser.get(f"/teach/bank/export?bank={quote(PATH)}&format=excel&take=1")
    assert "attachment" in file.headers["Content-Disposition"]
    read = excel.loads(file.body)
    assert [one.id for one in read] == ["fire-001", "fire-002", "fire-003"]
    assert browser.get(f"/teach/bank/export?bank={quote(PATH)}&format=exe").status == 400


@pytest.mark.parametrize(
    "path", ["quizzes/../weike.toml", "weike.toml", "/etc/passwd", "quizzes/none.md"]
)
def test_no_path_leads_out_of_the_banks(running: Running, path: str) -> None:
    browser = running.signed_in("L01")
    assert browser.get(f"/teach/bank/question?bank={quote(path)}&item=x").status == 404
    assert browser.get(f"/teach/bank/export?bank={quote(path)}&format=json").status == 404
    assert browser.form("/teach/bank/convert", bank=path).status == 400


def test_a_page_of_ten_thousand_questions_takes_no_fifth_of_a_second(running: Running) -> None:
    def question(n: int) -> str:
        return json.dumps(
            {
                "type": "single", "id": f"big-{n}",
                "stem": f"第 {n} 题：进入有限空间之前先做什么？",
                "options": [
                    {"text": f"通风并检测 {n}", "right": True},
                    {"text": "直接进入", "right": False},
                    {"text": "先喊几声", "right": False},
                ],
                "difficulty": n % 5 + 1, "topic": f"主题 {n % 20}",
                "explanation": "先通风、再检测、后作业。" * 3,
            },
            ensure_ascii=False,
        )  # fmt: skip

    write(running, "quizzes/big.json", f'{{"questions": [{",".join(map(question, range(MANY)))}]}}')
    browser = running.signed_in("L01")
    until_read(lambda: browser.get("/teach/bank"))
    for wish in ("", "q=" + quote("检测 9999"), "topic=" + quote("主题 7") + "&page=3", "use=-"):
        took = min(timed(lambda wish=wish: browser.get(f"/teach/bank?{wish}")) for _n in range(3))
        assert took < 0.2, (wish, took)
    assert stems(browser.get("/teach/bank?q=" + quote("检测 9999"))) == [
        "第 9999 题：进入有限空间之前先做什么？"
    ]
    assert "第 1 页，共 201 页" in browser.get("/teach/bank").text


def until_read(get: Callable[[], Answer]) -> None:
    end = time.monotonic() + 60
    while "Refresh" in get().headers:
        assert time.monotonic() < end
        time.sleep(0.2)


def timed(task: Callable[[], Answer]) -> float:
    begun = time.perf_counter()
    assert task().status == 200
    return time.perf_counter() - begun


def test_whoever_is_answering_keeps_the_question_as_it_was(running: Running) -> None:
    """A changed question is a version of the next publication; the paper is the attempt's own."""
    browser, member = running.signed_in("L01"), running.signed_in("M01")
    published_from_bank(running, "b1")
    opened = member.post("/api/attempts", {"quiz": "drill/drill"}).json
    sent = changed(fields(browser.get(QUESTION)), "stem", "改过的第一步？")
    assert send(browser, "/teach/bank/question", sent, act="save").status == 303
    still = running.signed_in("M02").post("/api/attempts", {"quiz": "drill/drill"}).json
    assert "使用灭火器的第一步" in still["paper"]["items"][0]["html"]
    published_from_bank(running, "b2")
    again = member.post("/api/attempts", {"quiz": "drill/drill"}).json
    assert again["paper"] == opened["paper"]
    later = running.signed_in("M03").post("/api/attempts", {"quiz": "drill/drill"}).json
    assert "改过的第一步" in later["paper"]["items"][0]["html"]
    page = browser.get(QUESTION).text
    assert "drill" in page or "演练" in page
    sent = fields(browser.get(QUESTION))
    refused = send(browser, "/teach/bank/question", sent, act="delete")
    assert refused.status == 400
    assert "演练" in refused.text


def published_from_bank(running: Running, version: str) -> None:
    bank = load_bank(running.course.root / PATH)
    quiz = QuizDefinition(id="drill", title="演练", rules=bank.rules, questions=bank.questions)
    now = datetime.now(UTC) - timedelta(seconds=1)
    lesson = LessonVersion(
        slug="drill", version=version, title="演练", topic="消防", minutes=5, language="zh-CN",
        kind="light", body_html="<p>x</p>", quizzes=(quiz,), order=3,
    )  # fmt: skip
    store_version(running.store, lesson, now=now)
    publish(running.store, "drill", version, "command", now)
