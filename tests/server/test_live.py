"""The live part of a lesson: a kernel of one's own, that knows nothing and does not stay."""

from __future__ import annotations

import asyncio
import json
import re
import time

import pytest
from tornado.httpclient import HTTPRequest
from tornado.websocket import websocket_connect

from weike.server import kernels

from .channels import LIVE, UPGRADE, kernel
from .client import Browser
from .conftest import Running, Start


@pytest.fixture
def kernel_of(running: Running) -> Browser:
    return running.signed_in("M06")


def test_the_live_page_runs_in_a_kernel_that_knows_no_secret(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WEIKE_DATABASE_URL_OF_OTHERS", "postgresql://secret")
    monkeypatch.setenv("SECRET_KEY", "secret")
    running = start()
    answer = running.signed_in("M01").get(LIVE)
    assert answer.status == 200
    assert "live 1" in answer.text
    assert "secret []" in answer.text
    assert "postgresql" not in answer.text
    assert str(running.course.root) not in answer.text


def test_the_live_page_comes_from_this_host_alone(running: Running, kernel_of: Browser) -> None:
    answer = kernel_of.get(LIVE)
    links = re.findall(r"""<(?:script|link|img)[^>]*(?:src|href)=["']([^"']+)""", answer.text)
    assert links
    assert [link for link in links if re.match(r"(?:https?:)?//", link)] == []
    assert "cdn" not in answer.text
    policy = answer.headers["Content-Security-Policy"]
    assert f"connect-src 'self' ws://127.0.0.1:{running.port}" in policy
    assert "default-src 'none'" in policy
    assert "https:" not in policy


def test_only_the_widgets_and_the_words_above_them_are_repeated(kernel_of: Browser) -> None:
    page = kernel_of.get(LIVE).text
    assert '<html lang="zh-CN">' in page
    assert "拉一拉" in page
    assert "<math" in page
    assert "先说几句" not in page
    assert 'href="/lessons/live"' in page


def test_visitors_choose_neither_template_nor_theme(kernel_of: Browser) -> None:
    page = kernel_of.get(f"{LIVE}?template=classic&theme=dark").text
    assert "weike-bar" in page
    assert 'data-jp-theme-name="JupyterLab Light"' in page


def test_looking_at_the_headers_starts_no_kernel(running: Running, kernel_of: Browser) -> None:
    before = set(running.server.kernel_manager.list_kernel_ids())
    assert kernel_of.ask("HEAD", LIVE).status == 405
    assert set(running.server.kernel_manager.list_kernel_ids()) == before


def test_a_kernel_ends_with_its_page(running: Running, kernel_of: Browser) -> None:
    mine = kernel(kernel_of.get(LIVE).text)
    folder = running.server.kernel_manager.folder(mine)
    assert folder.is_dir()
    assert kernel_of.get(f"/api/kernels/{mine}").status == 200
    assert kernel_of.form(f"/voila/api/shutdown/{mine}").status == 204
    assert kernel_of.get(f"/api/kernels/{mine}").status == 404
    assert not folder.exists()


def test_signing_out_ends_the_kernels(running: Running) -> None:
    browser = running.signed_in("M06")
    mine = kernel(browser.get(LIVE).text)
    browser.form("/logout")
    assert mine not in running.server.kernel_manager


def test_a_third_page_ends_the_first(running: Running, kernel_of: Browser) -> None:
    first, second, third = (kernel(kernel_of.get(LIVE).text) for _n in range(3))
    assert kernel_of.get(f"/api/kernels/{first}").status == 404
    for mine in (second, third):
        assert kernel_of.get(f"/api/kernels/{mine}").status == 200
        assert kernel_of.ask("DELETE", f"/api/kernels/{mine}").status == 204


def test_when_all_kernels_are_taken_the_page_says_so(
    kernel_of: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kernels, "MOST", 0)
    answer = kernel_of.get(LIVE)
    assert answer.status == 503
    assert "过一分钟再试" in answer.text
    assert answer.headers["Retry-After"] == "60"


def test_kernels_are_culled_in_minutes_and_buffer_nothing(running: Running) -> None:
    manager = running.server.kernel_manager
    assert 0 < manager.cull_idle_timeout <= 900
    assert manager.cull_connected
    assert not manager.buffer_offline_messages
    assert not manager.allow_tracebacks


def connect(browser: Browser, path: str) -> list[dict[str, object]]:
    """The messages in answer to a request for the kernel's info and one for executing code."""

    async def talk() -> list[dict[str, object]]:
        cookies = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
        address = HTTPRequest(f"ws://127.0.0.1:{browser.port}{path}", headers={"Cookie": cookies})
        socket = await websocket_connect(address)
        for number, kind in enumerate(("execute_request", "kernel_info_request")):
            content = {"code": "print('no')", "silent": False} if number == 0 else {}
            header = {"msg_id": str(number), "msg_type": kind, "session": "s", "username": "u"}
            message = {"header": header, "parent_header": {}, "metadata": {}, "content": content}
            await socket.write_message(json.dumps(message | {"channel": "shell", "buffers": []}))
        seen: list[dict[str, object]] = []
        until = time.monotonic() + 10
        while time.monotonic() < until:
            text = await asyncio.wait_for(socket.read_message(), 10)
            assert isinstance(text, str)
            seen.append(json.loads(text))
            if seen[-1]["msg_type"] == "kernel_info_reply":
                break
        socket.close()
        while await socket.read_message() is not None:
            pass
        return seen

    return asyncio.run(talk())


def test_the_owner_may_talk_to_widgets_and_run_nothing(kernel_of: Browser) -> None:
    mine = kernel(kernel_of.get(LIVE).text)
    seen = connect(kernel_of, f"/api/kernels/{mine}/channels?session_id=s")
    kinds = {message["msg_type"] for message in seen}
    assert "kernel_info_reply" in kinds
    assert not kinds & {"execute_reply", "execute_input", "stream"}
    kernel_of.ask("DELETE", f"/api/kernels/{mine}")


def test_nobody_else_reaches_the_kernel(running: Running, kernel_of: Browser) -> None:
    mine = kernel(kernel_of.get(LIVE).text)
    path = f"/api/kernels/{mine}/channels?session_id=x"
    for other, status in ((running.signed_in("A01"), 404), (running.browser(), 401)):
        assert other.get(path, **UPGRADE).status == status
    assert kernel_of.get(path, **UPGRADE, Origin="http://evil.example").status == 403
    kernel_of.ask("DELETE", f"/api/kernels/{mine}")
