"""A fresh store for each test, on every database that is at hand.

SQLite: a copy of one migrated file. PostgreSQL (where PGHOST is set, as under pg_virtualenv): one
migrated database per worker, emptied before each test.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from argon2 import PasswordHasher
from sqlalchemy import Connection, Table, insert, select, text, update

from weike.quizzes.formats import markdown
from weike.quizzes.quiz import QuizDefinition
from weike.results import catalogue, tables
from weike.results.access import pins
from weike.results.answering.attempts import Attempts
from weike.results.catalogue import LessonVersion
from weike.results.people import Member, branches, find_member
from weike.results.scoring import tallies
from weike.results.store import Store, open_store
from weike.results.tables import branch, identity, member, membership, metadata, role_grant

NOW = datetime(2026, 10, 12, 1, 30, tzinfo=UTC)
PUBLISHED = datetime(2026, 10, 1, 1, tzinfo=UTC)
LEARNED = datetime(2026, 10, 20, 1, tzinfo=UTC)
DATABASES = ["sqlite", "postgresql"]


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file at head, to be copied."""
    file = tmp_path_factory.mktemp("migrated") / "weike.db"
    open_store(file).close()
    return file


@pytest.fixture(scope="session")
def postgresql(new_database: Callable[[str], str]) -> str:
    """The URL of this worker's own database."""
    return new_database("weike")


@pytest.fixture(params=DATABASES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty, migrated database. It may be opened several times."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("migrated"), tmp_path / "weike.db")
        return f"sqlite:///{tmp_path / 'weike.db'}"
    found: str = request.getfixturevalue("postgresql")
    with open_store(found) as store, store.engine.begin() as connection:
        names = ", ".join(table.name for table in metadata.sorted_tables)
        connection.execute(text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))
    return found


@pytest.fixture
def store(url: str, tmp_path: Path) -> Iterator[Store]:
    with open_store(url) as opened:
        opened.media = tmp_path / "media"
        opened.zone = ZoneInfo("Asia/Shanghai")
        yield opened


@pytest.fixture(autouse=True)
def _quick_pins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pins, "hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    monkeypatch.setattr(pins, "_nobodys", "")


AddMember = Callable[..., Member]


@pytest.fixture
def add_member(store: Store) -> AddMember:
    """`add_member("A1024", branch="储运党支部", roles={"organizer": "储运党支部"})`."""

    def add(
        code: str,
        *,
        name: str = "学员甲",
        branch: str | None = "储运党支部",
        since: date = date(2026, 1, 1),
        roles: dict[str, str | None] | None = None,
    ) -> Member:
        key = uuid4().hex
        with store.engine.execution_options(weike_write=True).begin() as connection:
            connection.execute(member.insert().values(id=key, created=NOW))
            connection.execute(identity.insert().values(member_id=key, code=code, name=name))
            if branch is not None:
                connection.execute(
                    membership.insert().values(
                        member_id=key,
                        since=since,
                        branch_id=_branch(connection, branch),
                        recorded=NOW,
                    )
                )
            for role, top in (roles or {}).items():
                connection.execute(
                    role_grant.insert().values(
                        id=uuid4().hex,
                        member_id=key,
                        role=role,
                        branch_id=top and _branch(connection, top),
                        granted_at=NOW,
                        granted_by="command",
                    )
                )
        found = find_member(store, code=code, now=NOW)
        assert found is not None
        return found

    return add


Publish = Callable[..., LessonVersion]


@pytest.fixture
def publish_lesson(store: Store) -> Publish:
    """`publish_lesson("fire", quiz=QUIZ)` with the Markdown form of each quiz; published at NOW."""

    def publish(slug: str = "fire", *, version: str = "1", **quizzes: str) -> LessonVersion:
        banks = {name: markdown.loads(text, source=name) for name, text in quizzes.items()}
        lesson = LessonVersion(
            slug=slug,
            version=version,
            title=f"微课 {slug}",
            language="zh-CN",
            kind="light",
            body_html=f"<article>{slug} {version}</article>",
            notebook="{}",
            quizzes=tuple(
                QuizDefinition(
                    id=name, title=bank.title or name, rules=bank.rules, questions=bank.questions
                )
                for name, bank in banks.items()
            ),
        )
        catalogue.store_version(store, lesson, now=NOW)
        catalogue.publish(store, slug, version, "command", NOW)
        return lesson

    return publish


