"""How many files, and so connections, the system lets this process have open at once."""

from __future__ import annotations

import sys

ENOUGH = 16_384
FEW = 4_096  # fewer than that are too few for a thousand members, who have six connections each


def open_files() -> int:
    """After asking for enough; what a process may have at most is its system's to decide."""
    if sys.platform == "win32":
        return FEW
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    unlimited = resource.RLIM_INFINITY
    wanted = ENOUGH if hard == unlimited else min(hard, ENOUGH)
    if soft == unlimited or soft >= wanted:
        return ENOUGH if soft == unlimited else soft
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    except (OSError, ValueError):  # macOS promises any number and gives fewer
        return soft
    return wanted
