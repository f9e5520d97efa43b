"""What goes wrong is said in the reader's words, with the right status and none of our innards."""

from __future__ import annotations

import logging
from datetime import UTC, datetime

import pytest

from weike.results.assigning.overrides import override_rules

from .client import Browser
from .conftest import Running


@pytest.fixture
def browser(running: Running) -> Browser:
    return running.signed_in("M01")


def test_a_page_that_is_not_there_is_still_a_page_of_ours(browser: Browser) -> None:
    answer = browser.get("/nothing-here")
    assert answer.status == 404
    assert "返回学习" in answer.text
    browser.cookies["weike_language"] = "en"
    assert "Back to learning" in browser.get("/nothing-here").text


def test_an_unknown_route_of_the_api_answers_json(browser: Browser) -> None:
    answer = browser.get("/api/nothing")
    assert (answer.status, answer.error) == (404, "not_found")
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "body",
    [
        *(b"{", b"[1]", b"\xff", b"[" * 60_000, b'{"quiz": ' + b"9" * 5_000 + b"}"),
        *(b'{"quiz": "fire/fire\\u0000"}', b'{"quiz": "\\ud83d"}', b'{"\\udc00": 1}'),
        *(b'{"quiz": "\xed\xa0\x80"}', '{"quiz": "fire/fire"}'.encode("utf-16")),
        b'{"quiz": ' + b'["\\u0020",' * 900 + b"1" + b"]" * 900 + b"}",
    ],
)
def test_a_body_that_is_no_object_is_refused(browser: Browser, body: bytes) -> None:
    answer = browser.ask("POST", "/api/attempts", body=body)
    assert (answer.status, answer.error) == (400, "bad_request")


def test_a_quiz_that_cannot_be_taken_now_says_from_when_or_until_when(running: Running) -> None:
    browser, now = running.signed_in("M07"), datetime.now(UTC)
    for opens, closes, said in (
        (datetime(now.year + 1, 12, 1, tzinfo=UTC), None, f"{now.year + 1}年12月1日 08:00 开始"),
        (
            None,
            datetime(now.year - 1, 3, 31, 16, tzinfo=UTC),
            f"{now.year - 1}年3月31日 24:00 截止",
        ),
    ):
        override_rules(
            running.store,
            quiz="fire/fire",
            member="M07",
            opens=opens,
            closes=closes,
            reason="?",
            by="command",
            now=now,
        )
        answer = browser.ask("POST", "/api/attempts", body=b'{"quiz": "fire/fire"}')
        assert answer.status == 403
        assert said in answer.json["error"]["message"]


def test_a_word_with_an_escape_is_a_word(browser: Browser) -> None:
    answer = browser.ask(
        "POST", "/api/attempts", body=b'{"quiz": "fire\\u002ffire", "x": "\\\\u0000"}'
    )
    assert answer.status == 200


@pytest.mark.parametrize("query", ["level=" + "9" * 5_000, "level=%C2%B2", "period=2199"])
def test_a_number_beyond_all_measure_is_no_mistake_of_ours(browser: Browser, query: str) -> None:
    assert browser.get(f"/branches?{query}").status == 200


@pytest.mark.parametrize("period", ["1969", "2200-01", "9998", "9999-Q4"])
def test_a_year_that_nobody_plans_for_is_no_period(browser: Browser, period: str) -> None:
    assert browser.get(f"/api/branches?period={period}").error == "bad_period"


def test_a_body_beyond_all_measure_is_refused(browser: Browser) -> None:
    answer = browser.ask("POST", "/api/attempts", body=b" " * 70_000 + b"{}")
    assert (answer.status, answer.error) == (413, "too_large")


def test_a_refused_attempt_keeps_its_code_and_status(browser: Browser) -> None:
    opened = browser.post("/api/attempts", {"quiz": "fire/fire"}).json
    answers = f"/api/attempts/{opened['attempt']}/answers"
    wrong = browser.ask("PUT", f"{answers}/first", data={"response": 1})
    assert (wrong.status, wrong.error) == (400, "bad_response")
    browser.post(f"/api/attempts/{opened['attempt']}/submit")
    answer = {"response": True, "event": "a" * 32, "seq": 1, "answered_at": opened["now"]}
    late = browser.ask("PUT", f"{answers}/first", data=answer)
    assert (late.status, late.error) == (409, "submitted")


def test_our_own_mistake_shows_no_path_and_is_in_the_log(
    running: Running,
    browser: Browser,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def broken(*_arguments: object) -> None:
        raise RuntimeError("/secret/path")

    monkeypatch.setattr("weike.server.handlers.api.about_me", broken)
    monkeypatch.setattr("weike.server.handlers.me.Learning.load", broken)
    with caplog.at_level(logging.ERROR, logger="weike"):
        for path in ("/api/me", "/me"):
            answer = browser.get(path)
            assert answer.status == 500
            assert "secret" not in answer.text
            assert "Traceback" not in answer.text
    assert "/secret/path" in caplog.text


def test_a_wrong_method_is_405(browser: Browser) -> None:
    assert browser.ask("DELETE", "/api/attempts").error == "bad_method"
    assert browser.ask("BREW", "/api/me").status == 405


def test_personal_answers_are_kept_nowhere(browser: Browser) -> None:
    for path in ("/", "/me", "/branches", "/api/me", "/api/lessons", "/api/branches"):
        assert browser.get(path).headers["Cache-Control"] == "no-store"


def test_a_stylesheet_of_jupyter_fills_no_log(
    browser: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    style = browser.get("/voila/api/themes/@jupyterlab/theme-light-extension/index.css")
    assert style.status == 200
    assert "voila/api/themes" in style.text or len(style.body) > 1_000
    assert caplog.records == []
