"""What authors write, before it is published."""

from __future__ import annotations

from sqlalchemy import (
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from weike.results.tables.base import ID, metadata
from weike.results.types import Json, UtcDateTime

# A file under `lessons/` or `quizzes/` as somebody saved it; `path` is relative to the course.
revision = Table(
    "revision",
    metadata,
    Column("id", ID, primary_key=True),
    Column("path", Text, nullable=False),
    Column("number", Integer, nullable=False),  # upwards along a path; some are missing
    Column("hash", String(64), nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("by", Text, nullable=False),  # a member's id, or "command"
    Column("at", UtcDateTime, nullable=False),
    Column("begun", UtcDateTime, nullable=False),
    Column("note", Text, nullable=False),
    Index(None, "path", "number"),
)

# Who wrote a lesson. It may not be in the store yet, so the slug refers to no row.
work = Table(
    "work",
    metadata,
    Column("slug", String(100), primary_key=True),
    Column("member_id", ID, ForeignKey("member.id"), primary_key=True),
    Column("since", UtcDateTime, nullable=False),
)

# A version as it was built from the course's files, to be looked at before anybody publishes it.
prepared = Table(
    "prepared",
    metadata,
    Column("slug", String(100), primary_key=True),
    Column("version", String(64), primary_key=True),
    Column("file", Text, nullable=False),  # relative to the course
    Column("revision_id", ID, ForeignKey("revision.id"), nullable=False),
    Column("findings", Json, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    ForeignKeyConstraint(["slug", "version"], ["lesson_version.slug", "lesson_version.version"]),
)

# One submission of one version. `steps` are the names of the steps as they were then.
review = Table(
    "review",
    metadata,
    Column("id", ID, primary_key=True),
    Column("number", Integer, nullable=False),  # upwards along a lesson; the last one counts
    Column("slug", String(100), ForeignKey("lesson.slug"), nullable=False, index=True),
    Column("version", String(64), nullable=False),
    Column("steps", Json, nullable=False),
    Column("remark", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    ForeignKeyConstraint(["slug", "version"], ["lesson_version.slug", "lesson_version.version"]),
    UniqueConstraint("slug", "number"),
)

# A step is decided once, whoever comes first: approved, returned, or taken back by its author.
review_event = Table(
    "review_event",
    metadata,
    Column("review_id", ID, ForeignKey("review.id"), primary_key=True),
    Column("step", Integer, primary_key=True, autoincrement=False),
    Column("act", String(20), nullable=False),
    Column("remark", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

# What a reviewer says at one place of the page; `quote` is how the text begins there.
review_remark = Table(
    "review_remark",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("review_id", ID, ForeignKey("review.id"), nullable=False, index=True),
    Column("place", Text, nullable=False),
    Column("quote", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

# For whom and when a published lesson is there: its last row counts. NULL: no bound.
release = Table(
    "release",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("slug", String(100), ForeignKey("lesson.slug"), nullable=False, index=True),
    Column("opens", UtcDateTime),
    Column("closes", UtcDateTime),
    Column("branches", Json),  # ids; each with everything beneath it
    Column("posts", Json),
    Column("by", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)
