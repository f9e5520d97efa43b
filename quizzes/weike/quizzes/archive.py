"""Files that are zip archives inside (xlsx, docx): opened within bounds, never unpacked to disk."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from xml.etree.ElementTree import ParseError
from xml.parsers import expat

from weike.quizzes.errors import WeikeError
from weike.quizzes.i18n import _

MAX_EXPANSION = 100
MAX_UNPACKED = 500_000_000
MAX_MEMBERS = 10_000

# What zipfile and expat raise at a damaged or forged archive.
_BROKEN = (
    zipfile.BadZipFile,
    expat.ExpatError,
    ParseError,
    OSError,
    NotImplementedError,
    RuntimeError,  # an encrypted member; too deep a nesting
    EOFError,
    UnicodeError,
    ValueError,
    zlib.error,
)


@contextmanager
def open_archive(
    data: bytes, name: str, damaged: Callable[[str], WeikeError]
) -> Iterator[zipfile.ZipFile]:
    """The archive, after a look at what it would unpack to.

    Raises `WeikeError` for one that expands beyond measure, names paths outside of itself or
    declares XML entities, and `damaged(name)` for one that cannot be read.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check(archive, len(data), name)
            yield archive
    except WeikeError:
        raise
    except _BROKEN as error:
        raise damaged(name) from error


def _check(archive: zipfile.ZipFile, size: int, name: str) -> None:
    members = archive.infolist()
    unpacked = sum(member.file_size for member in members)
    if unpacked > min(MAX_EXPANSION * size, MAX_UNPACKED) or len(members) > MAX_MEMBERS:
        raise WeikeError(
            _("{file} expands more than a hundredfold; it is not read").format(file=name)
        )
    for member in members:
        parts = member.filename.replace("\\", "/").split("/")
        if ".." in parts or parts[0] == "" or ":" in parts[0]:
            raise WeikeError(
                _("{file} holds paths that lead out of it; it is not read").format(file=name)
            )
        if member.filename.lower().endswith((".xml", ".rels")) and has_doctype(archive, member):
            raise WeikeError(_("{file} holds XML entities; it is not read").format(file=name))


def has_doctype(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bool:
    """Whether a part declares a document type, which only an attack on the reader needs.

    A declaration stands before the first element, so the beginning decides.
    """
    seen: list[str] = []
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = lambda *_: seen.append("doctype")
    parser.StartElementHandler = lambda *_: seen.append("element")
    with archive.open(member) as part:
        while not seen and (chunk := part.read(4096)):
            parser.Parse(chunk)
    return "doctype" in seen[:1]
