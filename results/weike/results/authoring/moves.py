"""Where a question stood before it was moved to another bank; its id is the same in both.

A move is a record of the audit trail: who, when, which question, from where to where.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from weike.results.audit import record
from weike.results.store import Store
from weike.results.tables import audit as table

MOVED = "moved a question"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """A time for which a question stood in one file; open at an end that is None."""

    path: str
    since: datetime | None = None
    until: datetime | None = None

    def holds(self, at: datetime) -> bool:
        began = self.since is None or at >= self.since
        return began and (self.until is None or at < self.until)


def record_moves(
    store: Store, items: Iterable[str], source: str, target: str, *, by: str, now: datetime
) -> None:
    """Remember that these questions went from one file to another. Paths are the course's."""
    known = list(items)

    def write(connection: Connection) -> None:
        for item in known:
            detail = {"from": source, "to": target}
            record(connection, by, MOVED, item, now, detail=detail)

    store.writer.run(write)


def stays(store: Store, path: str, item: str) -> list[Stay]:
    """Every file in which the question that is at `path` now has stood, the newest first."""
    query = (
        select(table.c.at, table.c.detail)
        .where(table.c.act == MOVED, table.c.subject == item)
        .order_by(table.c.id.desc())
    )
    found, until = [], None
    with store.read() as connection:
        for at, detail in connection.execute(query):
            if detail["to"] != path:
                continue  # another question of this id, or one that came here by hand
            found.append(Stay(path=path, since=at, until=until))
            path, until = detail["from"], at
    return [*found, Stay(path=path, until=until)]
