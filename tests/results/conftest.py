"""A fresh store for each test, on every database that is at hand.

SQLite: a copy of one migrated file. PostgreSQL (where PGHOST is set, as under pg_virtualenv): one
migrated database per worker, emptied before each test.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from argon2 import PasswordHasher
from sqlalchemy import Connection, select, text

from weike.quizzes.i18n import use_language
from weike.results import tables
from weike.results.access import pins
from weike.results.answering.attempts import Attempts
from weike.results.people import Member, find_member
from weike.results.store import Store, open_store
from weike.results.tables import branch, identity, membership, metadata, role_grant
from weike.results.versions import LessonVersion

from .contest import SINCE, People
from .courses import publish
from .facts import NOW, Facts
from .firequiz import QUIZ, TEST, TIMED
from .school import School
from .wrongkey import WRONG, but

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


@pytest.fixture
def english() -> Iterator[None]:
    with use_language("en"):
        yield


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
            connection.execute(tables.member.insert().values(id=key, created=NOW))
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

    def publish_lesson(slug: str = "fire", *, version: str = "1", **quizzes: str) -> LessonVersion:
        return publish(store, slug, version=version, quizzes=quizzes)

    return publish_lesson


@pytest.fixture
def member(add_member: AddMember, publish_lesson: Publish) -> Member:
    """Somebody for whom fire/quiz, fire/test and fire/timed are published."""
    publish_lesson("fire", quiz=QUIZ, test=TEST, timed=TIMED)
    return add_member("A1024")


@pytest.fixture
def attempts(store: Store) -> Attempts:
    return Attempts(store)


@pytest.fixture
def fresh(store: Store) -> Iterator[Callable[[], Attempts]]:
    """Further processes on the same store: they share nothing in memory."""
    stores: list[Store] = []

    def another() -> Attempts:
        stores.append(open_store(store.url.render_as_string(hide_password=False)))
        return Attempts(stores[-1])

    yield another
    for one in stores:
        one.close()


@pytest.fixture
def facts(store: Store) -> Facts:
    return Facts(store)


@pytest.fixture
def school(store: Store) -> School:
    """`school.takes(member, {"r1": "提起", "r2": ["手电"]})`: options by their texts."""
    return School(store)


@pytest.fixture
def pupils(add_member: AddMember, school: School, publish_lesson: Publish) -> list[Member]:
    """Two were right by the wrong key, two by the right one; the last also fails either way."""
    publish_lesson("fire", quiz=WRONG)
    members = [add_member(f"A{n}", branch=f"公司/{'甲乙'[n % 2]}") for n in range(4)]
    school.takes(members[0], but())
    school.takes(members[1], but(take=["手电"], gauge="绿"))  # 2 of 4 by the wrong key
    school.takes(members[2], but(first="提起", take=["手电"]))  # 1 of 4, by the right key 2
    school.takes(members[3], but(first="提起"))  # 3 of 4, by the right key 4
    return members


@pytest.fixture
def people(facts: Facts, add_member: AddMember) -> People:
    """公司 with 甲 and 乙 of six, whose marks are far apart, and 小 of two; everything graded."""
    facts.lesson("fire", "one")
    marks = {"甲": [10, 9, 10, 9, 10, 9], "乙": [4, 5, 4, 5, 4, 5], "小": [10, 10]}
    found = {}
    for name, points in marks.items():
        for i, mark in enumerate(points):
            member = add_member(f"{name}{i}", branch=f"公司/{name}", since=SINCE)
            facts.grade(member, "fire/one", mark)
            found[f"{name}{i}"] = member
    return found


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
