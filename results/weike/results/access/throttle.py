"""Growing waits after failed sign-ins, kept in the store so that every process knows them.

A try is counted before it is looked at, so that many at once gain nothing, and a success takes it
back. Codes that do not exist are counted like others: the wait tells nothing.
"""

from __future__ import annotations

import hashlib
import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, case, delete, select, update

from weike.results.sql import put
from weike.results.tables import throttle

_LONGEST = timedelta(minutes=15)
_FIRST = timedelta(seconds=15)
_FORGOTTEN = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Key:
    """What is counted, and how many failures are free. A whole plant may share one address."""

    name: str
    free: int


def for_code(code: str) -> Key:
    return Key("code:" + hashlib.sha256(code.encode()).hexdigest()[:32], free=5)


def for_address(address: str) -> Key:
    """An IPv6 customer has a whole /64."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return Key("address:" + hashlib.sha256(address.encode()).hexdigest()[:32], free=50)
    if isinstance(ip, ipaddress.IPv6Address):
        ip = ip.ipv4_mapped or ipaddress.ip_network((ip, 64), strict=False).network_address
    return Key(f"address:{ip}", free=50)


def take_turn(connection: Connection, keys: list[Key], now: datetime) -> datetime | None:
    """Count a try on every key; or, where one has to wait, until when (and nothing is counted)."""
    rows = {
        row.key: row
        for row in connection.execute(
            select(throttle)
            .where(throttle.c.key.in_([key.name for key in keys]))
            .order_by(throttle.c.key)
            .with_for_update()
        )
    }
    # A clock that was set back must not lock anyone out for longer than the longest wait.
    waits: list[datetime] = [
        row.until for row in rows.values() if now < row.until <= now + _LONGEST
    ]
    if waits:
        return max(waits)
    for key in sorted(keys, key=lambda key: key.name):  # one order for all: no deadlock
        row = rows.get(key.name)
        recent = row is not None and abs(now - row.last) < _FORGOTTEN
        failures = (row.failures if row is not None and recent else 0) + 1
        put(
            connection,
            throttle,
            {
                "key": key.name,
                "failures": failures,
                "last": now,
                "until": now + _wait(failures - key.free),
            },
        )
    return None


def take_back(connection: Connection, code: Key, *others: Key) -> None:
    """After a success the code begins anew, and what its owner mistyped is not the address's fault.

    Without that, a plant behind one address would lock itself out by signing in.
    """
    count, key = throttle.c.failures, throttle.c.key
    tries = connection.execute(select(count).where(key == code.name)).scalar() or 0
    connection.execute(delete(throttle).where(key == code.name))
    # At most one try is looked at while the address has none left, so the wait was this one's.
    connection.execute(
        update(throttle)
        .where(key.in_([other.name for other in others]))
        .values(
            failures=case((count > tries, count - tries), else_=0),
            until=throttle.c.last,
        )
    )


def _wait(beyond: int) -> timedelta:
    """None for the free failures; then it doubles from `_FIRST` up to `_LONGEST`."""
    if beyond < 0:
        return timedelta()
    doubled: int = 2 ** min(beyond, 10)
    return min(_LONGEST, _FIRST * doubled)
