"""What kept the phone's main thread busy until the first question could be answered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, Page

CATEGORIES = "devtools.timeline,blink.user_timing,loading,v8,__metadata"
LONG_MS = 4.0
NAMELESS = ("RunTask", "ThreadControllerImpl::RunTask", "SimpleWatcher::OnHandleReady")
NAMED_BY = ("url", "styleSheetUrl", "functionName", "type")

Event = dict[str, Any]


@contextmanager
def recorded(browser: Browser) -> Iterator[list[Event]]:
    """Everything that the browser traces meanwhile; the list is filled at the end."""
    session = browser.new_browser_cdp_session()
    events: list[Event] = []
    complete: list[Event] = []
    session.on("Tracing.dataCollected", lambda data: events.extend(data["value"]))
    session.on("Tracing.tracingComplete", lambda data: complete.append(data))
    config = {"includedCategories": CATEGORIES.split(",")}
    session.send("Tracing.start", {"transferMode": "ReportEvents", "traceConfig": config})
    try:
        yield events
    finally:
        session.send("Tracing.end")
        context = browser.new_context()
        page = context.new_page()
        while not complete:
            _breathe(page)
        context.close()


def _breathe(page: Page) -> None:
    page.wait_for_timeout(20)  # events are only delivered while Playwright waits


@dataclass(slots=True)
class Task:
    """One piece of work in ms since the navigation; `own` is without the pieces inside it."""

    name: str
    begin: float
    took: float
    own: float
    depth: int


def tasks(events: Sequence[Event], path: str) -> list[Task]:
    """The main thread's work on the page at `path`, in the order of its beginning."""
    navigation = max(
        (e for e in events if e["name"] == "navigationStart" and path in str(e.get("args"))),
        key=lambda event: float(event["ts"]),
    )
    began, process = navigation["ts"], navigation["pid"]
    thread = next(
        e["tid"]
        for e in events
        if e["name"] == "thread_name"
        and e["pid"] == process
        and e["args"]["name"] == "CrRendererMain"
    )
    mine = [
        e
        for e in events
        if e["ph"] == "X" and (e["pid"], e["tid"]) == (process, thread) and e["ts"] >= began
    ]
    found: list[Task] = []
    above: list[Task] = []
    for event in sorted(mine, key=lambda event: (event["ts"], -event["dur"])):
        begin, took = (event["ts"] - began) / 1000, event["dur"] / 1000
        while above and begin >= above[-1].begin + above[-1].took:
            above.pop()
        if above:
            above[-1].own -= took
        depth = sum(task.name not in NAMELESS for task in above)
        above.append(Task(_name(event), begin, took, took, depth))
        found.append(above[-1])
    return found


def _name(event: Event) -> str:
    arguments = event.get("args", {})
    data = arguments.get("data") or arguments.get("beginData") or {}
    said = [str(data[key]) for key in NAMED_BY if isinstance(data, dict) and data.get(key)]
    return " ".join([event["name"], *said])


def told(found: Sequence[Task], answerable: float) -> str:
    """The profile as text: the long tasks in their order, then the sum of each kind of work."""
    before = [task for task in found if task.begin < answerable * 1000]
    sums: dict[str, float] = {}
    for task in before:
        kind = task.name.partition(" ")[0]
        sums[kind] = sums.get(kind, 0.0) + task.own
    ranked = sorted(sums.items(), key=lambda one: -one[1])
    return "\n".join(
        [
            f"The first question was answerable after {answerable:.2f} s; tracing slows that down.",
            "",
            "began ms  took ms  task",
            *(
                f"{task.begin:8.0f} {task.took:8.1f}  {'  ' * task.depth}{task.name}"
                for task in before
                if task.took >= LONG_MS and task.name not in NAMELESS
            ),
            "",
            "  own ms  kind of work, all of it until then",
            *(f"{own:8.1f}  {kind}" for kind, own in ranked if own >= 1.0),
            "",
        ]
    )
