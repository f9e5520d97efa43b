"""A made-up organisation of any size, with everything its members have answered.

Facts only: what is derived from them is for the measurement. Chance is seeded. Rows go in as
quickly as the database takes them, so nothing here is an example of how to write to the store.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import Table, text

from weike.quizzes.formats import markdown
from weike.quizzes.paper import draw_paper
from weike.quizzes.quiz import QuizDefinition
from weike.results import catalogue, tables
from weike.results.store import Store
from weike.results.types import canonical
from weike.results.upkeep.demoanswers import demo_response
from weike.results.versions import LessonVersion, store_version

FIRST_DAY = date(2026, 7, 1)
START = datetime(2026, 7, 1, 1, tzinfo=UTC)
NOW = datetime(2026, 12, 20, 1, tzinfo=UTC)
PAPERS = 60  # different papers of one quiz
_BANK = """---
title: 第{n}课
behaviour: {behaviour}
partial: missed-half
---

## 第{n}课：使用灭火器的第一步是什么？
- [x] 提起灭火器
- [ ] 拔掉保险销
- [ ] 压下压把
- [ ] 对准火焰根部

## 第{n}课：进入受限空间要带哪些？
- [x] 安全帽
- [x] 手电
- [x] 检测仪
- [ ] 打火机

## 第{n}课：灭火器的指针在 [[绿色|绿]] 区为 [[正常]]。

## 第{n}课：胸外按压每分钟多少次？
= 110 ± 10 次

## 第{n}课：先断电，再救人。
- [x] 正确
- [ ] 错误

## 第{n}课：谁签发动火作业票？
- [ ] 作业人
- [x] 签发人
- [ ] 监护人

## 第{n}课：哪些属于高处作业？
- [x] 两米以上
- [x] 脚手架上
- [ ] 地面平整处

## 第{n}课：作业前 [[30]] 分钟内检测气体。
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """How large it is. Branches stand on three levels, members in those of the lowest."""

    branches: int
    members: int
    lessons: int
    responses: int


def fill(store: Store, size: Organisation, *, seed: int, say: Callable[[str], None]) -> None:
    """Write the organisation and its log into an empty store."""
    rng = Random(seed)
    quizzes = [_publish(store, number) for number in range(size.lessons)]
    with _Bulk(store) as bulk:
        leaves = _branches(bulk, size.branches)
        members = _members(bulk, leaves, size.members, rng)
        say("writing the log")
        _log(bulk, quizzes, members, size, rng, say)


def _publish(store: Store, number: int) -> _Quiz:
    behaviour = "test" if number % 3 == 0 else "practice"
    bank = markdown.loads(_BANK.format(n=number + 1, behaviour=behaviour), source="bench")
    quiz = QuizDefinition(
        id="quiz", title=bank.title or "", rules=bank.rules, questions=bank.questions
    )
    lesson = LessonVersion(
        slug=f"lesson-{number + 1:03}",
        version="1",
        title=quiz.title,
        language="zh-CN",
        kind="light",
        body_html="<article></article>",
        notebook="{}",
        quizzes=(quiz,),
    )
    store_version(store, lesson, now=START)
    catalogue.publish(store, lesson.slug, "1", "bench", START)
    return _Quiz(f"{lesson.slug}/quiz", quiz)


class _Quiz:
    """A quiz with papers drawn beforehand, and what people answer to each of them."""

    def __init__(self, ref: str, definition: QuizDefinition) -> None:
        self.ref, self.version = ref, definition.version
        self.practice = definition.rules.behaviour == "practice"
        rng = Random(ref)
        self.papers = []
        for _ in range(PAPERS):
            paper = draw_paper(definition, rng)
            answers = [
                (
                    drawn.item,
                    drawn.version,
                    *(
                        canonical(
                            demo_response(
                                definition.by_id[drawn.item], drawn.layout, right=right, rng=rng
                            )
                        )
                        for right in (False, True)
                    ),
                )
                for drawn in paper.items
            ]
            self.papers.append((canonical(paper.to_json()), answers))


def _branches(bulk: _Bulk, count: int) -> list[str]:
    """A company, its parts, and the branches of each; the ids of the lowest level."""
    middle = max(1, round(count**0.5))
    rows = [("b" + "0" * 31, None, "公司", 0, START)]
    parts = [f"c{number:031x}" for number in range(middle)]
    rows += [(id, rows[0][0], f"第{n + 1}总支", n, START) for n, id in enumerate(parts)]
    leaves = [f"d{number:031x}" for number in range(max(1, count - 1 - middle))]
    rows += [(id, parts[n % middle], f"第{n + 1}支部", n, START) for n, id in enumerate(leaves)]
    bulk.add(tables.branch, ("id", "parent_id", "name", "position", "created"), rows)
    return leaves


def _members(
    bulk: _Bulk, leaves: Sequence[str], count: int, rng: Random
) -> list[tuple[str, str, float]]:
    """Members with their branch and how able they are; a few branches are large, many small."""
    weights = [rng.lognormvariate(0, 0.7) for _ in leaves]
    level = {leaf: rng.gauss(0.75, 0.06) for leaf in leaves}
    people = [
        (f"{rng.getrandbits(128):032x}", leaf, min(0.98, max(0.2, rng.gauss(level[leaf], 0.15))))
        for leaf in rng.choices(leaves, weights, k=count)
    ]
    bulk.add(tables.member, ("id", "created"), [(id, START) for id, _, _ in people])
    bulk.add(
        tables.identity,
        ("member_id", "code", "name"),
        [(id, f"M{number:06}", f"成员{number:06}") for number, (id, _, _) in enumerate(people)],
    )
    bulk.add(
        tables.membership,
        ("member_id", "since", "branch_id", "recorded"),
        [(id, FIRST_DAY, leaf, START) for id, leaf, _ in people],
    )
    return people


