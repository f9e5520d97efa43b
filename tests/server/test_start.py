"""Starting and stopping."""

from __future__ import annotations

import os
import signal
import socket
import stat
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from click.testing import CliRunner

from weike.cli import weike
from weike.commands.serve import shown_host
from weike.quizzes.course import load_course
from weike.quizzes.errors import WeikeError
from weike.server.app import cookie_secret

from .conftest import Running, Start, serving


def test_a_port_that_is_taken_ends_the_start_with_a_sentence(
    running: Running, tmp_path: Path
) -> None:
    from weike.results.store import open_store
    from weike.server.app import WeikeServer

    from .course import make_course

    course = make_course(tmp_path)
    with open_store(course=course) as store:
        server = WeikeServer(course=course, store=store, ip="127.0.0.1", port=running.port)
        server.initialize()
        with pytest.raises(WeikeError, match=f"端口 {running.port} 已被占用"):
            server.start()


def test_the_secret_outlives_a_restart_and_is_for_its_owner_only(tmp_path: Path) -> None:
    from .course import make_course

    course = make_course(tmp_path)
    first = cookie_secret(course)
    assert cookie_secret(course) == first
    assert len(first) == 32
    mode = stat.S_IMODE((course.results / "secret").stat().st_mode)
    assert mode == 0o600


def test_a_session_outlives_a_restart(start: Start, tmp_path: Path) -> None:
    running = start()
    cookies = running.signed_in("M01").cookies
    running.server.site.identity.forget(cookies["weike_session"])
    browser = running.browser()
    browser.cookies |= cookies
    assert browser.get("/api/me").status == 200


def test_a_configuration_file_of_voila_has_no_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "voila.json").write_text('{"VoilaConfiguration": {"show_tracebacks": true}}')
    monkeypatch.chdir(tmp_path)
    with serving(tmp_path / "course") as running:
        configuration = running.server.voila_configuration
        assert not configuration.show_tracebacks
        assert configuration.allow_template_override == "NO"
        assert configuration.allow_theme_override == "NO"


@pytest.mark.parametrize(
    ("ip", "shown"),
    [("127.0.0.1", "127.0.0.1"), ("0.0.0.0", "127.0.0.1"), ("::", "127.0.0.1"), ("::1", "[::1]")],
)
def test_the_address_that_is_printed_can_be_opened_here(ip: str, shown: str) -> None:
    assert shown_host(ip) == shown


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_new_course_serves_at_once_and_stops_cleanly(tmp_path: Path) -> None:
    made = CliRunner().invoke(weike, ["new", str(tmp_path / "safety")])
    assert made.exit_code == 0, made.output
    course, port = load_course(tmp_path / "safety"), free_port()
    command = [sys.executable, "-c", "from weike.cli import main; main()"]
    server = subprocess.Popen(
        [*command, "serve", str(course.root), "--port", str(port)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
        text=True,
    )
    try:
        wait_for(port, server)
        server.send_signal(signal.SIGTERM)
        output, _ = server.communicate(timeout=30)
    finally:
        server.kill()
    assert server.returncode == 0, output
    links = [line for line in output.splitlines() if "/login/" in line]
    assert len(links) == 3
    assert all(f"http://127.0.0.1:{port}/login/" in line for line in links)
    assert "first-lesson" in output
    assert output.rstrip().endswith("所有作答都已保存。")


def wait_for(port: int, server: subprocess.Popen[str]) -> None:
    until = time.monotonic() + 90
    while time.monotonic() < until and server.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz") as answer:
                assert answer.status == 200
                return
        except OSError:
            time.sleep(0.2)
    server.kill()
    pytest.fail(f"no answer: {server.communicate()[0]}")
