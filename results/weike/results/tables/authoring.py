"""What authors write, before it is published."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text

from weike.results.tables.base import ID, metadata
from weike.results.types import UtcDateTime

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