def _log(
    bulk: _Bulk,
    quizzes: Sequence[_Quiz],
    members: Sequence[tuple[str, str, float]],
    size: Organisation,
    rng: Random,
    say: Callable[[str], None],
) -> None:
    """Each lesson has its weeks; members take it with the chance that gives so many responses."""
    weeks = (NOW - START) / len(quizzes)
    questions = len(quizzes[0].papers[0][1])
    left = size.responses
    for number, quiz in enumerate(quizzes):
        chance = left / ((len(quizzes) - number) * len(members) * questions)
        begin = START + weeks * number
        batch = _Batch(quiz, rng)
        for member in members:
            if rng.random() < chance:
                batch.attempt(*member, begin + weeks * (rng.random() * 0.95), number=1)
            if left <= len(batch.responses):
                break
        left -= len(batch.responses)
        batch.add_to(bulk)
        say(f"{size.responses - left:,} of {size.responses:,} responses")


class _Batch:
    """The attempts of one quiz."""

    def __init__(self, quiz: _Quiz, rng: Random) -> None:
        self.quiz, self.rng = quiz, rng
        self.attempts: list[tuple[Any, ...]] = []
        self.responses: list[tuple[Any, ...]] = []
        self.submissions: list[tuple[Any, ...]] = []

    def attempt(
        self, member: str, branch: str, ability: float, at: datetime, *, number: int
    ) -> None:
        """One attempt; who fails often tries again on another day."""
        rng, quiz = self.rng, self.quiz
        id = f"{rng.getrandbits(128):032x}"
        paper, answers = rng.choice(quiz.papers)
        ref = quiz.ref
        self.attempts.append(
            (id, member, branch, ref, number, quiz.version, "1", "quiz", paper, at, None)
        )
        right = 0
        for place, (item, version, wrong, key) in enumerate(answers):
            knows = rng.random() < ability
            right += knows
            tries = [key if knows else wrong]
            if quiz.practice and not knows and rng.random() < 0.3:
                tries.append(key)
            for seq, raw in enumerate(tries):
                moment = at + timedelta(seconds=20 * place + 5 * seq + 10)
                event = f"{id[:24]}{place:04x}{seq:04x}"
                self.responses.append((event, id, item, version, seq, raw, moment, moment, False))
        self.submissions.append((id, at + timedelta(minutes=5), "member"))
        if right < 5 and number == 1 and rng.random() < 0.3:
            self.attempt(member, branch, ability + 0.2, at + timedelta(hours=9), number=2)

    def add_to(self, bulk: _Bulk) -> None:
        bulk.add(tables.attempt, [column.name for column in tables.attempt.c], self.attempts)
        bulk.add(tables.response, [column.name for column in tables.response.c], self.responses)
        bulk.add(
            tables.submission, [column.name for column in tables.submission.c], self.submissions
        )


class _Bulk:
    """Rows into tables, without looking whether they fit: foreign keys are not checked."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def __enter__(self) -> _Bulk:
        self._connection = self._store.engine.raw_connection()
        self._driver: Any = self._connection.driver_connection
        self._cursor = self._driver.cursor()
        for statement in (
            ("PRAGMA foreign_keys = OFF", "PRAGMA cache_size = -400000", "BEGIN")
            if self._store.sqlite
            else ("SET session_replication_role = replica",)
        ):
            self._cursor.execute(statement)
        return self

    def __exit__(self, kind: object, *_rest: object) -> None:
        if kind is None:
            self._driver.commit() if not self._store.sqlite else self._cursor.execute("COMMIT")
        self._connection.invalidate()  # it is of no use to anybody else
        if kind is None:
            with self._store.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as c:
                c.execute(text("ANALYZE"))

    def add(self, table: Table, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
        names = ", ".join(f'"{name}"' for name in columns)
        if self._store.sqlite:
            places = ", ".join("?" * len(columns))
            self._cursor.executemany(
                f"INSERT INTO {table.name} ({names}) VALUES ({places})",
                map(_sqlite_row, rows),
            )
        else:
            with self._cursor.copy(f"COPY {table.name} ({names}) FROM STDIN") as copy:
                for block in _blocks(rows):
                    copy.write("".join(block))


def _sqlite_row(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(
        value.strftime("%Y-%m-%d %H:%M:%S.%f")
        if isinstance(value, datetime)
        else str(value)
        if isinstance(value, date)
        else value
        for value in row
    )


def _blocks(rows: Iterable[tuple[Any, ...]]) -> Iterator[list[str]]:
    """Lines of COPY's text form, a few thousand at a time."""
    block: list[str] = []
    for row in rows:
        block.append("\t".join(map(_copied, row)) + "\n")
        if len(block) >= 5_000:
            yield block
            block = []
    yield block


def _copied(value: Any) -> str:
    if value is None:
        return "\\N"
    if isinstance(value, str):
        return value.replace("\\", "\\\\")
    return str(value)
