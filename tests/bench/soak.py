"""`python -m bench.soak --minutes 30`: does anything grow that should not?

Members come and go, answer, put their phones away; live copies are attached and culled; lessons are
published again. Before it and after it the server is left alone until its copies are culled: what
it takes at rest then must be what it took before. In between, what is left of the trend once the
number of copies is taken out of it must be flat.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from weike.quizzes.course import Course

from .answers import Taking, open_request
from .client import Connection
from .course import (
    LESSON,
    LIVE,
    LIVE_TOPIC,
    REPOSITORY,
    Reader,
    enrol,
    make_course,
    stored_events,
)
from .crowd import assets
from .growth import Verdict, verdicts
from .load import Generator
from .machine import this_machine
from .part import scratch_folder
from .process import Server
from .soakchart import draw_soak
from .visitor import Log, Pace, Place, Plan, Visitor
from .watch import Sample, Watch
from .weike_server import weike_server

BUSY = Pace(reading=6, thinking=1.5, asleep=8, between_slides=1.5, slides=3)
AT_ONCE = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class SoakSize:
    """`rate` is visits a second; `fill` newcomers take a quiz beforehand, so that what the server
    keeps of attempts in memory is full before anything is compared.
    """

    minutes: float
    members: int = 400
    fill: int = 5_500
    rate: float = 4.0
    live: float = 0.25
    sleepers: float = 0.2
    publish_every: float = 60.0
    idle: int = 60  # seconds after which a copy that nobody touches is culled
    every: float = 5.0
    pace: Pace = BUSY


SMALL_SOAK = SoakSize(
    minutes=0.1, members=6, fill=20, rate=2.0, live=0.6, sleepers=0.5, publish_every=60.0, idle=2,
    every=0.5, pace=Pace(reading=0.1, thinking=0.02, asleep=0.1, between_slides=0.02, slides=1),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Soaked:
    samples: Sequence[Sample]
    rests: tuple[tuple[float, float], tuple[float, float]]  # seconds, before and after
    log: Log
    published: int
    lost: int

    @property
    def verdicts(self) -> list[Verdict]:
        return verdicts(self.samples, self.rests)

    @property
    def failures(self) -> list[str]:
        found = [text for _when, text in self.log.errors[:10]]
        if self.lost:
            found.append(f"{self.lost} acknowledged answers are not in the store")
        return found


def soak(size: SoakSize, folder: Path) -> Soaked:
    # Where kernels have their sockets, whose paths must be short.
    short = tempfile.TemporaryDirectory(prefix="soak-", ignore_cleanup_errors=True)
    with scratch_folder(folder) as scratch, Generator() as generator, short as temporary:
        members = size.members + size.fill
        course = make_course(scratch / "course", members=members, only=("fire", LIVE_TOPIC))
        readers = enrol(course)
        env = {"WEIKE_LIVE_IDLE": str(size.idle), "TMPDIR": temporary}
        with weike_server(course, env=env) as server:
            watch = Watch(
                server.pid,
                generator.pid,
                every=size.every,
                weigh=0.0,
                folder=Path(temporary),
                database=course.results / "weike.db",
            )
            watch.start()
            try:
                found = _soak(size, course, readers, server, generator, watch)
            finally:
                watch.stop()
            server.kill()
        return replace(found, lost=len(found.log.acknowledged.keys() - stored_events(course)))


def _soak(
    size: SoakSize,
    course: Course,
    readers: list[Reader],
    server: Server,
    generator: Generator,
    watch: Watch,
) -> Soaked:
    regulars, newcomers = readers[: size.members], readers[size.members :]
    if newcomers:
        generator.run(fill, server.port, newcomers)
    # What is there after the first visits (a template, threads, pages) is no growth.
    log = generator.run(soaked, server.port, regulars, replace(size, minutes=size.minutes / 10), 1)
    published = _publish(course, 0)
    before = _rest(size, watch)
    began = time.monotonic()
    future = generator.start(soaked, server.port, regulars, size, 2)
    while not future.done():
        time.sleep(min(0.5, size.publish_every / 4))
        due = (time.monotonic() - began) / size.publish_every
        if due > published:
            published += _publish(course, published)
    used = future.result()
    after = _rest(size, watch)
    log.errors += used.errors
    log.acknowledged |= used.acknowledged
    log.finished += used.finished
    log.gone += used.gone
    log.asked += used.asked
    log.present += used.present
    return Soaked(
        samples=list(watch.samples), rests=(before, after), log=log, published=published, lost=0
    )


def _rest(size: SoakSize, watch: Watch) -> tuple[float, float]:
    """Until copies are culled (twice the time, and a round of looking), then a while to look at."""
    time.sleep(2 * size.idle + 0.5)
    began = time.time() - watch.began
    time.sleep(max(4 * size.every, min(30.0, 6 * size.minutes)))
    return began, time.time() - watch.began


def _publish(course: Course, number: int) -> int:
    """Both lessons, each with another word in it, by the command that an administrator uses."""
    for slug in (LESSON, LIVE):
        [file] = course.root.glob(f"lessons/*/{slug}.ipynb")
        notebook = json.loads(file.read_text(encoding="utf-8"))
        cell = next(one for one in notebook["cells"] if one["cell_type"] == "markdown")
        cell["source"] = ["".join(cell["source"]).partition("\n\n第")[0], f"\n\n第 {number} 版。"]
        file.write_text(json.dumps(notebook, ensure_ascii=False), encoding="utf-8")
    weike = str(Path(sys.executable).with_name("weike"))
    subprocess.run(
        [weike, "publish", LESSON, LIVE], cwd=course.root, check=True, capture_output=True
    )
    return 1


def fill(port: int, readers: Sequence[Reader]) -> int:
    """Newcomers take the quiz to its end: as many as the server keeps in memory."""
    waiting = iter(readers)

    async def some() -> None:
        connection = await Connection.open("127.0.0.1", port)
        for reader in waiting:
            opened = await connection.ask(open_request(reader, keep=False))
            for request in Taking(reader=reader).after(opened.text):
                await connection.ask(request)
        connection.close()

    async def work() -> int:
        await asyncio.gather(*(some() for _ in range(AT_ONCE)))
        return len(readers)

    return asyncio.run(work())


def soaked(port: int, readers: Sequence[Reader], size: SoakSize, seed: int) -> Log:
    """In the generator's process: visit after visit, a member one at a time."""
    return asyncio.run(_soaked(port, readers, size, seed))


