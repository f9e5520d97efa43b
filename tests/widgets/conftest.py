"""A page with one quiz, a small server that speaks the protocol, and a phone to open it with."""

from __future__ import annotations

import json
import random
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from weike.quizzes.errors import AttemptRefused
from weike.quizzes.formats import markdown
from weike.quizzes.quiz import QuizDefinition
from weike.quizzes.rules import Rules
from weike.widgets import css, esm, words
from weike.widgets.local import LocalAttempts

WIDGETS = Path(__file__).parents[2] / "widgets/weike/widgets"


EACH_TYPE = """\
## 使用灭火器的第一步是什么？ {#single}
- [x] 提起灭火器
- [ ] 拔掉保险销
  > 这是第二步。
- [ ] 压下压把

> 口诀：提、拔、握、压。

## 哪些要随身携带？ {#multiple points=2}
- [x] 气体检测仪
- [x] 对讲机
- [ ] 打火机

## 发现有人触电，先切断电源。 {#boolean}
- [x] 正确
- [ ] 错误

## 压力表指针在 [[绿色|绿]] 区正常，在 [[红色|红]] 区送修。 {#blank points=2}

## 胸外按压每分钟多少次？ {#numeric}
= 110 ± 10 次
"""

PAGE = """\
<!doctype html>
<html lang="{language}"{attributes}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>微课</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="page.css">
<link rel="stylesheet" href="quiz.css">
<script type="module" src="boot.js"></script>
</head>
<body>
<main>
<h1>灭火器</h1>
<p>先看清楚压力表，再提起来。</p>
<section class="weike-quiz" data-quiz="fire/check" aria-label="小测"></section>
<p>后面还有课文。</p>
</main>
</body>
</html>
"""

PAGE_CSS = """\
body { margin: 0; padding: 0 1rem; background: #f4f6f8; }
main { max-width: 46rem; margin: 0 auto; }
html.large { font-size: 130%; }
html[data-theme="dark"] body { background: #11151a; color: #e9edf2; }
"""

BOOT = """\
import { HttpTransport, mount } from "./quiz.js";
import words from "./words.js";
const el = document.querySelector("section.weike-quiz");
const member = /weike_member=(\\w+)/.exec(document.cookie)[1];
window.transport = new HttpTransport({ base: "/", quiz: el.dataset.quiz, member });
window.stop_quiz = mount(el, window.transport, { language: document.documentElement.lang, words });
"""


def quiz_definition(text: str = EACH_TYPE, **rules: Any) -> QuizDefinition:
    bank = markdown.loads(text)
    return QuizDefinition(
        id="check",
        title="灭火器小测",
        rules=replace(Rules(shuffle="none"), **rules),
        questions=bank.questions,
    )


