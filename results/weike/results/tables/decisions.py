"""What organizers decide about assignments, make-up tests, rules and keys."""

from __future__ import annotations

from sqlalchemy import Column, Date, ForeignKey, Index, Integer, String, Table, Text

from weike.results.tables.base import ID, metadata
from weike.results.types import Json, UtcDateTime

# One lesson for a subtree of branches in a period. NULLs mean more: no slug, every published
# lesson; no branch, everyone; no posts, whatever the post.
assignment = Table(
    "assignment",
    metadata,
    Column("id", ID, primary_key=True),
    Column("slug", String(100), ForeignKey("lesson.slug")),
    Column("branch_id", ID, ForeignKey("branch.id")),
    Column("posts", Json),
    Column("first", Date, nullable=False),  # the period: days in the course's zone
    Column("after", Date, nullable=False),
    Column("due", Date),  # the last day, in the course's zone
    Column("created", UtcDateTime, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("withdrawn_at", UtcDateTime),
    Column("withdrawn_by", Text),
    Index(None, "first", "after"),
)

# Somebody who does not count in a period, and why.
excusal = Table(
    "excusal",
    metadata,
    Column("id", ID, primary_key=True),
    Column("member_id", ID, ForeignKey("member.id"), nullable=False, index=True),
    Column("first", Date, nullable=False),
    Column("after", Date, nullable=False),
    Column("reason", Text, nullable=False),
    Column("created", UtcDateTime, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("withdrawn_at", UtcDateTime),
    Column("withdrawn_by", Text),
)

# 补考: one action for all who failed a quiz or were absent.
makeup = Table(
    "makeup",
    metadata,
    Column("id", ID, primary_key=True),
    Column("quiz", String(200), ForeignKey("quiz.ref"), nullable=False, index=True),
    Column("branch_id", ID, ForeignKey("branch.id")),
    Column("first", Date, nullable=False),
    Column("after", Date, nullable=False),
    Column("opens", UtcDateTime, nullable=False),
    Column("closes", UtcDateTime, nullable=False),
    Column("created", UtcDateTime, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("withdrawn_at", UtcDateTime),
    Column("withdrawn_by", Text),
)

makeup_member = Table(
    "makeup_member",
    metadata,
    Column("makeup_id", ID, ForeignKey("makeup.id"), primary_key=True),
    Column("member_id", ID, ForeignKey("member.id"), primary_key=True, index=True),
    Column("why", String(20), nullable=False),  # "failed" or "absent"
    Column("used", Integer, nullable=False),  # attempts before it; the next one is the make-up
)

# A quiz's rules for one member or one subtree; NULL leaves a rule as it is.
override = Table(
    "override",
    metadata,
    Column("id", ID, primary_key=True),
    Column("quiz", String(200), ForeignKey("quiz.ref"), nullable=False, index=True),
    Column("member_id", ID, ForeignKey("member.id"), index=True),
    Column("branch_id", ID, ForeignKey("branch.id")),
    Column("opens", UtcDateTime),
    Column("closes", UtcDateTime),
    Column("limit", Integer),  # seconds
    Column("attempts", Integer),
    Column("reason", Text, nullable=False),
    Column("created", UtcDateTime, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("withdrawn_at", UtcDateTime),
    Column("withdrawn_by", Text),
)

# From `old` on, answers to this item version are graded by `new` (or by the `action` alone).
rescoring = Table(
    "rescoring",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("quiz", String(200), ForeignKey("quiz.ref"), nullable=False, index=True),
    Column("item", String(100), nullable=False),
    Column("old", ID, nullable=False),
    Column("new", ID),
    Column("action", String(20), nullable=False),  # "key", "full" (everyone earns it) or "drop"
    Column("reason", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("report", Json, nullable=False),  # whose result changed, by member id
)
