"""Previews beside JupyterLab: one lesson by a link that ends, at an address of their own."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tornado.httpclient import AsyncHTTPClient, HTTPResponse

from weike.quizzes.course import Course
from weike.quizzes.errors import WeikeError
from weike.quizzes.i18n import use_language
from weike.server.preview import window as windows
from weike.server.preview.passes import LIFE
from weike.server.preview.window import Window

from .course import make_course

QUIZ = "%%quiz one\n## 第一步？ {#a}\n- [x] 提起\n- [ ] 压下\n\n> 口诀：提拔握压。\n"
LESSON = "lessons/fire/fire.ipynb"


@pytest.fixture
def course(tmp_path: Path) -> Course:
    course = make_course(tmp_path)
    put(course, "看**指针**。")
    (tmp_path / "lessons/fire/media").mkdir()
    (tmp_path / "lessons/fire/media/a.mp3").write_bytes(bytes(range(100)))
    (tmp_path / "lessons/_templates").mkdir()
    (tmp_path / "lessons/_templates/t.ipynb").write_text("{}", encoding="utf-8")
    return course


def put(course: Course, text: str) -> None:
    cells: list[dict[str, Any]] = [
        {"cell_type": "markdown", "source": f"# 灭火器\n\n{text}\n\n![响](media/a.mp3)"},
        {"cell_type": "code", "source": QUIZ, "outputs": [], "execution_count": None},
    ]
    cells = [one | {"id": f"c{n}", "metadata": {}} for n, one in enumerate(cells)]
    book = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}
    file = course.root / LESSON
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps(book, ensure_ascii=False), encoding="utf-8")


Ask = Callable[..., Awaitable[HTTPResponse]]


def looked(course: Course, talk: Callable[[Window, Ask], Awaitable[None]]) -> None:
    async def run() -> None:
        window = Window(course, "127.0.0.1")
        client = AsyncHTTPClient(force_instance=True)

        async def ask(path: str, method: str = "GET", **options: Any) -> HTTPResponse:
            address = f"http://127.0.0.1:{window.port}{path}"
            if "json" in options:
                options["body"] = json.dumps(options.pop("json"))
            return await client.fetch(address, method=method, raise_error=False, **options)

        try:
            await talk(window, ask)
        finally:
            window.close()
            client.close()

    with use_language("zh-CN"):
        asyncio.run(run())


def path_of(window: Window, now: datetime | None = None) -> str:
    url = window.offer(LESSON, now or datetime.now(UTC)).url
    return "/preview/" + url.partition("/preview/")[2]


def test_the_file_as_it_is_with_its_quiz_and_no_key(course: Course) -> None:
    async def talk(window: Window, ask: Ask) -> None:
        path = path_of(window)
        page = await ask(path)
        assert "看<strong>指针</strong>" in page.body.decode()
        assert "Server" not in page.headers
        assert page.headers["Referrer-Policy"] == "no-referrer"
        put(course, "再看一眼。")
        assert "再看一眼" in (await ask(path)).body.decode()
        opened = await ask(f"{path}api/attempts", "POST", json={"quiz": "fire/one"})
        assert "口诀" not in (page.body + opened.body).decode()
        attempt = json.loads(opened.body)
        (item,) = attempt["paper"]["items"]
        right = next(one["id"] for one in item["options"] if "提起" in one["html"])
        sent = {"response": right, "event": "e" * 16, "seq": 1, "answered_at": attempt["now"]}
        put_to = f"{path}api/attempts/{attempt['attempt']}/answers/a"
        told = json.loads((await ask(put_to, "PUT", json=sent)).body)
        assert told["feedback"]["correct"] is True
        assert "口诀" in json.dumps(told, ensure_ascii=False)
        done = await ask(f"{path}api/attempts/{attempt['attempt']}/submit", "POST", json={})
        assert json.loads(done.body)["passed"] is True

    looked(course, talk)


def test_nothing_else_is_there(course: Course) -> None:
    async def talk(window: Window, ask: Ask) -> None:
        path = path_of(window)
        other = "/preview/" + "x" * 32 + "/"
        gone = ["/", "/lab", "/api/contents", "/weike.toml", "/static/x", other, f"{path}../"]
        gone += [f"{path}files/{name}" for name in ("weike.toml", LESSON, "members.csv")]
        gone += [f"{path}files/lessons/fire/../../members.csv", f"{path}files/%2e%2e/members.csv"]
        gone += [f"{other}files/lessons/fire/media/a.mp3"]
        for one in gone:
            assert (await ask(one)).code == 404, one
        assert (await ask(f"{other}api/attempts", "POST", json={"quiz": "fire/one"})).code == 404
        part = await ask(f"{path}files/lessons/fire/media/a.mp3", headers={"Range": "bytes=10-19"})
        assert (part.code, part.body) == (206, bytes(range(10, 20)))

    looked(course, talk)


def test_a_file_has_the_type_that_the_lessons_page_gives_it(course: Course) -> None:
    async def talk(window: Window, ask: Ask) -> None:
        address = f"{path_of(window)}files/lessons/fire/media/"
        (course.root / "lessons/fire/media/b.m4a").write_bytes(b"sound")
        whole, head = await ask(f"{address}b.m4a"), await ask(f"{address}b.m4a", "HEAD")
        assert (whole.code, whole.body, head.code, head.body) == (200, b"sound", 200, b"")
        assert {one.headers["Content-Type"] for one in (whole, head)} == {"audio/mp4"}

    looked(course, talk)


def test_answers_need_the_file_no_more_and_what_fails_is_told_without_the_link(
    course: Course, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def talk(window: Window, ask: Ask) -> None:
        path = path_of(window)
        await ask(path)
        (course.root / LESSON).unlink()  # an editor that saves writes it anew
        opened = await ask(f"{path}api/attempts", "POST", json={"quiz": "fire/one"})
        place = f"{path}api/attempts/{json.loads(opened.body)['attempt']}/answers/a"
        bad = await ask(place, "PUT", json={"response": 7, "event": "e" * 16, "seq": 1})
        assert (bad.code, json.loads(bad.body)["error"]["code"]) == (400, "refused")
        assert not caplog.records
        monkeypatch.setattr(window.trials, "open", lambda *_given: 1 / 0)
        failed = await ask(f"{path}api/attempts", "POST", json={"quiz": "fire/one"})
        assert (failed.code, json.loads(failed.body)["error"]["code"]) == (500, "error")
        assert "系统出了点问题" in failed.body.decode()
        assert "ZeroDivisionError" in caplog.text
        assert path.split("/")[2] not in caplog.text

    looked(course, talk)


def test_a_link_expires_and_with_the_last_one_the_server_ends(course: Course) -> None:
    async def talk(window: Window, ask: Ask) -> None:
        path = path_of(window, datetime.now(UTC) - LIFE + timedelta(seconds=2))
        assert (await ask(path)).code == 200
        async with asyncio.timeout(10):
            while window._server is not None:
                await asyncio.sleep(0.05)
        with pytest.raises(ConnectionRefusedError):
            await ask(path)
        fresh = path_of(window)
        assert (await ask(path)).code == 404
        assert (await ask(fresh)).code == 200

    looked(course, talk)


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("weike.toml", "weike.toml 不是微课"),
        ("lessons/_templates/t.ipynb", "不是微课"),
        ("../other/lessons/a.ipynb", "不是微课"),
    ],
)
def test_what_is_no_lesson_gets_no_link(course: Course, path: str, said: str) -> None:
    with use_language("zh-CN"), pytest.raises(WeikeError, match=said):
        Window(course).offer(path, datetime.now(UTC))


def test_an_address_that_is_not_this_computers_is_named(course: Course) -> None:
    async def talk(window: Window, ask: Ask) -> None:
        with pytest.raises(WeikeError, match=r"203\.0\.113\.77 不是这台电脑的地址"):
            Window(course, "203.0.113.77").offer(LESSON, datetime.now(UTC))

    looked(course, talk)


def test_what_is_said_depends_on_whether_a_phone_gets_here(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def talk(window: Window, ask: Ask) -> None:
        offer = window.offer(LESSON, datetime.now(UTC))
        assert not offer.reachable
        assert "手机打不开" in offer.said[0]
        monkeypatch.setattr(windows, "reachable", lambda _host: True)
        offer = window.offer(LESSON, datetime.now(UTC))
        assert f"端口 {window.port}" in " ".join(offer.said)
        assert offer.code.startswith("data:image/svg+xml")

    looked(course, talk)
