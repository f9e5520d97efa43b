"""A question bank, and the formats that it is kept in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import tzinfo
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any, Protocol, cast

from weike.quizzes.course import find_course, load_course
from weike.quizzes.errors import BankError, Problem, WeikeError, why
from weike.quizzes.i18n import _
from weike.quizzes.question import Question
from weike.quizzes.rules import Rules

_BIGGEST = 20 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Bank:
    """Questions, with what their source says about a quiz made of them.

    `bank` names another bank whose questions are meant (`bank: fire.md` in a `%%quiz` cell).
    `lines` tells where each question stands in its source; it is no part of the bank's value.
    """

    title: str | None = None
    topic: str | None = None
    language: str | None = None
    rules: Rules = field(default_factory=Rules)
    questions: tuple[Question, ...] = ()
    bank: str | None = None
    lines: Mapping[str, int] = field(default_factory=dict, compare=False, repr=False)

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


def format_of(path: str | Path) -> Format:
    """The format that a file's name asks for."""
    suffix = Path(path).suffix.lower()
    for module in formats().values():
        if suffix in module.SUFFIXES:
            return module
    known = sorted(suffix for module in formats().values() for suffix in module.SUFFIXES)
    raise WeikeError(
        _("{name}: no format for {suffix}; known ones are {known}").format(
            name=Path(path).name,
            suffix=suffix or _("a name without an ending"),
            known=", ".join(known),
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
    named = _named(form) if form else None
    suffix = path.suffix.lower()
    also = [m for m in formats().values() if suffix in getattr(m, "ALSO", ())]
    module = named or format_of(path)
    data = read_source(path, module)
    if named or not also or isinstance(data, bytes):
        return module, data
    return _recognised(path, data, module, also), data


def _named(form: str) -> Format:
    if form not in formats():
        raise WeikeError(
            _("no format {name}; known ones are {known}").format(
                name=form, known=", ".join(formats())
            )
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


def read_source(path: Path, module: Format) -> str | bytes:
    """What a file holds, as its format wants it. Text may be UTF-8, UTF-16 or GB18030."""
    try:
        if path.stat().st_size > _BIGGEST:
            raise WeikeError(_("{name} is larger than 20 MB").format(name=path.name))
        data = path.read_bytes()
    except OSError as error:
        raise WeikeError(
            _("{name} cannot be read: {reason}").format(name=path, reason=why(error))
        ) from error
    return decoded(data, path.name, module)


def decoded(data: bytes, name: str, module: Format) -> str | bytes:
    """Bytes as a format wants them. Text may be UTF-8, UTF-16 or GB18030."""
    if is_binary(module):
        return data
    utf16 = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if utf16 else ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BankError(
        name,
        [Problem(message=_("the file is not UTF-8"), repair=_("save it again as UTF-8"))],
    )


def is_binary(module: Format) -> bool:
    return bool(getattr(module, "BINARY", False))


def is_readable(module: Format) -> bool:
    """Whether banks can be kept in it: a format that is only written names its losses itself."""
    return not hasattr(module, "losses")
