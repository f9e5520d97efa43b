"""What publishing has to do: decided from files and the store, before anything is run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from weike.lessons.catalogue import Catalogue, LessonSource
from weike.lessons.finding import Finding, errors
from weike.lessons.record import Record
from weike.quizzes.errors import Problem, WeikeError
from weike.quizzes.i18n import _
from weike.quizzes.meant import meant
from weike.results.catalogue import published
from weike.results.store import Store
from weike.results.tables import publication, revision

# Who acts: a person at the terminal, or the course, which withdraws a lesson whose notebook is
# gone and brings it back with the notebook.
COMMAND = "command"
COURSE = "course"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Lessons to run, and slugs that need nothing or cannot have it. `shown`: slug to version.

    `drafts` are written in the browser, and nobody has published them yet.
    """

    shown: Mapping[str, str]
    run: tuple[LessonSource, ...]
    unchanged: tuple[str, ...]
    failed: tuple[str, ...]
    left_out: tuple[str, ...]
    drafts: tuple[str, ...]
    findings: tuple[Finding, ...]


def make_plan(
    catalogue: Catalogue,
    store: Store,
    record: Record,
    *,
    only: Sequence[str] | None = None,
    force: bool = False,
) -> Plan:
    """Raises `WeikeError` for a name in `only` that no lesson has."""
    _check_names(only, catalogue)
    shown = {one.slug: one.version for one in published(store)}
    by_hand = set() if only is not None else _unpublished_by_hand(store)
    drafted = set() if only is not None else _drafted(catalogue, store)
    flawed = {finding.file for finding in errors(catalogue.findings)}
    run: list[LessonSource] = []
    unchanged: list[str] = []
    failed = {slug for slug in catalogue.broken if only is None or slug in only}
    left_out: list[str] = []
    drafts: list[str] = []
    for source in catalogue.lessons:
        if only is not None and source.slug not in only:
            continue
        if source.slug in by_hand:
            left_out.append(source.slug)
        elif source.slug in drafted:
            drafts.append(source.slug)
        elif source.name in flawed:
            failed.add(source.slug)
        elif not force and record.unchanged(source, shown.get(source.slug)):
            unchanged.append(source.slug)
        else:
            run.append(source)
    files = {source.name for source in run}
    findings = [
        finding
        for finding in catalogue.findings
        if finding.file in files or (finding.file in flawed and only is None)
    ]
    return Plan(
        shown=shown,
        run=tuple(run),
        unchanged=tuple(unchanged),
        failed=tuple(sorted(failed)),
        left_out=tuple(left_out),
        drafts=tuple(drafts),
        findings=tuple(findings),
    )


def gone(catalogue: Catalogue, record: Record, shown: Mapping[str, str]) -> list[str]:
    """Published lessons whose notebook was here and is no more.

    With no lesson left at all nothing is gone: then a folder is missing, or not mounted.
    """
    if not catalogue.lessons:
        return []
    here = {source.slug for source in catalogue.lessons} | catalogue.broken
    return [
        slug
        for slug in shown
        if slug not in here
        and slug in record.entries
        and not (record.root / record.entries[slug]["notebook"]).exists()
    ]


def _check_names(only: Sequence[str] | None, catalogue: Catalogue) -> None:
    known = {source.slug for source in catalogue.lessons} | catalogue.broken
    for slug in only or ():
        if slug not in known:
            unknown = Problem(
                message=_("there is no lesson {slug}").format(slug=slug),
                repair=meant(slug, sorted(known)),
            )
            raise WeikeError(unknown.said)


def _unpublished_by_hand(store: Store) -> set[str]:
    """Lessons whose last event is a person's withdrawal."""
    last = select(func.max(publication.c.id)).group_by(publication.c.slug)
    query = select(publication.c.slug).where(
        publication.c.id.in_(last), publication.c.version.is_(None), publication.c.by != COURSE
    )
    with store.read() as connection:
        return set(connection.execute(query).scalars())


def _drafted(catalogue: Catalogue, store: Store) -> set[str]:
    """Lessons that a person began in the browser and that were never published.

    When one is ready for members is for its writer to say; later changes go with all others.
    """
    first = (
        select(revision.c.path, func.min(revision.c.number).label("number"))
        .group_by(revision.c.path)
        .subquery()
    )
    query = (
        select(revision.c.path)
        .join(first, (first.c.path == revision.c.path) & (first.c.number == revision.c.number))
        .where(revision.c.by != COMMAND)
    )
    known = select(publication.c.slug).distinct()
    with store.read() as connection:
        begun = set(connection.execute(query).scalars())
        published_before = set(connection.execute(known).scalars())
    return {one.slug for one in catalogue.lessons if one.name in begun} - published_before
