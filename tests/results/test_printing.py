from __future__ import annotations

import contextlib
import io
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from pypdf import PdfReader

from weike.quizzes.errors import WeikeError
from weike.results.reporting import printing
from weike.results.reporting.printing import ENVIRONMENT, pdf, png, press

PAGE = (
    '<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8"><title>支部报告</title>'
    "<style>@page{size:A4;margin:14mm}body{background:#0b6464;color:#fff}</style></head>"
    "<body><p>储运党支部</p>{more}</body></html>"
)


@pytest.fixture
def listener() -> Iterator[tuple[str, list[str]]]:
    """The address of a server, and what was asked of it."""
    asked: list[str] = []

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Keep quiet."""

    server = HTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    thread.join()
    server.server_close()


def test_nothing_is_fetched_for_a_page_and_no_script_runs_in_it(
    listener: tuple[str, list[str]], tmp_path: Path
) -> None:
    address, asked = listener
    (tmp_path / "secret.txt").write_text("GEHEIM", encoding="utf-8")
    more = (
        f'<img src="{address}/picture.png"><link rel="stylesheet" href="{address}/style.css">'
        f'<iframe src="file://{tmp_path}/secret.txt"></iframe><iframe src="{address}/frame">'
        "</iframe><script>document.body.textContent = 'SCRIPT'</script>"
    )
    made = pdf(PAGE.replace("{more}", more))
    text = PdfReader(io.BytesIO(made)).pages[0].extract_text()
    assert asked == []
    assert "SCRIPT" not in text
    assert "GEHEIM" not in text


def test_a_page_that_leads_away_is_not_followed(listener: tuple[str, list[str]]) -> None:
    address, asked = listener
    away = f'<meta http-equiv="refresh" content="0; url={address}/away">'
    with contextlib.suppress(WeikeError):  # it may be printed before it leaves
        pdf(PAGE.replace("{more}", away))
    assert asked == []


def test_a_pdf_has_its_paper_its_title_and_numbered_pages() -> None:
    second = '<p style="break-before:page">二</p>'
    reader = PdfReader(io.BytesIO(pdf(PAGE.replace("{more}", second), footer="<季度>")))
    assert len(reader.pages) == 2
    assert (float(reader.pages[0].mediabox.width), float(reader.pages[0].mediabox.height)) == (
        pytest.approx(595, abs=1),
        pytest.approx(842, abs=1),
    )
    assert reader.metadata is not None
    assert reader.metadata.title == "支部报告"
    assert "2 / 2" in reader.pages[1].extract_text()
    assert "<" in reader.pages[1].extract_text()


def test_a_picture_has_exactly_the_size_that_was_asked_for() -> None:
    with Image.open(io.BytesIO(png(PAGE.replace("{more}", ""), width=320, height=480))) as image:
        assert image.size == (320, 480)
        assert image.convert("RGB").getpixel((300, 460)) == (11, 100, 100)


def test_a_browser_is_never_started_twice_at_once() -> None:
    order: list[str] = []

    def print_one() -> None:
        with press():
            order.append("second")

    with press() as first:
        other = threading.Thread(target=print_one)
        other.start()
        first.pdf(PAGE)
        order.append("first")
    other.join()
    assert order == ["first", "second"]


def test_without_a_browser_the_repair_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printing, "_NAMES", ("no-such-browser",))
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", "/nowhere")
    with pytest.raises(WeikeError, match="apt install chromium"):
        pdf(PAGE)
    monkeypatch.setenv(ENVIRONMENT, "/no/such/file")
    with pytest.raises(WeikeError, match="WEIKE_CHROMIUM 指定的 /no/such/file"):
        pdf(PAGE)


def test_a_browser_that_does_not_start_is_said_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(ENVIRONMENT, "/bin/false")
    with pytest.raises(WeikeError, match="Chromium 无法启动"):
        pdf(PAGE)


def test_without_chinese_letters_nothing_is_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printing, "has_chinese_letters", lambda: False)
    monkeypatch.setattr(printing, "language", lambda: "zh-CN")
    with pytest.raises(WeikeError, match="fonts-noto-cjk"):
        pdf(PAGE)


def test_the_browser_does_not_know_the_database(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = printing._environment({"PATH": "/bin", "WEIKE_DATABASE_URL": "postgresql://secret"})
    assert kept == {"PATH": "/bin"}
