"""Dashboards: a kernel that sees the figures of the organizer's own branches, and nothing else."""

from __future__ import annotations

import html
import json
import pwd
import re
import socket
import sys
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import update

from weike.results.people import branches
from weike.results.tables import role_grant
from weike.server import kernels
from weike.server.handlers.organize import dashboards

from .client import Browser
from .conftest import Running, Start
from .course import person

ASKING = """
import json, os, sys
from pathlib import Path
from weike.quizzes.errors import WeikeError
from weike.results.dashboards.remote import Remote
figures = Remote(Path(os.environ["WEIKE_FIGURES"]))
choices = figures.choices()
print("branches", [words.strip() for id, words in choices.branches])
print("start", choices.period, choices.branch)
"""
LOOKING = """
import os, sys
from pathlib import Path
print("environment", sorted(os.environ))
print("values", [value for value in os.environ.values() if "secret" in value or ".db" in value])
print("files", sorted(str(one) for one in Path.home().iterdir()))
open_files = [os.readlink(f"/proc/self/fd/{n}") for n in os.listdir("/proc/self/fd")
              if os.path.exists(f"/proc/self/fd/{n}")]
print("open", [name for name in open_files if ".db" in name or "secret" in name])
from weike.quizzes.errors import WeikeError
from weike.results import open_store
try:
    open_store()
except WeikeError as error:
    print("refused", error)
"""


@pytest.fixture
def own(running: Running) -> Iterator[Path]:
    """The course's own dashboards; gone after the test."""
    folder = running.course.results / "dashboards"
    folder.mkdir(parents=True, exist_ok=True)
    yield folder
    for file in folder.iterdir():
        file.unlink()
    folder.rmdir()


