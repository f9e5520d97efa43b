"""A question bank, and the formats that it is kept in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import tzinfo
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any, Protocol, cast

from weike.quizzes import encoding
from weike.quizzes.course import find_course, load_course
from weike.quizzes.errors import BankError, Problem, WeikeError, why
from weike.quizzes.i18n import _, listed
from weike.quizzes.question import Question
from weike.quizzes.rules import Rules

_BIGGEST = 20 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Bank:
    """Questions, with what their source says about a quiz made of them.

    `bank` names another bank whose questions are meant (`bank: fire.md` in a `%%quiz` cell).
    `lines` tells where each question stands in its source, and `sheets` on which sheet of a
    workbook that has several; `unread` says what else it holds that looks like no bank. They are
    no part of the bank's value.
    """

    title: str | None = None
    topic: str | None = None
    language: str | None = None
    rules: Rules = field(default_factory=Rules)
    questions: tuple[Question, ...] = ()
    bank: str | None = None
    lines: Mapping[str, int] = field(default_factory=dict, compare=False, repr=False)
    sheets: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)
    unread: tuple[Problem, ...] = field(default=(), compare=False, repr=False)

    def __iter__(self) -> Iterator[Question]:
        return iter(self.questions)

    def __len__(self) -> int:
        return len(self.questions)


class Format(Protocol):
    """What a module of the entry-point group `weike.banks` offers."""

    SUFFIXES: tuple[str, ...]

    def loads(self, data: Any, *, source: str = "", zone: tzinfo | None = None) -> Bank:
        """Raise `BankError` with every problem at once.

        `data` is text, or bytes where the module says `BINARY = True`.
        """

    def dumps(self, bank: Bank) -> str | bytes: ...


@cache
def formats() -> Mapping[str, Format]:
    """Every installed format by its name."""
    return {point.name: cast(Format, point.load()) for point in entry_points(group="weike.banks")}


def readable() -> Mapping[str, Format]:
    """The installed formats that questions can be brought in."""
    return {name: module for name, module in formats().items() if is_readable(module)}


def suffixes(known: Mapping[str, Format]) -> list[str]:
    """The endings of the files of some formats, for whoever has to choose one."""
    return sorted({suffix for module in known.values() for suffix in module.SUFFIXES})


def format_of(path: str | Path, *, to_read: bool = False) -> Format:
    """The format that a file's name asks for; `to_read`: the error offers what can be read."""
    suffix = Path(path).suffix.lower()
    for module in formats().values():
        if suffix in module.SUFFIXES:
            return module
    raise WeikeError(
        _("{name}: no format for {suffix}; known ones are {known}").format(
            name=Path(path).name,
            suffix=suffix or _("a name without an ending"),
            known=", ".join(suffixes(readable() if to_read else formats())),
        )
    )


def load_bank(path: str | Path, *, zone: tzinfo | None = None, form: str | None = None) -> Bank:
    """Read a bank. Times without a zone are in `zone`, else in the course's.

    `form` names the format where the file's name does not tell it. Raises `BankError` with every
    problem at once, each with its place and its repair.
    """
    path = Path(path)
    module, data = open_source(path, form)
    if zone is None and find_course(path.parent) is not None:
        zone = load_course(path.parent).zone
    return module.loads(data, source=path.name, zone=zone)


def open_source(path: Path, form: str | None = None) -> tuple[Format, str | bytes]:
    """The format of a file and what it holds, as the format wants it.

    Several formats may live in .txt files; then the text decides.
    """
    if form:
        module = named(form, to_read=True)
        return module, decoded(_content(path), path.name, module)
    format_of(path, to_read=True)  # before a large file is read for nothing
    return open_content(path.name, _content(path))


def open_content(name: str, content: bytes) -> tuple[Format, str | bytes]:
    """The same of what a file of this name holds, or held once."""
    module = format_of(name, to_read=True)
    data = decoded(content, name, module)
    suffix = Path(name).suffix.lower()
    also = [m for m in formats().values() if suffix in getattr(m, "ALSO", ())]
    if not also or isinstance(data, bytes):
        return module, data
    return _recognised(Path(name), data, module, also), data


def name_of(module: Format) -> str:
    """What a format is called among the entry points."""
    return next(name for name, one in formats().items() if one is module)


def named(form: str, *, to_read: bool = False) -> Format:
    """The format of this name; `to_read` as in `format_of`."""
    if form not in formats():
        known = listed(readable() if to_read else formats())
        raise WeikeError(
            _("no format {name}; known ones are {known}").format(name=form, known=known)
        )
    return formats()[form]


def _recognised(path: Path, text: str, usual: Format, also: list[Format]) -> Format:
    found = [m for m in (usual, *also) if cast(Any, m).looks_like(text)]
    if len(found) > 1:
        names = [name for name, module in formats().items() if module in found]
        raise WeikeError(
            _("{name} could be one of: {formats}; say which with --from").format(
                name=path.name, formats=", ".join(names)
            )
        )
    return found[0] if found else usual


def _content(path: Path) -> bytes:
    try:
        if path.stat().st_size > _BIGGEST:
            raise WeikeError(_("{name} is larger than 20 MB").format(name=path.name))
        return path.read_bytes()
    except OSError as error:
        raise WeikeError(
            _("{name} cannot be read: {reason}").format(name=path, reason=why(error))
        ) from error


def decoded(data: bytes, name: str, module: Format) -> str | bytes:
    """Bytes as a format wants them. Text may be UTF-8, UTF-16, GB18030 or Western European."""
    if is_binary(module):
        return data
    text = encoding.decoded(data)
    if text is not None:
        return text
    raise BankError(
        name,
        [Problem(message=_("the file is not UTF-8"), repair=_("save it again as UTF-8"))],
    )


def is_binary(module: Format) -> bool:
    return bool(getattr(module, "BINARY", False))


def is_readable(module: Format) -> bool:
    """Whether it can be read: a format that is only written names its losses itself."""
    return not hasattr(module, "losses")
