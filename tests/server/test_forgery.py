"""A write needs the token of a page of ours."""

from __future__ import annotations

import pytest

from .conftest import Running

QUIZ = {"quiz": "fire/fire"}


def test_every_page_leaves_the_token_where_scripts_can_read_it(running: Running) -> None:
    for path in ("/login", running.link("M01"), "/login/gone-or-wrong", "/nothing-here"):
        browser = running.browser()
        token = browser.get(path).cookie("_xsrf")
        if path == "/nothing-here":
            assert token is None, "strangers are sent to the sign-in page, which sets it"
            continue
        assert token is not None
        assert not token["httponly"]
        assert len(token.value) == 32
    browser = running.signed_in("M01")
    for path in ("/", "/lessons/fire", "/me", "/branches", "/nothing-here"):
        browser.cookies.pop("_xsrf", None)
        assert browser.get(path).cookie("_xsrf") is not None


@pytest.mark.parametrize("token", ["", "0" * 32, "é"])
def test_a_write_without_the_right_token_is_refused(running: Running, token: str) -> None:
    browser = running.signed_in("M01")
    answer = browser.ask(
        "POST", "/api/attempts", data=QUIZ, headers={"X-XSRFToken": token.encode().decode("latin1")}
    )
    assert (answer.status, answer.error) == (403, "xsrf")
    assert browser.form("/logout", _xsrf=token).status == 403


def test_a_browser_that_lost_its_token_gets_a_new_one_with_the_refusal(running: Running) -> None:
    browser = running.signed_in("M01")
    browser.cookies.pop("_xsrf")
    assert browser.post("/api/attempts", QUIZ).error == "xsrf"
    assert browser.post("/api/attempts", QUIZ).status == 200


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "http://[", "http://", "file://", "http://127.0.0.1@evil", ""]
)
def test_a_page_of_another_site_cannot_write(running: Running, origin: str) -> None:
    browser = running.signed_in("M01")
    other = browser.post("/api/attempts", QUIZ, Origin=origin)
    assert (other.status, other.error) == (403, "origin")


def test_a_page_of_ours_can_write(running: Running) -> None:
    browser = running.signed_in("M01")
    own = browser.post(
        "/api/attempts",
        QUIZ,
        Origin=f"http://127.0.0.1:{running.port}",
        Host=f"127.0.0.1:{running.port}",
    )
    assert own.status == 200


def test_without_a_session_the_answer_is_401_before_anything_else(running: Running) -> None:
    browser = running.browser()
    for path in ("/api/attempts", "/api/lessons/fire/place", "/api/lessons/read/finished"):
        answer = browser.ask("POST", path, body=b"{", headers={"Origin": "http://evil.example"})
        assert (answer.status, answer.error) == (401, "sign_in")
