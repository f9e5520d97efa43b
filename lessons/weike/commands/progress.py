"""Bars on the error stream, so that what is printed can be piped."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Self

import click

from weike.lessons.catalogue import LessonSource

Step = Callable[[int, int], None]


@contextmanager
def bar(label: str, *, hidden: bool) -> Iterator[Step]:
    """A bar for a step that is told how much is done, of how much."""
    if hidden:
        yield lambda _done, _total: None
        return
    with click.progressbar(length=1, label=label, file=sys.stderr) as shown:

        def step(done: int, total: int) -> None:
            shown.length = total
            shown.update(done - shown.pos)

        yield step


class ProgressBar:
    """For lessons that are run one after the other.

    Appears with the first lesson that is finished; where nothing is run, there is no bar.
    """

    def __init__(self, label: str, *, hidden: bool = False) -> None:
        self._label = label
        self._hidden = hidden
        self._bar: Any = None
        self._done = 0

    def step(self, source: LessonSource, done: int, total: int) -> None:
        if self._hidden:
            return
        if self._bar is None:
            self._bar = click.progressbar(
                length=total,
                label=self._label,
                item_show_func=lambda slug: slug or "",
                file=sys.stderr,
            )
            self._bar.__enter__()
        self._bar.update(done - self._done, source.slug)
        self._done = done

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        if self._bar is not None:
            self._bar.__exit__(None, None, None)