def write(folder: Path, source: str, name: str = "mine") -> None:
    """A dashboard of a course's own, with this code."""
    code = {
        "id": "b", "cell_type": "code", "metadata": {}, "execution_count": None, "outputs": [],
        "source": source,
    }  # fmt: skip
    texts = [
        {"id": tag, "cell_type": "markdown", "metadata": {"lang": tag}, "source": source}
        for tag, source in (("zh-CN", "# 我的看板\n\n只给我看。"), ("en", "# My own\n\nFor me."))
    ]
    notebook = {"cells": [*texts, code], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (folder / f"{name}.ipynb").write_text(json.dumps(notebook), encoding="utf-8")


def kernel(page: str) -> str:
    found = re.search(r'"kernelId": "([^"]+)"', page)
    assert found, page[:500]
    return found[1]


def opened(browser: Browser, name: str = "mine", query: str = "") -> str:
    """The page, its kernel ended."""
    answer = browser.get(f"/organize/dashboards/{name}{query}")
    assert answer.status == 200, answer.text[:500]
    browser.form(f"/voila/api/shutdown/{kernel(answer.text)}")
    return html.unescape(answer.text)


def said(page: str, word: str) -> str:
    """The line that the notebook printed after this word."""
    found = re.search(rf"^(?:<pre>)?{word} (.*)$", page, re.MULTILINE)
    assert found, page[-2000:]
    return found[1]


@pytest.fixture
def organizer(running: Running) -> Browser:
    return running.signed_in("O01")


def test_the_five_dashboards_are_listed_in_the_readers_language(organizer: Browser) -> None:
    page = organizer.get("/organize/dashboards").text
    titles = re.findall(r"<h2><a[^>]*>([^<]*)</a>", page)
    assert titles == [
        "支部学习情况", "完成率的变化", "各支部的薄弱主题", "一节微课的完成情况", "题目质量",
    ]  # fmt: skip
    assert "需要几秒钟" in page
    organizer.cookies["weike_language"] = "en"
    assert "Branches by size" in organizer.get("/organize/dashboards").text


def test_a_course_adds_dashboards_of_its_own(organizer: Browser, own: Path) -> None:
    write(own, "1")
    page = organizer.get("/organize/dashboards").text
    assert ">我的看板</a>" in page
    assert "只给我看。" in page


def test_a_shipped_dashboard_opens_without_showing_its_code(organizer: Browser) -> None:
    page = opened(organizer, "branches")
    assert "每个点是一个支部" in page
    assert "Each mark is a branch" not in page
    assert "application/vnd.jupyter.widget-view+json" in page
    assert "from functools" not in page
    assert "def by_size" not in page
    assert json.dumps("需要几秒钟")[1:-1] in page, "while it is being drawn"


def test_every_organizer_gets_the_figures_of_the_own_branches_alone(
    running: Running, organizer: Browser, own: Path
) -> None:
    write(own, ASKING)
    assert said(opened(organizer), "branches") == "['生产党总支', '储运党支部']"
    everything = said(opened(running.signed_in("A01")), "branches")
    assert "财务党支部" in everything


def test_selectors_start_with_what_was_chosen_on_the_pages(
    running: Running, organizer: Browser, own: Path
) -> None:
    write(own, ASKING)
    branch = next(one.id for one in branches(running.store) if one.name == "储运党支部")
    page = opened(organizer, query=f"?period=2026&branch={branch}")
    assert said(page, "start") == f"2026 {branch}"


def test_figures_of_other_branches_are_refused(
    running: Running, organizer: Browser, own: Path
) -> None:
    other = next(one.id for one in branches(running.store) if one.name == "财务党支部")
    asks = f'figures.branch_sheet(period="2026-Q4", branch="{other}")'
    write(own, ASKING + f"\ntry:\n    {asks}\nexcept WeikeError as e:\n    print('refused', e)")
    page = opened(organizer)
    assert "不是给您看的" in said(page, "refused")
    assert "财务" not in page


def test_a_dashboards_kernel_knows_no_database_and_no_secret(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WEIKE_DATABASE_URL_OF_OTHERS", "postgresql://secret")
    monkeypatch.setenv("SECRET_KEY", "secret")
    running = start()
    folder = running.course.results / "dashboards"
    folder.mkdir()
    write(folder, LOOKING)
    page = opened(running.signed_in("O01"))
    environment = said(page, "environment")
    assert "WEIKE_FIGURES" in environment
    assert "DATABASE" not in environment
    assert "SECRET" not in environment
    assert said(page, "values") == said(page, "open") == "[]"
    assert "weike.db" not in said(page, "files")
    assert "weike.toml" in said(page, "refused"), "it finds no course"
    assert str(running.course.root) not in page


@pytest.mark.usefixtures("nobody")
def test_as_an_unprivileged_user_the_kernel_still_reaches_its_figures_and_nothing_else(
    start: Start,
) -> None:
    running = start('kernel_user = "nobody"')
    folder = running.course.results / "dashboards"
    folder.mkdir()
    lines = (
        'print("user", os.getuid())',
        f'print("database", os.access("{running.course.results / "weike.db"}", os.R_OK))',
        'print("others", os.access(str(Path.home().parent), os.R_OK))',
    )
    write(folder, "\n".join([ASKING, *lines]))
    page = opened(running.signed_in("O01"))
    assert said(page, "branches") == "['生产党总支', '储运党支部']"
    assert said(page, "user") == str(pwd.getpwnam("nobody").pw_uid)
    assert said(page, "database") == said(page, "others") == "False"


def test_another_process_of_the_same_user_is_not_served(
    running: Running, organizer: Browser, own: Path
) -> None:
    write(own, ASKING)
    page = organizer.get("/organize/dashboards/mine").text
    place = running.server.kernel_manager.folder(kernel(page)) / "figures"
    assert place.stat().st_mode & 0o777 == 0o600
    if sys.platform == "linux":
        process = running.server.kernel_manager.provisioner(kernel(page)).pid
        told = Path("/proc/net/unix").read_text() + Path(f"/proc/{process}/cmdline").read_text()
        assert "kernel.json" in told
        assert place.parent.name not in told, "everybody may read where others live"
    with socket.socket(socket.AF_UNIX) as stranger:
        stranger.settimeout(10)
        stranger.connect(str(place))
        with suppress(BrokenPipeError):  # or is hung up on before it has asked
            stranger.sendall(b'{"figure": "choices"}\n')
        with suppress(ConnectionResetError):
            assert stranger.recv(100) == b""
    organizer.form(f"/voila/api/shutdown/{kernel(page)}")


def test_who_has_lost_the_duty_is_told_nothing_more(start: Start) -> None:
    running = start()
    member = person(running.store, "O01")
    desk = kernels.Desk(running.server.site, member.id, period=None, branch=None)
    ask = b'{"figure": "choices"}\n'
    assert "储运党支部".encode() in desk._answer(ask)
    now = datetime.now(UTC)
    running.store.writer.run(
        lambda c: c.execute(
            update(role_grant).where(role_grant.c.member_id == member.id).values(revoked_at=now)
        )
    )
    assert "储运党支部".encode() not in desk._answer(ask)


def test_the_folder_of_a_dashboard_goes_with_its_page(
    running: Running, organizer: Browser, own: Path
) -> None:
    write(own, "1")
    mine = kernel(organizer.get("/organize/dashboards/mine").text)
    folder = running.server.kernel_manager.folder(mine)
    assert (folder / "figures").exists()
    assert organizer.form(f"/voila/api/shutdown/{mine}").status == 204
    assert not folder.exists()


@pytest.mark.parametrize("name", ["nothing", "..%2f..%2fweike", "branches.ipynb"])
def test_there_are_no_other_dashboards(organizer: Browser, name: str) -> None:
    assert organizer.get(f"/organize/dashboards/{name}").status == 404


def test_what_is_asked_is_looked_at_before_a_kernel_starts(
    running: Running, organizer: Browser
) -> None:
    before = set(running.server.kernel_manager.list_kernel_ids())
    other = next(one.id for one in branches(running.store) if one.name == "财务党支部")
    page = "/organize/dashboards/branches"
    assert organizer.get(f"{page}?branch={other}").status == 404
    assert organizer.get(f"{page}?period=never").status == 400
    assert organizer.ask("HEAD", page).status == 405
    assert running.signed_in("L01").get(page).status == 403
    assert set(running.server.kernel_manager.list_kernel_ids()) == before


def test_when_too_many_dashboards_are_open_the_page_says_so(
    organizer: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kernels, "MOST_DASHBOARDS", 0)
    answer = organizer.get("/organize/dashboards/branches")
    assert answer.status == 503
    assert "过一分钟再试" in answer.text
    assert answer.headers["Retry-After"] == "60"


def test_without_the_packages_for_charts_the_page_says_what_to_install(
    organizer: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dashboards, "possible", lambda: False)
    assert "pip install" in organizer.get("/organize/dashboards").text
    answer = organizer.get("/organize/dashboards/branches")
    assert answer.status == 503
    assert "pip install" in answer.text
