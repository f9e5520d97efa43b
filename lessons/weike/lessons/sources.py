"""The course's own files, read and written for lecturers: notebooks, banks and their media.

A path is relative to the course folder, with slashes, and leads under `lessons/` or `quizzes/`
only: never to code that is shipped there, to a hidden file, through a link, or out of the folder.
"""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from threading import Lock

from weike.lessons.media import TYPES
from weike.quizzes.bank import readable, suffixes
from weike.quizzes.course import Course
from weike.quizzes.errors import WeikeError, why
from weike.quizzes.i18n import _

FOLDERS = ("lessons", "quizzes")
_FORBIDDEN = frozenset('\\:*?"<>|') | {chr(n) for n in range(32)} | {chr(127)}
_LONGEST = 180  # bytes of one name; file systems allow 255, and a temporary name is longer
_writing = Lock()


class SourceError(WeikeError):
    """A path that leads nowhere a lecturer may read or write, or a disk that refuses."""


class Changed(WeikeError):  # noqa: N818 - news, not a fault
    """The file is another one than the writer has seen. `hash` is None where it is gone."""

    def __init__(self, path: str, hash: str | None) -> None:
        self.path = path
        self.hash = hash
        message = _("{file} has been changed elsewhere") if hash else _("{file} is gone")
        super().__init__(message.format(file=path))


def content_hash(content: bytes) -> str:
    """The SHA-256 of a file's content, 64 hex digits."""
    return hashlib.sha256(content).hexdigest()


def source_path(course: Course, path: str) -> Path:
    """The file that a path of the course names, be it there or not. Raises `SourceError`."""
    parts = path.split("/")
    usable = (
        len(parts) > 1
        and parts[0] in FOLDERS
        and parts[1] != "weike"
        and all(_is_name(part) for part in parts[1:])
        and parts[-1].rpartition(".")[2].lower() in _endings()
    )
    if not usable:
        raise SourceError(
            _("{file} is no file of this course's lessons or banks").format(file=path)
        )
    place = course.root
    for part in parts:
        place = place / part
        if place.is_symlink():
            raise SourceError(
                _("{file} is a link, or lies behind one; copy the file into the course").format(
                    file=path
                )
            )
    return place


@cache
def _endings() -> frozenset[str]:
    """Of notebooks, of what they show, and of every bank that can be read."""
    banks = {suffix.removeprefix(".") for suffix in suffixes(readable())}
    return frozenset({"ipynb"}) | banks | TYPES.keys()


def _is_name(part: str) -> bool:
    return (
        bool(part)
        and not part.startswith((".", "_"))
        and not part.endswith((".", " "))
        and not _FORBIDDEN & set(part)
        and len(part.encode("utf-8", "surrogatepass")) <= _LONGEST
        and part.isprintable()
    )


def read_source(course: Course, path: str) -> tuple[bytes, str]:
    """A file's content and its hash. Raises `SourceError`, also where there is no such file."""
    file = source_path(course, path)
    try:
        content = file.read_bytes()
    except OSError as error:
        raise SourceError(
            _("{file} cannot be read: {reason}").format(file=path, reason=why(error))
        ) from error
    return content, content_hash(content)


def save_source(course: Course, path: str, content: bytes, *, expected: str | None) -> str:
    """Write a file whole or not at all; the hash of what stands there now.

    `expected` is the hash of the file that the writer has seen, None for a file that is not there
    yet. Raises `Changed` where another file stands there, `SourceError` where none may.
    """
    file = source_path(course, path)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with _alone(file.parent):
            found = content_hash(file.read_bytes()) if file.exists() else None
            if found != expected:
                raise Changed(path, found)
            _write(file, content)
    except OSError as error:
        raise SourceError(
            _("{file} cannot be written: {reason}").format(file=path, reason=why(error))
        ) from error
    return content_hash(content)


def _write(file: Path, content: bytes) -> None:
    """Through a file beside it, on the disk before it takes the name."""
    mode = file.stat().st_mode & 0o777 if file.exists() else 0o644
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=".", suffix=".saving")
    try:
        with os.fdopen(handle, "wb") as target:
            target.write(content)
            target.flush()
            os.fsync(target.fileno())
        os.chmod(name, mode)  # `mkstemp` makes it unreadable to the user that runs lessons
        os.replace(name, file)
    except BaseException:
        with suppress(OSError):
            os.unlink(name)
        raise


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One writer in a folder at a time, of all threads and, where the system can, processes."""
    with _writing:
        if sys.platform == "win32":
            yield
            return
        import fcntl

        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)
