"""A version is submitted, decided step by step by others than its author, and then published."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from weike.results import catalogue, tables
from weike.results.authoring.prepared import find_prepared, keep_prepared
from weike.results.authoring.reviews import (
    Review,
    ReviewError,
    add_remark,
    barred,
    decide,
    last_reviews,
    reviews,
    submit,
    take_back,
)
from weike.results.authoring.revisions import keep_revision, revision, revisions
from weike.results.authoring.works import claim
from weike.results.catalogue import published
from weike.results.people import Member
from weike.results.store import Store, open_store
from weike.results.versions import LessonVersion

NOW = datetime(2026, 10, 12, 1, 30, tzinfo=UTC)
FILE = "lessons/消防/fire.ipynb"
THREE = ("初审", "复审", "终审")
REVIEWERS = ("R1", "R2", "R3")


@pytest.fixture
def people(add_member: Callable[..., Member]) -> dict[str, Member]:
    found = {code: add_member(code, roles={"reviewer": None}) for code in REVIEWERS}
    found["L1"] = add_member("L1", roles={"lecturer": None})
    found["L2"] = add_member("L2", roles={"lecturer": None, "reviewer": None})
    found["M1"] = add_member("M1")
    found["A1"] = add_member("A1", roles={"administrator": None})
    return found


def prepare(store: Store, version: str = "v1", *, by: str = "command") -> str:
    built = LessonVersion(
        slug="fire",
        version=version,
        title="灭火器",
        language="zh-CN",
        kind="light",
        body_html=f"<p>{version}</p>",
        notebook="{}",
    )
    found: list[dict[str, Any]] = [{"severity": "warning", "message": "?"}]
    keep_prepared(store, built, file=FILE, content=version.encode(), findings=found, by=by, now=NOW)
    return version


def ask(store: Store, who: Member, version: str = "v1", *, steps: Any = ("",)) -> Review:
    prepare(store, version)
    return submit(store, "fire", version, steps=steps, by=who.id, now=NOW)


def settle(
    store: Store, one: Review, who: Member, act: Any = "approved", remark: str = ""
) -> Review:
    return decide(store, one.id, act, step=one.step, by=who.id, now=NOW, remark=remark)


def shown(store: Store) -> str | None:
    return next((one.version for one in published(store)), None)


def test_the_approval_of_another_publishes_exactly_what_was_submitted(
    store: Store, people: dict[str, Member]
) -> None:
    one = ask(store, people["L1"])
    assert (one.status, one.step, shown(store)) == ("waiting", 1, None)
    prepare(store, "v2")  # the author writes on
    done = settle(store, one, people["R1"])
    assert (done.status, shown(store)) == ("approved", "v1")


def test_every_step_needs_another_person_and_only_the_last_publishes(
    store: Store, people: dict[str, Member]
) -> None:
    one = ask(store, people["L1"], steps=THREE)
    for code, left in (("R1", 2), ("R2", 3)):
        one = settle(store, one, people[code])
        assert (one.status, one.step, shown(store)) == ("waiting", left, None)
        with pytest.raises(ReviewError, match=r"another step|另一"):
            settle(store, one, people[code])
    assert settle(store, one, people["R3"]).status == "approved"
    assert shown(store) == "v1"


@pytest.mark.parametrize("how", ["wrote", "submitted", "saved"])
def test_nobody_reviews_their_own(store: Store, people: dict[str, Member], how: str) -> None:
    own = people["L2"]
    if how == "wrote":
        claim(store, "fire", own.id, NOW)
    if how == "saved":
        keep_revision(store, FILE, b"earlier", by=own.id, now=NOW - timedelta(days=1))
    one = ask(store, own if how == "submitted" else people["L1"])
    with pytest.raises(ReviewError):
        settle(store, one, own)
    assert barred(store, one, own) != ""
    assert barred(store, one, people["R1"]) == ""
    assert shown(store) is None


@pytest.mark.parametrize("code", ["M1", "L1"])
def test_only_a_reviewer_decides(store: Store, people: dict[str, Member], code: str) -> None:
    one = ask(store, people["L2"])
    with pytest.raises(ReviewError):
        settle(store, one, people[code])
    assert reviews(store, "fire")[0].events == ()


def test_a_lesson_is_returned_with_a_reason_and_submitted_again(
    store: Store, people: dict[str, Member]
) -> None:
    one = ask(store, people["L1"])
    with pytest.raises(ReviewError, match=r"remark|意见"):
        settle(store, one, people["R1"], "returned")
    add_remark(store, one.id, "图太小", place="b2", quote="提起来", by=people["R1"].id, now=NOW)
    one = settle(store, one, people["R1"], "returned")
    assert one.status == "returned"
    assert [(r.place, r.quote, r.text) for r in one.remarks] == [("b2", "提起来", "图太小")]
    again = ask(store, people["L1"], "v2")
    assert (again.number, again.status) == (2, "waiting")
    settle(store, again, people["R1"])
    assert shown(store) == "v2"


def test_a_newer_submission_replaces_one_that_waits(
    store: Store, people: dict[str, Member]
) -> None:
    first = ask(store, people["L1"])
    second = ask(store, people["L1"], "v2")
    with pytest.raises(ReviewError):
        settle(store, first, people["R1"])
    assert [one.status for one in reviews(store, "fire")] == ["waiting", "replaced"]
    assert last_reviews(store)["fire"].id == second.id
    assert shown(store) is None


def test_what_waits_or_is_published_already_is_not_submitted_again(
    store: Store, people: dict[str, Member]
) -> None:
    one = ask(store, people["L1"])
    with pytest.raises(ReviewError):
        ask(store, people["L1"])
    settle(store, one, people["R1"])
    with pytest.raises(ReviewError):
        ask(store, people["L1"])
    with pytest.raises(ReviewError):
        submit(store, "fire", "never-prepared", steps=("",), by=people["L1"].id, now=NOW)


def test_of_two_who_decide_at_once_one_is_told_that_the_other_was_quicker(
    store: Store, url: str, people: dict[str, Member]
) -> None:
    """Two processes: each has a writer of its own."""
    one = ask(store, people["L1"])
    with open_store(url) as other, ThreadPoolExecutor(4) as threads:
        tries = [
            threads.submit(settle, where, one, people[code], act, "?")
            for where, code, act in (
                (store, "R1", "approved"),
                (other, "R2", "returned"),
                (store, "R1", "approved"),
                (other, "R3", "approved"),
            )
        ]
        failed = [each.exception() for each in tries]
    assert sum(each is None for each in failed) == 1
    assert all(each is None or isinstance(each, ReviewError) for each in failed)
    [done] = reviews(store, "fire")
    assert len(done.events) == 1
    assert (shown(store) == "v1") == (done.status == "approved")


def test_a_step_that_has_moved_on_is_not_decided_by_an_old_page(
    store: Store, people: dict[str, Member]
) -> None:
    one = ask(store, people["L1"], steps=THREE)
    settle(store, one, people["R1"])
    with pytest.raises(ReviewError):
        settle(store, one, people["R2"])  # has seen step 1
    assert reviews(store, "fire")[0].step == 2


def test_an_author_takes_a_submission_back_and_a_stranger_cannot(
    store: Store, people: dict[str, Member]
) -> None:
    one = ask(store, people["L1"])
    with pytest.raises(ReviewError):
        take_back(store, one.id, by=people["R1"].id, now=NOW)
    assert take_back(store, one.id, by=people["L1"].id, now=NOW).status == "taken back"
    with pytest.raises(ReviewError):
        settle(store, one, people["R1"])
    with pytest.raises(ReviewError):
        add_remark(store, one.id, "zu spät", by=people["R1"].id, now=NOW)


def test_what_was_reviewed_stays_whatever_is_saved_later(
    store: Store, people: dict[str, Member]
) -> None:
    one = ask(store, people["L1"])
    found = find_prepared(store, "fire", one.version)
    assert found is not None
    assert found.findings == ({"severity": "warning", "message": "?"},)
    for n in range(3):
        keep_revision(store, FILE, b"%d" % n, by="command", now=NOW + timedelta(minutes=n))
    kept = revision(store, found.revision_id)
    assert kept is not None
    assert kept.content == b"v1"
    assert len(revisions(store, FILE)) == 2  # what was reviewed, and the newest of the later ones


def test_every_act_is_in_the_audit_log_with_its_version(
    store: Store, people: dict[str, Member]
) -> None:
    one = ask(store, people["L1"], steps=("初审", "终审"))
    settle(store, settle(store, one, people["R1"]), people["R2"], "returned", "不行")
    with store.read() as connection:
        rows = connection.execute(select(tables.audit).order_by(tables.audit.c.id)).all()
    assert [(row.actor, row.act, row.subject) for row in rows] == [
        (people["L1"].id, "submitted for review", "fire"),
        (people["R1"].id, "approved lesson", "fire"),
        (people["R2"].id, "returned lesson", "fire"),
    ]
    assert rows[2].detail == {"version": "v1", "step": 2, "of": 2}
    assert catalogue.lesson(store, "fire") is None
