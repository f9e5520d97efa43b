"""Behind a reverse proxy, under a path prefix, and at an intranet address."""

from __future__ import annotations

import socket
from types import SimpleNamespace
from typing import cast

import pytest
from tornado.httputil import HTTPHeaders, HTTPServerRequest

from weike.quizzes.errors import WeikeError
from weike.server.proxies import Proxies, is_local

from .client import Browser
from .conftest import Running, Start

HTTPS = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.7"}
TRUSTED = 'trusted_proxies = ["127.0.0.1"]'


def request(remote: str, **headers: str) -> HTTPServerRequest:
    fields = HTTPHeaders({name.replace("_", "-"): value for name, value in headers.items()})
    asked = SimpleNamespace(headers=fields, remote_ip=remote, protocol="http")
    return cast("HTTPServerRequest", asked)


@pytest.mark.parametrize(
    ("trusted", "remote", "forwarded", "found"),
    [
        (["10.0.0.1"], "10.0.0.1", "198.51.100.4", "198.51.100.4"),
        (["10.0.0.0/24"], "10.0.0.9", "6.6.6.6, 198.51.100.4", "198.51.100.4"),
        (["10.0.0.0/24"], "10.0.0.9", "198.51.100.4, 10.0.0.3", "198.51.100.4"),
        (["10.0.0.1"], "10.0.0.1", "made up", "10.0.0.1"),
        (["10.0.0.1"], "10.0.0.2", "198.51.100.4", "10.0.0.2"),
        ([], "10.0.0.1", "198.51.100.4", "10.0.0.1"),
    ],
)
def test_the_address_is_the_last_that_a_trusted_proxy_vouches_for(
    trusted: list[str], remote: str, forwarded: str, found: str
) -> None:
    asked = request(remote, X_Forwarded_For=forwarded)
    Proxies(trusted).apply(asked)
    assert asked.remote_ip == found


def test_only_a_trusted_proxy_makes_a_request_https() -> None:
    for trusted, protocol in ((["10.0.0.1"], "https"), (["10.0.0.2"], "http")):
        asked = request("10.0.0.1", X_Forwarded_Proto="https")
        Proxies(trusted).apply(asked)
        assert asked.protocol == protocol


def test_a_proxy_that_is_no_address_is_told_at_the_start() -> None:
    with pytest.raises(WeikeError, match="trusted_proxies"):
        Proxies(["proxy.example"])


def test_a_proxy_that_nobody_named_is_not_this_computer() -> None:
    assert is_local(request("127.0.0.1"))
    assert not is_local(request("127.0.0.1", X_Forwarded_For="203.0.113.7"))
    assert not is_local(request("192.0.2.1"))


def test_cookies_are_secure_exactly_when_the_browser_came_by_https(start: Start) -> None:
    running = start(TRUSTED)
    for headers, secure in ((HTTPS, True), ({}, False)):
        browser = Browser(running.port, headers=headers)
        link = running.link("M01")
        forgery = browser.get(link).cookie("_xsrf")
        session = browser.form(link).cookie("weike_session")
        assert forgery is not None
        assert session is not None
        assert bool(session["secure"]) is bool(forgery["secure"]) is secure


def test_anybody_else_cannot_claim_https(running: Running) -> None:
    browser = Browser(running.port, headers=dict(HTTPS))
    token = browser.get("/login").cookie("_xsrf")
    assert token is not None
    assert not token["secure"]


def test_a_write_through_the_proxy_is_of_our_own_origin(start: Start) -> None:
    running = start(TRUSTED + '\npublic_url = "https://learn.example.org"')
    browser = running.signed_in("M01")
    for origin in ("https://learn.example.org", "https://other.example.org"):
        answer = browser.post("/api/attempts", {"quiz": "fire/fire"}, Origin=origin)
        assert (answer.status == 200) is (origin == "https://learn.example.org")
    forwarded = {"X-Forwarded-Host": "other.example.org", "Origin": "https://other.example.org"}
    assert browser.post("/api/attempts", {"quiz": "fire/fire"}, **forwarded).status == 200


def test_everything_works_under_a_prefix(start: Start) -> None:
    running = start('base_url = "/weike/"')
    browser, link = running.browser(), running.link("M01")
    assert link.startswith("/weike/login/")
    token = browser.get(link).cookie("_xsrf")
    assert token is not None
    assert token["path"] == "/weike/"
    answer = browser.form(link)
    session = answer.cookie("weike_session")
    assert session is not None
    assert session["path"] == "/weike/"
    assert answer.location == "/weike/"
    for path in ("", "me", "branches", "lessons/fire", "api/me", "healthz"):
        assert browser.get(f"/weike/{path}").status == 200, path
    page = browser.get("/weike/lessons/fire").text
    assert 'data-base="/weike/"' in page
    assert (
        browser.get(page.partition('<link rel="stylesheet" href="')[2].partition('"')[0]).status
        == 200
    )
    assert running.browser().get("/weike/me").location == "/weike/login?next=/weike/me"
    assert browser.get("/weike").location == "/weike/"
    for path in ("/", "/me", "/api/me", "/healthz"):
        assert browser.get(path).status in (302, 401, 404), path


def test_an_intranet_address_serves_over_plain_http(start: Start) -> None:
    address = own_address()
    running = start("", ip="0.0.0.0")
    browser = Browser(running.port, host=address)
    link = running.link("M01")
    browser.get(link)
    assert browser.form(link).status == 303
    origin = f"http://{address}:{running.port}"
    assert browser.post("/api/attempts", {"quiz": "fire/fire"}, Origin=origin).status == 200
    assert browser.get("/metrics").status == 403, "not this computer's own address"


def own_address() -> str:
    """An address of this computer that is not the loopback, without sending anything."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
            return str(probe.getsockname()[0])
        except OSError:
            pytest.skip("this computer has no network address")
