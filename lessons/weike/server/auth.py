"""Who a browser is: the session cookie, remembered for a minute.

Sessions live in the store. Looking one up for every request would cost more than most answers,
so a process remembers it; signing out here is felt at once, elsewhere within `REMEMBER`.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_server.auth.identity import IdentityProvider, User
from sqlalchemy.exc import DBAPIError
from tornado import web
from traitlets import Any

from weike.results.access.signin import Session
from weike.results.errors import StoreUnavailableError
from weike.results.people import Member

if TYPE_CHECKING:
    from weike.server.site import Site

SESSION = "weike_session"
# The member's opaque id, for the script: answers kept in the browser belong to one person.
MEMBER = "weike_member"

REMEMBER = 30.0
OUTAGE = 600.0  # seconds that who is known may stay, while the store cannot be asked
SIZE = 50_000


@dataclass(frozen=True, slots=True)
class Visitor:
    """A signed-in member, in our words and in Jupyter's."""

    member: Member
    user: User
    token: str


class Identity(IdentityProvider):
    """Jupyter's question "who is it?", answered from our session cookie and nothing else."""

    site: Site = Any()  # type: ignore[assignment]

    def __init__(self, **options: object) -> None:
        super().__init__(**options)
        self.token = ""
        self._seen: OrderedDict[str, tuple[float, Visitor | None]] = OrderedDict()

    @property
    def auth_enabled(self) -> bool:
        return True

    @property
    def login_available(self) -> bool:
        return False

    @property
    def logout_available(self) -> bool:
        return False

    async def get_user(self, handler: web.RequestHandler) -> User | None:
        token = handler.get_cookie(SESSION)
        visitor, _session = await self.find(token) if token else (None, None)
        return visitor.user if visitor else None

    def known(self, token: str) -> tuple[bool, Visitor | None]:
        """(whether we still remember the answer, the answer)."""
        seen = self._seen.get(token)
        if seen is None or seen[0] < time.monotonic():
            return False, None
        return True, seen[1]

    async def find(self, token: str) -> tuple[Visitor | None, Session | None]:
        """Ask the store. The session says whether the cookie should be given anew."""
        seen = self._seen.get(token)
        lately = seen is not None and seen[0] + OUTAGE > time.monotonic()
        if seen and lately and self.site.store.reading.lasts:
            return seen[1], None  # a lesson can be read meanwhile
        try:
            session = await self.site.session(token)
        except (DBAPIError, StoreUnavailableError):
            if seen and lately:
                return seen[1], None
            raise
        visitor = None
        if session is not None:
            member = session.member
            visitor = Visitor(member, User(username=member.id, name=member.name), token)
        self._seen[token] = (time.monotonic() + REMEMBER, visitor)
        self._seen.move_to_end(token)
        while len(self._seen) > SIZE:
            self._seen.popitem(last=False)
        return visitor, session

    def forget(self, token: str) -> None:
        """The session ended, or its member changed."""
        self._seen.pop(token, None)

    def forget_member(self, member_id: str) -> None:
        for token in [
            token for token, (_until, v) in self._seen.items() if v and v.member.id == member_id
        ]:
            del self._seen[token]
