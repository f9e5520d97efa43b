"""The parts of the bench, in their order: what is quick first, what is large last."""

from __future__ import annotations

from pathlib import Path

from .crowd import FULL_CROWD, SMALL_CROWD, run_crowd
from .forks import FULL_FORKS, SMALL_FORKS, run_forks
from .imports import FULL_IMPORT, SMALL_IMPORT, run_imports
from .imports import figures as import_figures
from .part import Found, Part
from .report import write_pages
from .run import run
from .scores import FULL_SCORES, SMALL_SCORES, run_scores
from .size import FULL, SMALL


def _pages(small: bool, folder: Path) -> Found:
    results = run(SMALL if small else FULL, folder)
    write_pages(results, folder)
    return Found(figures=results.figures, failures=results.failures, profiles=results.profiles)


def _crowd(small: bool, folder: Path) -> Found:
    return run_crowd(SMALL_CROWD if small else FULL_CROWD, folder)


def _forks(small: bool, folder: Path) -> Found:
    return Found(figures=run_forks(SMALL_FORKS if small else FULL_FORKS, folder))


def _scores(small: bool, folder: Path) -> Found:
    measured = run_scores(SMALL_SCORES if small else FULL_SCORES, folder)
    return Found(
        figures=[figure for one in measured for figure in one.figures],
        failures=[failure for one in measured for failure in one.failures],
    )


def _imports(small: bool, folder: Path) -> Found:
    size = SMALL_IMPORT if small else FULL_IMPORT
    measured = run_imports(size, folder)
    return Found(figures=import_figures(measured, size), failures=list(measured.failures))


PARTS = (
    Part(name="pages", run=_pages),
    Part(name="crowd", run=_crowd),
    Part(name="forks", run=_forks),
    Part(name="imports", run=_imports),
    Part(name="scores", run=_scores),
)
