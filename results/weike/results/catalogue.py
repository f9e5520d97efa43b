"""Which version of each lesson members see: events decide, a lesson is published or withdrawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import Connection, func, literal, select

from weike.quizzes.errors import WeikeError
from weike.quizzes.i18n import _
from weike.quizzes.quiz import QuizDefinition
from weike.results import tables
from weike.results.authoring.releases import Release, load_releases
from weike.results.people import Member
from weike.results.store import Kept, Store
from weike.results.versions import LessonVersion, load_definition, load_version

# Whatever changes what members see: events, for whom lessons are, and the tree that this names.
COUNT = select(
    sum(
        (
            select(func.count()).select_from(table).scalar_subquery()
            for table in (tables.publication, tables.release, tables.branch)
        ),
        literal(0),
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuizSummary:
    """What a list says about a quiz. `ref` is "<slug>/<quiz id>"."""

    ref: str
    title: str
    questions: int
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonSummary:
    """What a list says about a published lesson. `since` is when it was first published."""

    slug: str
    version: str
    title: str
    language: str
    kind: str
    topic: str | None
    minutes: int | None
    audience: str | None
    order: int
    since: datetime
    quizzes: tuple[QuizSummary, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """Everything that members see at the publication `counter`; quizzes by their ref.

    `releases` say of lessons that are not there for all, or not always, for whom and when.
    """

    counter: int
    lessons: tuple[LessonSummary, ...]
    quizzes: Mapping[str, tuple[LessonSummary, QuizSummary]]
    releases: Mapping[str, Release] = field(default_factory=dict)

    def admits(self, slug: str, member: Member, now: datetime) -> bool:
        """Whether a lesson, if it is published, is there for this member now."""
        bounds = self.releases.get(slug)
        return bounds is None or bounds.admits(member, now)

    def open_to(self, member: Member, now: datetime) -> tuple[LessonSummary, ...]:
        return tuple(one for one in self.lessons if self.admits(one.slug, member, now))


@dataclass(slots=True)
class _Memory:
    """What was published last."""

    published: Published | None = None


_memory: Kept[_Memory] = Kept(_Memory)


def publish(store: Store, slug: str, version: str, by: str, now: datetime | None = None) -> None:
    """Show this version to the members. `by` is a member's id or "command"."""
    _event(store, slug, version, by, now)


def withdraw(store: Store, slug: str, by: str, now: datetime | None = None) -> None:
    """Take a lesson away from the members; what they did there stays."""
    _event(store, slug, None, by, now)


def published(store: Store) -> tuple[LessonSummary, ...]:
    """What members see now, in the catalogue's order."""
    with store.read() as connection:
        return load_published(connection, store).lessons


def publication_counter(store: Store) -> int:
    """Grows with whatever changes what members see; processes poll it to drop what they keep."""
    with store.read() as connection:
        return _counter(connection)


def lesson(store: Store, slug: str) -> LessonVersion | None:
    """The published version of a lesson, with its page and quizzes."""
    with store.read() as connection:
        for summary in load_published(connection, store).lessons:
            if summary.slug == slug:
                return load_version(connection, store, slug, summary.version)
    return None


def unpublished_with(store: Store, hash: str) -> tuple[str, ...]:
    """The lessons with this piece of media, where no version with it was ever published."""
    kept, events = tables.lesson_media, tables.publication
    same = (events.c.slug == kept.c.slug) & (events.c.version == kept.c.version)
    query = (
        select(kept.c.slug, func.max(events.c.id).label("event"))
        .outerjoin(events, same)
        .where(kept.c.hash == hash[:32])
        .group_by(kept.c.slug)
    )
    with store.read() as connection:
        rows = connection.execute(query).all()
    return () if any(row.event is not None for row in rows) else tuple(row.slug for row in rows)


def definition(store: Store, quiz_ref: str) -> QuizDefinition | None:
    """The definition, with its keys, of a quiz as it is published now."""
    with store.read() as connection:
        found = load_published(connection, store).quizzes.get(quiz_ref)
        return load_definition(connection, store, found[1].version) if found else None


def load_published(connection: Connection, store: Store, counter: int | None = None) -> Published:
    """What is published, read again only when the counter has moved.

    `counter` is what `COUNT` has found in this transaction, where it was asked with something else.
    """
    memory = _memory(store)
    if counter is None:
        counter = _counter(connection)
    found = memory.published
    if found is None or found.counter != counter:
        lessons = _read_published(connection)
        found = memory.published = Published(
            counter=counter,
            lessons=lessons,
            quizzes={quiz.ref: (one, quiz) for one in lessons for quiz in one.quizzes},
            releases=load_releases(connection),
        )
    return found


def _event(store: Store, slug: str, version: str | None, by: str, now: datetime | None) -> None:
    at = now or datetime.now(UTC)
    store.writer.run(lambda connection: record_event(connection, slug, version, by, at))


def record_event(
    connection: Connection, slug: str, version: str | None, by: str, at: datetime
) -> None:
    """`publish`, or without a version `withdraw`, inside a transaction that is already there."""
    known = connection.execute(
        select(tables.lesson.c.slug).where(tables.lesson.c.slug == slug)
    ).first()
    if known is None:
        raise WeikeError(_("there is no lesson {slug}").format(slug=slug))
    if published_version(connection, slug) != version:
        connection.execute(
            tables.publication.insert().values(slug=slug, version=version, by=by, at=at)
        )


def published_version(connection: Connection, slug: str) -> str | None:
    """The version that is published; None where the lesson is not."""
    events = tables.publication
    return connection.execute(
        select(events.c.version).where(events.c.slug == slug).order_by(events.c.id.desc()).limit(1)
    ).scalar()


def _counter(connection: Connection) -> int:
    """How many rows decide. The highest id would not do: ids are given before commits."""
    return int(connection.execute(COUNT).scalar_one())


def _read_published(connection: Connection) -> tuple[LessonSummary, ...]:
    events, versions, quizzes = tables.publication, tables.lesson_version, tables.lesson_quiz
    last = (
        select(
            events.c.slug,
            func.max(events.c.id).label("id"),
            func.min(events.c.at).label("since"),
        )
        .group_by(events.c.slug)
        .subquery()
    )
    shown = (
        select(versions, last.c.since)
        .join(events, (events.c.slug == versions.c.slug) & (events.c.version == versions.c.version))
        .join(last, last.c.id == events.c.id)
        .order_by(versions.c.position, versions.c.slug)
    )
    rows = connection.execute(shown).all()
    of_version: dict[tuple[str, str], list[QuizSummary]] = {}
    for quiz in connection.execute(
        select(quizzes).order_by(quizzes.c.slug, quizzes.c.version, quizzes.c.position)
    ):
        of_version.setdefault((quiz.slug, quiz.version), []).append(
            QuizSummary(
                ref=quiz.quiz,
                title=quiz.title,
                questions=quiz.questions,
                version=quiz.quiz_version,
            )
        )
    return tuple(
        LessonSummary(
            slug=row.slug,
            version=row.version,
            title=row.title,
            language=row.language,
            kind=row.kind,
            topic=row.topic,
            minutes=row.minutes,
            audience=row.audience,
            order=row.position,
            since=row.since,
            quizzes=tuple(of_version.get((row.slug, row.version), ())),
        )
        for row in rows
    )
