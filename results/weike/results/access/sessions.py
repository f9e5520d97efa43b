"""Sessions: what a browser's cookie stands for. The store holds only the token's hash."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, delete, insert, update

from weike.results.people import MEMBERS, Member, member_of, today
from weike.results.store import Store
from weike.results.tables import member as members
from weike.results.tables import session

MEMBER_SESSION = timedelta(days=90)
STAFF_SESSION = timedelta(hours=12)
_FIND = (
    MEMBERS.add_columns(session.c.hash, session.c.created, session.c.expires)
    .join(session, session.c.member_id == members.c.id)
    .where(session.c.hash == bindparam("hash"))
)
_RENEW = timedelta(days=1)  # a member's session slides at most once in this time


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A member who is signed in. `token` goes into the cookie and nowhere else."""

    member: Member
    token: str = field(repr=False)
    expires: datetime
    renewed: bool = False


def hash_token(token: str) -> str:
    """Tokens have 128 bits or more, so a plain hash keeps them."""
    return hashlib.sha256(token.encode()).hexdigest()


def lifetime(member: Member) -> timedelta:
    """Members stay signed in; whoever may see or change more signs in every day."""
    return MEMBER_SESSION if member.roles == {"member"} else STAFF_SESSION


def begin(connection: Connection, member: Member, now: datetime) -> Session:
    token = secrets.token_urlsafe(32)
    expires = now + lifetime(member)
    connection.execute(
        insert(session).values(
            hash=hash_token(token), member_id=member.id, created=now, expires=expires
        )
    )
    return Session(member=member, token=token, expires=expires)


def find_session(store: Store, token: str, now: datetime) -> Session | None:
    """The session of a cookie, or None. A member's slides on; `renewed` asks for a new cookie.

    A member who was given a role has the shorter time from then on; one who left has none.
    """
    with store.read() as connection:
        return load_session(connection, store, token, now)


def load_session(connection: Connection, store: Store, token: str, now: datetime) -> Session | None:
    """`find_session` inside a transaction that is already there."""
    values = {"hash": hash_token(token), "day": today(store, now)}
    rows = connection.execute(_FIND, values).all()
    member = member_of(connection, rows)
    if member is None or member.left or rows[0].expires <= now:
        return None
    row = rows[0]
    allowed = lifetime(member)
    if allowed < MEMBER_SESSION:
        expires = min(row.expires, row.created + allowed)
        if expires <= now:
            return None
        return Session(member=member, token=token, expires=expires)
    if now + allowed - row.expires < _RENEW:
        return Session(member=member, token=token, expires=row.expires)
    expires = now + allowed
    store.writer.post(
        lambda connection: connection.execute(
            update(session).where(session.c.hash == row.hash).values(expires=expires)
        )
    )
    return Session(member=member, token=token, expires=expires, renewed=True)


def session_member(store: Store, token: str, now: datetime) -> Member | None:
    """Who is signed in with this token."""
    found = find_session(store, token, now)
    return found.member if found else None


def end_session(store: Store, token: str) -> None:
    """Sign out this browser."""
    store.writer.run(
        lambda connection: connection.execute(
            delete(session).where(session.c.hash == hash_token(token))
        )
    )


def end_sessions(connection: Connection, member_id: str, *, keep: str | None = None) -> None:
    """Sign a member out everywhere, except in the browser with the token `keep`."""
    gone = delete(session).where(session.c.member_id == member_id)
    if keep is not None:
        gone = gone.where(session.c.hash != hash_token(keep))
    connection.execute(gone)
