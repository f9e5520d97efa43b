"""A lesson on a phone before members see it: by an expiring link, as they will see it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from weike.results import tables
from weike.server.handlers import live, passed
from weike.server.handlers.forward import Forward, ForwardApi
from weike.server.handlers.teach import trying
from weike.server.preview.network import network_address, reachable
from weike.server.preview.passes import LIFE, Passes
from weike.server.preview.sight import moved
from weike.server.routes import passed_on, routes

from .client import Browser
from .conftest import Running, serving
from .course import PICTURE
from .drafts import KEY, begin, opened, picture, save, with_quiz

NOBODY = "x" * 32


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with serving(tmp_path_factory.mktemp("previewed")) as found:
        yield found


@pytest.fixture
def lecturer(running: Running) -> Browser:
    return running.signed_in("L01")


@pytest.fixture
def slug(lecturer: Browser) -> str:
    """A lesson with a picture and a quiz that nobody has published."""
    slug = begin(lecturer)
    sent = lecturer.ask("POST", f"/teach/lessons/{slug}/media?name=a.jpg", body=picture()).json
    state = opened(lecturer, slug)
    document = with_quiz(state["document"])
    shown = {"key": "n9", "kind": "picture", "src": sent["src"], "words": "火", "caption": ""}
    document["blocks"].append(shown)
    assert save(lecturer, slug, state["hash"], document).status == 200
    return slug


@pytest.fixture(autouse=True)
def nothing_recorded(running: Running) -> Iterator[None]:
    def attempts() -> int:
        with running.store.read() as connection:
            return connection.execute(select(func.count()).select_from(tables.attempt)).scalar_one()

    before = attempts()
    yield
    assert attempts() == before, "a preview wrote into the log of attempts"


def link(page: str) -> str:
    """The path of the link that a page with a code shows."""
    return "/preview/" + page.partition("/preview/")[2].partition('"')[0]


def test_a_phone_opens_the_saved_file_as_members_will_see_it(
    running: Running, lecturer: Browser, slug: str
) -> None:
    page = lecturer.get(f"/teach/lessons/{slug}/phone", Host="weike.example")
    assert '<img src="data:image/svg+xml' in page.text
    phone, path = running.browser(), link(page.text)
    shown = phone.get(path)
    assert shown.status == 200
    assert "看<strong>指针</strong>" in shown.text
    assert "作答不会记录" in shown.text
    assert 'href="/teach' not in shown.text
    assert shown.headers["Referrer-Policy"] == "no-referrer"
    assert shown.headers["Cache-Control"] == "no-store"
    source = shown.text.partition('src="files/')[2].partition('"')[0]
    assert phone.get(f"{path}files/{source}").headers["Content-Type"] == "image/jpeg"
    attempt = phone.post(f"{path}api/attempts", {"quiz": f"{slug}/quiz-1"})
    assert attempt.status == 200
    (item,) = attempt.json["paper"]["items"]
    right = next(one["id"] for one in item["options"] if KEY in one["html"])
    for answer in (shown.text, json.dumps(attempt.json, ensure_ascii=False)):
        assert "口诀" not in answer
        assert '"correct"' not in answer
    sent = {"response": right, "event": "e" * 16, "seq": 1, "answered_at": attempt.json["now"]}
    put = f"{path}api/attempts/{attempt.json['attempt']}/answers/q1"
    assert phone.ask("PUT", put, data=sent).json["feedback"]["correct"] is True
    done = phone.post(f"{path}api/attempts/{attempt.json['attempt']}/submit", {})
    assert done.json["passed"] is True


def test_a_link_opens_nothing_but_its_lesson(
    running: Running, lecturer: Browser, slug: str
) -> None:
    phone = running.browser()
    path = link(lecturer.get(f"/teach/lessons/{slug}/phone").text)
    assert phone.get(path).status == 200
    others = ["files/weike.toml", "files/members.csv", f"files/lessons/{slug}/{slug}.ipynb"]
    others += [f"media/{running.pieces.picture}", "files/..%2f..%2fweike.toml", "edit", "api/me"]
    for other in others:
        assert phone.get(path + other).status in (302, 404), other
    assert phone.post(f"{path}api/attempts", {"quiz": "fire/fire"}).status == 404
    assert phone.get("/api/me").status == 401
    assert phone.get(f"/teach/lessons/{slug}/draft").status == 302


def test_another_token_and_an_old_one_are_as_if_nothing_were_there(
    running: Running, lecturer: Browser, slug: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = running.browser()
    path = link(lecturer.get(f"/teach/lessons/{slug}/phone").text)
    phone.get(path)  # and a page of ours, for its token
    attempt = phone.post(f"{path}api/attempts", {"quiz": f"{slug}/quiz-1"}).json["attempt"]
    known = running.server.site.passes.find
    later = LIFE + timedelta(seconds=1)

    def asked(base: str) -> set[int]:
        picture = phone.get(f"{base}files/lessons/{slug}/media/a.jpg").status
        quiz = {"quiz": f"{slug}/quiz-1"}
        submit = phone.post(f"{base}api/attempts/{attempt}/submit", {}).status
        return {
            phone.get(base).status,
            picture,
            phone.post(f"{base}api/attempts", quiz).status,
            submit,
        }

    assert asked(f"/preview/{NOBODY}/") == {404}
    monkeypatch.setattr(running.server.site.passes, "find", lambda t, now: known(t, now + later))
    assert asked(path) == {404}


def test_asked_again_the_same_link_is_given_until_half_its_time_is_over() -> None:
    from datetime import UTC, datetime

    passes, now = Passes(), datetime(2026, 11, 21, tzinfo=UTC)
    one = passes.give("a", "fire", now)
    assert len(one.token) >= 32
    assert passes.give("a", "fire", now + LIFE / 3) == one
    assert passes.give("b", "fire", now) != one
    assert passes.give("a", "fire", now, version="1") != one
    later = passes.give("a", "fire", now + LIFE * 0.6)
    assert later != one
    assert passes.find(one.token, now + LIFE * 0.9) == one
    assert passes.find(one.token, now + LIFE) is None
    assert passes.any(now + LIFE * 1.5)
    assert not passes.any(now + LIFE * 2)


def test_a_link_ends_with_its_owners_duty(
    running: Running, lecturer: Browser, slug: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = link(lecturer.get(f"/teach/lessons/{slug}/phone").text)
    monkeypatch.setattr(passed, "find_member", lambda *a, **k: None)
    assert running.browser().get(path).status == 404


def test_a_version_is_shown_with_its_own_pictures_only(running: Running, lecturer: Browser) -> None:
    path = link(lecturer.get("/teach/lessons/fire/versions/f1/phone").text)
    phone = running.browser()
    page = phone.get(path)
    assert f'src="media/{running.pieces.picture}"' in page.text
    assert phone.get(f"{path}media/{running.pieces.picture}").body == PICTURE
    assert phone.get(f"{path}media/{'0' * 32}.svg").status == 404
    assert phone.post(f"{path}api/attempts", {"quiz": "fire/fire"}).status == 200


def test_pictures_in_questions_are_found_from_a_preview_too() -> None:
    asked = {"items": [{"html": '<img src="../media/a.png">', "points": 1}], "now": None}
    found = moved(asked, "media/")
    assert found == {"items": [{"html": '<img src="media/a.png">', "points": 1}], "now": None}


def test_the_page_with_the_code_says_when_a_phone_cannot_reach_this_computer(
    running: Running, lecturer: Browser
) -> None:
    path = "/teach/lessons/fire/versions/f1/phone"
    alone = lecturer.get(path, Host=f"127.0.0.1:{running.port}").text
    assert "手机打不开" in alone
    assert '<img src="data:image/svg+xml' not in alone
    reached = lecturer.get(path, Host="weike.example:8866").text
    assert "手机打不开" not in reached
    assert "http://weike.example:8866/preview/" in reached


@pytest.mark.parametrize(
    ("host", "reached"),
    [("127.0.0.1", False), ("localhost", False), ("[::1]", False), ("0.0.0.0", False),
     ("192.168.1.20", True), ("10.0.0.8", True), ("weike.example", True)],
)  # fmt: skip
def test_what_a_phone_can_reach(host: str, reached: bool) -> None:
    assert reachable(host) is reached
    assert reachable(network_address()) or network_address() == "127.0.0.1"


def test_a_version_is_tried_as_a_member_would_by_author_and_reviewers(
    running: Running, lecturer: Browser
) -> None:
    base = "/teach/lessons/fire/versions/f1/try/"
    page = lecturer.get(base)
    assert f'src="/media/{running.pieces.picture}"' in page.text
    assert 'data-quiz="fire/fire"' in page.text
    attempt = lecturer.post(f"{base}api/attempts", {"quiz": "fire/fire"}).json
    put = f"{base}api/attempts/{attempt['attempt']}/answers/gauge"
    sent = {"response": ["绿"], "event": "e" * 16, "seq": 1, "answered_at": attempt["now"]}
    assert lecturer.ask("PUT", put, data=sent).json["feedback"]["correct"] is True
    done = lecturer.post(f"{base}api/attempts/{attempt['attempt']}/submit", {})
    assert done.json["score"] > 0


def test_links_and_answers_are_in_the_one_process_that_remembers_them(running: Running) -> None:
    listed = routes(running.server)
    there = dict(
        zip((one[1] for one in listed), (one[1] for one in passed_on(listed)), strict=True)
    )
    for handler, target in there.items():
        if issubclass(handler, passed.Passing):
            assert issubclass(target, Forward)
            assert target.public
    for handler in (trying.TryKernel, trying.TryAttempts, trying.TryAnswer, live.Attach):
        assert issubclass(there[handler], ForwardApi)
        assert not there[handler].public
