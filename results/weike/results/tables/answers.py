"""What members did."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from weike.results.tables.base import ID, metadata
from weike.results.types import Json, UtcDateTime

attempt = Table(
    "attempt",
    metadata,
    Column("id", ID, primary_key=True),
    Column("member_id", ID, ForeignKey("member.id"), nullable=False),
    Column("branch_id", ID, ForeignKey("branch.id")),  # the member's at that time
    Column("quiz", String(200), ForeignKey("quiz.ref"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("quiz_version", ID, ForeignKey("quiz_version.version"), nullable=False),
    Column("lesson_version", String(64), nullable=False),
    Column("mode", String(20), nullable=False),  # "quiz": a lesson's quiz; "makeup": 补考
    Column("paper", Json, nullable=False),  # with the seed, for audit only
    Column("started", UtcDateTime, nullable=False),
    Column("deadline", UtcDateTime, index=True),
    UniqueConstraint("member_id", "quiz", "number"),
    Index(None, "quiz", "number"),
)

response = Table(
    "response",
    metadata,
    Column("event", String(64), primary_key=True),  # chosen by the client; makes a retry harmless
    Column("attempt_id", ID, ForeignKey("attempt.id"), nullable=False, index=True),
    Column("item", String(100), nullable=False),
    Column("item_version", ID, nullable=False),
    Column("seq", Integer, nullable=False),  # the client's count; the highest wins
    Column("raw", Json, nullable=False),
    Column("answered_at", UtcDateTime, nullable=False),  # a claim, clamped; for day and week only
    Column("received_at", UtcDateTime, nullable=False),
    Column("late", Boolean, nullable=False),  # kept, not counted
)

submission = Table(
    "submission",
    metadata,
    Column("attempt_id", ID, ForeignKey("attempt.id"), primary_key=True),
    Column("submitted_at", UtcDateTime, nullable=False),
    Column("by", String(20), nullable=False),  # "member" or "deadline"
)

# The end of a lesson was reached; what completes a lesson without a quiz.
finished = Table(
    "finished",
    metadata,
    Column("member_id", ID, ForeignKey("member.id"), primary_key=True),
    Column("slug", String(100), ForeignKey("lesson.slug"), primary_key=True),
    Column("version", String(64), nullable=False),
    Column("branch_id", ID, ForeignKey("branch.id")),
    Column("at", UtcDateTime, nullable=False, index=True),
)

# 上次学到这里: no fact, the last one counts.
place = Table(
    "place",
    metadata,
    Column("member_id", ID, ForeignKey("member.id"), primary_key=True),
    Column("slug", String(100), ForeignKey("lesson.slug"), primary_key=True),
    Column("place", Integer, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

# What a person gave for a response that no key can grade. A later one of the same response takes
# its place; `points` are out of `most`, the question's own points at that time.
mark = Table(
    "mark",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("event", String(64), ForeignKey("response.event"), nullable=False, index=True),
    Column("points", Float, nullable=False),
    Column("most", Float, nullable=False),
    Column("remark", Text),
    Column("by", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)
