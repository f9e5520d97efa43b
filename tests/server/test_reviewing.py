"""A draft is for its author and the reviewers; what they decide is what members see."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from weike.quizzes.formats import markdown
from weike.quizzes.quiz import QuizDefinition
from weike.results.access.signin import make_link  # noqa: F401 - the fixtures use it
from weike.results.authoring.prepared import keep_prepared
from weike.results.authoring.releases import decide_release
from weike.results.authoring.reviews import Review, reviews, submit
from weike.results.authoring.works import claim
from weike.results.media import Media
from weike.results.people import branches
from weike.results.versions import LessonVersion

from .client import Browser
from .conftest import Running, serving
from .course import PICTURE, QUIZ, person

PEOPLE = """L02,讲师二,公司党委/生产党总支/储运党支部,讲师,
R01,审核一,公司党委/机关党总支/综合党支部,审核人,
R02,审核二,公司党委/机关党总支/综合党支部,审核人,
R03,讲师三,公司党委/机关党总支/综合党支部,"讲师,审核人",
"""
NEW = PICTURE.replace(b"h7", b"h8")
VERSION = "teach/lessons/fire/versions/f2"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Running]:
    from . import course

    monkeypatch.setattr(course, "PEOPLE", course.PEOPLE + PEOPLE)
    with serving(tmp_path / "course", "review = true\n") as running:
        claim(running.store, "fire", person(running.store, "L01").id, datetime.now(UTC))
        prepare(running)
        yield running


def prepare(desk: Running, version: str = "f2", words: str = "先提起来。") -> None:
    """A second version of the lesson `fire`, as a preview makes it."""
    import hashlib

    name = hashlib.sha256(NEW).hexdigest()[:32]
    bank = markdown.loads(QUIZ.replace("第一步", "头一步"), source="fire.md")
    quiz = QuizDefinition(
        id="fire", title=bank.title or "", rules=bank.rules, questions=tuple(bank.questions)
    )
    built = LessonVersion(
        slug="fire", version=version, title="灭火器", topic="消防", minutes=5, language="zh-CN",
        kind="light", quizzes=(quiz,), media={name: Media("image/svg+xml", NEW)}, order=1,
        body_html=f'<p data-place="1">{words}</p>\n<figure class="weike-figure" data-place="2">'
        f'<img src="../media/{name}.svg" alt="新图"></figure>\n'
        '<section class="weike-quiz" data-quiz="fire/fire" data-place="3"></section>\n',
    )  # fmt: skip
    said = [{"severity": "warning", "message": "没有时长说明", "repair": "补上", "file": "x"}]
    keep_prepared(
        desk.store,
        built,
        file="lessons/fire.ipynb",
        content=version.encode(),
        findings=said,
        by="command",
        now=datetime.now(UTC),
    )


def ask(desk: Running, version: str = "f2", steps: tuple[str, ...] = ("",)) -> Review:
    author = person(desk.store, "L01").id
    return submit(desk.store, "fire", version, steps=steps, by=author, now=datetime.now(UTC))


def members_read(desk: Running) -> str:
    desk.server.site.shelf.refresh()
    return desk.signed_in("M01").get("/lessons/fire").text


def statuses(desk: Running, path: str) -> dict[str, int]:
    codes = ("M01", "L01", "L02", "R01", "R03", "O01", "A01")
    return {code: desk.signed_in(code).get(f"/{path}").status for code in codes}


@pytest.mark.parametrize("path", [VERSION, f"{VERSION}/changes", "teach/lessons/fire"])
def test_a_draft_is_seen_by_its_author_reviewers_and_administrators_only(
    desk: Running, path: str
) -> None:
    ask(desk)
    assert statuses(desk, path) == {
        "M01": 403, "L01": 200, "L02": 404, "R01": 200, "R03": 200, "O01": 403, "A01": 200,
    }  # fmt: skip


def test_pictures_of_a_draft_are_for_the_same_people(desk: Running) -> None:
    import hashlib

    path = f"media/{hashlib.sha256(NEW).hexdigest()[:32]}.svg"
    assert statuses(desk, path) == {
        "M01": 404, "L01": 200, "L02": 404, "R01": 200, "R03": 200, "O01": 404, "A01": 200,
    }  # fmt: skip


def test_another_lecturer_reads_nothing_of_a_draft_in_the_lists(desk: Running) -> None:
    ask(desk)
    assert "待审" in desk.signed_in("L01").get("/teach").text.partition("</nav>")[2]
    lists = [desk.signed_in("L02").get(path).text for path in ("/teach", "/teach/reviews")]
    assert not any("teach/lessons/fire" in page for page in lists)


def test_the_preview_shows_the_page_its_keys_and_what_the_check_says(desk: Running) -> None:
    page = desk.signed_in("R01").get(f"/{VERSION}").text
    assert "先提起来。" in page
    assert "没有时长说明" in page
    assert '<li class="is-right">' in page
    assert "绿色 / 绿" in page
    assert "data-quiz" not in page  # nothing opens an attempt


def test_the_differences_stand_side_by_side_word_by_word(desk: Running) -> None:
    page = desk.signed_in("R01").get(f"/{VERSION}/changes").text
    assert "<ins>先</ins>提起来" in page
    assert "<ins>头一</ins>步" in page or "<ins>头</ins>" in page
    assert "<del>第</del>" in page or "<del>第一</del>" in page


def test_a_remark_stands_at_its_place_and_the_author_reads_it_there(desk: Running) -> None:
    one = ask(desk)
    reviewer = desk.signed_in("R01")
    reviewer.get(f"/{VERSION}")
    done = reviewer.form(
        f"/teach/reviews/{one.id}", act="remark", place="b1", text="写明先看压力表"
    )
    assert (done.status, done.location) == (303, f"/{VERSION}?said=1#at-b1")
    reviewer.form(f"/teach/reviews/{one.id}", act="remark", place="q:fire/first", text="选项太短")
    back = reviewer.form(f"/teach/reviews/{one.id}", act="return", step="1", remark="")
    assert back.status == 303
    author = desk.signed_in("L01")
    page = author.get(f"/{VERSION}").text
    first, _, rest = page.partition('id="at-b2"')
    assert "写明先看压力表" in first.partition('id="at-b1"')[2]
    assert "选项太短" in rest.partition('id="at-q:fire/first"')[2]
    assert "已退回" in author.get("/teach/lessons/fire").text
    prepare(desk, "f3")  # the same text, so the remark is shown again where it belongs
    later = author.get("/teach/lessons/fire/versions/f3").text
    assert "针对上一版" in later.partition('id="at-b1"')[2].partition('id="at-b2"')[0]


def test_an_approval_brings_the_version_to_the_members_and_no_earlier(desk: Running) -> None:
    one = ask(desk, steps=("初审", "终审"))
    first, second = desk.signed_in("R01"), desk.signed_in("R02")
    for browser in (first, second):
        browser.get(f"/{VERSION}")
    assert first.form(f"/teach/reviews/{one.id}", act="approve", step="1").status == 303
    assert "先提起来" not in members_read(desk)
    again = first.form(f"/teach/reviews/{one.id}", act="approve", step="2")
    assert again.status == 409, "nobody decides two steps"
    assert second.form(f"/teach/reviews/{one.id}", act="approve", step="1").status == 409
    assert second.form(f"/teach/reviews/{one.id}", act="approve", step="2").status == 303
    assert "先提起来" in members_read(desk)
    trail = desk.signed_in("L01").get("/teach/lessons/fire").text
    assert trail.index("发布版本 f2") < trail.index("通过：终审") or "通过：终审" in trail
    assert "审核一" in trail


def test_an_author_who_reviews_too_does_not_review_the_own_lesson(desk: Running) -> None:
    author = person(desk.store, "R03")
    claim(desk.store, "fire", author.id, datetime.now(UTC))
    one = ask(desk)
    browser = desk.signed_in("R03")
    page = browser.get(f"/{VERSION}").text
    assert 'value="approve"' not in page
    answer = browser.form(f"/teach/reviews/{one.id}", act="approve", step="1")
    assert answer.status == 409
    assert reviews(desk.store, "fire")[0].status == "waiting"


def test_the_home_page_of_a_reviewer_counts_what_waits_for_them(desk: Running) -> None:
    ask(desk, steps=("初审", "终审"))
    reviewer = desk.signed_in("R01")
    assert "待审：1" in reviewer.get("/").text
    one = reviews(desk.store, "fire")[0]
    reviewer.form(f"/teach/reviews/{one.id}", act="approve", step="1")
    assert "待审：" not in reviewer.get("/").text, "the second step is for somebody else"
    assert "待审：1" in desk.signed_in("R02").get("/").text
    assert "待审：" not in desk.signed_in("L01").get("/").text


def test_the_list_of_lessons_says_truly_when_members_see_a_change(
    desk: Running, running: Running
) -> None:
    reviewed, free = (one.signed_in("L01").get("/teach").text for one in (desk, running))
    assert "审核通过后学员才能看到" in reviewed
    assert "自动发布" not in reviewed
    assert "服务器下次启动" in free
    assert "审核通过后学员才能看到" not in free


def test_who_is_not_meant_looks_at_the_published_version_in_a_preview(desk: Running) -> None:
    by = person(desk.store, "R01").id
    tree = {one.name: one.id for one in branches(desk.store)}
    known = {"opens": None, "closes": None, "branches": [tree["财务党支部"]]}
    decide_release(desk.store, "fire", by=by, now=datetime.now(UTC), **known)  # type: ignore[arg-type]
    desk.server.site.shelf.refresh()
    page = desk.signed_in("L01").get("/teach/lessons/fire").text
    assert 'href="/teach/lessons/fire/versions/f1"' in page
    assert 'href="/lessons/fire"' not in page


def test_a_preview_says_where_the_interactive_part_will_be(desk: Running) -> None:
    page = desk.signed_in("R01").get("/teach/lessons/live/versions/l1").text
    assert "互动部分" in page.partition("</nav>")[2]


def test_a_member_reads_when_a_lesson_opens_and_nothing_of_one_for_others(desk: Running) -> None:
    now = datetime.now(UTC)
    by = person(desk.store, "R01").id
    tree = {one.name: one.id for one in branches(desk.store)}

    def bound(**bounds: object) -> None:
        known: dict[str, object] = {"opens": None, "closes": None, **bounds}
        decide_release(desk.store, "fire", by=by, now=datetime.now(UTC), **known)  # type: ignore[arg-type]
        desk.server.site.shelf.refresh()

    member = desk.signed_in("M01")
    bound(opens=now + timedelta(days=1))
    answer = member.get("/lessons/fire")
    assert (answer.status, "开放" in answer.text) == (404, True)
    assert "fire" not in {one["slug"] for one in member.get("/api/lessons").json["lessons"]}
    assert member.post("/api/attempts", {"quiz": "fire/fire"}).status == 404
    bound(closes=now - timedelta(minutes=1))
    assert "关闭" in member.get("/lessons/fire").text
    bound(branches=[tree["财务党支部"]])
    answer = member.get("/lessons/fire")
    assert (answer.status, "开放" in answer.text, "关闭" in answer.text) == (404, False, False)
    assert member.post("/api/lessons/fire/place", {"place": 1}).status == 404
    assert desk.signed_in("M09").get("/lessons/fire").status == 200


def test_a_reviewer_bounds_withdraws_and_shows_a_lesson(desk: Running) -> None:
    browser: Browser = desk.signed_in("R01")
    browser.get("/teach/lessons/fire/release")
    saved = browser.form("/teach/lessons/fire/release", branch="", opens="2020-01-01T08:00")
    assert saved.status == 303
    assert "2020" in browser.get("/teach/lessons/fire").text
    wrong = browser.form("/teach/lessons/fire/release", opens="2020-01-02", closes="2020-01-01")
    assert wrong.status == 400
    assert browser.form("/teach/lessons/fire/publication", act="withdraw").status == 303
    desk.server.site.shelf.refresh()
    assert desk.signed_in("M01").get("/lessons/fire").status == 404
    assert browser.form("/teach/lessons/fire/publication", act="show").status == 303
    assert "提起来" in members_read(desk)