async def _soaked(port: int, readers: Sequence[Reader], size: SoakSize, seed: int) -> Log:
    chance = random.Random(seed)
    place = Place(port=port, assets=await assets(port, readers[0]), pace=size.pace, log=Log())
    place.live.set()
    free = list(readers)
    running: set[asyncio.Task[None]] = set()
    stop = time.monotonic() + 60 * size.minutes

    async def one(reader: Reader) -> None:
        plan = Plan(
            reader=reader,
            arrives=0.0,
            live=chance.random() < size.live,
            sleeps=chance.random() < size.sleepers,
            seed=chance.getrandbits(32),
            new=True,
        )
        await Visitor(plan, place).visit()
        free.append(reader)

    while time.monotonic() < stop:
        await asyncio.sleep(chance.expovariate(size.rate))
        if free:
            task = asyncio.ensure_future(one(free.pop(0)))
            running.add(task)
            task.add_done_callback(running.discard)
    await asyncio.gather(*running)
    return place.log


def run_soak(size: SoakSize, folder: Path) -> Soaked:
    """Measure, and write `soak.md`, `soak.json` and `soak.png`."""
    found = soak(size, folder)
    draw_soak(found.samples, found.rests, folder / "soak.png")
    (folder / "soak.md").write_text(_markdown(found, size, folder), encoding="utf-8")
    data = {
        "size": asdict(size),
        "verdicts": [asdict(one) | {"grew": one.grew} for one in found.verdicts],
        "failures": found.failures,
        "finished": found.log.finished,
        "acknowledged": len(found.log.acknowledged),
        "published": found.published,
        "attached": len(found.log.times("kernel")),
        "samples": [one.to_json() for one in found.samples],
    }
    (folder / "soak.json").write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    return found


def _markdown(found: Soaked, size: SoakSize, folder: Path) -> str:
    from .report import MARKS, number, table

    rows = [
        (
            one.bound.name + (f", {one.bound.unit}" if one.bound.unit else ""),
            number(one.before),
            number(one.after),
            f"≤ +{number(one.bound.rest)}",
            "" if one.hour is None else f"{one.hour:+,.1f}",
            "" if one.bound.hour is None else f"≤ +{number(one.bound.hour)}",
            MARKS[not one.grew],
        )
        for one in found.verdicts
    ]
    grew = [one.bound.name for one in found.verdicts if one.grew]
    said = f"**Grew: {', '.join(grew)}.**" if grew else "**Nothing grew.**"
    answers = len(found.log.acknowledged)
    bytes_each = 0.0
    if found.samples and answers:
        first, last = found.samples[0], found.samples[-1]
        bytes_each = (last.database_mib - first.database_mib) * 1024 / answers
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        machine = this_machine("no browser", Path(scratch))
    attached = len(found.log.times("kernel"))
    parts = [
        f"# A soak of {size.minutes:g} minutes",
        f"{machine.cores} cores of {machine.cpu}, {machine.memory_gib:.1f} GiB; weike"
        f" {machine.packages['weike']}, Python {machine.python}.",
        *(f"**Void:** {failure}" for failure in found.failures),
        said,
        table(("what", "at rest before", "after", "bound", "trend/h", "bound", ""), rows),
        "![The soak over time](soak.png)",
        f"{found.log.finished:,} visits, {answers:,} answers acknowledged and found in the store"
        f" of the killed server, {attached:,} live copies attached, both lessons published"
        f" {found.published} times, {found.log.gone} copies culled under a member, "
        f"{len(found.log.errors)} errors. The database grew by"
        f" {bytes_each:.1f} KiB for each answer: the log keeps everything.",
        f"At rest: nobody is there, and copies have been culled after {size.idle} s. The trend is"
        " that of the time in use, by least squares over time and the number of processes beneath"
        f" the server. {size.fill:,} newcomers took a quiz beforehand, so that what the server"
        " keeps of attempts in memory was full.",
    ]
    return "\n\n".join(parts) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--small", action="store_true", help="a few seconds, to show that it works")
    parser.add_argument("--out", type=Path, metavar="DIR", default=REPOSITORY / "results" / "bench")
    options = parser.parse_args()
    folder: Path = options.out.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    found = run_soak(SMALL_SOAK if options.small else SoakSize(minutes=options.minutes), folder)
    print((folder / "soak.md").read_text(encoding="utf-8"))
    return 1 if found.failures or any(one.grew for one in found.verdicts) else 0


if __name__ == "__main__":
    sys.exit(main())
