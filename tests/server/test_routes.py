"""Every route, asked by everybody: with one's own thing, with another's, with none.

A route that is not named here fails the first test.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from tornado.web import RequestHandler

from weike.results.awarding import rankings
from weike.results.people import branches
from weike.server.base import Handler
from weike.server.routes import routes

from .client import Answer, Browser
from .conftest import Running
from .rights import NO_KERNEL, PEOPLE, TABLE, Asked

# What Voilà and Jupyter would offer: drafts, files, everybody's kernels.
STOCK = [
    "voila/render/lessons/fire/fire.ipynb",
    "voila/render/weike.toml",
    "voila/files/members.csv",
    "voila/files/results/weike.db",
    "voila/tree",
    "voila/tree/lessons",
    "voila/api/contents",
    "voila/api/contents/lessons",
    "voila/execution/" + NO_KERNEL,
    "voila/query/" + NO_KERNEL,
    "api/contents",
    "api/contents/weike.toml",
    "api/kernels",
    "api/kernelspecs",
    "api/sessions",
    "api/terminals",
    "api/status",
    "files/weike.toml",
    "nbconvert/html/lessons/fire.ipynb",
    "static/favicon.ico",
    "weike.toml",
    "results/weike.db",
    "lessons/fire.ipynb",
    "lessons/fire/fire.ipynb",
    "quizzes/fire.md",
]


@pytest.fixture(scope="module")
def people(running: Running) -> dict[str, Browser]:
    return {
        who: running.signed_in(code) if code else anybody(running) for who, code in PEOPLE.items()
    }


def anybody(running: Running) -> Browser:
    browser = running.browser()
    browser.get("/login")
    return browser


@pytest.fixture(scope="module")
def things(running: Running, people: dict[str, Browser]) -> dict[str, str]:
    """What belongs to the owner, and names that change with every build."""
    opened = people["owner"].post("/api/attempts", {"quiz": "fire/fire"}).json
    live = people["owner"].get("/lessons/live/live").text
    page = people["owner"].get("/lessons/fire").text
    named = {one.name: one.id for one in branches(running.store)}
    return {
        "branch": named["储运党支部"],  # under O01's
        "foreign": named["财务党支部"],
        "attempt": opened["attempt"],
        "kernel": live.partition('"kernelId": "')[2].partition('"')[0],
        "picture": running.pieces.picture,
        **ranked(running),
        "asset": page.partition("/static/weike/")[2].partition('"')[0],
    }


def ranked(running: Running) -> dict[str, str]:
    """A ranking of this month that is posted, and one of this year that is a draft."""
    store, now = running.store, datetime.now(UTC)
    today = now.astimezone(store.zone)
    posted = rankings.draft(store, period=f"{today:%Y-%m}", by="command", now=now)
    rankings.post(store, posted, by="command", now=now)
    draft = rankings.draft(store, period=f"{today:%Y}", by="command", now=now)
    return {"posted": posted, "draft": draft}


def ask(who: str, browser: Browser, case: Asked, things: Mapping[str, str]) -> Answer:
    body = case.body
    if isinstance(body, dict) and body.get("code") == "{who}":
        body = body | {"code": who}  # the same code for all would be throttled
    return browser.ask(case.method, "/" + case.path.format(**things), data=body)


def plain(pattern: str) -> str:
    """`lessons/(?P<slug>…)` as `lessons/<slug>`, without the rest of the pattern's marks."""
    out = pattern
    for name in re.findall(r"\(\?P<(\w+)>", pattern):
        head, _, rest = out.partition(f"(?P<{name}>")
        depth, end = 1, 0
        while depth:
            depth += {"(": 1, ")": -1}.get(rest[end], 0)
            end += 1
        out = f"{head}<{name}>{rest[end:]}"
    return out.replace(r"\.[a-z0-9]{1,8}", "").replace(r"\.", ".")


def test_every_route_is_in_the_table(running: Running) -> None:
    assert sorted(plain(pattern) for pattern, _h, _a in routes(running.server)) == sorted(TABLE)


