"""Who looked at whom, and who changed what."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, insert

from weike.results import tables
from weike.results.store import Store


def audit(
    store: Store, actor: str, act: str, subject: str, now: datetime, *, detail: object = None
) -> None:
    """Record one act. `actor` is a member's id or "command", `subject` what it was done to."""
    store.writer.run(lambda connection: record(connection, actor, act, subject, now, detail=detail))


def record(
    connection: Connection,
    actor: str,
    act: str,
    subject: str,
    now: datetime,
    *,
    detail: object = None,
) -> None:
    """`audit` inside a transaction that is already there: both happen or neither."""
    connection.execute(
        insert(tables.audit).values(actor=actor, act=act, subject=subject, at=now, detail=detail)
    )
