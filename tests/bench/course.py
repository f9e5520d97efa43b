"""The course under measurement: the repository's own lessons, and members that nobody knows."""

from __future__ import annotations

import csv
import secrets
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, select

from weike.quizzes.course import Course, load_course
from weike.results import tables
from weike.results.access import sessions
from weike.results.enrolling.enrolment import plan_import
from weike.results.enrolling.importing import apply_import
from weike.results.enrolling.roster import read_roster
from weike.results.people import load_member
from weike.results.periods import local_date
from weike.results.store import Store, open_store

REPOSITORY = Path(__file__).parents[2]
LESSON = "fire-extinguisher"
QUIZ = f"{LESSON}/{LESSON}"
LIVE = "belt-stop"
LIVE_TOPIC = "conveyor"
BRANCH_SIZE = 30
_SETTINGS = 'title = "Bench"\nlanguage = "zh-CN"\nlevels = ["公司", "支部"]\n'


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """A signed-in member as a browser's cookies know it."""

    member: str
    session: str
    xsrf: str

    @property
    def cookies(self) -> dict[str, str]:
        return {"weike_member": self.member, "weike_session": self.session, "_xsrf": self.xsrf}


def make_course(folder: Path, *, members: int, only: Sequence[str] = ()) -> Course:
    """A course folder with the repository's lessons, or `only` those of some topics."""
    folder.mkdir(parents=True)
    (folder / "weike.toml").write_text(_SETTINGS, encoding="utf-8")
    skip = shutil.ignore_patterns("weike", ".*", "__pycache__")
    shutil.copytree(REPOSITORY / "quizzes", folder / "quizzes", ignore=skip)
    for lessons in [Path("lessons") / topic for topic in only or ("",)]:
        shutil.copytree(REPOSITORY / lessons, folder / lessons, ignore=skip)
    with (folder / "members.csv").open("w", encoding="utf-8", newline="") as roster:
        rows = csv.writer(roster)
        rows.writerow(["工号", "姓名", "支部"])
        for number in range(members):
            branch = f"公司/第{number // BRANCH_SIZE + 1}支部"
            rows.writerow([f"B{number:06}", f"成员{number:06}", branch])
    return load_course(folder)


def enrol(course: Course) -> list[Reader]:
    """Everyone of the roster, each with a session of their own."""
    now = datetime.now(UTC)
    day = local_date(now, course.zone)
    with open_store(course=course) as store:
        roster = read_roster(course.root / course.roster, levels=course.levels).checked()
        apply_import(store, plan_import(store, roster, since=day, today=day), now=now)
        return store.writer.run(lambda connection: _sign_in(connection, store, now))


def stored_events(course: Course) -> set[str]:
    """The client's id of every response in the log."""
    return set(stored_responses(course))


def stored_responses(course: Course) -> dict[str, object]:
    """What stands in the log, by the client's id of it."""
    columns = tables.response.c
    with open_store(course=course) as store, store.read() as connection:
        found = connection.execute(select(columns.event, columns.raw))
        return {row.event: row.raw for row in found}


def handed_in(course: Course) -> set[str]:
    """The attempts that were submitted."""
    with open_store(course=course) as store, store.read() as connection:
        return set(connection.execute(select(tables.submission.c.attempt_id)).scalars())


def _sign_in(connection: Connection, store: Store, now: datetime) -> list[Reader]:
    day = local_date(now, store.zone)
    readers = []
    for id in connection.execute(select(tables.member.c.id)).scalars().all():
        member = load_member(connection, day=day, id=id)
        assert member is not None
        token = sessions.begin(connection, member, now).token
        readers.append(Reader(member=id, session=token, xsrf=secrets.token_hex(16)))
    return readers
