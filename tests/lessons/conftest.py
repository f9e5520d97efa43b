"""A course folder to write lessons into, and a store to publish them to."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from PIL import Image

from weike.cli import weike
from weike.lessons.catalogue import LessonSource, read_lesson
from weike.lessons.execute import Executed
from weike.lessons.render import Rendered, render_lesson
from weike.quizzes.course import Course
from weike.quizzes.i18n import use_language
from weike.results.store import Store, open_store

GOOD = {"title": "One", "topic": "fire", "minutes": 5, "audience": "everyone"}
SETTINGS = 'title = "Test course"\nlanguage = "en"\n'
DRAWING = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20"><path d="M0 0h9"/></svg>'
Outputs = list[dict[str, Any]]


@dataclass
class Folder:
    """A course folder under a test's own temporary one."""

    root: Path
    course: Course = field(init=False)

    def __post_init__(self) -> None:
        (self.root / "lessons").mkdir(parents=True)
        self.write("weike.toml", SETTINGS)
        self.course = Course(root=self.root, title="Test course", language="en")

    def write(self, name: str, content: str | bytes) -> Path:
        file = self.root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return file

    def lesson(
        self, *cells: str | dict[str, Any], name: str = "lessons/fire/one.ipynb", **said: Any
    ) -> Path:
        """Write a lesson. A text is a Markdown cell; metadata that is None is left out."""
        table = {k: v for k, v in {**GOOD, **said}.items() if v is not None}
        notebook = {
            "cells": [
                {"cell_type": "markdown", "metadata": {}, "source": cell}
                if isinstance(cell, str)
                else cell
                for cell in cells
            ],
            "metadata": {"weike": table},
            "nbformat": 4,
            "nbformat_minor": 5,
        }
        return self.write(name, json.dumps(notebook, ensure_ascii=False))

    def read(self, *cells: str | dict[str, Any], **said: Any) -> LessonSource:
        """Write a lesson and read it back."""
        source, findings = read_lesson(self.lesson(*cells, **said), self.course)
        assert source is not None, findings
        return source

    def render(
        self,
        *cells: str | dict[str, Any],
        outputs: Mapping[int, Outputs] | None = None,
        **said: Any,
    ) -> Rendered:
        """The page of a lesson, as if running it had given these outputs."""
        source = self.read(*cells, **said)
        executed = Executed(outputs=outputs or {}, models={}, quizzes={}, files=())
        return render_lesson(source, executed, root=self.root)

    @staticmethod
    def code(text: str, *tags: str, **metadata: Any) -> dict[str, Any]:
        return {
            "cell_type": "code",
            "metadata": {**metadata, **({"tags": list(tags)} if tags else {})},
            "source": text,
            "outputs": [],
            "execution_count": None,
        }

    @staticmethod
    def shown(data: dict[str, Any], **metadata: Any) -> dict[str, Any]:
        return {"output_type": "display_data", "data": data, "metadata": metadata}

    @staticmethod
    def printed(text: str, name: str = "stdout") -> dict[str, Any]:
        return {"output_type": "stream", "name": name, "text": text}

    @staticmethod
    def picture(kind: str = "PNG", size: tuple[int, int] = (30, 20), **options: Any) -> bytes:
        file = io.BytesIO()
        Image.new("RGB", size, "red").save(file, kind, **options)
        return file.getvalue()


@pytest.fixture(autouse=True, scope="module")
def english() -> Iterator[None]:
    with use_language("en"):
        yield


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "course")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "store" / "weike.db") as opened:
        yield opened


@pytest.fixture
def typed(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """`typed("check", "--no-run")` in the course folder; what stops the command is raised."""
    monkeypatch.delenv("WEIKE_DATABASE_URL", raising=False)
    monkeypatch.chdir(folder.root)

    def run(*words: str) -> Result:
        result = CliRunner().invoke(weike, words)
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return run


@pytest.fixture(scope="session")
def make_folder(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Folder]:
    return lambda name: Folder(tmp_path_factory.mktemp(name) / "course")
