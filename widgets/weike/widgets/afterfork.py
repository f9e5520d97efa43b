"""For lessons that hold what learners must not share: a connection, a time, a seed.

A live lesson runs once, and each learner gets a copy of the process. What `after_fork` is given
runs in the learner's own process; where lessons are not copied (JupyterLab, publishing), at once.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TypeVar

F = TypeVar("F", bound=Callable[[], object])
_waiting: list[Callable[[], object]] = []
_copied = False


def after_fork(function: F) -> F:
    """Run `function` in every learner's own process.

    >>> @after_fork
    ... def look_at_the_clock() -> None:
    ...     global opened
    ...     opened = datetime.now()
    """
    if _copied:
        _waiting.append(function)
    else:
        function()
    return function


def hold() -> None:
    """This process is a template: from now on, wait for the copies."""
    global _copied
    _copied = True


def run() -> None:
    """In a copy: do what waits. What is asked for later is done at once."""
    global _copied
    _copied = False
    while _waiting:
        function = _waiting.pop(0)
        try:
            function()
        except Exception as failure:
            print(f"after_fork: {type(failure).__name__}: {failure}", file=sys.stderr)
