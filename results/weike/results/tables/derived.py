"""What follows from the facts: `weike rebuild` throws it away and builds it again."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
)

from weike.results.tables.base import ID, metadata
from weike.results.types import UtcDateTime

# Grades have no foreign key to their attempt, which is never deleted: PostgreSQL would look it up
# for each of millions and write to its page, half of all that it does in a rebuild.

# One row per submitted attempt. `first_*` counts each item's first response (首答). What is asked
# of the attempt most often is repeated.
grade = Table(
    "grade",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("attempt_id", ID, nullable=False, unique=True),
    Column("member_id", ID, ForeignKey("member.id"), nullable=False),
    Column("slug", String(100), nullable=False),
    Column("quiz", String(200), ForeignKey("quiz.ref"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("submitted_at", UtcDateTime, nullable=False),
    Column("score", Float, nullable=False),
    Column("first_score", Float, nullable=False),
    Column("max", Float, nullable=False),
    Column("first_max", Float, nullable=False),
    Column("passed", Boolean, nullable=False),
    Column("ungraded", Integer, nullable=False),  # items that could not be graded
    Index(None, "member_id"),
    sqlite_autoincrement=True,
)

# One row per item of a submitted attempt's paper. NULL marks could not be graded; what was not
# answered has earned 0.
item_grade = Table(
    "item_grade",
    metadata,
    Column("attempt_id", ID, primary_key=True),
    Column("item", String(100), primary_key=True),
    Column("item_version", ID, nullable=False),
    Column("answered", Boolean, nullable=False),
    Column("max", Float, nullable=False),
    Column("score", Float),
    Column("correct", Boolean),
    Column("first_score", Float),
    Column("first_correct", Boolean),
    Column("ungraded", Text),  # the reason, for the lecturer
    Index(None, "item", "item_version"),
)

# How a member has come along with a quiz, over all attempts: all that branch figures ask. Moments
# are microseconds since 1970, so that hundreds of thousands are read in no time, and figures can be
# computed as of any of them. A lesson whose end was reached has a row too; its quiz is "<slug>/".
# `change` grows with whatever changes a row: what is in memory is brought up to date by it.
tally = Table(
    "tally",
    metadata,
    Column("quiz", String(200), primary_key=True),
    Column("member_id", ID, ForeignKey("member.id"), primary_key=True),
    Column("change", BigInteger, nullable=False, index=True),
    Column("begun", BigInteger, nullable=False),  # the first attempt
    Column("submitted", BigInteger),  # the first attempt
    Column("mark", BigInteger),  # of the first attempt's first answers, in 10⁻¹⁵; NULL: none
    Column("passed", BigInteger),  # the first time
    Column("passed_first", BigInteger),  # the first time without a make-up test
    sqlite_with_rowid=False,
)
