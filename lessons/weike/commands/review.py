"""`weike review`: submitting lessons, and approving or returning them, at the terminal."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from typing import Any

import click

from weike.lessons.prepare import prepare, submit_current
from weike.lessons.report import finding_lines
from weike.quizzes.course import load_course
from weike.quizzes.errors import WeikeError
from weike.quizzes.i18n import _
from weike.results.assigning.decisions import people
from weike.results.authoring.reviews import Review, decide, last_reviews, reviews, take_back
from weike.results.authoring.works import may_see
from weike.results.people import Member, find_member
from weike.results.store import Store, open_store
from weike.results.types import iso

BY = click.option("--by", "code", metavar="CODE", required=True, help="Who does it: a member code.")
WRITERS = frozenset({"lecturer", "administrator"})


@click.group()
def review() -> None:
    """Submit lessons for review; approve or return them."""


@review.command("submit")
@click.argument("slug")
@BY
@click.option("--remark", default="", help="A word to the reviewer.")
def submit_(slug: str, code: str, remark: str) -> None:
    """Run a lesson once and submit exactly this version."""
    course, now = load_course(), datetime.now(UTC)
    with open_store(course=course) as store:
        who = _member(store, code, now)
        if not who.roles & WRITERS or not may_see(store, slug, who):
            raise WeikeError(_("{code} does not write this lesson").format(code=who.code))
        click.echo(_("Running the lesson …"), err=True)
        done = prepare(course, store, slug, by=who.id, now=now)
        for line in finding_lines(done.findings):
            click.echo(line)
        if done.version is None:
            sys.exit(1)
        one = submit_current(course, store, slug, done.version, by=who.id, now=now, remark=remark)
        click.echo(_line(one))


@review.command("approve")
@click.argument("slug")
@BY
@click.option("--remark", default="", help="Kept in the lesson's trail.")
def approve(slug: str, code: str, remark: str) -> None:
    """Approve the step that waits; the last approval publishes."""
    with open_store(course=load_course()) as store:
        now, one = datetime.now(UTC), _waiting(store, slug)
        who = _member(store, code, now)
        done = decide(store, one.id, "approved", step=one.step, by=who.id, now=now, remark=remark)
        click.echo(_line(done))


@review.command("return")
@click.argument("slug")
@BY
@click.option("--remark", required=True, help="What is to be changed.")
def return_(slug: str, code: str, remark: str) -> None:
    """Give a lesson back to its author."""
    with open_store(course=load_course()) as store:
        now, one = datetime.now(UTC), _waiting(store, slug)
        who = _member(store, code, now)
        done = decide(store, one.id, "returned", step=one.step, by=who.id, now=now, remark=remark)
        click.echo(_line(done))


@review.command("take-back")
@click.argument("slug")
@BY
def take_back_(slug: str, code: str) -> None:
    """End a review that waits; for whoever submitted it."""
    with open_store(course=load_course()) as store:
        now, one = datetime.now(UTC), _waiting(store, slug)
        click.echo(_line(take_back(store, one.id, by=_member(store, code, now).id, now=now)))


@review.command("list")
@click.option("--all", "every", is_flag=True, help="Also what was decided.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def list_(every: bool, as_json: bool) -> None:
    """What waits for a review, the longest first."""
    with open_store(course=load_course()) as store:
        found = [one for one in last_reviews(store).values() if every or one.status == "waiting"]
        if as_json:
            click.echo(
                json.dumps([_json(store, one) for one in found], ensure_ascii=False, indent=1)
            )
            return
        for one in found:
            click.echo(_line(one))
        if not found:
            click.echo(_("nothing waits for a review"))


@review.command("show")
@click.argument("slug")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def show(slug: str, as_json: bool) -> None:
    """Every review of a lesson: who did what and when, and the remarks."""
    with open_store(course=load_course()) as store:
        found = [_json(store, one) for one in reviews(store, slug)]
    if not found:
        raise WeikeError(_("the lesson {slug} was never submitted").format(slug=slug))
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
        return
    for one in found:
        click.echo(f"{one['version'][:8]}  {one['at']}  {one['by']}  {one['remark']}".rstrip())
        for event in one["events"]:
            click.echo(
                f"  {event['act']}  {event['at']}  {event['by']}  {event['remark']}".rstrip()
            )
        for said in one["remarks"]:
            click.echo(f"  “{said['quote']}”  {said['by']}: {said['text']}")


def _member(store: Store, code: str, now: datetime) -> Member:
    found = find_member(store, code=code, now=now)
    if found is None:
        raise WeikeError(_("there is no member with the code {code}").format(code=code))
    return found


def _waiting(store: Store, slug: str) -> Review:
    found = last_reviews(store).get(slug)
    if found is None or found.status != "waiting":
        raise WeikeError(_("no version of {slug} waits for a review").format(slug=slug))
    return found


def _line(one: Review) -> str:
    said = {
        "waiting": _("waits for review, step {n} of {count}"),
        "approved": _("approved; members see this version"),
        "returned": _("returned to the author"),
        "taken back": _("taken back"),
        "replaced": _("replaced by a newer version"),
    }[one.status]
    words = said.format(n=one.step, count=len(one.steps))
    return f"{one.slug}  {one.version[:8]}  {words}"


def _json(store: Store, one: Review) -> dict[str, Any]:
    with store.read() as connection:
        ids = {one.by, *(event.by for event in one.events), *(said.by for said in one.remarks)}
        named = people(connection, ids)

    def code(by: str) -> str:
        return named[by].code if by in named else by

    return {
        "slug": one.slug,
        "version": one.version,
        "status": one.status,
        "step": one.step,
        "steps": list(one.steps),
        "by": code(one.by),
        "at": iso(one.at),
        "remark": one.remark,
        "events": [
            {
                "step": event.step,
                "act": event.act,
                "by": code(event.by),
                "at": iso(event.at),
                "remark": event.remark,
            }
            for event in one.events
        ],
        "remarks": [
            {
                "place": said.place,
                "quote": said.quote,
                "text": said.text,
                "by": code(said.by),
                "at": iso(said.at),
            }
            for said in one.remarks
        ],
    }
