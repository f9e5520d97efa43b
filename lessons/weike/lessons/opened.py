"""Which files of the course a running lesson has read: when one changes, the lesson is run again.

Lives in the lesson's own process. Python tells of every file it opens (PEP 578), so data files
and helper modules are seen without a list that an author would have to keep.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from typing import Any

MIME = "application/vnd.weike.files+json"
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT

_opened: set[str] = set()


def watch(root: str) -> None:
    """Remember every file under `root` that this process opens for reading from now on."""
    prefix = os.path.join(os.path.realpath(root), "")

    def hook(event: str, args: tuple[Any, ...]) -> None:
        if event != "open":
            return
        name, _mode, flags = args
        if isinstance(name, bytes):
            name = os.fsdecode(name)
        if not isinstance(name, str) or (isinstance(flags, int) and flags & _WRITES):
            return
        path = name if os.path.isabs(name) else os.path.join(os.getcwd(), name)
        if path.startswith(prefix):
            _opened.add(path)

    sys.addaudithook(hook)


class Files:
    """Shows the list to whoever asks the kernel for it."""

    def _repr_mimebundle_(self, **_wanted: object) -> dict[str, object]:
        return {MIME: sorted({_source(path) for path in _opened}), "text/plain": ""}


def export() -> Files:
    return Files()


def _source(path: str) -> str:
    """A module that was compiled before is read from its cache; its source is what matters."""
    if path.endswith(".pyc"):
        try:
            return importlib.util.source_from_cache(path)
        except ValueError:
            return path
    return os.path.normpath(path)
