"""Members who agree to be named among the best; each decides alone, and may take it back."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from weike.results.store import Store
from weike.results.tables import consent


def consents(store: Store, member_id: str) -> bool:
    """Whether this member agrees at present."""
    with store.read() as connection:
        return member_id in consenting(connection)


def give_consent(store: Store, member_id: str, *, now: datetime) -> None:
    def write(connection: Connection) -> None:
        if member_id not in consenting(connection):
            connection.execute(insert(consent).values(member_id=member_id, at=now))

    store.writer.run(write)


def withdraw_consent(store: Store, member_id: str, *, now: datetime) -> None:
    """From now on this member is named nowhere, not for earlier periods either."""
    in_force = (consent.c.member_id == member_id, consent.c.withdrawn_at.is_(None))
    store.writer.run(
        lambda connection: connection.execute(
            update(consent).where(*in_force).values(withdrawn_at=now)
        )
    )


def consenting(connection: Connection) -> frozenset[str]:
    """The ids of all who agree."""
    return frozenset(
        connection.execute(
            select(consent.c.member_id).where(consent.c.withdrawn_at.is_(None))
        ).scalars()
    )