@dataclass
class Site:
    """The server's side: what it answers, and everything that it has seen and said."""

    definition: QuizDefinition = field(default_factory=quiz_definition)
    language: str = "zh-CN"
    attributes: str = ""
    signed_in: str = "ada"
    status: int | None = None  # answer every API call with this
    url: str = ""
    # Far from the phone's clock on purpose: nothing may depend on that one.
    now: datetime = datetime(2031, 5, 4, 9, 0, tzinfo=UTC)
    requests: list[tuple[str, str, Any]] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    attempts: dict[str, LocalAttempts] = field(default_factory=dict)
    elsewhere: LocalAttempts | None = None
    hold: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.hold.set()

    def later(self, **length: float) -> None:
        self.now += timedelta(**length)

    def member(self) -> LocalAttempts:
        return self.attempts.setdefault(
            self.signed_in,
            LocalAttempts(self.definition, clock=lambda: self.now, chance=random.Random(7)),
        )

    def holder(self, attempt: str) -> LocalAttempts:
        """Who keeps this attempt: the quiz of the page, or one that was open before."""
        before = self.elsewhere
        if before and any(known.id == attempt for known in before._attempts):
            return before
        return self.member()

    def answers(self, item: str) -> list[Any]:
        """What the server has kept for an item, in the order it came."""
        return [
            saved.response
            for attempt in self.member()._attempts
            for saved in attempt.answers.get(item, ())
        ]

    def writes(self, method: str = "PUT") -> list[tuple[str, Any]]:
        return [(path, body) for verb, path, body in self.requests if verb == method]

    def api(self, method: str, path: str, body: Any) -> tuple[int, Any]:
        if self.status is not None:
            return self.status, {"error": {"code": "test", "message": "test"}}
        parts = path.strip("/").split("/")
        try:
            if method == "POST" and parts == ["api", "attempts"]:
                return 200, self.member().open(new=body.get("new") is True)
            if method == "PUT" and len(parts) == 5:
                return 200, self.holder(parts[2]).answer(parts[2], parts[4], body)
            if method == "POST" and len(parts) == 4 and parts[3] == "submit":
                return 200, self.member().submit(parts[2])
        except AttemptRefused as error:
            return error.status, {"error": {"code": error.code, "message": str(error)}}
        except ValueError as error:
            return 400, {"error": {"code": "bad_response", "message": str(error)}}
        return 404, {"error": {"code": "not_found", "message": path}}

    def file(self, path: str) -> tuple[str, str] | None:
        name = path.split("?")[0]
        made: dict[str, tuple[str, Callable[[], str]]] = {
            "/": (
                "text/html",
                lambda: PAGE.format(language=self.language, attributes=self.attributes),
            ),
            "/page.css": ("text/css", lambda: PAGE_CSS),
            "/quiz.css": ("text/css", lambda: css.join(WIDGETS / "quiz.css")),
            "/quiz.js": ("text/javascript", lambda: esm.join(WIDGETS / "quiz.js")),
            "/boot.js": ("text/javascript", lambda: BOOT),
            "/words.js": (
                "text/javascript",
                lambda: f"export default {json.dumps(words(self.language))};",
            ),
            "/login": ("text/html", lambda: "<!doctype html><title>login</title>"),
        }
        if name not in made:
            return None
        kind, text = made[name]
        return kind, text()


def handler(site: Site) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_args: object) -> None:
            pass

        def do_GET(self) -> None:
            found = site.file(self.path)
            if found is None:
                return self.reply(404, "application/json", "{}")
            cookies = [f"weike_member={site.signed_in}; Path=/", "_xsrf=token; Path=/"]
            return self.reply(200, found[0] + "; charset=utf-8", found[1], cookies)

        def do_POST(self) -> None:
            size = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(size) or b"null")
            site.requests.append((self.command, self.path, body))
            site.hold.wait(10)
            if self.headers.get("X-XSRFToken") != "token":
                return self.reply(403, "application/json", "{}")
            status, answer = site.api(self.command, self.path, body)
            return self.reply(status, "application/json", json.dumps(answer, ensure_ascii=False))

        do_PUT = do_POST  # noqa: N815

        def reply(self, status: int, kind: str, text: str, cookies: list[str] = []) -> None:  # noqa: B006
            site.said.append(text)
            content = text.encode()
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.send_header(
                "Content-Security-Policy",
                "default-src 'none'; script-src 'self'; style-src 'self'; "
                "img-src 'self' data:; connect-src 'self'",
            )
            for cookie in cookies:
                self.send_header("Set-Cookie", cookie)
            self.end_headers()
            self.wfile.write(content)

    return Handler


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler(site))
    server.daemon_threads = True
    site.url = f"http://127.0.0.1:{server.server_port}/"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield site
    site.hold.set()
    server.shutdown()
    server.server_close()
    thread.join(5)


PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "is_mobile": True,
    "device_scale_factor": 2,
}
DESKTOP: dict[str, Any] = {"viewport": {"width": 1280, "height": 900}}


@pytest.fixture
def visit(site: Site, chromium: Browser) -> Iterator[Callable[..., Page]]:
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def note(message: Any) -> None:
        # A refused or lost request is what several tests are about.
        if message.type == "error" and "Failed to load resource" not in message.text:
            complaints.append(message.text)

    def open_page(
        *,
        context: BrowserContext | None = None,
        wait: str = ".wq-card:not([hidden])",
        **options: Any,
    ) -> Page:
        if context is None:
            context = chromium.new_context(**(PHONE | {"locale": "zh-CN"} | options))
            context.set_default_timeout(8000)
            contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", note)
        page.goto(site.url)
        page.wait_for_selector(wait)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def define() -> Callable[..., QuizDefinition]:
    return quiz_definition


@pytest.fixture
def desktop() -> dict[str, Any]:
    return DESKTOP | {"has_touch": False, "is_mobile": False, "device_scale_factor": 1}
