"""Scores at size: how long they take from stored grades, on a page, and from raw responses."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from statistics import median

import psutil
from sqlalchemy import func, select

from weike.quizzes.errors import AttemptRefused
from weike.results.answering.attempts import Attempts
from weike.results.people import Member
from weike.results.scoring import tallies
from weike.results.scoring.snapshot import current_snapshot
from weike.results.store import Store, open_store
from weike.results.tables import grade, item_grade, membership, quiz, response, tally
from weike.results.upkeep.rebuild import rebuild

from .figures import Figure
from .load import percentile
from .scores_organisation import NOW, Organisation, fill

SEED = 20261121
_COLD = """
import resource, sys, time
from datetime import datetime
from weike.results.scores import branch_scores
from weike.results.store import open_store
with open_store(sys.argv[1]) as store:
    began = time.perf_counter()
    frame = branch_scores(store, now=datetime.fromisoformat(sys.argv[2]))
    taken = time.perf_counter() - began
memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(len(frame), int(frame["attempted"].iloc[0]), taken, memory)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoresSize:
    """`views` is how often a page's figures are asked for, `rate` how many submit each second."""

    organisation: Organisation
    views: int
    rate: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """One database. Times are in seconds; `views` and `busy_views` are single ones."""

    database: str
    rows: dict[str, int]
    cold: float
    cold_memory_mib: float
    views: list[float]
    busy_views: list[float]
    submitted: int
    regrade: float
    regrade_cpu: float
    tallies: float
    failures: list[str] = field(default_factory=list)

    @property
    def figures(self) -> list[Figure]:
        name = self.database
        return [
            _time(f"{name}: branch scores from stored grades, cold", "s", self.cold, 2.0),
            *(
                _time(f"{name}: figures of a page, {how}, p{share * 100:.0f}", "ms", found, budget)
                for how, views in (("warm", self.views), ("while members submit", self.busy_views))
                for share, budget in ((0.5, None), (0.95, 50.0))
                for found in [percentile(views, share) * 1000]
            ),
            _time(f"{name}: full regrade from raw responses", "s", self.regrade, 180.0),
            _time(f"{name}: tallies made again and compared", "s", self.tallies, None),
            _time(f"{name}: memory of the process", "MiB", self.cold_memory_mib, None),
        ]


def _time(name: str, unit: str, value: float, budget: float | None) -> Figure:
    return Figure(name=name, unit=unit, better="less", weike=value, budget=budget)


def measure(url: str, size: ScoresSize, *, say: Callable[[str], None]) -> Scores:
    """Fill an empty database and measure it."""
    with open_store(url) as store:
        name = "SQLite" if store.sqlite else "PostgreSQL"

        def tell(what: str) -> None:
            say(f"{name}: {what}")

        fill(store, size.organisation, seed=SEED, say=tell)
        tell("regrading everything")
        regrade, cpu = _timed(lambda: rebuild(store, step=_progress(tell)))
        rows = _rows(store)
        tell("comparing")
        remade, _ = _timed(lambda: store.writer.run(tallies.derive_all))
        failures = _failures(store, rows)
        tell("branch scores in a new process")
        cold, memory = _cold(url, size.organisation)
        tell("figures of a page")
        views = _views(store, size.views)
        tell("figures of a page while members submit")
        busy, submitted = _busy_views(store, size)
    return Scores(
        database=name,
        rows=rows,
        cold=cold,
        cold_memory_mib=memory,
        views=views,
        busy_views=busy,
        submitted=submitted,
        regrade=regrade,
        regrade_cpu=cpu,
        tallies=remade,
        failures=[f"{name}: {failure}" for failure in failures],
    )


def _progress(tell: Callable[[str], None]) -> Callable[[int, int], None]:
    """Says each twentieth."""
    told = [0]

    def step(done: int, total: int) -> None:
        if done * 20 // total > told[0]:
            told[0] = done * 20 // total
            tell(f"regraded {done:,} of {total:,} attempts")

    return step


