"""A thousand members in a minute: they read, answer, put their phones away and come back.

Some have a process of their own, because they touch the slider of a live lesson.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import re
import signal
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from weike.quizzes.course import Course

from .answers import headers
from .client import Connection, Request, build, check
from .course import (
    LESSON,
    LIVE,
    LIVE_TOPIC,
    Reader,
    enrol,
    handed_in,
    make_course,
    stored_responses,
)
from .crowdchart import draw_crowd
from .figures import Figure
from .load import Generator, percentile
from .part import Found, scratch_folder
from .process import Server
from .visitor import Log, Pace, Place, Plan, Visitor
from .watch import Sample, Watch
from .weike_server import weike_server

OPEN, ANSWER = 50, 100  # ms, the 95th and the 99th percentile
SERVER_MIB, LIVE_GIB = 512, 6
MEMBERS = Pace()
HOLD = 7.0  # seconds that everybody's page stays open, so that all are weighed together


@dataclass(frozen=True, slots=True, kw_only=True)
class CrowdSize:
    members: int = 1_000
    live: int = 300
    sleepers: float = 0.2  # share of either kind
    arriving: float = 60.0
    hold: float = HOLD
    pace: Pace = MEMBERS
    topics: Sequence[str] = ()
    profile: bool = True  # once more under a profiler, where a budget is missed


FULL_CROWD = CrowdSize()
SMALL_CROWD = CrowdSize(
    members=8, live=2, sleepers=0.5, arriving=1.0, hold=2.5, topics=("fire", LIVE_TOPIC),
    profile=False,
    pace=Pace(reading=0.2, thinking=0.05, asleep=0.5, between_slides=0.05, slides=2),
)  # fmt: skip


def plans(size: CrowdSize, readers: Sequence[Reader], seed: int = 1) -> list[Plan]:
    """Who does what: the kinds are spread over the minute, whoever comes first."""
    chance = random.Random(seed)
    kinds = [number < size.live for number in range(size.members)]
    chance.shuffle(kinds)
    sleepers = {kind: round(size.sleepers * kinds.count(kind)) for kind in (True, False)}
    made = []
    for number, (reader, live) in enumerate(zip(readers, kinds, strict=False)):
        sleeps = sleepers[live] > 0
        sleepers[live] -= sleeps
        arrives = chance.uniform(0, size.arriving)
        made.append(Plan(reader=reader, arrives=arrives, live=live, sleeps=sleeps, seed=number))
    return made


def play(port: int, members: Sequence[Plan], pace: Pace, hold: float) -> Log:
    """In the generator's process: all of them, until the last one has left."""
    return asyncio.run(_play(port, members, pace, hold))


async def _play(port: int, members: Sequence[Plan], pace: Pace, hold: float) -> Log:
    reader = members[0].reader
    place = Place(port=port, assets=await assets(port, reader), pace=pace, log=Log())
    waiting = sum(plan.live for plan in members)

    async def one(plan: Plan) -> None:
        told = not plan.live

        def attached() -> None:
            nonlocal told, waiting
            if not told:
                told, waiting = True, waiting - 1
                if not waiting:
                    asyncio.get_running_loop().call_later(hold, place.live.set)

        await Visitor(plan, place).visit(attached)

    if not waiting:
        place.live.set()
    await asyncio.gather(*map(one, members))
    return place.log


async def assets(port: int, reader: Reader) -> list[str]:
    """What the light page and the live one load beside themselves."""
    found: dict[str, None] = {}
    for slug in (LESSON, LIVE):
        connection = await Connection.open("127.0.0.1", port)
        response = await connection.send(build("GET", f"/lessons/{slug}", headers(reader)))
        connection.close()
        check(Request(data=b""), response)
        links = re.findall(rb'"(/static/weike/[^"]+)"', response.text)
        found |= dict.fromkeys(link.decode() for link in links)
    return list(found)


def run_crowd(size: CrowdSize, folder: Path) -> Found:
    """Measure, and write `crowd.md`, `crowd.json` and `crowd.png`."""
    with scratch_folder(folder) as scratch, Generator() as generator:
        course = make_course(scratch / "course", members=size.members + 1, only=size.topics)
        readers = enrol(course)
        with weike_server(course) as server:
            asyncio.run(assets(server.port, readers[-1]))  # drawn before the first one comes
            log, samples, began = _watched(server, generator, plans(size, readers), size)
            server.kill()
        failures = _failures(log, course, size)
        found = _found(log, samples, failures, size)
        if size.profile and any(figure.met is False and figure.load for figure in found.figures):
            found.profiles["crowd"] = _profile(course, generator, size, readers, folder)
    draw_crowd(log, samples, began, folder / "crowd.png")
    _write(found, log, samples, size, folder)
    return found


def _watched(
    server: Server, generator: Generator, members: Sequence[Plan], size: CrowdSize
) -> tuple[Log, list[Sample], float]:
    watch = Watch(
        server.pid, generator.pid, weigh=min(5.0, size.hold / 2), every=min(1.0, size.hold / 4)
    )
    watch.start()
    try:
        log = generator.run(play, server.port, members, size.pace, size.hold)
    finally:
        samples = watch.stop()
    return log, samples, watch.began


