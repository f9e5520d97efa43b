"""The store's tables (architecture §5).

Facts are only ever added. A person's code and name stand in a row of their own (`identity`), so
erasing that row leaves every fact, and every hash published over the facts, as it was. What is
derived (`grade`, `item_grade`) can be thrown away and built again from the facts.

Ids are opaque: 32 hex digits. Hashes of content are the first 32 hex digits of its SHA-256.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from weike.results.types import Json, UtcDateTime

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_ID = String(32)

# The organisation

branch = Table(
    "branch",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("parent_id", _ID, ForeignKey("branch.id")),
    Column("name", Text, nullable=False),
    Column("position", Integer, nullable=False, default=0),  # among its siblings, as in the roster
    Column("created", UtcDateTime, nullable=False),
    UniqueConstraint("parent_id", "name"),
)

member = Table(
    "member",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("created", UtcDateTime, nullable=False),
)

identity = Table(
    "identity",
    metadata,
    Column("member_id", _ID, ForeignKey("member.id"), primary_key=True),
    Column("code", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("post", Text),
)

# In force from `since` (a day in the course's zone) until the member's next row. No branch: left.
membership = Table(
    "membership",
    metadata,
    Column("member_id", _ID, ForeignKey("member.id"), primary_key=True),
    Column("since", Date, primary_key=True),
    Column("branch_id", _ID, ForeignKey("branch.id"), index=True),
    Column("recorded", UtcDateTime, nullable=False, index=True),  # when we were told
)

# `branch_id` is the top of an organizer's subtree; the other roles have none.
role_grant = Table(
    "role_grant",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("member_id", _ID, ForeignKey("member.id"), nullable=False, index=True),
    Column("role", String(20), nullable=False),
    Column("branch_id", _ID, ForeignKey("branch.id")),
    Column("granted_at", UtcDateTime, nullable=False),
    Column("granted_by", Text, nullable=False),
    Column("revoked_at", UtcDateTime),
)

# Lessons and their quizzes

# Content by its hash: pages, notebooks, media. No bytes: a file of that name in the media folder.
blob = Table(
    "blob",
    metadata,
    Column("hash", _ID, primary_key=True),
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
    Column("body", _ID, ForeignKey("blob.hash"), nullable=False),
    Column("notebook", _ID, ForeignKey("blob.hash"), nullable=False),
    Column("live_notebook", _ID, ForeignKey("blob.hash")),
    Column("stored", UtcDateTime, nullable=False),
)

lesson_media = Table(
    "lesson_media",
    metadata,
    Column("slug", String(100), primary_key=True),
    Column("version", String(64), primary_key=True),
    Column("hash", _ID, ForeignKey("blob.hash"), primary_key=True, index=True),
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
    Column("version", _ID, primary_key=True),
    Column("definition", Json, nullable=False),
)

lesson_quiz = Table(
    "lesson_quiz",
    metadata,
    Column("slug", String(100), primary_key=True),
    Column("version", String(64), primary_key=True),
    Column("quiz", String(200), ForeignKey("quiz.ref"), primary_key=True),
    Column("quiz_version", _ID, ForeignKey("quiz_version.version"), nullable=False),
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
    Column("version", _ID, primary_key=True),
    Column("type", String(20), nullable=False),
    Column("topic", Text),
    Column("question", Json, nullable=False),
    Column("stored", UtcDateTime, nullable=False),
)

# What members did

attempt = Table(
    "attempt",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("member_id", _ID, ForeignKey("member.id"), nullable=False),
    Column("branch_id", _ID, ForeignKey("branch.id")),  # the member's at that time
    Column("quiz", String(200), ForeignKey("quiz.ref"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("quiz_version", _ID, ForeignKey("quiz_version.version"), nullable=False),
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
    Column("attempt_id", _ID, ForeignKey("attempt.id"), nullable=False, index=True),
    Column("item", String(100), nullable=False),
    Column("item_version", _ID, nullable=False),
    Column("seq", Integer, nullable=False),  # the client's count; the highest wins
    Column("raw", Json, nullable=False),
    Column("answered_at", UtcDateTime, nullable=False),  # a claim, clamped; for day and week only
    Column("received_at", UtcDateTime, nullable=False),
    Column("late", Boolean, nullable=False),  # kept, not counted
)

submission = Table(
    "submission",
    metadata,
    Column("attempt_id", _ID, ForeignKey("attempt.id"), primary_key=True),
    Column("submitted_at", UtcDateTime, nullable=False),
    Column("by", String(20), nullable=False),  # "member" or "deadline"
)

# The end of a lesson was reached; what completes a lesson without a quiz.
finished = Table(
    "finished",
    metadata,
    Column("member_id", _ID, ForeignKey("member.id"), primary_key=True),
    Column("slug", String(100), ForeignKey("lesson.slug"), primary_key=True),
    Column("version", String(64), nullable=False),
    Column("branch_id", _ID, ForeignKey("branch.id")),
    Column("at", UtcDateTime, nullable=False, index=True),
)

# 上次学到这里: no fact, the last one counts.
place = Table(
    "place",
    metadata,
    Column("member_id", _ID, ForeignKey("member.id"), primary_key=True),
    Column("slug", String(100), ForeignKey("lesson.slug"), primary_key=True),
    Column("place", Integer, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

# What organizers decide

# One lesson for a subtree of branches in a period. NULLs mean more: no slug, every published
# lesson; no branch, everyone; no posts, whatever the post.
assignment = Table(
    "assignment",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("slug", String(100), ForeignKey("lesson.slug")),
    Column("branch_id", _ID, ForeignKey("branch.id")),
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
    Column("id", _ID, primary_key=True),
    Column("member_id", _ID, ForeignKey("member.id"), nullable=False, index=True),
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
    Column("id", _ID, primary_key=True),
    Column("quiz", String(200), ForeignKey("quiz.ref"), nullable=False, index=True),
    Column("branch_id", _ID, ForeignKey("branch.id")),
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
    Column("makeup_id", _ID, ForeignKey("makeup.id"), primary_key=True),
    Column("member_id", _ID, ForeignKey("member.id"), primary_key=True, index=True),
    Column("why", String(20), nullable=False),  # "failed" or "absent"
    Column("used", Integer, nullable=False),  # attempts before it; the next one is the make-up
)

# A quiz's rules for one member or one subtree; NULL leaves a rule as it is.
override = Table(
    "override",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("quiz", String(200), ForeignKey("quiz.ref"), nullable=False, index=True),
    Column("member_id", _ID, ForeignKey("member.id"), index=True),
    Column("branch_id", _ID, ForeignKey("branch.id")),
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
    Column("old", _ID, nullable=False),
    Column("new", _ID),
    Column("action", String(20), nullable=False),  # "key", "full" (everyone earns it) or "drop"
    Column("reason", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("report", Json, nullable=False),  # whose result changed, by member id
)

# A ranking never changes once it is approved: a later one supersedes it. What it was computed from
# stands in `inputs` (a blob, by its hash), without names.
ranking = Table(
    "ranking",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("first", Date, nullable=False),
    Column("after", Date, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("until", UtcDateTime, nullable=False),  # figures as of this moment
    Column("method", Json, nullable=False),  # weights, limits and the version of the rule
    Column("inputs", _ID, ForeignKey("blob.hash"), nullable=False),
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
    Column("ranking_id", _ID, ForeignKey("ranking.id"), nullable=False, index=True),
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
    Column("ranking_id", _ID, ForeignKey("ranking.id"), nullable=False, index=True),
    Column("member_id", _ID, ForeignKey("member.id"), nullable=False),
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
    Column("ranking_id", _ID, ForeignKey("ranking.id"), nullable=False, index=True),
    Column("level", Integer, nullable=False),
    Column("branch_id", _ID, ForeignKey("branch.id")),
    Column("member_id", _ID, ForeignKey("member.id")),  # only with that person's consent
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
    Column("member_id", _ID, ForeignKey("member.id"), nullable=False, index=True),
    Column("at", UtcDateTime, nullable=False),
    Column("withdrawn_at", UtcDateTime),
)

# Derived from the facts

# One row per submitted attempt. `first_*` counts each item's first response (首答). What is asked
# of the attempt most often is repeated.
grade = Table(
    "grade",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("attempt_id", _ID, ForeignKey("attempt.id"), nullable=False, unique=True),
    Column("member_id", _ID, ForeignKey("member.id"), nullable=False),
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
    Column("attempt_id", _ID, ForeignKey("attempt.id"), primary_key=True),
    Column("item", String(100), primary_key=True),
    Column("item_version", _ID, nullable=False),
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
    Column("member_id", _ID, ForeignKey("member.id"), primary_key=True),
    Column("change", BigInteger, nullable=False, index=True),
    Column("begun", BigInteger, nullable=False),  # the first attempt
    Column("submitted", BigInteger),  # the first attempt
    Column("mark", BigInteger),  # of the first attempt's first answers, in 10⁻¹⁵; NULL: none
    Column("passed", BigInteger),  # the first time
    Column("passed_first", BigInteger),  # the first time without a make-up test
    sqlite_with_rowid=False,
)

# Safety

# A file under `lessons/` or `quizzes/` as somebody saved it; `path` is relative to the course.
revision = Table(
    "revision",
    metadata,
    Column("id", _ID, primary_key=True),
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
    Column("member_id", _ID, ForeignKey("member.id"), primary_key=True),
    Column("pin", Text, nullable=False),  # argon2id
    Column("set_at", UtcDateTime, nullable=False),
)

# For one member (a printed card) or for everyone of a branch who has no PIN yet.
activation = Table(
    "activation",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("member_id", _ID, ForeignKey("member.id"), index=True),
    Column("branch_id", _ID, ForeignKey("branch.id"), index=True),
    Column("created", UtcDateTime, nullable=False),
    Column("expires", UtcDateTime, nullable=False),
    Column("used_at", UtcDateTime),
)

link = Table(
    "link",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("member_id", _ID, ForeignKey("member.id"), nullable=False, index=True),
    Column("created", UtcDateTime, nullable=False),
    Column("expires", UtcDateTime, nullable=False),
    Column("revoked_at", UtcDateTime),
)

session = Table(
    "session",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("member_id", _ID, ForeignKey("member.id"), nullable=False, index=True),
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