def test_the_application_answers_nothing_but_the_table(running: Running) -> None:
    rules: list[Any] = [
        rule
        for outer in running.server.app.default_router.rules
        for rule in getattr(outer.target, "rules", [])
    ]
    listed = {handler for _pattern, handler, _arguments in routes(running.server)}
    served = {rule.target for rule in rules if isinstance(rule.target, type)}
    assert served == listed
    assert all(issubclass(handler, Handler) for handler in served)


@pytest.mark.parametrize("case", [case for cases in TABLE.values() for case in cases], ids=str)
@pytest.mark.parametrize("who", PEOPLE)
def test_everybody_gets_what_is_theirs_and_no_more(
    who: str, case: Asked, people: dict[str, Browser], things: dict[str, str]
) -> None:
    ends = case.method == "DELETE" or "shutdown" in case.path
    if ends and who == "owner" and "{kernel}" in case.path:
        return  # others still ask for this kernel; test_live.py ends one
    expected = case.expected[list(PEOPLE).index(who)]
    answer = ask(who, people[who], case, things)
    assert answer.status == expected, answer.body[:300]
    upgrade = who == "owner" and case.path.endswith("channels")  # refused by the websocket itself
    if case.path.startswith(("api/", "voila/api/shutdown")) and expected >= 400 and not upgrade:
        assert set(answer.json["error"]) >= {"code", "message"}
    assert b"Traceback" not in answer.body
    assert "Server" not in answer.headers


@pytest.mark.parametrize("path", STOCK)
def test_no_route_of_voila_or_jupyter_is_left(path: str, people: dict[str, Browser]) -> None:
    for who, browser in people.items():
        api = path.startswith(("api/", "voila/"))
        expected = (401 if api else 302) if who == "nobody" else 404
        assert browser.get(f"/{path}").status == expected
        assert browser.post(f"/{path}").status == (401 if who == "nobody" else 404)


def test_every_method_of_every_route_needs_a_session_or_is_named_public() -> None:
    """What answers strangers is a short list."""
    found: list[type] = [Handler]
    for kind in found:
        found += kind.__subclasses__()
    public = {
        kind.__name__
        for kind in found
        if issubclass(kind, RequestHandler) and kind.public  # type: ignore[attr-defined]
    }
    passed = {"Passing", "PassedPage", "PassedFile", "PassedMedia"}  # with a pass only
    passed |= {"PassedApi", "PassedAttempts", "PassedAnswer", "PassedSubmit"}
    passed |= {"ForwardOpen", "ForwardOpenApi"}
    public -= passed
    assert public == {"SignIn", "Login", "Link", "Logout", "Static", "Health", "Metrics"}


def test_metrics_are_for_this_computer_and_for_administrators(running: Running) -> None:
    elsewhere = {"X_Forwarded_For": "203.0.113.7"}
    assert running.browser(**elsewhere).get("/metrics").status == 401
    expected = {"M01": 403, "L01": 403, "O01": 403, "A01": 200}
    for code, status in expected.items():
        assert running.signed_in(code, **elsewhere).get("/metrics").status == status
    assert "weike_requests_total" in running.browser().get("/metrics").text


def test_marks_of_a_small_branch_are_shown_to_those_with_a_duty_only(running: Running) -> None:
    def hidden(code: str) -> set[str]:
        body = running.signed_in(code).get("/api/branches").json
        return {row["name"] for row in body["branches"] if row.get("hidden")}

    assert "财务党支部" in hidden("M01")
    assert "财务党支部" in hidden("M09"), "belonging to it is no duty for it"
    assert "财务党支部" in hidden("O01"), "a duty for another subtree"
    assert hidden("A01") == set()


def test_another_slug_than_a_slug_is_no_lesson(people: dict[str, Browser]) -> None:
    for slug in ("../weike.toml", "%2e%2e%2fweike.toml", "fire%00", "FIRE", uuid4().hex * 9):
        assert people["owner"].get(f"/lessons/{slug}").status == 404