def _profile(
    course: Course, generator: Generator, size: CrowdSize, readers: list[Reader], folder: Path
) -> str:
    """The same crowd again, the server under a profiler; the file's name."""
    file = "profile-crowd.txt"
    again = [
        Plan(reader=one.reader, arrives=one.arrives, live=one.live, sleeps=one.sleeps,
             seed=one.seed, new=True)
        for one in plans(size, readers)
    ]  # fmt: skip
    with weike_server(course, profile=folder / file) as server:
        os.kill(server.pid, signal.SIGUSR1)
        generator.run(play, server.port, again, size.pace, size.hold)
    return file


def _failures(log: Log, course: Course, size: CrowdSize) -> list[str]:
    """Errors that members saw, and answers that the killed server had acknowledged and lost."""
    found = [text for _when, text in log.errors[:20]]
    if len(log.errors) > len(found):
        found.append(f"… and {len(log.errors) - len(found)} more errors")
    stored, submitted = stored_responses(course), handed_in(course)
    lost = [event for event in log.acknowledged if event not in stored]
    other = [e for e, response in log.acknowledged.items() if e in stored and stored[e] != response]
    if lost:
        found.append(f"{len(lost)} acknowledged answers are not in the store")
    if other:
        found.append(f"{len(other)} acknowledged answers are stored otherwise than sent")
    if missing := len(log.handed_in - submitted):
        found.append(f"{missing} acknowledged submissions are not in the store")
    if log.gone:
        found.append(f"{log.gone} live copies had ended before their members left")
    if log.finished < size.members:
        found.append(f"{size.members - log.finished} of {size.members} members gave up")
    return found


def _found(log: Log, samples: Sequence[Sample], failures: list[str], size: CrowdSize) -> Found:
    who = f"{size.members:,} members in {size.arriving:.0f} s, {size.live} live"
    server = max((one.server_mib for one in samples), default=0.0)
    weighed = [one for one in samples if one.kernels_mib is not None]
    most = max(weighed, key=lambda one: one.server_mib + (one.kernels_mib or 0), default=None)
    everything = (most.server_mib + (most.kernels_mib or 0)) / 1024 if most else 0.0

    def at(what: str, share: float) -> float:
        return percentile(log.times(what), share) * 1000

    rows: list[tuple[str, str, float, float | None, str | None]] = [
        (f"{who}: open p95", "ms", at("open", 0.95), OPEN, "crowd"),
        (f"{who}: answer p99", "ms", at("answer", 0.99), ANSWER, "crowd"),
        (f"{who}: memory of the server", "MiB", server, SERVER_MIB, None),
        (f"{size.live} of them live at once: memory of everything", "GiB", everything, LIVE_GIB,
         None),
        (f"{who}: first touch → output, p95", "ms", at("first touch", 0.95), None, None),
        (f"{who}: every further touch → output, p95", "ms", at("touch", 0.95), None, None),
    ]  # fmt: skip
    figures = [
        Figure(name=name, unit=unit, better="less", weike=value, budget=budget, load=load)
        for name, unit, value, budget, load in rows
    ]
    return Found(figures=figures, failures=failures)


def _write(
    found: Found, log: Log, samples: Sequence[Sample], size: CrowdSize, folder: Path
) -> None:
    from .report import figure_table, table

    kinds = ("open", "asset", "answer", "submit", "kernel", "first touch", "touch", "reconnect")
    rows = []
    for kind in kinds:
        times = log.times(kind)
        latencies = (f"{percentile(times, s) * 1000:,.0f}" for s in (0.5, 0.95, 0.99, 1.0))
        rows.append((kind, f"{len(times):,}", *latencies))
    kernels = max((one.kernels for one in samples), default=0)
    asleep = sum(change > 0 for _when, what, change in log.present if what == "asleep")
    parts = [
        f"## {size.members:,} members in {size.arriving:.0f} s",
        figure_table(found.figures),
        "![The crowd](crowd.png)",
        table(("what", "times", "p50 ms", "p95 ms", "p99 ms", "longest ms"), rows),
        f"Answers acknowledged: {len(log.acknowledged):,}, each found in the store as it was sent"
        f" after the server was killed (SIGKILL), unless a failure above says otherwise;"
        f" {len(log.handed_in):,} quizzes handed in. {asleep} members put the phone away in the"
        f" middle and came back; errors: {len(log.errors)}. At most {kernels} processes beside the"
        " server: copies, their template, and what published the lessons.",
        "“Open” is the page and its first quiz, one after the other; then style and scripts are"
        " loaded, and everybody reads before answering. Server, copies and simulated members share"
        " the cores of this machine. The memory of everything counts shared pages once.",
    ]
    (folder / "crowd.md").write_text("\n\n".join(parts) + "\n", encoding="utf-8")
    data = {
        "size": asdict(size),
        "figures": [figure.to_json() for figure in found.figures],
        "failures": found.failures,
        "acknowledged": len(log.acknowledged),
        "handed_in": len(log.handed_in),
        "errors": len(log.errors),
        "asleep": asleep,
        "samples": [one.to_json() for one in samples],
    }
    (folder / "crowd.json").write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
