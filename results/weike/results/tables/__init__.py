"""The store's tables (architecture §5).

Facts are only ever added. A person's code and name stand in a row of their own (`identity`), so
erasing that row leaves every fact, and every hash published over the facts, as it was. What is
derived (`grade`, `item_grade`) can be thrown away and built again from the facts.

A table stands in the module of its noun and in the lists below.

Ids are opaque: 32 hex digits. Hashes of content are the first 32 hex digits of its SHA-256.
"""

from __future__ import annotations

from weike.results.tables.access import activation, audit, credential, link, session, throttle
from weike.results.tables.answers import (
    attempt,
    finished,
    mark,
    place,
    response,
    submission,
)
from weike.results.tables.authoring import (
    prepared,
    release,
    review,
    review_event,
    review_remark,
    revision,
    work,
)
from weike.results.tables.base import metadata
from weike.results.tables.catalogue import (
    blob,
    item_version,
    lesson,
    lesson_media,
    lesson_quiz,
    lesson_version,
    publication,
    quiz,
    quiz_version,
)
from weike.results.tables.decisions import (
    assignment,
    excusal,
    makeup,
    makeup_member,
    override,
    rescoring,
)
from weike.results.tables.derived import grade, item_grade, tally
from weike.results.tables.people import branch, identity, member, membership, role_grant
from weike.results.tables.rankings import consent, flag, objection, ranking, ranking_event

__all__ = [
    "activation",
    "assignment",
    "attempt",
    "audit",
    "blob",
    "branch",
    "consent",
    "credential",
    "excusal",
    "finished",
    "flag",
    "grade",
    "identity",
    "item_grade",
    "item_version",
    "lesson",
    "lesson_media",
    "lesson_quiz",
    "lesson_version",
    "link",
    "makeup",
    "makeup_member",
    "mark",
    "member",
    "membership",
    "metadata",
    "objection",
    "override",
    "place",
    "prepared",
    "publication",
    "quiz",
    "quiz_version",
    "ranking",
    "ranking_event",
    "release",
    "rescoring",
    "response",
    "review",
    "review_event",
    "review_remark",
    "revision",
    "role_grant",
    "session",
    "submission",
    "tally",
    "throttle",
    "work",
]
