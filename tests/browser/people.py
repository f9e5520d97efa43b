"""Members of a served course, one for each test, and a member who talks to the API directly."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.cookiejar import CookieJar
from typing import Any, Self
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, Request, build_opener

from sqlalchemy import select

from weike.quizzes.course import load_course
from weike.results import tables
from weike.results.access.signin import make_link
from weike.results.store import Store, open_store
from weike.results.upkeep.demo import MEMBER as DEMO_MEMBER

from .serving import Server


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    code: str
    name: str
    id: str
    branch_id: str
    link: str

    @property
    def path(self) -> str:
        """The personal link without the host."""
        return "/login/" + self.link.rpartition("/")[2]


class People:
    """Deals out members of the roster; nobody is dealt twice."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.store: Store = open_store(course=load_course(server.root))
        self._dealt: set[str] = set()

    def close(self) -> None:
        self.store.close()

    def newcomer(self, *, branch: str | None = None) -> Person:
        """A member without duties whom no test has met, of this branch if one is named."""
        return self._deal(row for row in self._unmet() if branch in (None, row.branch_id))

    def with_role(self, role: str) -> Person:
        """The first who has this duty; looks only, so several tests may share them."""
        grant = tables.role_grant
        with self.store.read() as connection:
            ids = set(
                connection.execute(select(grant.c.member_id).where(grant.c.role == role)).scalars()
            )
        return self._deal(row for row in self._rows() if row.id in ids)

    def branch_of(self, least: int, most: int) -> str:
        """The id of a branch with so many members that no test has met."""
        sizes: dict[str, int] = {}
        for row in self._unmet():
            sizes[row.branch_id] = sizes.get(row.branch_id, 0) + 1
        return next(branch for branch, size in sizes.items() if least <= size <= most)

    def responses(self, person: Person, quiz: str) -> list[Any]:
        """Every stored answer of this member to a quiz, in the order of receipt."""
        attempt, response = tables.attempt, tables.response
        query = (
            select(response)
            .join(attempt, attempt.c.id == response.c.attempt_id)
            .where(attempt.c.member_id == person.id, attempt.c.quiz == quiz)
            .order_by(response.c.received_at, response.c.seq)
        )
        with self.store.read() as connection:
            return list(connection.execute(query))

    def _unmet(self) -> list[Any]:
        """Without those who have duties, and whose links a restart of the demo makes anew."""
        busy = self._dealt | self._with_duties()
        return [row for row in self._rows() if row.id not in busy and row.code != DEMO_MEMBER]

    def _rows(self) -> list[Any]:
        identity, membership = tables.identity, tables.membership
        query = (
            select(
                identity.c.member_id.label("id"),
                identity.c.code,
                identity.c.name,
                membership.c.branch_id,
            )
            .join(membership, membership.c.member_id == identity.c.member_id)
            .order_by(identity.c.code)
        )
        with self.store.read() as connection:
            return list(connection.execute(query))

    def _with_duties(self) -> set[str]:
        with self.store.read() as connection:
            return set(connection.execute(select(tables.role_grant.c.member_id)).scalars())

    def _deal(self, rows: Any) -> Person:
        row = next(iter(rows))
        self._dealt.add(row.id)
        token = make_link(self.store, row.code, datetime.now(UTC))
        return Person(
            code=row.code,
            name=row.name,
            id=row.id,
            branch_id=row.branch_id,
            link=f"{self.server.url}/login/{token}",
        )


@dataclass(slots=True)
class Client:
    """A signed-in member without a browser."""

    url: str
    cookies: CookieJar = field(default_factory=CookieJar)
    opener: OpenerDirector = field(init=False)

    def __post_init__(self) -> None:
        self.opener = build_opener(HTTPCookieProcessor(self.cookies))

    @classmethod
    def of(cls, person: Person) -> Self:
        url, _slash, _token = person.link.partition("/login/")
        client = cls(url)
        client._load(person.link)
        client._load(person.link, urlencode({"_xsrf": client.token}).encode())
        return client

    def _load(self, link: str, form: bytes | None = None) -> None:
        with self.opener.open(link, form, timeout=20) as answer:
            answer.read()

    @property
    def token(self) -> str:
        found = (cookie.value for cookie in self.cookies if cookie.name == "_xsrf")
        return next(found, None) or ""

    def call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """The JSON of a 2xx answer; another status is an `HTTPError`."""
        request = Request(
            f"{self.url}/{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json", "X-XSRFToken": self.token},
        )
        with self.opener.open(request, timeout=20) as answer:
            return json.load(answer)

    def status(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> int:
        try:
            self.call(method, path, body)
        except HTTPError as error:
            with error:
                return error.code
        return 200
