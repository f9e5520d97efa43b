"""The organisation: branches, members, who they are and what they may do."""

from __future__ import annotations

from sqlalchemy import Column, Date, ForeignKey, Integer, String, Table, Text, UniqueConstraint

from weike.results.tables.base import ID, metadata
from weike.results.types import UtcDateTime

branch = Table(
    "branch",
    metadata,
    Column("id", ID, primary_key=True),
    Column("parent_id", ID, ForeignKey("branch.id")),
    Column("name", Text, nullable=False),
    Column("position", Integer, nullable=False, default=0),  # among its siblings, as in the roster
    Column("created", UtcDateTime, nullable=False),
    UniqueConstraint("parent_id", "name"),
)

member = Table(
    "member",
    metadata,
    Column("id", ID, primary_key=True),
    Column("created", UtcDateTime, nullable=False),
)

identity = Table(
    "identity",
    metadata,
    Column("member_id", ID, ForeignKey("member.id"), primary_key=True),
    Column("code", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("post", Text),
)

# In force from `since` (a day in the course's zone) until the member's next row. No branch: left.
membership = Table(
    "membership",
    metadata,
    Column("member_id", ID, ForeignKey("member.id"), primary_key=True),
    Column("since", Date, primary_key=True),
    Column("branch_id", ID, ForeignKey("branch.id"), index=True),
    Column("recorded", UtcDateTime, nullable=False, index=True),  # when we were told
)

# `branch_id` is the top of an organizer's subtree; the other roles have none.
role_grant = Table(
    "role_grant",
    metadata,
    Column("id", ID, primary_key=True),
    Column("member_id", ID, ForeignKey("member.id"), nullable=False, index=True),
    Column("role", String(20), nullable=False),
    Column("branch_id", ID, ForeignKey("branch.id")),
    Column("granted_at", UtcDateTime, nullable=False),
    Column("granted_by", Text, nullable=False),
    Column("revoked_at", UtcDateTime),
)
