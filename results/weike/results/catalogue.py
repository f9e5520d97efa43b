"""Lesson versions, and which of them members see.

A version never changes once it is stored. What members see is decided by events: a lesson is
published in one version, or withdrawn. Pages, notebooks and media are kept once, by their hash.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, func, literal, select

from weike.quizzes.errors import WeikeError
from weike.quizzes.i18n import _
from weike.quizzes.quiz import QuizDefinition
from weike.results import tables
from weike.results.authoring.releases import Release, load_releases
from weike.results.media import Media, keep, load
from weike.results.media import media as media  # part of the catalogue
from weike.results.people import Member
from weike.results.sql import insert_new
from weike.results.store import Kept, Store

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
_DEFINITIONS = 1_000  # definitions kept in memory


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonVersion:
    """One lesson as it was rendered once.

    `kind` is "light" or "live"; `order` its place in the catalogue; `outline` any JSON value.
    `media` maps hashes to content when a version is stored; a version that was read back leaves
    it empty, for `media(store, hash)` gives each piece.
    """

    slug: str
    version: str
    title: str
    language: str
    kind: str
    body_html: str
    topic: str | None = None
    minutes: int | None = None
    audience: str | None = None
    outline: Any = field(default_factory=list)
    quizzes: tuple[QuizDefinition, ...] = ()
    media: Mapping[str, Media] = field(default_factory=dict)
    notebook: str = ""
    live_notebook: str | None = None
    order: int = 0


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
    """What was published last, and definitions by their version."""

    published: Published | None = None
    definitions: OrderedDict[str, QuizDefinition] = field(default_factory=OrderedDict)


_memory: Kept[_Memory] = Kept(_Memory)


def store_version(store: Store, version: LessonVersion, *, now: datetime | None = None) -> None:
    """Keep a version. The same version again changes nothing."""
    at = now or datetime.now(UTC)
    store.writer.run(lambda connection: store_in(connection, store, version, at))


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
                return _load_version(connection, store, slug, summary.version)
    return None


def lesson_version(store: Store, slug: str, version: str) -> LessonVersion | None:
    """Any stored version of a lesson."""
    with store.read() as connection:
        return _load_version(connection, store, slug, version)


def find_version(store: Store, slug: str, beginning: str) -> LessonVersion | None:
    """The newest stored version of a lesson whose name begins so."""
    versions = tables.lesson_version
    query = (
        select(versions.c.version)
        .where(versions.c.slug == slug, versions.c.version.startswith(beginning, autoescape=True))
        .order_by(versions.c.stored.desc())
        .limit(1)
    )
    with store.read() as connection:
        whole = connection.execute(query).scalar()
        return _load_version(connection, store, slug, whole) if whole else None


def media_of(store: Store, slug: str, version: str) -> frozenset[str]:
    """The hashes of all media of a stored version."""
    kept = tables.lesson_media
    query = select(kept.c.hash).where(kept.c.slug == slug, kept.c.version == version)
    with store.read() as connection:
        return frozenset(connection.execute(query).scalars())


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


def load_definition(connection: Connection, store: Store, version: str) -> QuizDefinition:
    """A definition by its version. It never changes, so it is kept in memory."""
    definitions = _memory(store).definitions
    found = definitions.get(version)
    if found is None:
        row = connection.execute(
            select(tables.quiz_version.c.definition).where(tables.quiz_version.c.version == version)
        ).one()
        found = definitions[version] = QuizDefinition.from_json(row.definition)
        while len(definitions) > _DEFINITIONS:
            definitions.popitem(last=False)
    return found


def store_in(connection: Connection, store: Store, version: LessonVersion, at: datetime) -> None:
    """`store_version` inside a transaction that is already there."""
    insert_new(connection, tables.lesson, {"slug": version.slug, "created": at})
    key = {"slug": version.slug, "version": version.version}
    known = select(tables.lesson_version.c.slug).filter_by(**key)
    if connection.execute(known).first() is not None:
        return
    for name, content in version.media.items():
        kept = keep(connection, store.media, content)
        assert name.startswith(kept), f"media {name} holds other bytes than its name says"
    live = version.live_notebook
    connection.execute(
        tables.lesson_version.insert().values(
            **key,
            title=version.title,
            topic=version.topic,
            minutes=version.minutes,
            language=version.language,
            kind=version.kind,
            audience=version.audience,
            position=version.order,
            outline=version.outline,
            body=_keep_text(connection, store, "text/html", version.body_html),
            notebook=_keep_text(connection, store, "application/x-ipynb+json", version.notebook),
            live_notebook=live and _keep_text(connection, store, "application/x-ipynb+json", live),
            stored=at,
        )
    )
    insert_new(
        connection,
        tables.lesson_media,
        *({**key, "hash": name[:32]} for name in version.media),
    )
    for position, quiz in enumerate(version.quizzes):
        _store_quiz(connection, key, position, quiz, at)


def _store_quiz(
    connection: Connection,
    key: Mapping[str, str],
    position: int,
    quiz: QuizDefinition,
    at: datetime,
) -> None:
    ref = f"{key['slug']}/{quiz.id}"
    insert_new(connection, tables.quiz, {"ref": ref, "slug": key["slug"]})
    insert_new(
        connection,
        tables.quiz_version,
        {"version": quiz.version, "definition": quiz.to_json()},
    )
    connection.execute(
        tables.lesson_quiz.insert().values(
            **key,
            quiz=ref,
            quiz_version=quiz.version,
            position=position,
            title=quiz.title,
            questions=quiz.rules.draw or len(quiz.questions),
        )
    )
    insert_new(
        connection,
        tables.item_version,
        *(
            {
                "item": question.id,
                "version": question.version,
                "type": question.type,
                "topic": question.topic,
                "question": question.to_json(),
                "stored": at,
            }
            for question in quiz.questions
        ),
    )


def _keep_text(connection: Connection, store: Store, type: str, text: str) -> str:
    return keep(connection, store.media, Media(type, text.encode()))


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


def _load_version(
    connection: Connection, store: Store, slug: str, version: str
) -> LessonVersion | None:
    versions, quizzes = tables.lesson_version, tables.lesson_quiz
    row = connection.execute(
        select(versions).where(versions.c.slug == slug, versions.c.version == version)
    ).one_or_none()
    if row is None:
        return None
    defined = connection.execute(
        select(quizzes.c.quiz_version)
        .where(quizzes.c.slug == slug, quizzes.c.version == version)
        .order_by(quizzes.c.position)
    ).scalars()
    return LessonVersion(
        slug=row.slug,
        version=row.version,
        title=row.title,
        language=row.language,
        kind=row.kind,
        topic=row.topic,
        minutes=row.minutes,
        audience=row.audience,
        order=row.position,
        outline=row.outline,
        body_html=_load_text(connection, store, row.body),
        notebook=_load_text(connection, store, row.notebook),
        live_notebook=row.live_notebook and _load_text(connection, store, row.live_notebook),
        quizzes=tuple(load_definition(connection, store, one) for one in defined.all()),
    )


def _load_text(connection: Connection, store: Store, hash: str) -> str:
    found = load(connection, store.media, hash)
    assert found is not None, "a foreign key holds it"
    content = found.content
    if content is None:
        assert found.file is not None
        content = found.file.read_bytes()
    return content.decode()
