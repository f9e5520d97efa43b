"""Lesson versions, each kept for good; pages, notebooks and media once, by their hash."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, select

from weike.quizzes.quiz import QuizDefinition
from weike.results import tables
from weike.results.media import Media, keep, load
from weike.results.sql import insert_new
from weike.results.store import Kept, Store

_MOST = 1_000  # definitions kept in memory

_definitions: Kept[OrderedDict[str, QuizDefinition]] = Kept(OrderedDict)


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


def store_version(store: Store, version: LessonVersion, *, now: datetime | None = None) -> None:
    """Keep a version. The same version again changes nothing."""
    at = now or datetime.now(UTC)
    store.writer.run(lambda connection: store_in(connection, store, version, at))


def lesson_version(store: Store, slug: str, version: str) -> LessonVersion | None:
    """Any stored version of a lesson."""
    with store.read() as connection:
        return load_version(connection, store, slug, version)


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
        return load_version(connection, store, slug, whole) if whole else None


def media_of(store: Store, slug: str, version: str) -> frozenset[str]:
    """The hashes of all media of a stored version."""
    kept = tables.lesson_media
    query = select(kept.c.hash).where(kept.c.slug == slug, kept.c.version == version)
    with store.read() as connection:
        return frozenset(connection.execute(query).scalars())


def load_definition(connection: Connection, store: Store, version: str) -> QuizDefinition:
    """A definition by its version. It never changes, so it is kept in memory."""
    definitions = _definitions(store)
    found = definitions.get(version)
    if found is None:
        row = connection.execute(
            select(tables.quiz_version.c.definition).where(tables.quiz_version.c.version == version)
        ).one()
        found = definitions[version] = QuizDefinition.from_json(row.definition)
        while len(definitions) > _MOST:
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


def load_version(
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
