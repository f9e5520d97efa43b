"""`make bench`: measure part after part, write the report, print what it comes to."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
from pathlib import Path
from types import FrameType

from playwright.sync_api import sync_playwright

from .course import REPOSITORY
from .machine import Machine, this_machine
from .parts import PARTS
from .phone import CHROMIUM, FLAGS
from .whole import Whole


def main() -> int:
    names = [part.name for part in PARTS]
    parser = argparse.ArgumentParser(prog="bench", description="Weike beside stock Voilà.")
    parser.add_argument(
        "--small", action="store_true", help="only show that everything works, in seconds"
    )
    parser.add_argument(
        "--out",
        type=Path,
        metavar="DIR",
        default=REPOSITORY / "results" / "bench",
        help="folder for the report (default: results/bench)",
    )
    parser.add_argument(
        "--only",
        choices=names,
        nargs="+",
        metavar="PART",
        help=f"measure these parts again, keep the others: {' '.join(names)}",
    )
    options = parser.parse_args()
    folder: Path = options.out.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    signal.signal(signal.SIGTERM, _stopped)
    whole = Whole(folder, PARTS, _machine(folder))
    chosen = [part for part in PARTS if not options.only or part.name in options.only]
    whole.keep([name for name in names if name not in [part.name for part in chosen]])
    try:
        for part in chosen:
            print(f"— {part.name}", file=sys.stderr, flush=True)
            whole.run(part, small=options.small, load=os.getloadavg()[0])
    finally:
        print(whole.report.read_text(encoding="utf-8"))
        print(whole.summary())
        print(f"report: {whole.report}")
    return 1 if whole.failures else 0


def _machine(folder: Path) -> Machine:
    with sync_playwright() as playwright, tempfile.TemporaryDirectory(dir=folder) as scratch:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        version = browser.version
        browser.close()
        return this_machine(f"Chromium {version}", Path(scratch))


def _stopped(number: int, _frame: FrameType | None) -> None:
    """So that servers and folders are cleared away as after any other end."""
    raise SystemExit(128 + number)


if __name__ == "__main__":
    sys.exit(main())
