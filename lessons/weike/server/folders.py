"""Temporary folders of kernels. What a killed server leaves behind, the next start clears away."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import Final

try:
    import fcntl
except ModuleNotFoundError:  # Windows; folders stay there until the system clears them away
    fcntl = None  # type: ignore[assignment]

PREFIX: Final = "weike-live-"
_LOCK: Final = "lock"


class Folders:
    """One folder of this process for those of its kernels, locked for as long as it lives."""

    def __init__(self) -> None:
        self._base: Path | None = None
        self._lock = -1

    def make(self) -> Path:
        """A new empty folder for this process's own user alone."""
        if self._base is None:
            self._base = Path(tempfile.mkdtemp(prefix=PREFIX))
            self._base.chmod(0o711)  # a kernel's user goes through it and cannot look around
            self._lock = os.open(self._base / _LOCK, os.O_CREAT | os.O_RDWR, 0o600)
            _try_lock(self._lock)
        return Path(tempfile.mkdtemp(dir=self._base))

    def close(self) -> None:
        if self._base is not None:
            shutil.rmtree(self._base, ignore_errors=True)
            os.close(self._lock)
            self._base = None


def clear_stale() -> list[Path]:
    """Remove what processes left that have ended without doing so; which folders that were."""
    found = []
    for base in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
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
    if fcntl is None:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
