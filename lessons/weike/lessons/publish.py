"""Bringing lessons to the members: only what changed, and never a broken one."""

from __future__ import annotations

import contextvars
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from weike.lessons.catalogue import Catalogue, LessonSource, neighbours, read_lessons
from weike.lessons.finding import Finding
from weike.lessons.plan import COMMAND, COURSE, Plan, gone, make_plan
from weike.lessons.record import Record, load_record
from weike.quizzes.course import Course
from weike.quizzes.errors import WeikeError
from weike.quizzes.i18n import _
from weike.results.catalogue import publish, published, withdraw
from weike.results.store import Store
from weike.results.versions import store_version

if TYPE_CHECKING:
    from weike.lessons.build import Built

AT_ONCE = 2  # lessons that run at the same time

# Called with the lesson that was finished, how many are, and how many there are to do.
Progress = Callable[[LessonSource, int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishReport:
    """What became of each lesson, by slug. The findings are of the lessons that were run.

    `failed` keep the version they had, if any; `withdrawn` lost their notebook; `waiting` need
    an approval; `left_out` were unpublished by hand and come back when they are named; `drafts` are
    written in the browser and were never published.
    """

    published: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    withdrawn: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    drafts: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()


def publish_changed(
    course: Course,
    store: Store,
    *,
    only: Sequence[str] | None = None,
    force: bool = False,
    progress: Progress | None = None,
    now: datetime | None = None,
) -> PublishReport:
    """Publish every lesson that changed, or those named by `only`, whose naming approves them.

    With `review = true` nothing is published but what is named. A lesson that cannot be published
    keeps its old version; one whose notebook is gone is withdrawn. Raises `WeikeError` for a slug
    that no lesson has.
    """
    at = now or datetime.now(UTC)
    catalogue = read_lessons(course)
    record = load_record(course.root, course.results)
    plan = make_plan(catalogue, store, record, only=only, force=force)
    if course.review and only is None:
        return PublishReport(
            unchanged=plan.unchanged,
            failed=plan.failed,
            waiting=tuple(sorted([*(source.slug for source in plan.run), *plan.drafts])),
            left_out=plan.left_out,
            findings=plan.findings,
        )
    done = _run(course, catalogue, plan, store, record, progress, at)
    withdrawn = gone(catalogue, record, plan.shown) if only is None else []
    for slug in withdrawn:
        withdraw(store, slug, COURSE, at)
        del record.entries[slug]
    if withdrawn:
        record.save()
    return PublishReport(
        published=tuple(sorted(done.published)),
        unchanged=tuple(sorted([*plan.unchanged, *done.unchanged])),
        failed=tuple(sorted({*plan.failed, *done.failed})),
        withdrawn=tuple(withdrawn),
        left_out=plan.left_out,
        drafts=plan.drafts,
        findings=(*plan.findings, *done.findings),
    )


def unpublish(store: Store, slug: str, *, now: datetime | None = None) -> None:
    """Take a lesson away from the members until it is published by name again."""
    if slug not in {one.slug for one in published(store)}:
        raise WeikeError(_("no lesson {slug} is published").format(slug=slug))
    withdraw(store, slug, COMMAND, now or datetime.now(UTC))


@dataclass(frozen=True, slots=True)
class _Done:
    published: list[str]
    unchanged: list[str]
    failed: list[str]
    findings: list[Finding]


def _run(
    course: Course,
    catalogue: Catalogue,
    plan: Plan,
    store: Store,
    record: Record,
    progress: Progress | None,
    at: datetime,
) -> _Done:
    done = _Done([], [], [], [])
    for number, built in enumerate(build_all(course, catalogue, plan.run), 1):
        slug, version = built.source.slug, built.version
        done.findings.extend(built.findings)
        if version is None:
            done.failed.append(slug)
        elif plan.shown.get(slug) == version.version:
            done.unchanged.append(slug)
        else:
            store_version(store, version, now=at)
            publish(store, slug, version.version, COMMAND, at)
            done.published.append(slug)
        if version is not None:
            record.write_down(built.source, version.version, built.files, built.absent)
            record.save()  # each time: what was done stays done if the next one is interrupted
        if progress is not None:
            progress(built.source, number, len(plan.run))
    return done


def build_all(
    course: Course, catalogue: Catalogue, sources: Sequence[LessonSource], *, warn: bool = True
) -> Iterator[Built]:
    """Build lessons, several at once, and hand each over as it is ready."""
    if not sources:
        return
    # Imported here: a course where nothing changed is served without them.
    from weike.lessons.build import build_lesson
    from weike.lessons.execute import open_room

    links = neighbours(catalogue)
    with open_room(course, warn=warn) as room, ThreadPoolExecutor(AT_ONCE) as threads:
        waiting = [
            threads.submit(
                contextvars.copy_context().run, build_lesson, source, room, neighbours=links
            )
            for source in sources
        ]
        try:
            for future in as_completed(waiting):
                yield future.result()
        finally:
            for future in waiting:
                future.cancel()
            room.close()  # Ctrl-C does not wait for a lesson that runs
