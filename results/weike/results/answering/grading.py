"""From an attempt to the rows derived from it: the same at its submission and at a rebuild."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, delete

from weike.quizzes.question import Grade, Ungraded
from weike.results.answering.log import Logged
from weike.results.scoring import tallies
from weike.results.sql import add_many
from weike.results.tables import grade, item_grade

Rows = tuple[dict[str, Any], list[dict[str, Any]]]


def grade_rows(logged: Logged) -> Rows:
    """The `grade` row and the `item_grade` rows of a submitted attempt."""
    done = logged.attempt
    assert done.submitted is not None, "only what was submitted has a grade"
    marks = [(drawn, *done.grades(drawn.item)) for drawn in done.paper.items]
    score, most = _total(last for _drawn, last, _first in marks)
    first_score, first_most = _total(first for _drawn, _last, first in marks)
    total = {
        "attempt_id": done.id,
        "member_id": logged.member_id,
        "slug": logged.quiz.partition("/")[0],
        "quiz": logged.quiz,
        "number": done.number,
        "submitted_at": done.submitted,
        "score": score,
        "max": most,
        "first_score": first_score,
        "first_max": first_most,
        "passed": done.rules_pass(score, most),
        "ungraded": sum(isinstance(last, Ungraded) for _drawn, last, _first in marks),
    }
    return total, [
        {
            "attempt_id": done.id,
            "item": drawn.item,
            "item_version": drawn.version,
            "answered": done.latest(drawn.item) is not None,
            "max": last.max if isinstance(last, Grade) else 0.0,
            "score": last.score if isinstance(last, Grade) else None,
            "correct": last.correct if isinstance(last, Grade) else None,
            "first_score": first.score if isinstance(first, Grade) else None,
            "first_correct": first.correct if isinstance(first, Grade) else None,
            "ungraded": last.reason if isinstance(last, Ungraded) else None,
        }
        for drawn, last, first in marks
    ]


def write_grades(connection: Connection, derived: Iterable[Rows]) -> None:
    """Store grades, and bring the tallies of their members and quizzes up to date."""
    derived = list(derived)
    add_grades(connection, derived)
    tallies.derive(connection, [row for row, _items in derived])


def add_grades(connection: Connection, derived: Sequence[Rows]) -> None:
    """Store grades; the tallies are left to the caller."""
    add_many(connection, grade, [row for row, _items in derived])
    add_many(connection, item_grade, [one for _row, items in derived for one in items])


def replace_grades(connection: Connection, derived: Sequence[Rows]) -> None:
    """Store the grades of attempts that had others until now."""
    drop_grades(connection, derived)
    write_grades(connection, derived)


def drop_grades(connection: Connection, derived: Sequence[Rows]) -> None:
    """Forget the grades of these attempts; the tallies are left to the caller."""
    ids = [row["attempt_id"] for row, _items in derived]
    for table in (grade, item_grade):
        connection.execute(delete(table).where(table.c.attempt_id.in_(ids)))


def _total(marks: Iterable[Grade | Ungraded]) -> tuple[float, float]:
    """Score and maximum. What could not be graded is in neither."""
    graded = [mark for mark in marks if isinstance(mark, Grade)]
    return (
        round(sum(mark.score for mark in graded), 9),
        round(sum(mark.max for mark in graded), 9),
    )
