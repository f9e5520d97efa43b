"""`python -m bench.profiled FILE serve …`: the `weike` command under cProfile.

What is profiled is the thread of the event loop, from SIGUSR1 until the server ends: publishing is
not what a load waits for. Sorted by the time inside each function, then by the time beneath it.
"""

from __future__ import annotations

import cProfile
import pstats
import signal
import sys
from pathlib import Path

from weike.cli import main

if __name__ == "__main__":
    target = Path(sys.argv.pop(1))
    profiler = cProfile.Profile()
    signal.signal(signal.SIGUSR1, lambda _number, _frame: profiler.enable())
    try:
        main()
    finally:
        profiler.disable()
        with target.open("w", encoding="utf-8") as out:
            statistics = pstats.Stats(profiler, stream=out).strip_dirs()
            statistics.sort_stats("tottime").print_stats(45)
            statistics.sort_stats("cumulative").print_stats(60)