class Facts:
    """Writes what members did, as if it had been graded, and what organizers decided."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.n = 0

    def _id(self) -> str:
        self.n += 1
        return f"{self.n:032x}"

    def _write(self, *rows: tuple[Table, dict[str, object]]) -> None:
        def write(connection: Connection) -> None:
            for table, values in rows:
                connection.execute(insert(table).values(**values))
                if table in (tables.attempt, tables.grade):
                    tallies.derive(connection, [values])

        self.store.writer.run(write)

    def lesson(
        self, slug: str, *quizzes: str, at: datetime = PUBLISHED, again: bool = False
    ) -> None:
        """A lesson with these quizzes, published; `again`: a further version of it."""
        version, blob = self._id(), self._id()
        rows: list[tuple[Table, dict[str, object]]] = [
            (tables.blob, {"hash": blob, "type": "text/html", "size": 1, "content": b"x"}),
        ]
        if not again:
            rows.append((tables.lesson, {"slug": slug, "created": at}))
        rows.append(
            (
                tables.lesson_version,
                {
                    "slug": slug,
                    "version": version,
                    "title": slug,
                    "language": "zh-CN",
                    "kind": "light",
                    "position": 1,
                    "outline": [],
                    "body": blob,
                    "notebook": blob,
                    "stored": at,
                },
            )
        )
        for quiz in quizzes:
            definition = self._id()
            ref = f"{slug}/{quiz}"
            if not again:
                rows.append((tables.quiz, {"ref": ref, "slug": slug}))
            rows.append((tables.quiz_version, {"version": definition, "definition": {}}))
            rows.append(
                (
                    tables.lesson_quiz,
                    {
                        "slug": slug,
                        "version": version,
                        "quiz": ref,
                        "quiz_version": definition,
                        "position": 1,
                        "title": quiz,
                        "questions": 1,
                    },
                )
            )
        rows.append(
            (tables.publication, {"slug": slug, "version": version, "by": "command", "at": at})
        )
        self._write(*rows)

    def withdraw(self, slug: str, at: datetime) -> None:
        self._write(
            (tables.publication, {"slug": slug, "version": None, "by": "command", "at": at})
        )

    def grade(
        self,
        member: Member,
        ref: str,
        first: float,
        *,
        max: float = 10,
        score: float | None = None,
        passed: bool = True,
        number: int = 1,
        mode: str = "quiz",
        started: datetime | None = None,
        at: datetime = LEARNED,
    ) -> None:
        attempt = self.begin(member, ref, number=number, mode=mode, at=started or at)
        self._write(
            (
                tables.grade,
                {
                    "attempt_id": attempt,
                    "member_id": member.id,
                    "slug": ref.partition("/")[0],
                    "quiz": ref,
                    "number": number,
                    "submitted_at": at,
                    "score": first if score is None else score,
                    "first_score": first,
                    "max": max,
                    "first_max": max,
                    "passed": passed,
                    "ungraded": 0,
                },
            ),
        )

    def regrade(self, member: Member, first: float) -> None:
        """Other first answers in all that the member submitted, as after a rescoring."""
        table = tables.grade

        def write(connection: Connection) -> None:
            whose = table.c.member_id == member.id
            connection.execute(update(table).where(whose).values(first_score=first))
            keys = connection.execute(select(table.c.member_id, table.c.quiz).where(whose))
            tallies.derive(connection, [row._asdict() for row in keys])

        self.store.writer.run(write)

    def finish(self, member: Member, slug: str, at: datetime = LEARNED) -> None:
        self._write(
            (tables.finished, {"member_id": member.id, "slug": slug, "version": "v", "at": at})
        )
        self.store.writer.run(lambda connection: tallies.end(connection, member.id, slug, at))

    def move(self, member: Member, branch: str | None, since: date) -> None:
        to = self.branch(branch) if branch else None
        self._write(
            (
                tables.membership,
                {"member_id": member.id, "since": since, "branch_id": to, "recorded": NOW},
            )
        )

    def begin(
        self, member: Member, ref: str, *, number: int = 1, mode: str = "quiz", at: datetime
    ) -> str:
        """An attempt that is not submitted."""
        attempt, version = self._id(), self._id()
        self._write(
            (tables.quiz_version, {"version": version, "definition": {}}),
            (
                tables.attempt,
                {
                    "id": attempt,
                    "member_id": member.id,
                    "branch_id": member.branch_id,
                    "quiz": ref,
                    "number": number,
                    "quiz_version": version,
                    "lesson_version": "v",
                    "mode": mode,
                    "paper": {},
                    "started": at,
                },
            ),
        )
        return attempt

    def assign(
        self,
        slug: str | None = None,
        *,
        branch: str | None = None,
        posts: list[str] | None = None,
        first: date = date(2026, 10, 1),
        after: date = date(2027, 1, 1),
    ) -> str:
        """A lesson, or all of them, for a branch and what is beneath it."""
        id = self._id()
        values = {"id": id, "slug": slug, "branch_id": branch and self.branch(branch)}
        values |= {"posts": posts, "first": first, "after": after}
        values |= {"created": PUBLISHED, "created_by": "command"}
        self._write((tables.assignment, values))
        return id

    def excuse(
        self,
        member: Member,
        *,
        first: date = date(2026, 10, 1),
        after: date = date(2027, 1, 1),
    ) -> str:
        id = self._id()
        values = {"id": id, "member_id": member.id, "first": first, "after": after}
        values |= {"reason": "产假", "created": PUBLISHED, "created_by": "command"}
        self._write((tables.excusal, values))
        return id

    def undo(self, table: Table, id: str) -> None:
        """Withdraw an assignment or an excusal."""
        self.store.writer.run(
            lambda c: c.execute(
                update(table)
                .where(table.c.id == id)
                .values(withdrawn_at=LEARNED, withdrawn_by="command")
            )
        )

    def post(self, member: Member, post: str) -> None:
        key = tables.identity.c.member_id == member.id
        self.store.writer.run(
            lambda c: c.execute(update(tables.identity).where(key).values(post=post))
        )

    def branch(self, path: str) -> str:
        return {one.path: one.id for one in branches(self.store)}[path]


@pytest.fixture
def facts(store: Store) -> Facts:
    return Facts(store)


class School:
    """Members who answer when told to, through the door that everybody takes."""

    def __init__(self, store: Store) -> None:
        self.store, self.attempts, self._events = store, Attempts(store), 0

    def takes(
        self,
        member: Member,
        *answers: Mapping[str, Any],
        quiz: str = "fire/quiz",
        at: datetime = NOW,
        pace: float = 20,
        new: bool = False,
    ) -> None:
        """Open, send each of `answers` in order, `pace` seconds apart, and submit."""
        asyncio.run(self._takes(member, answers, quiz, at, pace, new))

    async def _takes(
        self,
        member: Member,
        rounds: tuple[Mapping[str, Any], ...],
        quiz: str,
        at: datetime,
        pace: float,
        new: bool,
    ) -> None:
        opened = await self.attempts.open(member, quiz, now=at, new=new)
        items = {one["item"]: one for one in opened["paper"]["items"]}
        said = [(item, _shown(items[item], one)) for each in rounds for item, one in each.items()]
        await self._sends(member, opened, said, at, pace)

    def sends(self, member: Member, opened: Mapping[str, Any], said: Mapping[str, Any]) -> None:
        """Send responses as a browser would, and submit."""
        asyncio.run(self._sends(member, opened, list(said.items()), NOW, 20))

    async def _sends(
        self,
        member: Member,
        opened: Mapping[str, Any],
        said: list[tuple[str, Any]],
        at: datetime,
        pace: float,
    ) -> None:
        for seq, (item, response) in enumerate(said, start=1):
            at += timedelta(seconds=pace)
            self._events += 1
            body = {
                "response": response,
                "event": f"event-{self._events:08d}",
                "seq": seq,
                "answered_at": at.isoformat(),
            }
            await self.attempts.answer(member, opened["attempt"], item, body, now=at)
        await self.attempts.submit(member, opened["attempt"], now=at + timedelta(seconds=5))


def _shown(item: Mapping[str, Any], said: Any) -> Any:
    """What a browser sends for the texts of options, a truth or a text."""
    ids = {one["html"]: one["id"] for one in item.get("options", ())}
    if isinstance(said, list):
        return [ids[one] for one in said]
    return ids[said] if ids else [said] if "blanks" in item else said


@pytest.fixture
def school(store: Store) -> School:
    """`school.takes(member, {"r1": "提起", "r2": ["手电"]})`: options by their texts."""
    return School(store)


def _branch(connection: Connection, path: str) -> str:
    """The id of the branch at `path`, made with everything above it where it is missing."""
    parent: str | None = None
    for name in path.split("/"):
        found = connection.execute(
            select(branch.c.id).where(branch.c.name == name, branch.c.parent_id == parent)
        ).scalar()
        if found is None:
            found = uuid4().hex
            connection.execute(
                branch.insert().values(id=found, name=name, parent_id=parent, created=NOW)
            )
        parent = found
    assert parent is not None
    return parent
