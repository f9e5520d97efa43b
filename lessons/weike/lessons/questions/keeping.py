"""Banks that were read once: by the hash of their content, in memory and beside the results.

To read ten thousand questions in Markdown takes half a minute. What was read is the same for every
process and after every restart, so it is kept in the form that is read quickest.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections import OrderedDict
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import Any

from weike.lessons.software import fingerprint
from weike.quizzes.bank import Bank
from weike.quizzes.formats import json as form
from weike.quizzes.question import Question
from weike.quizzes.rules import Rules

_MOST = 64  # banks in memory
_WORTH_KEEPING = 50_000  # bytes from which on a bank is kept on the disk too


class Keeping:
    """Banks by the hash of the file that they were read from."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "banks"
        self._known: OrderedDict[str, Bank] = OrderedDict()
        self._lock = Lock()

    def get(self, name: str, content: bytes) -> Bank | None:
        """The bank of this content under a name with this ending, where it was read before."""
        key = self._key(name, content)
        with self._lock:
            found = self._known.get(key)
            if found is not None:
                self._known.move_to_end(key)
                return found
        if len(content) < _WORTH_KEEPING:
            return None
        with suppress(OSError, ValueError, KeyError, TypeError):
            found = _loads((self._folder / f"{key}.json").read_text("utf-8"))
            self._remember(key, found)
            return found
        return None

    def put(self, name: str, content: bytes, bank: Bank) -> None:
        key = self._key(name, content)
        self._remember(key, bank)
        if len(content) >= _WORTH_KEEPING:
            with suppress(OSError):  # it is only quicker with it
                self._write(key, _dumps(bank))

    def _remember(self, key: str, bank: Bank) -> None:
        with self._lock:
            self._known[key] = bank
            while len(self._known) > _MOST:
                self._known.popitem(last=False)

    def _write(self, key: str, text: str) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=self._folder, prefix=".")
        with os.fdopen(handle, "w", encoding="utf-8") as target:
            target.write(text)
        os.replace(name, self._folder / f"{key}.json")
        every = sorted(self._folder.glob("*.json"), key=lambda one: one.stat().st_mtime)
        for old in every[:-_MOST]:
            old.unlink(missing_ok=True)

    def _key(self, name: str, content: bytes) -> str:
        ending = name.rpartition(".")[2].lower()
        said = f"{fingerprint()} {ending} ".encode()  # another Weike may read it otherwise
        return hashlib.sha256(said + content).hexdigest()[:32]


def _dumps(bank: Bank) -> str:
    return json.dumps(
        {
            "lines": dict(bank.lines),
            "sheets": dict(bank.sheets),
            "bank": json.loads(form.dumps(bank)),
        }
    )


def _loads(text: str) -> Bank:
    """What `_dumps` wrote; it was checked when it was read first."""
    data: Mapping[str, Any] = json.loads(text)
    bank = data["bank"]
    return Bank(
        title=bank.get("title"),
        topic=bank.get("topic"),
        language=bank.get("language"),
        bank=bank.get("bank"),
        rules=Rules.from_json(bank.get("rules", {})),
        questions=tuple(map(Question.from_json, bank["questions"])),
        lines=data["lines"],
        sheets=data["sheets"],
    )
