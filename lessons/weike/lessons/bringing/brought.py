"""What came of a document, and how it is put into the course."""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from weike.lessons.catalogue import lesson_files
from weike.lessons.finding import Finding
from weike.lessons.metadata import SLUG
from weike.quizzes.course import Course
from weike.quizzes.errors import WeikeError, why
from weike.quizzes.i18n import _


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """A lesson that is not in the course yet.

    `media` are its files by their path from the notebook's folder. `findings` say what could not
    be taken and what to confirm; their cells are those of `notebook`.
    """

    slug: str
    title: str
    notebook: bytes
    media: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    findings: tuple[Finding, ...] = ()


def keep(course: Course, brought: Brought) -> Path:
    """Write the lesson and its files under `lessons/`; never over a file that is there."""
    notebook = course.lessons / f"{brought.slug}.ipynb"
    files = {notebook.parent / name: data for name, data in brought.media.items()}
    there = next((path for path in (notebook, *files) if path.exists()), None)
    if there is not None:
        raise WeikeError(
            _("{name} is there already; choose another name with --into").format(name=there)
        )
    try:
        for path, data in (*files.items(), (notebook, brought.notebook)):
            path.parent.mkdir(parents=True, exist_ok=True)
            _write(path, data)
    except OSError as error:
        raise WeikeError(
            _("{name} cannot be written: {reason}").format(name=notebook, reason=why(error))
        ) from error
    return notebook


def choose_slug(course: Course, filename: str, wanted: str | None) -> str:
    """The address of the new lesson: as wished, else from the file's name, else a number."""
    if wanted is not None:
        if not SLUG.fullmatch(wanted):
            raise WeikeError(
                _("“{slug}” cannot be an address; use small letters, digits and hyphens").format(
                    slug=wanted[:80]
                )
            )
        return wanted
    taken = {path.stem for path in lesson_files(course)}
    taken |= {path.stem for path in course.lessons.glob("*.ipynb")}
    stem = re.sub(r"[^a-z0-9]+", "-", Path(filename).stem.lower()).strip("-")[:40].strip("-")
    if re.search(r"[a-z]", stem) and stem not in taken:
        return stem
    base = stem if re.search(r"[a-z]", stem) else "lesson"
    return next(slug for n in range(1, 100_000) if (slug := f"{base}-{n}") not in taken)


def notebook_of(cells: list[dict[str, Any]], about: Mapping[str, Any]) -> bytes:
    """A notebook of these cells; `about` is what it says of the lesson."""
    numbered = [{"id": f"part-{n}", **cell} for n, cell in enumerate(cells)]
    data = {
        "cells": [
            {**cell, "source": cell["source"].splitlines(keepends=True)} for cell in numbered
        ],
        "metadata": {
            "kernelspec": {
                "display_name": "Python 3 (ipykernel)",
                "language": "python",
                "name": "python3",
            },
            "weike": {name: value for name, value in about.items() if value},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode()


def text_cell(source: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": {}, "source": source}


def code_cell(source: str) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "execution_count": None,
        "metadata": {},
        "outputs": [],
        "source": source,
    }


def _write(path: Path, data: bytes) -> None:
    """Whole or not at all, and never through a link."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=path.suffix)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise
