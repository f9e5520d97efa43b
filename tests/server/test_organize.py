"""The pages for organizers: their own branches in full, nothing of anybody else's."""

from __future__ import annotations

import csv
import io
import re
import threading
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import quote

import openpyxl
import pytest
from sqlalchemy import insert, select

from weike.results.analysis.items import quiz_items
from weike.results.assigning.unfinished import unfinished
from weike.results.catalogue import published, withdraw
from weike.results.people import Branch, branches
from weike.results.periods import Period
from weike.results.scores import branch_scores
from weike.results.tables import audit, role_grant
from weike.results.upkeep.demoactivity import demo_activity
from weike.server.handlers.organize import drilling

from .client import Browser
from .conftest import Running, Start, serving
from .course import person

# O01 answers for 生产党总支 and what is beneath it; A01 for everything.
OWN, BENEATH, FOREIGN = "生产党总支", "储运党支部", "财务党支部"


@pytest.fixture(scope="module")
def active(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A course whose members have learned."""
    with serving(tmp_path_factory.mktemp("active"), "demo = true\n") as running:
        demo_activity(running.store, running.course, seed=4, now=datetime.now(UTC))
        yield running


@pytest.fixture(scope="module")
def organizer(active: Running) -> Browser:
    return active.signed_in("O01")


@pytest.fixture(scope="module")
def administrator(active: Running) -> Browser:
    return active.signed_in("A01")


def named(running: Running, name: str) -> Branch:
    return next(one for one in branches(running.store) if one.name == name)


def pages(running: Running, name: str) -> list[str]:
    """Every page about a branch."""
    id = named(running, name).id
    quiz = "/organize/quizzes/fire/fire"
    return [
        f"/organize?branch={id}",
        f"/organize/unfinished?branch={id}",
        f"/organize/branches/{id}",
        f"/organize/branches/{id}/topics/{quote('消防')}",
        f"/organize/lessons/fire?branch={id}",
        f"{quiz}?branch={id}",
        f"{quiz}/items/gauge?branch={id}",
    ]


def test_an_organizer_sees_the_own_subtree(active: Running, organizer: Browser) -> None:
    page = organizer.get("/organize")
    assert f"<h1>{OWN}</h1>" in page.text
    for name in (OWN, BENEATH):
        for path in pages(active, name):
            assert organizer.get(path).status == 200, path


@pytest.mark.parametrize("form", ["", "&format=xlsx", "&format=csv", "&format=json"])
def test_a_branch_outside_the_own_subtree_is_not_there(
    form: str, active: Running, organizer: Browser, administrator: Browser
) -> None:
    for name in (FOREIGN, "公司党委"):  # beside it, and above it
        for path in pages(active, name):
            asked = path + (form if "?" in path else form.replace("&", "?", 1))
            assert organizer.get(asked).status == 404, asked
            assert administrator.get(asked).status == 200, asked


def test_the_page_and_its_files_show_the_same_figures(active: Running, organizer: Browser) -> None:
    frame = branch_scores(active.store, branch=BENEATH)
    members, completion = int(frame["members"].iloc[0]), float(frame["completion"].iloc[0])
    assert 0 < completion < 1, "the figure could be anything else's"
    shown = organizer.get("/organize").text.partition(BENEATH)[2]
    assert f"{100 * completion:.0f}%" in shown
    [_own, row] = organizer.get("/organize?format=json").json["rows"]
    assert (row["members"], row["completion"]) == (members, pytest.approx(completion))
    text = organizer.get("/organize?format=csv").body.decode("utf-8-sig")
    [_own, line] = csv.DictReader(io.StringIO(text))
    assert float(line["完成率"]) == pytest.approx(completion)
    book = openpyxl.load_workbook(io.BytesIO(organizer.get("/organize?format=xlsx").body))
    header, _own, cells = list(book.worksheets[0].iter_rows(values_only=True))[:3]
    assert cells[list(header).index("完成率")] == pytest.approx(completion)


def test_a_download_says_what_it_is(organizer: Browser) -> None:
    answer = organizer.get("/organize?format=xlsx&period=2026-Q4")
    assert answer.headers["Content-Type"].endswith("spreadsheetml.sheet")
    assert "2026-Q4" in answer.headers["Content-Disposition"]
    assert answer.headers["Cache-Control"] == "no-store"


def test_an_address_that_is_no_text_is_refused_with_a_page_and_fills_no_log(
    organizer: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    answer = organizer.get("/organize?format=%ff")
    assert answer.status == 400
    assert "<h1" in answer.text
    assert caplog.records == []


def test_a_period_is_chosen_and_kept_in_every_link(active: Running, organizer: Browser) -> None:
    page = organizer.get("/organize?period=2026-09").text
    assert '<option value="2026-09" selected>' in page
    area = page.partition('<nav class="areas"')[2].partition("</nav>")[0]
    links = re.findall(r'href="(/organize[^"]*)"', area)
    assert links
    assert all("period=2026-09" in link for link in links)
    assert '<option value="1999-Q1" selected>' in organizer.get("/organize?period=1999-Q1").text


def test_only_those_with_a_duty_are_shown_the_way(active: Running, organizer: Browser) -> None:
    for code, shown in {"M01": False, "L01": False, "A01": True}.items():
        assert ('href="/organize"' in active.signed_in(code).get("/").text) is shown, code
    home = organizer.get("/").text
    assert 'href="/organize"' in home
    assert '<a class="chip" href="/organize">' in home, "and no chip leads to the board of all"
    assert '<a class="chip" href="/branches">' not in home


def test_a_stranger_is_sent_to_sign_in(active: Running) -> None:
    answer = active.browser().get("/organize?period=2026-Q3")
    assert (answer.status, answer.location) == (302, "/login?next=/organize")
    assert active.browser().get("/organize?format=json").status == 401


def options(page: str) -> list[str]:
    """The words of the branch selector, without what sets them in."""
    selector = page.partition('<select id="branch"')[2].partition("</select>")[0]
    return [words.strip() for words in re.findall(r">([^<>]+)</option>", selector)]


def test_the_selector_offers_the_way_here_and_what_is_right_beneath(
    active: Running, administrator: Browser
) -> None:
    top = administrator.get("/organize").text
    assert options(top) == ["公司党委", "生产党总支", "机关党总支"]
    below = administrator.get(f"/organize?branch={named(active, '机关党总支').id}").text
    assert options(below) == ["公司党委", "机关党总支", "综合党支部", "财务党支部"]


def test_who_answers_for_several_subtrees_chooses_among_them(active: Running) -> None:
    tops = {"储运党支部", "财务党支部"}
    who = person(active.store, "M06")
    grants = [
        {
            "id": f"{n:032x}",
            "member_id": who.id,
            "role": "organizer",
            "branch_id": named(active, name).id,
            "granted_at": datetime.now(UTC),
            "granted_by": "command",
        }
        for n, name in enumerate(sorted(tops))
    ]
    active.store.writer.run(lambda connection: connection.execute(insert(role_grant), grants))
    browser = active.signed_in("M06")
    assert set(options(browser.get("/organize").text)) == tops
    for name in tops:
        page = browser.get(f"/organize?branch={named(active, name).id}")
        assert f"<h1>{name}</h1>" in page.text
    assert browser.get(f"/organize?branch={named(active, '综合党支部').id}").status == 404


def looks(running: Running) -> list[Any]:
    query = select(audit).where(audit.c.act == "looked at unfinished").order_by(audit.c.id)
    with running.store.read() as connection:
        return list(connection.execute(query))


def test_the_unfinished_are_named_to_who_answers_for_them_and_each_look_is_recorded(
    active: Running, organizer: Browser
) -> None:
    branch = named(active, OWN)
    frame = unfinished(
        active.store, branch=branch.id, period=this_quarter(active), now=datetime.now(UTC)
    )
    assert len(frame) >= 1, "somebody has not finished"
    before = len(looks(active))
    page = organizer.get("/organize/unfinished").text
    for row in frame.to_dict("records"):
        assert row["name"] in page
    assert f"<strong>{len(frame)}</strong>" in page
    sheet = organizer.get("/organize/unfinished?format=json").json
    assert [row["code"] for row in sheet["rows"]] == list(frame["code"])
    seen = looks(active)[before:]
    assert [(look.subject, look.detail["format"]) for look in seen] == [
        (branch.id, "page"),
        (branch.id, "json"),
    ]
    assert {look.actor for look in seen} == {person(active.store, "O01").id}


def test_nobody_looks_at_names_without_an_entry_nor_at_those_of_others(
    active: Running, organizer: Browser
) -> None:
    before = len(looks(active))
    path = f"/organize/unfinished?branch={named(active, FOREIGN).id}"
    for form in ("", "&format=csv", "&format=json", "&format=xlsx"):
        answer = organizer.get(path + form)
        assert answer.status == 404
        assert "学员九" not in answer.text
    for code in ("M01", "L01"):
        assert active.signed_in(code).get("/organize/unfinished").status == 403
    assert len(looks(active)) == before


def test_the_paragraph_for_the_chat_group_names_nobody(active: Running, organizer: Browser) -> None:
    page = organizer.get("/organize/unfinished").text
    paragraph = page.partition("<textarea")[2].partition("</textarea>")[0]
    assert OWN in paragraph
    assert "灭火器" in paragraph or "皮带" in paragraph or "Read this" in paragraph
    assert not re.search("学员|讲师|M0", paragraph)


def test_as_many_are_named_as_the_overview_counts(active: Running, administrator: Browser) -> None:
    [own, *_beneath] = administrator.get("/organize?format=json").json["rows"]
    named_rows = administrator.get("/organize/unfinished?format=json").json["rows"]
    assert len(named_rows) == own["unfinished"]


def test_lecturers_and_members_get_no_figures_of_single_questions_here(active: Running) -> None:
    for code in ("M01", "L01"):
        browser = active.signed_in(code)
        for path in pages(active, OWN):
            assert browser.get(path).status == 403, path


def test_a_question_shows_its_answers_and_how_many_they_count(
    active: Running, organizer: Browser
) -> None:
    found = quiz_items(
        active.store, "fire/fire", period=this_quarter(active), branch=OWN, now=datetime.now(UTC)
    )
    assert found.n >= 2
    page = organizer.get("/organize/quizzes/fire/fire/items/first").text
    assert "提起灭火器" in page
    assert "拔掉保险销" in page
    assert f"n = {found.items.loc['first', 'n']}" in page
    sheet = organizer.get("/organize/quizzes/fire/fire/items/first?format=json").json
    assert sum(row["n"] for row in sheet["rows"]) == found.n
    assert {row["text"] for row in sheet["rows"]} == {"提起灭火器", "拔掉保险销"}


def test_the_rule_of_attempts_is_kept_on_the_way_down(organizer: Browser) -> None:
    page = organizer.get("/organize/quizzes/fire/fire?attempts=all").text
    assert '<option value="all" selected>' in page
    links = re.findall(r'href="(/organize/quizzes/fire/fire/items/[^"]*)"', page)
    assert links
    assert all("attempts=all" in link for link in links)


def test_a_page_does_not_wait_for_an_analysis_that_takes_long(
    active: Running, organizer: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says that the analysis is on its way; a later view has it."""
    going = threading.Event()
    real = drilling.topic_scores

    def slow(*given: Any, **named: Any) -> Any:
        assert going.wait(20)
        return real(*given, **named)

    monkeypatch.setattr(drilling, "topic_scores", slow)
    monkeypatch.setattr(drilling, "PATIENCE", 0.05)
    path = f"/organize/branches/{named(active, OWN).id}?period={date.today().year}"
    first = organizer.get(path).text
    assert "正在统计" in first
    assert BENEATH in first
    going.set()
    until = time.monotonic() + 20
    while "正在统计" in organizer.get(path).text:
        assert time.monotonic() < until, "it never came"
        time.sleep(0.05)


def test_a_csv_holds_the_sheet_that_is_named(organizer: Browser) -> None:
    path = "/organize/quizzes/fire/fire?format=csv"
    questions = organizer.get(path).body.decode("utf-8-sig")
    options = organizer.get(f"{path}&sheet=options").body.decode("utf-8-sig")
    assert "使用灭火器的第一步是什么" in questions
    assert "提起灭火器" not in questions
    assert "提起灭火器" in options
    assert organizer.get(f"{path}&sheet=none").status == 404


def test_a_name_of_a_lesson_or_a_branch_cannot_become_markup(
    active: Running, organizer: Browser
) -> None:
    path = "/organize?period=%3Cscript%3Ealert(1)%3C/script%3E"
    answer = organizer.get(path)
    assert answer.status == 400
    assert "<script>alert" not in answer.text


def this_quarter(running: Running) -> Period:
    return Period.current(datetime.now(UTC), running.store.zone)


def test_where_nothing_is_published_nobody_is_said_to_have_finished(start: Start) -> None:
    running = start()
    for one in published(running.store):
        withdraw(running.store, one.slug, "command")
    organizer = running.signed_in("O01")
    unfinished = organizer.get("/organize/unfinished").text
    assert "这段时间这里没有学习任务。" in unfinished
    assert "学完了" not in unfinished
    assert "谢谢大家" not in unfinished
    assert "还没有发布测验。" in organizer.get("/organize/makeups/new").text
    assert "还没有发布微课" in organizer.get("/organize/files").text
