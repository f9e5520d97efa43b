"""What each lesson was last made from, so that only what changed is run again.

The record lies beside the database and may be deleted: then every lesson is run once more.
What is published stands in the store alone.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from weike.lessons.catalogue import LessonSource
from weike.lessons.software import fingerprint

FILE = "published.json"


@dataclass(slots=True, kw_only=True)
class Record:
    """Entries by slug: the version, the notebook's hash, and every file that went in.

    A file is written down as [size, time of change in ns, sha256], or None where it was not there.
    """

    root: Path
    path: Path
    entries: dict[str, dict[str, Any]] = field(default_factory=dict)

    def unchanged(self, source: LessonSource, version: str | None) -> bool:
        """Whether running the lesson again could only give `version` again."""
        entry = self.entries.get(source.slug)
        return (
            entry is not None
            and entry["version"] == version
            and entry["notebook"] == source.name
            and entry["source"] == source_hash(source)
            and all(self._same(name, seen) for name, seen in entry["files"].items())
        )

    def _same(self, name: str, seen: list[Any] | None) -> bool:
        try:
            state = os.stat(self.root / name)
        except OSError:
            return seen is None
        if seen is None or state.st_size != seen[0]:
            return False
        return bool(state.st_mtime_ns == seen[1]) or _hash(self.root / name) == seen[2]

    def write_down(
        self, source: LessonSource, version: str, files: Iterable[Path], absent: Iterable[Path]
    ) -> None:
        seen: dict[str, list[Any] | None] = {}
        for file in files:
            if (name := self._name(file)) is not None and file.is_file():
                state = file.stat()
                seen[name] = [state.st_size, state.st_mtime_ns, _hash(file)]
        for file in absent:
            if (name := self._name(file)) is not None:
                seen[name] = None
        own = self._name(source.path)
        self.entries[source.slug] = {
            "version": version,
            "notebook": source.name,
            "source": source_hash(source),
            "files": {name: seen[name] for name in sorted(seen) if name != own},
        }

    def _name(self, file: Path) -> str | None:
        try:
            return file.resolve().relative_to(self.root).as_posix()
        except ValueError:
            return None

    def save(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self.path.with_suffix(".new")
        body = {"software": fingerprint(), "lessons": self.entries}
        fresh.write_text(json.dumps(body, ensure_ascii=False, indent=1), encoding="utf-8")
        fresh.replace(self.path)


def load_record(root: Path, results: Path) -> Record:
    """The record of a course; empty where there is none or where another Weike wrote it."""
    record = Record(root=root.resolve(), path=results / FILE)
    try:
        body = json.loads(record.path.read_text(encoding="utf-8"))
        if body["software"] == fingerprint():
            record.entries = body["lessons"]
    except (OSError, ValueError, KeyError, TypeError):
        pass
    return record


def source_hash(source: LessonSource) -> str:
    """A hash of the notebook as its author wrote it: outputs are no part of it."""
    text = json.dumps(source.notebook.without_outputs(), ensure_ascii=False, sort_keys=True)
    said = [source.slug, source.title, source.topic, source.language]
    return hashlib.sha256(json.dumps([text, *said]).encode()).hexdigest()[:32]


def _hash(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
