"""Lessons, their quizzes and items, each with its versions."""

from __future__ import annotations

from sqlalchemy import (
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
)

from weike.results.tables.base import ID, metadata
from weike.results.types import Json, UtcDateTime

# Content by its hash: pages, notebooks, media. No bytes: a file of that name in the media folder.
blob = Table(
    "blob",
    metadata,
    Column("hash", ID, primary_key=True),
    Column("type", Text, nullable=False),
    Column("size", Integer, nullable=False),
    Column("content", LargeBinary),
)

lesson = Table(
    "lesson",
    metadata,
    Column("slug", String(100), primary_key=True),
    Column("created", UtcDateTime, nullable=False),
)

lesson_version = Table(
    "lesson_version",
    metadata,
    Column("slug", String(100), ForeignKey("lesson.slug"), primary_key=True),
    Column("version", String(64), primary_key=True),
    Column("title", Text, nullable=False),
    Column("topic", Text),
    Column("minutes", Integer),
    Column("language", String(20), nullable=False),
    Column("kind", String(10), nullable=False),
    Column("audience", Text),
    Column("position", Integer, nullable=False),
    Column("outline", Json, nullable=False),
    Column("body", ID, ForeignKey("blob.hash"), nullable=False),
    Column("notebook", ID, ForeignKey("blob.hash"), nullable=False),
    Column("live_notebook", ID, ForeignKey("blob.hash")),
    Column("stored", UtcDateTime, nullable=False),
)

lesson_media = Table(
    "lesson_media",
    metadata,
    Column("slug", String(100), primary_key=True),
    Column("version", String(64), primary_key=True),
    Column("hash", ID, ForeignKey("blob.hash"), primary_key=True, index=True),
    ForeignKeyConstraint(["slug", "version"], ["lesson_version.slug", "lesson_version.version"]),
)

# A lesson's state is its last event: published (with a version) or withdrawn (without).
publication = Table(
    "publication",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("slug", String(100), ForeignKey("lesson.slug"), nullable=False, index=True),
    Column("version", String(64)),
    Column("by", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    ForeignKeyConstraint(["slug", "version"], ["lesson_version.slug", "lesson_version.version"]),
)

# `ref` is "<slug>/<quiz id>".
quiz = Table(
    "quiz",
    metadata,
    Column("ref", String(200), primary_key=True),
    Column("slug", String(100), ForeignKey("lesson.slug"), nullable=False, index=True),
)

# The definitions hold the keys.
quiz_version = Table(
    "quiz_version",
    metadata,
    Column("version", ID, primary_key=True),
    Column("definition", Json, nullable=False),
)

lesson_quiz = Table(
    "lesson_quiz",
    metadata,
    Column("slug", String(100), primary_key=True),
    Column("version", String(64), primary_key=True),
    Column("quiz", String(200), ForeignKey("quiz.ref"), primary_key=True),
    Column("quiz_version", ID, ForeignKey("quiz_version.version"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("title", Text, nullable=False),
    Column("questions", Integer, nullable=False),
    ForeignKeyConstraint(["slug", "version"], ["lesson_version.slug", "lesson_version.version"]),
)

# Course-wide: an item keeps its versions whichever quizzes it stands in.
item_version = Table(
    "item_version",
    metadata,
    Column("item", String(100), primary_key=True),
    Column("version", ID, primary_key=True),
    Column("type", String(20), nullable=False),
    Column("topic", Text),
    Column("question", Json, nullable=False),
    Column("stored", UtcDateTime, nullable=False),
)
