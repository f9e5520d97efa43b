"""Pages and answers: stock Voilà, plain and preheated, and Weike, one after the other."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from weike.quizzes.course import Course

from .course import LIVE, enrol, make_course, stored_events
from .load import Generator, Outcome
from .loads import PAGE, Audience, Loads
from .machine import this_machine
from .part import scratch_folder
from .phone import Hand, Openings, Phone, phone
from .rendering import renders_per_second
from .results import (
    FIRST_VISITS,
    KNOWN_PAGES,
    LIVE_PHONE,
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
from .stock import (
    HAND as STOCK_HAND,
)
from .stock import (
    POOL,
    PREHEATED,
    at_rest,
    memory_each,
    opens_per_second,
    stock_server,
    write_notebook,
)
from .weike_server import weike_server

LIVE_HAND = Hand(track=".weike-live input[type=range]", says=".weike-live .live-html")
PROFILED = 400  # members kept back for a second look at a budget that was missed


def run(size: Size, folder: Path) -> Results:
    """Measure everything; scratch files are in `folder` while it runs, profiles stay there."""
    with scratch_folder(folder) as scratch, Generator() as generator:
        return _run(size, folder, scratch, generator)


def _run(size: Size, folder: Path, scratch: Path, generator: Generator) -> Results:
    course = make_course(scratch / "course", members=size.members, only=size.only)
    _say(f"{size.members} members sign in")
    audience = Audience.of(enrol(course))
    with phone(size.phone) as device:
        machine = this_machine(device.version, scratch)
        openings = _phone(size, course, audience, device)
        stock = _stock("stock Voilà", size, scratch, device)
        preheated = _stock("preheated Voilà", size, scratch, device, *PREHEATED)
    weike = _weike(size, course, audience, generator, *openings)
    _say("stock Voilà: rendering alone")
    renders = renders_per_second(write_notebook(scratch), seconds=size.render_seconds)
    results = Results(
        date=datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        machine=machine,
        size=size,
        stock=stock,
        renders=renders,
        preheated=preheated,
        weike=weike,
    )
    for name in size.profiles or results.missed_loads:
        _say(f"{name}: once more under a profiler")
        if name in (PHONE, LIVE_PHONE):
            results.profiles[name] = _phone_profile(name, size, course, audience, folder)
        else:
            results.profiles[name] = _profile(name, size, course, audience, generator, folder)
    return results


def _stock(name: str, size: Size, scratch: Path, device: Phone, *options: str) -> Stock:
    """On one server: the phone, each time with all kernels at rest, then opens without a pause."""
    _say(f"{name}: phone")
    with stock_server(scratch, *options) as server:
        openings = []
        for _number in range(size.phone_openings):
            at_rest(
                server
            )  # kernels that are preheated are ready, as they would be in a quiet hour
            openings.append(device.open(f"{server.url}/", {}, STOCK_HAND))
        _say(f"{name}: opens")
        if options:
            at_rest(server)
            opens_per_second(server, opens=POOL, at_once=POOL)  # those that were ready
        opens = opens_per_second(server, opens=size.stock_opens, at_once=size.stock_at_once)
        at_rest(server)
        memory = memory_each(server)
    return Stock(openings=Openings(all=openings), opens=opens, memory=memory)


def _phone(
    size: Size, course: Course, audience: Audience, device: Phone
) -> tuple[Openings, Openings]:
    """Newcomers on the phone: each opening, of the light page and of the live, is another's."""
    _say("Weike: publishing, phone")
    with weike_server(course) as server:
        light = [
            device.open(f"{server.url}{PAGE}", reader.cookies)
            for reader in audience.newcomers(size.phone_openings)
        ]
        live = [
            device.open(f"{server.url}/lessons/{LIVE}", reader.cookies, LIVE_HAND)
            for reader in audience.newcomers(size.phone_openings)
        ]
        return Openings(all=light), Openings(all=live)


def _weike(
    size: Size,
    course: Course,
    audience: Audience,
    generator: Generator,
    openings: Openings,
    live: Openings,
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
        live=live,
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
    file = _file(name)
    with weike_server(course, profile=folder / file) as server:
        loads = Loads(server, generator, audience, size)
        os.kill(server.pid, signal.SIGUSR1)
        again[name](loads)
    return file


def _phone_profile(name: str, size: Size, course: Course, audience: Audience, folder: Path) -> str:
    """What a newcomer's phone was busy with; the file's name."""
    [reader] = audience.newcomers(1)
    page = PAGE if name == PHONE else f"/lessons/{LIVE}"
    with weike_server(course) as server, phone(size.phone) as device:
        text = device.profile_of(f"{server.url}{page}", reader.cookies)
    file = _file(name)
    (folder / file).write_text(text, encoding="utf-8")
    return file


def _file(name: str) -> str:
    return f"profile-{name.replace(', ', '-').replace(' ', '-')}.txt"


def _say(what: str) -> None:
    print(f"{datetime.now():%H:%M:%S} {what}", file=sys.stderr, flush=True)
