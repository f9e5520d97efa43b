"""Signing in and out."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from http.cookies import Morsel

import pytest

from weike.results.access.signin import make_activation, make_link, revoke_links, set_pin

from .client import Browser
from .conftest import Running, Start
from .course import person

PIN = "804271"


def with_pin(running: Running, code: str) -> None:
    member = person(running.store, code)
    set_pin(running.store, member, PIN, datetime.now(UTC), current=PIN)


def morsel(browser: Browser, path: str, name: str) -> Morsel[str]:
    found = browser.form(path).cookie(name)
    assert found is not None
    return found


def test_looking_at_a_link_signs_nobody_in(running: Running) -> None:
    browser, link = running.browser(), running.link("M01")
    for method in ("GET", "HEAD", "GET"):
        assert browser.ask(method, link).status == 200
    assert "我是学员一" in browser.get(link).text
    assert "weike_session" not in browser.cookies
    assert browser.get("/api/me").status == 401


def test_a_link_signs_in_by_post_and_leads_home(running: Running) -> None:
    browser, link = running.browser(), running.link("M01")
    browser.get(link)
    answer = browser.form(link)
    assert (answer.status, answer.location) == (303, "/")
    assert browser.get("/api/me").json["member"]["name"] == "学员一"


def test_a_link_that_is_over_says_so_kindly_and_signs_nobody_in(running: Running) -> None:
    old = make_link(running.store, "M07", datetime.now(UTC) - timedelta(days=99))
    revoked = make_link(running.store, "M08", datetime.now(UTC))
    revoke_links(running.store, "M08", datetime.now(UTC))
    browser = running.browser()
    for token in (old, revoked, "nobody-has-this-token"):
        answer = browser.get(f"/login/{token}")
        assert answer.status == 404
        assert "这个链接已失效" in answer.text
        assert browser.form(f"/login/{token}").status == 404
    assert "weike_session" not in browser.cookies


def test_code_and_pin_sign_in_by_form_and_lead_where_one_wanted_to_go(running: Running) -> None:
    with_pin(running, "M02")
    browser = running.browser()
    asked = browser.get("/lessons/fire")
    assert asked.location == "/login?next=/lessons/fire"
    assert 'value="/lessons/fire"' in browser.get(asked.location).text
    answer = browser.form("/login", code="m02", pin=PIN, next="/lessons/fire")
    assert (answer.status, answer.location) == (303, "/lessons/fire")
    assert browser.get("/lessons/fire").status == 200


@pytest.mark.parametrize(
    "wished", ["https://evil.example/", "//evil.example/", "/\\evil.example", "evil", "/%0d%0aX:1"]
)
def test_after_signing_in_nobody_is_led_elsewhere(running: Running, wished: str) -> None:
    browser = running.signed_in("M01")
    answer = browser.get(f"/login?next={wished}")
    assert (answer.status, answer.location) == (302, "/")


def test_code_and_pin_sign_in_by_json(running: Running) -> None:
    with_pin(running, "M02")
    browser = running.browser()
    browser.get("/login")
    answer = browser.post("/login", {"code": "M02", "pin": PIN})
    assert answer.status == 200
    assert answer.json["member"]["name"] == "学员二"


def test_first_use_takes_an_activation_code_and_keeps_the_pin(running: Running) -> None:
    ticket = make_activation(running.store, datetime.now(UTC), code="M03")
    browser = running.browser()
    browser.get("/login")
    weak = browser.post("/login", {"code": "M03", "activation": ticket, "pin": "1234"})
    assert (weak.status, weak.error) == (400, "weak_pin")
    good = browser.post("/login", {"code": "M03", "activation": ticket, "pin": PIN})
    assert good.status == 200
    again = running.browser()
    again.get("/login")
    assert again.post("/login", {"code": "M03", "pin": PIN}).status == 200


def test_a_stranger_learns_nothing_from_a_refusal(running: Running) -> None:
    with_pin(running, "M02")
    browser = running.browser()
    browser.get("/login")
    wrong = browser.post("/login", {"code": "M02", "pin": "111222"})
    nobody = browser.post("/login", {"code": "M99", "pin": "111222"})
    assert (wrong.status, wrong.json) == (nobody.status, nobody.json)
    assert (wrong.status, wrong.error) == (401, "wrong")
    assert "weike_session" not in browser.cookies


def test_guessing_is_slowed_down_and_the_wait_is_told(running: Running) -> None:
    browser = running.browser()
    browser.get("/login")
    answers = [browser.post("/login", {"code": "M10", "pin": f"73{n:04d}"}) for n in range(7)]
    last = answers[-1]
    assert [a.status for a in answers[:5]] == [401] * 5
    assert (last.status, last.error) == (429, "wait")
    assert int(last.headers["Retry-After"]) > 0
    page = browser.form("/login", code="M10", pin="735555")
    assert page.status == 429
    assert last.json["error"]["message"].partition(" ")[0] in page.text


@pytest.mark.parametrize("body", [{"code": 1, "pin": "2"}, {"code": "x" * 500, "pin": "2"}, []])
def test_nonsense_instead_of_a_code_is_refused(running: Running, body: object) -> None:
    browser = running.browser()
    browser.get("/login")
    answer = browser.post("/login", body)
    assert (answer.status, answer.error) == (400, "bad_request")


def test_signing_out_ends_the_session_everywhere_it_is_kept(running: Running) -> None:
    browser = running.signed_in("M01")
    kept = dict(browser.cookies)
    assert browser.form("/logout").location == "/login"
    assert "weike_session" not in browser.cookies
    assert "weike_member" not in browser.cookies
    thief = running.browser()
    thief.cookies.update(kept)
    assert thief.get("/api/me").status == 401


def test_signing_in_as_another_replaces_the_session(running: Running) -> None:
    browser = running.signed_in("M01")
    before = dict(browser.cookies)
    link = running.link("M02")
    browser.get(link)
    browser.form(link)
    assert browser.get("/api/me").json["member"]["name"] == "学员二"
    assert browser.cookies["weike_member"] == person(running.store, "M02").id
    browser.cookies.update(before)
    assert browser.get("/api/me").status == 401, "the one before has ended"


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(running: Running) -> None:
    browser, link = running.browser(), running.link("M01")
    browser.get(link)
    session = morsel(browser, link, "weike_session")
    assert session["httponly"]
    assert session["samesite"] == "Lax"
    assert not session["secure"], "on plain http a browser would not send it back"
    assert session["path"] == "/"
    assert int(session["max-age"]) > 80 * 86400


def test_who_may_see_more_signs_in_every_day(running: Running) -> None:
    browser, link = running.browser(), running.link("O01")
    browser.get(link)
    assert int(morsel(browser, link, "weike_session")["max-age"]) <= 12 * 3600


def test_tokens_stay_out_of_logs_and_referrers(
    running: Running, caplog: pytest.LogCaptureFixture
) -> None:
    link = running.link("M01")
    with caplog.at_level(logging.DEBUG, logger="weike"):
        browser = running.browser()
        answer = browser.get(link)
        browser.form(link)
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "/login/…" in caplog.text
    assert link.rpartition("/")[2] not in caplog.text


def test_a_pin_is_offered_after_a_link_and_never_forced(start: Start) -> None:
    running = start()
    browser = running.signed_in("M01")
    assert browser.get("/").status == 200
    assert "设置数字密码" in browser.get("/me").text
    saved = browser.form("/me/pin", pin=PIN)
    assert (saved.status, saved.location) == (303, "/me?saved=pin")
    page = browser.get(saved.location).text
    assert "数字密码已保存" in page
    assert "设置数字密码" not in page


def test_a_new_pin_wants_the_old_one_and_ends_other_sessions(start: Start) -> None:
    running = start()
    with_pin(running, "M01")
    here, elsewhere = running.signed_in("M01"), running.signed_in("M01")
    assert elsewhere.get("/api/me").status == 200
    refused = here.form("/me/pin", old="999888", pin="550912")
    assert refused.status == 400
    assert here.form("/me/pin", old=PIN, pin="550912").status == 303
    assert here.get("/api/me").status == 200
    assert elsewhere.get("/api/me").status == 401
