"""One part of the bench: measured alone and written at once, so that it stays if another fails."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from .figures import Figure


@dataclass(slots=True, kw_only=True)
class Found:
    """`failures` make a part void, whatever its times; `profiles` are files by their load."""

    figures: list[Figure] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    profiles: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """`run(small, folder)` writes `<name>.md` into the folder, and what that shows."""

    name: str
    run: Callable[[bool, Path], Found]


@contextmanager
def scratch_folder(folder: Path) -> Iterator[Path]:
    """For what is only there while a part runs, on the disk that is measured."""
    # A bench fills the database it is given: never the one that the environment names.
    os.environ.pop("WEIKE_DATABASE_URL", None)
    scratch = folder / "scratch"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    try:
        yield scratch
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
