"""Ways to sign in: code and PIN, an activation code at first use, a personal link.

All are functions for a thread, not for the event loop: a PIN takes 0.1 s to check. What a stranger
learns from a refusal is the same for codes that exist and codes that do not, and takes as long.
"""

from __future__ import annotations

import secrets
import unicodedata
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import Connection, delete, insert, select, update

from weike.quizzes.errors import WeikeError
from weike.quizzes.i18n import _
from weike.results.access import pins, throttle
from weike.results.access.pins import WeakPinError
from weike.results.access.sessions import (
    Session,
    begin,
    end_session,
    end_sessions,
    find_session,
    hash_token,
    session_member,
)
from weike.results.audit import record
from weike.results.people import Member, load_branches, load_member, normal_code, today
from weike.results.sql import put
from weike.results.store import Store
from weike.results.tables import activation, credential, link, session
from weike.results.tables import throttle as waits

__all__ = [
    "Session",
    "SignInRefused",
    "WeakPinError",
    "end_session",
    "find_session",
    "forget_expired",
    "link_owner",
    "make_activation",
    "make_link",
    "revoke_links",
    "session_member",
    "set_pin",
    "sign_in_with_activation",
    "sign_in_with_link",
    "sign_in_with_pin",
    "sign_out_everywhere",
]

# Neither 0/O nor 1/I/L: the code is typed from paper.
_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


class SignInRefused(WeikeError):  # noqa: N818  # a refusal, not a fault
    """`code` is "wrong" or "wait"; then `when` is when the next try is looked at."""

    def __init__(
        self, message: str, *, code: Literal["wrong", "wait"], when: datetime | None = None
    ) -> None:
        super().__init__(message)
        self.code = code
        self.when = when


def sign_in_with_pin(
    store: Store, code: str, pin: str, now: datetime, *, address: str = ""
) -> Session:
    """Sign in with a member code and a PIN. Raises `SignInRefused`."""
    keys = _take_turn(store, code, address, now)
    with store.read() as connection:
        member = load_member(connection, day=today(store, now), code=code)
        kept = connection.execute(
            select(credential.c.pin).where(credential.c.member_id == (member.id if member else ""))
        ).scalar()
    if not pins.matches(kept, pin) or member is None or member.left:
        raise _wrong(
            _("The member code or the PIN is not right. The first time, use your activation code.")
        )
    return _begin(store, member, keys, now)


def sign_in_with_activation(
    store: Store, code: str, activation_code: str, pin: str, now: datetime, *, address: str = ""
) -> Session:
    """First use: prove oneself with a printed code and choose a PIN.

    A member's own code works once and also replaces a forgotten PIN. A branch's code works for
    everyone there who has no PIN yet. Raises `WeakPinError` (the code stays good) and
    `SignInRefused`.
    """
    digits = pins.accept(pin, normal_code(code))
    keys = _take_turn(store, code, address, now)
    hashed = pins.hash_pin(digits)
    ticket = hash_token(_plain(activation_code))

    def write(connection: Connection) -> Session:
        member = load_member(connection, day=today(store, now), code=code)
        if member is None or member.left or not _activates(connection, ticket, member, now):
            raise _wrong(_("The member code or the activation code is not right."))
        connection.execute(
            update(activation)
            .where(activation.c.hash == ticket, activation.c.member_id.is_not(None))
            .values(used_at=now)
        )
        _keep_pin(connection, member.id, hashed, now)
        throttle.take_back(connection, *keys)
        record(connection, member.id, "activated", member.id, now)
        return begin(connection, member, now)

    return store.writer.run(write)


def set_pin(
    store: Store,
    member: Member,
    pin: str,
    now: datetime,
    *,
    current: str | None = None,
    keep: str | None = None,
) -> None:
    """Give a signed-in member a PIN, and sign out everywhere but in the session `keep` (a token).

    Who has a PIN has to know it (`current`). Raises `WeakPinError` and `SignInRefused`.
    """
    digits = pins.accept(pin, member.code)
    with store.read() as connection:
        kept = connection.execute(
            select(credential.c.pin).where(credential.c.member_id == member.id)
        ).scalar()
    keys = _take_turn(store, member.code, "", now) if kept is not None else None
    if kept is not None and not pins.matches(kept, current or ""):
        raise SignInRefused(_("The PIN you have now is not this one."), code="wrong")
    hashed = pins.hash_pin(digits)

    def write(connection: Connection) -> None:
        _keep_pin(connection, member.id, hashed, now, keep=keep)
        if keys is not None:
            throttle.take_back(connection, *keys)
        record(connection, member.id, "changed the PIN", member.id, now)

    store.writer.run(write)


def make_link(
    store: Store, code: str, now: datetime, *, days: int = 90, by: str = "command"
) -> str:
    """A token for `/login/<token>`: signs this member in until it expires or is revoked."""
    token = secrets.token_urlsafe(16)

    def write(connection: Connection) -> str:
        member = _known(connection, store, code, now)
        connection.execute(
            insert(link).values(
                hash=hash_token(token),
                member_id=member.id,
                created=now,
                expires=now + timedelta(days=days),
            )
        )
        record(connection, by, "made a sign-in link", member.id, now)
        return token

    return store.writer.run(write)