def _timed(work: Callable[[], object]) -> tuple[float, float]:
    """Wall and CPU seconds; the CPU of processes that it started included."""
    before = _cpu()
    began = time.perf_counter()
    work()
    return time.perf_counter() - began, _cpu() - before


def _cpu() -> float:
    times = psutil.Process().cpu_times()
    return times.user + times.system + times.children_user + times.children_system


def _rows(store: Store) -> dict[str, int]:
    with store.read() as connection:
        return {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (response, grade, item_grade, tally)
        }


def _failures(store: Store, rows: dict[str, int]) -> list[str]:
    """Why the run is void: something was not derived, or differs when it is derived again."""
    with store.read() as connection:
        stale = tallies.differing(connection)
    found = [f"no rows of {name}" for name, count in rows.items() if not count]
    return found + ([f"{stale} tallies differ"] if stale else [])


def _cold(url: str, organisation: Organisation) -> tuple[float, float]:
    """Seconds and MiB of `branch_scores` in a process that has only opened the store."""
    taken = []
    for _ in range(3):
        command = [sys.executable, "-c", _COLD, url, NOW.isoformat()]
        run = subprocess.run(command, capture_output=True, text=True, check=True)
        branches, attempted, seconds, memory = run.stdout.split()
        assert int(branches) >= organisation.branches
        assert int(attempted) > 0
        taken.append((float(seconds), float(memory)))
    return median(seconds for seconds, _ in taken), max(memory for _, memory in taken)


def _views(store: Store, count: int) -> list[float]:
    _view(store)
    return [_view(store) for _ in range(count)]


def _view(store: Store) -> float:
    """What every organizer's page asks: the figures of the current quarter, as of now."""
    began = time.perf_counter()
    figures = current_snapshot(store).figures(store, None, NOW)
    assert len(figures.rows) == len(figures.frame)
    return time.perf_counter() - began


def _busy_views(store: Store, size: ScoresSize) -> tuple[list[float], int]:
    """Views of a server in which members go on answering and submitting meanwhile."""
    over = threading.Event()
    submitted: list[int] = []
    worker = threading.Thread(
        target=lambda: submitted.append(asyncio.run(_submit(store, size.rate, over)))
    )
    worker.start()
    taken = []
    try:
        for _ in range(size.views):
            time.sleep(0.15)
            taken.append(_view(store))
    finally:
        over.set()
        worker.join()
    return taken, submitted[0] if submitted else 0


async def _submit(store: Store, rate: float, over: threading.Event) -> int:
    """Members take quizzes as from their phones: one submits every `1/rate` seconds."""
    attempts, rng, count = Attempts(store), Random(SEED), 0
    people = _people(store)
    quizzes = _quizzes(store)
    due = time.monotonic()
    while not over.is_set():
        member, ref = rng.choice(people), rng.choice(quizzes)
        now = NOW - timedelta(days=2) + timedelta(seconds=count)
        try:
            opened = await attempts.open(member, ref, now=now, new=True, rng=rng)
            for place, item in enumerate(opened["paper"]["items"]):
                options = item.get("options")
                if options and item["type"] == "single":
                    body = {
                        "response": options[0]["id"],
                        "event": f"bench-{count:08x}-{place:04x}",
                        "seq": place,
                        "answered_at": now.isoformat(),
                    }
                    await attempts.answer(member, opened["attempt"], item["item"], body, now=now)
            await attempts.submit(member, opened["attempt"], now=now)
            count += 1
        except AttemptRefused:
            pass
        due += 1 / rate
        await asyncio.sleep(max(0.0, due - time.monotonic()))
    return count


def _people(store: Store) -> list[Member]:
    with store.read() as connection:
        rows = connection.execute(select(membership.c.member_id, membership.c.branch_id).limit(500))
        return [Member(id=row.member_id, code="", name="", branch_id=row.branch_id) for row in rows]


def _quizzes(store: Store) -> Sequence[str]:
    with store.read() as connection:
        return connection.execute(select(quiz.c.ref).order_by(quiz.c.ref)).scalars().all()
