"""A notebook as it lies on disk: read without Jupyter, so that nothing slow is imported."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from weike.lessons.finding import error
from weike.quizzes.errors import ProblemsError, why
from weike.quizzes.i18n import _

MAX_BYTES = 20_000_000
KINDS = ("markdown", "code", "raw")


class NotebookError(ProblemsError):
    """A file that cannot be read as a notebook."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One cell. `number` counts from 1, as people do."""

    number: int
    type: str
    source: str
    metadata: Mapping[str, Any]
    attachments: Mapping[str, Mapping[str, str]]

    @property
    def tags(self) -> frozenset[str]:
        tags = self.metadata.get("tags")
        return frozenset(map(str, tags)) if isinstance(tags, list) else frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Notebook:
    """The cells and metadata of one notebook; `data` is the notebook itself."""

    data: Mapping[str, Any]
    cells: tuple[Cell, ...]

    @property
    def weike(self) -> Mapping[str, Any]:
        """The lesson's own metadata: the mapping named "weike"."""
        table = self.data["metadata"].get("weike")
        return table if isinstance(table, dict) else {}

    def without_outputs(self) -> dict[str, Any]:
        """The notebook as its author wrote it: what a version is made from."""
        return {
            "cells": [_bare(cell) for cell in self.data["cells"]],
            "metadata": {
                key: self.data["metadata"][key]
                for key in ("kernelspec", "weike")
                if key in self.data["metadata"]
            },
            "nbformat": 4,
            "nbformat_minor": 5,
        }


def read_notebook(path: Path, name: str) -> Notebook:
    """Read a notebook; `name` is what messages call it. Raises `NotebookError`."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise _unusable(
                name,
                _("the file is larger than {n} MB").format(n=MAX_BYTES // 1_000_000),
                _("clear the outputs in JupyterLab and save it again"),
            )
        data = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as failure:
        raise _unusable(
            name, _("the file cannot be read: {reason}").format(reason=why(failure))
        ) from failure
    except UnicodeDecodeError as failure:
        raise _unusable(
            name,
            _("the file is not written in UTF-8"),
            _("open it in JupyterLab and save it again"),
        ) from failure
    except (json.JSONDecodeError, RecursionError) as failure:
        line = failure.lineno if isinstance(failure, json.JSONDecodeError) else None
        raise _unusable(
            name,
            _("the file is damaged: it is not valid JSON"),
            _("bring back an older copy, or open it in JupyterLab and save it again"),
            line=line,
        ) from failure
    return parse_notebook(data, name)


def parse_notebook(data: object, name: str) -> Notebook:
    """The notebook in a JSON value. Raises `NotebookError`."""
    if (
        not isinstance(data, dict)
        or not isinstance(data.get("cells"), list)
        or not isinstance(data.get("metadata", {}), dict)
        or not all(_is_cell(cell) for cell in data["cells"])
    ):
        cells = data.get("cells") if isinstance(data, dict) else None
        if isinstance(cells, list) and (strange := _strange(name, cells)):
            raise strange
        raise _unusable(
            name,
            _("this is not a notebook"),
            _("make a new one in JupyterLab and copy the text over"),
        )
    if data.get("nbformat") != 4:
        raise _unusable(
            name,
            _("this notebook has the old format {n}").format(n=data.get("nbformat")),
            _("open it in JupyterLab and save it again"),
        )
    whole = {**data, "metadata": data.get("metadata", {})}
    return Notebook(
        data=whole,
        cells=tuple(_cell(number, cell) for number, cell in enumerate(data["cells"], 1)),
    )


def _strange(name: str, cells: list[Any]) -> NotebookError | None:
    """Why a cell of a kind that Jupyter may know one day keeps the file from being read."""
    for number, cell in enumerate(cells, 1):
        kind = cell.get("cell_type") if isinstance(cell, dict) else None
        if isinstance(kind, str) and kind not in KINDS:
            found = error(
                _("a part is of an unknown kind: {kind}").format(kind=kind[:40]),
                _("make it text or code in JupyterLab"),
                file=name,
                cell=number,
            )
            return NotebookError(name, [found])
    return None


def _unusable(name: str, message: str, repair: str = "", line: int | None = None) -> NotebookError:
    return NotebookError(name, [error(message, repair, file=name, line=line)])


def _is_cell(cell: object) -> bool:
    return (
        isinstance(cell, dict)
        and cell.get("cell_type") in KINDS
        and isinstance(cell.get("metadata", {}), dict)
        and isinstance(cell.get("source"), str | list)
    )


def _cell(number: int, cell: dict[str, Any]) -> Cell:
    attachments = cell.get("attachments")
    return Cell(
        number=number,
        type=cell["cell_type"],
        source=joined(cell["source"]),
        metadata=cell.get("metadata", {}),
        attachments=attachments if isinstance(attachments, dict) else {},
    )


def joined(text: str | list[str]) -> str:
    """Notebook files keep long texts as lists of lines."""
    return text if isinstance(text, str) else "".join(map(str, text))


def _bare(cell: dict[str, Any]) -> dict[str, Any]:
    # The machine writes these into metadata at every run; they are no part of the lesson.
    noise = ("execution", "ExecuteTime", "collapsed", "scrolled")
    bare = {
        "cell_type": cell["cell_type"],
        "metadata": {k: v for k, v in cell.get("metadata", {}).items() if k not in noise},
        "source": joined(cell["source"]),
    }
    if "id" in cell:
        bare["id"] = cell["id"]
    if cell.get("attachments"):
        bare["attachments"] = cell["attachments"]
    if cell["cell_type"] == "code":
        bare |= {"outputs": [], "execution_count": None}
    return bare
