"""What members did and what organizers decided, written as if it had been graded."""

from __future__ import annotations

from datetime import UTC, date, datetime

from sqlalchemy import Connection, Table, insert, select, update

from weike.results import tables
from weike.results.people import Member, branches
from weike.results.scoring import tallies
from weike.results.store import Store

NOW = datetime(2026, 10, 12, 1, 30, tzinfo=UTC)
PUBLISHED = datetime(2026, 10, 1, 1, tzinfo=UTC)
LEARNED = datetime(2026, 10, 20, 1, tzinfo=UTC)


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
