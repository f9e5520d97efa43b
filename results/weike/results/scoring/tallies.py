"""Tallies: one row per member and quiz, derived from the attempts and grades there are.

Every row is made by one statement, whether for one member at a submission or for everybody at a
rebuild, so they cannot differ.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Insert,
    Integer,
    Select,
    and_,
    bindparam,
    case,
    cast,
    except_,
    func,
    literal,
    null,
    or_,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from weike.results.tables import attempt, finished, grade, tally

MARK = 10**15  # a whole mark, as it is stored
_KEYS = ("quiz", "member_id")
_FIGURES = ("begun", "submitted", "mark", "passed", "passed_first")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Micros(FunctionElement[int]):
    """A stored moment as microseconds since 1970."""

    type = BigInteger()
    inherit_cache = True


@compiles(Micros, "sqlite")
def _sqlite(element: Micros, compiler: Any, **options: Any) -> str:
    text = compiler.process(element.clauses, **options)
    return (
        f"(CAST(strftime('%s', substr({text}, 1, 19)) AS INTEGER) * 1000000"
        f" + CAST(substr({text}, 21, 6) AS INTEGER))"
    )


@compiles(Micros, "postgresql")
def _postgresql(element: Micros, compiler: Any, **options: Any) -> str:
    text = compiler.process(element.clauses, **options)
    return f"CAST(extract(epoch from {text}) * 1000000 AS BIGINT)"


def micros_of(moment: datetime) -> int:
    """A moment as it is stored in a tally."""
    since = moment - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def end_of(slug: str) -> str:
    """What stands for a quiz in the tally of a lesson's end."""
    return f"{slug}/"


_first = attempt.c.number == 1
_alone = and_(grade.c.passed, attempt.c.mode != "makeup")
_share = grade.c.first_score / func.nullif(grade.c.first_max, 0.0)
_NEXT = select(func.coalesce(func.max(tally.c.change), 0) + 1).scalar_subquery()
_ATTEMPTED: Select[Any] = (
    select(
        attempt.c.quiz,
        attempt.c.member_id,
        Micros(
            func.coalesce(func.min(case((_first, attempt.c.started))), func.min(attempt.c.started))
        ).label("begun"),
        Micros(func.min(case((_first, grade.c.submitted_at)))).label("submitted"),
        cast(func.round(func.max(case((_first, _share))) * literal(float(MARK))), BigInteger).label(
            "mark"
        ),
        Micros(func.min(case((grade.c.passed, grade.c.submitted_at)))).label("passed"),
        Micros(func.min(case((_alone, grade.c.submitted_at)))).label("passed_first"),
    )
    .select_from(attempt.outerjoin(grade, grade.c.attempt_id == attempt.c.id))
    .group_by(attempt.c.quiz, attempt.c.member_id)
)
_ENDED: Select[Any] = select(
    (finished.c.slug + "/").label("quiz"),
    finished.c.member_id,
    Micros(finished.c.at).label("begun"),
    Micros(finished.c.at).label("submitted"),
    *(cast(null(), BigInteger).label(name) for name in _FIGURES[2:]),
)


def begin(connection: Connection, attempts: Sequence[Mapping[str, Any]]) -> None:
    """A member looks at a quiz for the first time; rows of `attempt` that were just added."""
    rows = [
        {name: row[name] for name in _KEYS} | {"begun": micros_of(row["started"])}
        for row in attempts
        if row["number"] == 1
    ]
    if rows:
        connection.execute(_begin(connection.dialect.name), rows)


def end(connection: Connection, member_id: str, slug: str, at: datetime) -> None:
    """A member reaches the end of a lesson for the first time."""
    moment = micros_of(at)
    row = {"quiz": end_of(slug), "member_id": member_id, "begun": moment, "submitted": moment}
    connection.execute(_begin(connection.dialect.name, ended=True), row)


def derive(connection: Connection, keys: Sequence[Mapping[str, Any]]) -> None:
    """Make the tallies of these members and quizzes (`member_id`, `quiz`) again."""
    members: dict[str, list[str]] = {}
    for key in keys:
        members.setdefault(key["quiz"], []).append(key["member_id"])
    statement = _derive(connection.dialect.name)
    for quiz, ids in members.items():
        connection.execute(statement, {"of_quiz": quiz, "of_members": ids})


def derive_all(connection: Connection) -> int:
    """Make every tally again; how many have changed."""
    counted = {"preserve_rowcount": True}
    statements = [_upsert(connection.dialect.name, derived) for derived in (_ATTEMPTED, _ENDED)]
    return sum(
        connection.execute(statement, execution_options=counted).rowcount
        for statement in statements
    )


def differing(connection: Connection) -> int:
    """How many tallies are not what the attempts and grades make them."""
    stored = select(*(tally.c[name] for name in (*_KEYS, *_FIGURES)))
    derived = _ATTEMPTED.union_all(_ENDED)
    found = 0
    for more, less in ((derived, stored), (stored, derived)):
        rest = except_(select(more.subquery()), select(less.subquery())).subquery()
        found = max(found, connection.execute(select(func.count()).select_from(rest)).scalar_one())
    return found


@cache
def _begin(dialect: str, *, ended: bool = False) -> Insert:
    names = (*_KEYS, "begun", *(("submitted",) if ended else ()))
    values: dict[str, Any] = {name: bindparam(name) for name in names}
    return _insert(dialect).values(**values, change=_NEXT).on_conflict_do_nothing()


@cache
def _derive(dialect: str) -> Insert:
    """Of one quiz and some members."""
    among = attempt.c.member_id.in_(bindparam("of_members", expanding=True))
    return _upsert(dialect, _ATTEMPTED.where(attempt.c.quiz == bindparam("of_quiz"), among))


def _upsert(dialect: str, derived: Select[Any]) -> Insert:
    """Add what is missing and change what differs; the other rows keep their `change`."""
    rows = derived.subquery()
    # Each row a change of its own: whoever looks at the last thousand again finds no more of them.
    change = _NEXT + func.row_number().over() - 1
    # A condition, for SQLite takes ON CONFLICT after a bare table for a join.
    every = select(*rows.c, change).where(literal(1, Integer) == 1)
    statement = _insert(dialect).from_select((*_KEYS, *_FIGURES, "change"), every)
    differs: ColumnElement[bool] = or_(
        *(tally.c[name].is_distinct_from(statement.excluded[name]) for name in _FIGURES)
    )
    return statement.on_conflict_do_update(
        index_elements=_KEYS,
        set_={name: statement.excluded[name] for name in (*_FIGURES, "change")},
        where=differs,
    )


def _insert(dialect: str) -> postgresql.Insert | sqlite.Insert:
    return sqlite.insert(tally) if dialect == "sqlite" else postgresql.insert(tally)
