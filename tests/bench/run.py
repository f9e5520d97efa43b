"""One run: stock Voilà and Weike, one after the other on the same machine."""

from __future__ import annotations

import os
import shutil
import signal
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from weike.quizzes.course import Course

from .course import enrol, make_course, stored_events
from .load import Generator, Outcome
from .loads import PAGE, Audience, Loads
from .machine import this_machine
from .phone import Openings, Phone, phone
from .rendering import renders_per_second
from .results import (
    FIRST_VISITS,
    KNOWN_PAGES,
    OFFERED,
    PAGES,
    PHONE,
    SATURATED,
    SECOND_VISITS,
    THRONG,
    Results,
    Stock,
    Weike,
)
from .size import Size
from .stock import opens_per_second, stock_server, write_notebook
from .weike_server import weike_server

PROFILED = 400  # members kept back for a second look at a budget that was missed


def run(size: Size, folder: Path) -> Results:
    """Measure everything; scratch files are in `folder` while it runs, profiles stay there."""
    # A bench fills the database it is given: never the one that the environment names.
    os.environ.pop("WEIKE_DATABASE_URL", None)
    scratch = folder / "scratch"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    for old in folder.glob("profile-*.txt"):
        old.unlink()
    try:
        with Generator() as generator:
            return _run(size, folder, scratch, generator)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _run(size: Size, folder: Path, scratch: Path, generator: Generator) -> Results:
    course = make_course(scratch / "course", members=size.members, only=size.only)
    _say(f"{size.members} members sign in")
    audience = Audience.of(enrol(course))
    with phone(size.phone) as device:
        machine = this_machine(device.version, scratch)
        stock_openings = _phone_on_stock(size, scratch, device)
        openings = _phone(size, course, audience, device)
    stock = _stock(size, scratch, stock_openings)
    weike = _weike(size, course, audience, generator, openings)
    results = Results(
        date=datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        machine=machine,
        size=size,
        stock=stock,
        weike=weike,
    )
    for name in size.profiles or results.missed_loads:
        _say(f"{name}: once more under a profiler")
        if name == PHONE:
            results.profiles[name] = _phone_profile(size, course, audience, folder)
        else:
            results.profiles[name] = _profile(name, size, course, audience, generator, folder)
    return results


def _phone_on_stock(size: Size, scratch: Path, device: Phone) -> Openings:
    _say("stock Voilà: phone")
    with stock_server(scratch) as server:
        return Openings(all=[device.open(f"{server.url}/", {}) for _ in range(size.phone_openings)])


def _stock(size: Size, scratch: Path, openings: Openings) -> Stock:
    _say("stock Voilà: opens")
    with stock_server(scratch) as server:
        opens = opens_per_second(server, opens=size.stock_opens, at_once=size.stock_at_once)
    _say("stock Voilà: rendering alone")
    renders = renders_per_second(write_notebook(scratch), seconds=size.render_seconds)
    return Stock(openings=openings, opens=opens, renders=renders)


def _phone(size: Size, course: Course, audience: Audience, device: Phone) -> Openings:
    """Newcomers on the phone: each opening is another member's."""
    _say("Weike: publishing, phone")
    with weike_server(course) as server:
        return Openings(
            all=[
                device.open(f"{server.url}{PAGE}", reader.cookies)
                for reader in audience.newcomers(size.phone_openings)
            ]
        )


def _weike(
    size: Size, course: Course, audience: Audience, generator: Generator, openings: Openings
) -> Weike:
    before = stored_events(course)
    spare = min(PROFILED, len(audience.waiting) // 4)
    measured: dict[str, Callable[[Loads], Outcome]] = {
        PAGES: Loads.pages,
        KNOWN_PAGES: Loads.known_pages,
        THRONG: lambda loads: loads.throng(size.throng, size.throng_seconds),
        FIRST_VISITS: lambda loads: loads.first_visits(len(audience.waiting) - spare),
        SECOND_VISITS: Loads.second_visits,
        SATURATED: lambda loads: loads.saturated_answers(size.saturated),
        OFFERED: lambda loads: loads.offered_answers(size.offered),
    }
    outcomes: dict[str, Outcome] = {}
    with weike_server(course) as server:
        loads = Loads(server, generator, audience, size)
        for name, measure in measured.items():
            _say(f"Weike: {name}")
            outcomes[name] = measure(loads)
        server.kill()
    stored = stored_events(course) - before
    return Weike(
        openings=openings,
        loads=outcomes,
        acknowledged=len(audience.acknowledged),
        stored=len(stored),
        lost=len(audience.acknowledged - stored),
    )


def _profile(
    name: str,
    size: Size,
    course: Course,
    audience: Audience,
    generator: Generator,
    folder: Path,
) -> str:
    """The same load again, shorter, on a server under a profiler; the file's name."""
    again: dict[str, Callable[[Loads], Outcome]] = {
        PAGES: Loads.pages,
        KNOWN_PAGES: Loads.known_pages,
        THRONG: lambda loads: loads.throng(len(audience.waiting) // 2, size.throng_seconds / 5),
        FIRST_VISITS: lambda loads: loads.first_visits(len(audience.waiting)),
        SECOND_VISITS: Loads.second_visits,
        SATURATED: lambda loads: loads.saturated_answers(size.saturated // 4),
        OFFERED: lambda loads: loads.offered_answers(size.offered // 4),
    }
    file = f"profile-{name.replace(', ', '-').replace(' ', '-')}.txt"
    with weike_server(course, profile=folder / file) as server:
        loads = Loads(server, generator, audience, size)
        os.kill(server.pid, signal.SIGUSR1)
        again[name](loads)
    return file


def _phone_profile(size: Size, course: Course, audience: Audience, folder: Path) -> str:
    """What a newcomer's phone was busy with; the file's name."""
    [reader] = audience.newcomers(1)
    with weike_server(course) as server, phone(size.phone) as device:
        text = device.profile_of(f"{server.url}{PAGE}", reader.cookies)
    file = "profile-phone.txt"
    (folder / file).write_text(text, encoding="utf-8")
    return file


def _say(what: str) -> None:
    print(f"{datetime.now():%H:%M:%S} {what}", file=sys.stderr, flush=True)
