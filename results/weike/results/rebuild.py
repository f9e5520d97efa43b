"""Deriving every grade again from the log, and comparing it with what is stored."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import Connection, delete, func, select

from weike.results import log
from weike.results.grading import Rows, grade_rows, write_grades
from weike.results.store import Store
from weike.results.tables import attempt, grade, item_grade, submission

_CHUNK = 500

Step = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuilt:
    """How many attempts were graded again, and the ids of those whose stored grade differed."""

    attempts: int
    changed: tuple[str, ...]


def rebuild(
    store: Store, *, quiz: str | None = None, dry_run: bool = False, step: Step | None = None
) -> Rebuilt:
    """Grade every submitted attempt again and store what differs; `step(done, total)` reports.

    With `quiz`, the ref of one, only its attempts, such as after a rescoring. With `dry_run`
    nothing is stored. Members can go on learning meanwhile: what is read here (submitted attempts)
    does not change any more.
    """
    with store.read() as connection:
        count = select(func.count()).select_from(submission)
        if quiz is not None:
            count = count.join(attempt).where(attempt.c.quiz == quiz)
        total = connection.execute(count).scalar_one()
    changed: list[str] = []
    done = 0
    for derived in _chunks(store, quiz):
        with store.read() as connection:
            differing = _differing(connection, derived)
        if differing and not dry_run:
            store.writer.run(partial(_replace, derived=differing))
        changed += [row["attempt_id"] for row, _items in differing]
        done += len(derived)
        if step is not None:
            step(done, max(done, total))
    return Rebuilt(attempts=done, changed=tuple(changed))


def _chunks(store: Store, quiz: str | None) -> Iterator[list[Rows]]:
    """The rows of all submitted attempts, in the order of their ids."""
    after = ""
    while True:
        query = (
            log.ATTEMPTS.where(attempt.c.id > after, submission.c.attempt_id.is_not(None))
            .order_by(attempt.c.id)
            .limit(_CHUNK)
        )
        if quiz is not None:
            query = query.where(attempt.c.quiz == quiz)
        with store.read() as connection:
            logged = log.read(connection, store, query)
        if not logged:
            return
        yield [grade_rows(one) for one in logged]
        after = logged[-1].attempt.id


def _differing(connection: Connection, derived: Sequence[Rows]) -> list[Rows]:
    ids = [row["attempt_id"] for row, _items in derived]
    stored = {
        row.attempt_id: _plain(row)
        for row in connection.execute(select(grade).where(grade.c.attempt_id.in_(ids)))
    }
    items: dict[str, dict[str, Any]] = {}
    for row in connection.execute(select(item_grade).where(item_grade.c.attempt_id.in_(ids))):
        items.setdefault(row.attempt_id, {})[row.item] = _plain(row)
    return [
        (row, rows)
        for row, rows in derived
        if stored.get(row["attempt_id"]) != row
        or items.get(row["attempt_id"], {}) != {one["item"]: one for one in rows}
    ]


def _replace(connection: Connection, derived: Sequence[Rows]) -> None:
    ids = [row["attempt_id"] for row, _items in derived]
    for table in (grade, item_grade):
        connection.execute(delete(table).where(table.c.attempt_id.in_(ids)))
    write_grades(connection, derived)


def _plain(row: Any) -> dict[str, Any]:
    """A stored row as it is derived: without the number it was given when it was stored."""
    return {key: value for key, value in row._mapping.items() if key != "id"}
