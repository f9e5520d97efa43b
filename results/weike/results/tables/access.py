"""Who signs in, with what, and what is kept of it."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Integer, String, Table, Text

from weike.results.tables.base import ID, metadata
from weike.results.types import Json, UtcDateTime

audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", UtcDateTime, nullable=False, index=True),
    Column("actor", Text, nullable=False),  # a member's id, or "command"
    Column("act", String(60), nullable=False, index=True),
    Column("subject", Text, nullable=False),
    Column("detail", Json),
)

credential = Table(
    "credential",
    metadata,
    Column("member_id", ID, ForeignKey("member.id"), primary_key=True),
    Column("pin", Text, nullable=False),  # argon2id
    Column("set_at", UtcDateTime, nullable=False),
)

# For one member (a printed card) or for everyone of a branch who has no PIN yet.
activation = Table(
    "activation",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("member_id", ID, ForeignKey("member.id"), index=True),
    Column("branch_id", ID, ForeignKey("branch.id"), index=True),
    Column("created", UtcDateTime, nullable=False),
    Column("expires", UtcDateTime, nullable=False),
    Column("used_at", UtcDateTime),
)

link = Table(
    "link",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("member_id", ID, ForeignKey("member.id"), nullable=False, index=True),
    Column("created", UtcDateTime, nullable=False),
    Column("expires", UtcDateTime, nullable=False),
    Column("revoked_at", UtcDateTime),
)

session = Table(
    "session",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("member_id", ID, ForeignKey("member.id"), nullable=False, index=True),
    Column("created", UtcDateTime, nullable=False),
    Column("expires", UtcDateTime, nullable=False, index=True),
)

# Failed sign-ins of one code or one address; `until` is when the next try is looked at.
throttle = Table(
    "throttle",
    metadata,
    Column("key", String(80), primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("last", UtcDateTime, nullable=False),
    Column("until", UtcDateTime, nullable=False),
)
