"""Files that somebody has sent and not decided about yet: for an hour, for that person only."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from weike.quizzes.errors import WeikeError
from weike.quizzes.i18n import _

BIGGEST: Final = 20 * 1024 * 1024
KEPT: Final = timedelta(hours=1)
_MOST: Final = 20  # of one person at a time; the oldest goes first
_TOKEN = re.compile(r"[0-9a-f]{32}")
_SUFFIX = re.compile(r"\.[a-z0-9]{1,8}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """`name` is what the sender calls it; `file` where it lies; `done` what was made of it."""

    token: str
    name: str
    file: Path
    form: str | None
    done: Mapping[str, Any] = field(default_factory=dict)


class Uploads:
    """Lie beside the results, out of reach of the pages and of the kernels of lessons."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(
        self, name: str, content: bytes, *, by: str, now: datetime, form: str | None = None
    ) -> str:
        """Keep a file for its sender; its token. Raises `WeikeError` for one too large."""
        if len(content) > BIGGEST:
            raise WeikeError(_("{name} is larger than 20 MB").format(name=name))
        self.expire(now)
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for old in self._of(by)[: 1 - _MOST] if len(self._of(by)) >= _MOST else ():
            self._forget(old)
        token = secrets.token_hex(16)
        suffix = Path(name).suffix.lower()
        if not _SUFFIX.fullmatch(suffix):
            raise WeikeError(_("{name} has no ending that says what it is").format(name=name))
        (self._folder / f"{token}{suffix}").write_bytes(content)
        about = {"name": name, "by": by, "at": now.isoformat(), "form": form, "suffix": suffix}
        self._write(token, about)
        return token

    def get(self, token: str, *, by: str, now: datetime) -> Upload | None:
        """What this person has sent; None for another's, and for what has expired."""
        about = self._read(token)
        if about is None or about["by"] != by or _age(about, now) > KEPT:
            return None
        return Upload(
            token=token,
            name=about["name"],
            file=self._folder / f"{token}{about['suffix']}",
            form=about["form"],
            done=about.get("done", {}),
        )

    def finish(self, token: str, done: Mapping[str, Any]) -> None:
        """Remember what was made of it, so that a second click does nothing."""
        about = self._read(token)
        if about is not None:
            self._write(token, about | {"done": dict(done)})

    def expire(self, now: datetime) -> int:
        """Remove what nobody decided about within an hour; how many those were."""
        gone = 0
        for file in self._folder.glob("*.about"):
            about = self._read(file.stem)
            if about is None or _age(about, now) > KEPT:
                self._forget(file.stem)
                gone += 1
        return gone

    def _of(self, by: str) -> list[str]:
        found = []
        for file in self._folder.glob("*.about"):
            about = self._read(file.stem)
            if about is not None and about["by"] == by:
                found.append((about["at"], file.stem))
        return [token for _at, token in sorted(found)]

    def _forget(self, token: str) -> None:
        for file in self._folder.glob(f"{token}.*"):
            with suppress(OSError):
                file.unlink()

    def _read(self, token: str) -> dict[str, Any] | None:
        if not _TOKEN.fullmatch(token):
            return None
        try:
            found: dict[str, Any] = json.loads((self._folder / f"{token}.about").read_text("utf-8"))
        except (OSError, ValueError):
            return None
        return found

    def _write(self, token: str, about: Mapping[str, Any]) -> None:
        (self._folder / f"{token}.about").write_text(json.dumps(about), "utf-8")


def _age(about: Mapping[str, Any], now: datetime) -> timedelta:
    return now - datetime.fromisoformat(about["at"])
