"""Temporary folders. What a killed process leaves behind, the next start clears away."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Final, Self

try:
    import fcntl
except ModuleNotFoundError:  # Windows; folders stay there until the system clears them away
    fcntl = None  # type: ignore[assignment]

PREFIX: Final = "weike-"
# A socket's name has at most 107 bytes, on macOS 103; of these take, at the most,
# /weike-run-abcdefgh/tmpabcdefgh/kabcdefgh/s-5.
MOST: Final = (107 if sys.platform == "linux" else 103) - 45
SHORT: Final = ("/tmp", "/var/tmp")  # noqa: S108  # what is made there has a name of its own
_LOCK: Final = "lock"


def place() -> str:
    """Where folders are made: the system's place, or a usual one where its name is too long."""
    system = tempfile.gettempdir()
    return system if _fits(system) else next(filter(_usable, SHORT), system)


def no_sockets() -> bool:
    """Whether sockets find no room here, so that no lesson can run."""
    return sys.platform != "win32" and not _fits(place())


def _fits(folder: str) -> bool:
    return sys.platform == "win32" or len(os.fsencode(folder)) <= MOST


def _usable(folder: str) -> bool:
    return os.path.isdir(folder) and os.access(folder, os.W_OK | os.X_OK)


class Folders:
    """One folder of this process, `weike-<kind>-…`, for others; locked for as long as it lives."""

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self._base: Path | None = None
        self._lock = -1

    def make(self) -> Path:
        """A new empty folder for this process's own user alone."""
        if self._base is None:
            self._base = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{self._kind}-", dir=place()))
            self._base.chmod(0o711)  # a kernel's user goes through it and cannot look around
            if fcntl is not None:
                # Only what is locked already gets the name by which others know it as a lock.
                new = self._base / f"{_LOCK}.new"
                self._lock = os.open(new, os.O_CREAT | os.O_RDWR, 0o600)
                _try_lock(self._lock)
                new.rename(self._base / _LOCK)
        return Path(tempfile.mkdtemp(dir=self._base))

    def close(self) -> None:
        if self._base is not None:
            shutil.rmtree(self._base, ignore_errors=True)
            if self._lock >= 0:
                os.close(self._lock)
            self._base, self._lock = None, -1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_failure: object) -> None:
        self.close()


def clear_stale() -> list[Path]:
    """Remove what processes left that have ended without doing so; which folders that were.

    A folder of another user, without a lock, or whose owner still lives, is not touched.
    """
    found: list[Path] = []
    if fcntl is None:
        return found
    for base in Path(place()).glob(f"{PREFIX}*"):
        try:
            if base.is_symlink() or base.stat().st_uid != os.getuid():
                continue
            lock = os.open(base / _LOCK, os.O_RDWR | os.O_NOFOLLOW)
        except OSError:
            continue
        try:
            if _try_lock(lock):
                shutil.rmtree(base, ignore_errors=True)
                found.append(base)
        finally:
            os.close(lock)
    return found


def _try_lock(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