def revoke_links(store: Store, code: str, now: datetime, *, by: str = "command") -> None:
    """Make every link and activation code of a member useless, and end the sessions, which may stem
    from them. A PIN stays.
    """

    def write(connection: Connection) -> None:
        member = _known(connection, store, code, now)
        connection.execute(
            update(link)
            .where(link.c.member_id == member.id, link.c.revoked_at.is_(None))
            .values(revoked_at=now)
        )
        connection.execute(
            update(activation)
            .where(activation.c.member_id == member.id, activation.c.expires > now)
            .values(expires=now)
        )
        end_sessions(connection, member.id)
        record(connection, by, "revoked the sign-in links", member.id, now)

    store.writer.run(write)


def link_owner(store: Store, token: str, now: datetime) -> Member | None:
    """Whom a link would sign in; looking changes nothing, for chat programs fetch links."""
    with store.read() as connection:
        return _link_owner(connection, store, token, now)


def sign_in_with_link(store: Store, token: str, now: datetime) -> Session:
    """Sign in with a personal link. Raises `SignInRefused`."""

    def write(connection: Connection) -> Session:
        member = _link_owner(connection, store, token, now)
        if member is None:
            raise SignInRefused(
                _("This link is no longer valid. Ask for a new one, or sign in with your PIN."),
                code="wrong",
            )
        return begin(connection, member, now)

    return store.writer.run(write)


def make_activation(
    store: Store,
    now: datetime,
    *,
    code: str | None = None,
    branch_id: str | None = None,
    days: int = 30,
    by: str = "command",
) -> str:
    """An activation code, to print on a card: for one member, or for all of a branch."""
    assert (code is None) != (branch_id is None), "for a member or for a branch"
    letters = "".join(secrets.choice(_LETTERS) for _n in range(10))

    def write(connection: Connection) -> None:
        member = _known(connection, store, code, now) if code is not None else None
        connection.execute(
            insert(activation).values(
                hash=hash_token(letters),
                member_id=member and member.id,
                branch_id=branch_id,
                created=now,
                expires=now + timedelta(days=days),
            )
        )
        subject = member.id if member else str(branch_id)
        record(connection, by, "made an activation code", subject, now)

    store.writer.run(write)
    return f"{letters[:5]}-{letters[5:]}"


def sign_out_everywhere(store: Store, member_id: str, *, keep: str | None = None) -> None:
    """End every session of a member, except the one with the token `keep`."""
    store.writer.run(lambda connection: end_sessions(connection, member_id, keep=keep))


def forget_expired(store: Store, now: datetime) -> None:
    """Drop sessions, links, activation codes and waits that are long over."""
    over = now - timedelta(days=30)

    def write(connection: Connection) -> None:
        for table in (session, link, activation):
            connection.execute(delete(table).where(table.c.expires < over))
        connection.execute(delete(waits).where(waits.c.last < over))

    store.writer.run(write)


def _take_turn(store: Store, code: str, address: str, now: datetime) -> list[throttle.Key]:
    """What this try was counted on, the code first."""
    keys = [throttle.for_code(normal_code(code))]
    if address:
        keys.append(throttle.for_address(address))
    until = store.writer.run(lambda connection: throttle.take_turn(connection, keys, now))
    if until is not None:
        raise SignInRefused(
            _("Too many tries. Wait {seconds} s, then try again.").format(
                seconds=max(1, round((until - now).total_seconds()))
            ),
            code="wait",
            when=until,
        )
    return keys


def _wrong(sentence: str) -> SignInRefused:
    """The same for everybody who came this way, so that nobody learns which codes exist."""
    return SignInRefused(sentence, code="wrong")


def _begin(store: Store, member: Member, keys: list[throttle.Key], now: datetime) -> Session:
    def write(connection: Connection) -> Session:
        throttle.take_back(connection, *keys)
        return begin(connection, member, now)

    return store.writer.run(write)


def _keep_pin(
    connection: Connection, member_id: str, hashed: str, now: datetime, *, keep: str | None = None
) -> None:
    put(connection, credential, {"member_id": member_id, "pin": hashed, "set_at": now})
    end_sessions(connection, member_id, keep=keep)


def _activates(connection: Connection, ticket: str, member: Member, now: datetime) -> bool:
    row = connection.execute(
        select(activation)
        .where(
            activation.c.hash == ticket,
            activation.c.expires > now,
            activation.c.used_at.is_(None),
        )
        .with_for_update()
    ).one_or_none()
    if row is None:
        return False
    if row.member_id is not None:
        return bool(row.member_id == member.id)
    inside = load_branches(connection).subtree(row.branch_id)
    return member.branch_id in inside and not member.has_pin


def _link_owner(connection: Connection, store: Store, token: str, now: datetime) -> Member | None:
    row = connection.execute(
        select(link.c.member_id).where(
            link.c.hash == hash_token(token),
            link.c.expires > now,
            link.c.revoked_at.is_(None),
        )
    ).one_or_none()
    if row is None:
        return None
    member = load_member(connection, day=today(store, now), id=row.member_id)
    return None if member is None or member.left else member


def _known(connection: Connection, store: Store, code: str, now: datetime) -> Member:
    member = load_member(connection, day=today(store, now), code=code)
    if member is None or member.left:
        raise WeikeError(_("no member has the code {code}").format(code=code))
    return member


def _plain(activation_code: str) -> str:
    """An activation code as it was made: case, spaces and hyphens are the paper's."""
    kept = unicodedata.normalize("NFKC", activation_code).upper()
    return "".join(letter for letter in kept if letter in _LETTERS)
