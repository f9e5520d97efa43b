"""Deriving every grade and tally again from the log, and comparing them with what is stored.

Attempts are looked at in slices of their ids. A large log is shared out among processes, each with
its own connection; they do what one process does with a small one.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import URL, ColumnElement, Connection, Select, Table, func, select

from weike.quizzes.i18n import language, set_default_language
from weike.results.answering import log
from weike.results.answering.grading import Rows, add_grades, drop_grades, grade_rows
from weike.results.scoring import tallies
from weike.results.sql import analyze, commit_soon
from weike.results.store import Store
from weike.results.tables import attempt, grade, item_grade, submission

_CHUNK = 1_000  # attempts in one transaction
_MANY = 20_000  # attempts from which on processes are worth their start
_SLICES = 256  # of two hex digits each

Step = Callable[[int, int], None]
Slice = tuple[str, str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuilt:
    """How many attempts were graded again, and the ids of those whose stored grade differed.

    `tallies` counts the members' tallies that differed although the grades they stand on did not.
    """

    attempts: int
    changed: tuple[str, ...]
    tallies: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Task:
    """What to look at, and how; it travels to another process."""

    quiz: str | None
    dry_run: bool


def rebuild(
    store: Store,
    *,
    quiz: str | None = None,
    dry_run: bool = False,
    step: Step | None = None,
    processes: int | None = None,
) -> Rebuilt:
    """Grade every submitted attempt again and store what differs; `step(done, total)` reports.

    With `quiz`, the ref of one, only its attempts, such as after a rescoring. With `dry_run`
    nothing is stored. Members can go on learning meanwhile: what is read here (submitted attempts)
    does not change any more. `processes` is how many share the work; by default one for a small
    log, else one for each core.
    """
    task = _Task(quiz=quiz, dry_run=dry_run)
    with store.read() as connection:
        every = select(func.count()).select_from(attempt.join(submission))
        total = connection.execute(_submitted(every, quiz)).scalar_one()
    if processes is None:
        processes = 1 if total < _MANY else os.cpu_count() or 1
    changed: list[str] = []
    done = 0
    for count, differing in _slices(store, task, processes):
        changed += differing
        done += count
        if step is not None:
            step(done, max(done, total))
    if dry_run:
        with store.read() as connection:
            stale = tallies.differing(connection)
    else:
        stale = store.writer.run(tallies.derive_all)
        if len(changed) >= _MANY:
            store.writer.run(analyze)
    return Rebuilt(attempts=done, changed=tuple(sorted(changed)), tallies=stale)


def _slices(store: Store, task: _Task, processes: int) -> Iterator[tuple[int, list[str]]]:
    """How many attempts were done, and the ids of those that differed, bit by bit."""
    if processes == 1:
        yield from _chunks(store, task, ("", None))
        return
    # A fresh interpreter: locks and connections are not copied from this one.
    with ProcessPoolExecutor(
        processes,
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_open,
        initargs=(store.url, store.zone.key, store.levels, store.media, language()),
    ) as pool:
        yield from pool.map(partial(_slice, task), _bounds())


def _bounds() -> list[Slice]:
    """Ids are random hex digits, so slices by their first two are about as large."""
    starts = ["", *(f"{number:02x}" for number in range(1, _SLICES))]
    return list(zip(starts, [*starts[1:], None], strict=True))


_store: Store


def _open(url: URL, zone: str, levels: tuple[str, ...], media: Path, tag: str) -> None:
    """In another process: the same store and language."""
    global _store  # what a process of the pool has instead of an argument
    # A slice is made of small objects without cycles: to look for cycles took a third of the time.
    gc.freeze()
    gc.set_threshold(200_000, 20, 100)
    set_default_language(tag)
    _store = Store(url, zone=ZoneInfo(zone), levels=levels, media=media)
    commit_soon(_store.engine)  # the tallies, at the end, wait for it


def _slice(task: _Task, bounds: Slice) -> tuple[int, list[str]]:
    count, differing = 0, []
    for number, ids in _chunks(_store, task, bounds):
        count += number
        differing += ids
    return count, differing


def _chunks(store: Store, task: _Task, bounds: Slice) -> Iterator[tuple[int, list[str]]]:
    """Grade the attempts of a slice again, in the order of their ids, and store what differs.

    The next ones are graded while the last ones are being stored.
    """
    after, end = bounds
    within: list[ColumnElement[bool]] = [attempt.c.id < end] if end is not None else []
    first = attempt.c.id >= after
    storing: Future[None] | None = None
    while True:
        query = _submitted(log.ATTEMPTS, task.quiz).where(first, *within)
        with store.read() as connection:
            query = query.order_by(attempt.c.id).limit(_CHUNK)
            logged = log.read(connection, store, query, close=task.quiz is None)
            derived = [grade_rows(one) for one in logged]
            differing, wrong = _differing(connection, derived, close=task.quiz is None)
        if storing is not None:
            storing.result()
            storing = None
        if not logged:
            return
        if differing and not task.dry_run:
            storing = store.writer.post(partial(_replace, wrong=wrong, derived=differing))
        yield len(logged), [row["attempt_id"] for row, _items in differing]
        first = attempt.c.id > logged[-1].attempt.id


def _submitted(query: Select[Any], quiz: str | None) -> Select[Any]:
    """A query on attempts and their submissions, for those of one quiz or of all."""
    query = query.where(submission.c.attempt_id.is_not(None))
    return query if quiz is None else query.where(attempt.c.quiz == quiz)


def _differing(
    connection: Connection, derived: Sequence[Rows], *, close: bool
) -> tuple[list[Rows], list[Rows]]:
    """What is not stored as it is derived; of that, what is stored otherwise."""
    ids = [row["attempt_id"] for row, _items in derived]
    if not ids:
        return [], []

    def among(table: Table) -> Select[Any]:
        id = table.c.attempt_id
        return select(table).where(id.between(min(ids), max(ids)) if close else id.in_(ids))

    stored = {row.attempt_id: _plain(row) for row in connection.execute(among(grade))}
    items: dict[str, dict[str, Any]] = {}
    for row in connection.execute(among(item_grade)):
        items.setdefault(row.attempt_id, {})[row.item] = _plain(row)
    differing = [
        (row, rows)
        for row, rows in derived
        if stored.get(row["attempt_id"]) != row
        or items.get(row["attempt_id"], {}) != {one["item"]: one for one in rows}
    ]
    known = stored.keys() | items.keys()
    return differing, [(row, rows) for row, rows in differing if row["attempt_id"] in known]


def _replace(connection: Connection, wrong: Sequence[Rows], derived: Sequence[Rows]) -> None:
    """Other grades for these attempts. The tallies follow at the end, all at once."""
    if wrong:
        drop_grades(connection, wrong)
    add_grades(connection, derived)


def _plain(row: Any) -> dict[str, Any]:
    """A stored row as it is derived: without the number it was given when it was stored."""
    return {key: value for key, value in row._mapping.items() if key != "id"}
