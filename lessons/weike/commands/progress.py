"""A bar for lessons that are run one after the other."""

from __future__ import annotations

import sys
from typing import Any, Self

import click

from weike.lessons.catalogue import LessonSource


class ProgressBar:
    """Appears with the first lesson that is finished; where nothing is run, there is no bar."""

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
