"""Rankings, what is said about them, and who holds the flag."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKey,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from weike.results.tables.base import ID, metadata
from weike.results.types import Json, UtcDateTime

# A ranking never changes once it is approved: a later one supersedes it. What it was computed from
# stands in `inputs` (a blob, by its hash), without names.
ranking = Table(
    "ranking",
    metadata,
    Column("id", ID, primary_key=True),
    Column("first", Date, nullable=False),
    Column("after", Date, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("until", UtcDateTime, nullable=False),  # figures as of this moment
    Column("method", Json, nullable=False),  # weights, limits and the version of the rule
    Column("inputs", ID, ForeignKey("blob.hash"), nullable=False),
    Column("figures", Json, nullable=False),
    Column("hash", String(64), nullable=False),  # SHA-256 of period, method, inputs and figures
    Column("created", UtcDateTime, nullable=False),
    Column("created_by", Text, nullable=False),
    UniqueConstraint("first", "after", "revision"),
)

# Its state is its last: draft, posted (公示, until a moment), approved, superseded or withdrawn.
ranking_event = Table(
    "ranking_event",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("ranking_id", ID, ForeignKey("ranking.id"), nullable=False, index=True),
    Column("state", String(20), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("by", Text, nullable=False),
    Column("until", UtcDateTime),
    Column("reason", Text),
    Column("decision", Json),  # what a committee decided otherwise
)

objection = Table(
    "objection",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("ranking_id", ID, ForeignKey("ranking.id"), nullable=False, index=True),
    Column("member_id", ID, ForeignKey("member.id"), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("text", Text, nullable=False),
    Column("answer", Text),
    Column("answered_at", UtcDateTime),
    Column("answered_by", Text),
)

# 流动红旗: who holds it for a period. Branches that share it have a row each.
flag = Table(
    "flag",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("ranking_id", ID, ForeignKey("ranking.id"), nullable=False, index=True),
    Column("level", Integer, nullable=False),
    Column("branch_id", ID, ForeignKey("branch.id")),
    Column("member_id", ID, ForeignKey("member.id")),  # only with that person's consent
    Column("kept", Boolean, nullable=False),  # 保旗; else 夺旗
    Column("at", UtcDateTime, nullable=False),
    Column("by", Text, nullable=False),
    Column("reason", Text),
)

# A person agrees to be named among the best, until withdrawn.
consent = Table(
    "consent",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("member_id", ID, ForeignKey("member.id"), nullable=False, index=True),
    Column("at", UtcDateTime, nullable=False),
    Column("withdrawn_at", UtcDateTime),
)
