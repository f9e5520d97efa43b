"""The pages for organizers: their own branches in full, nothing of anybody else's."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import quote

import openpyxl
import pytest

from weike.results.demoactivity import demo_activity
from weike.results.people import Branch, branches
from weike.results.scores import branch_scores

from .client import Browser
from .conftest import Running, serving

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
    assert 'href="/organize"' in organizer.get("/").text


def test_a_stranger_is_sent_to_sign_in(active: Running) -> None:
    answer = active.browser().get("/organize?period=2026-Q3")
    assert (answer.status, answer.location) == (302, "/login?next=/organize")
    assert active.browser().get("/organize?format=json").status == 401
