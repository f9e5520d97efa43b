"""A question bank, and the formats that it is kept in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import tzinfo
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path
from typing import Protocol, cast

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

    def loads(self, text: str, *, source: str = "", zone: tzinfo | None = None) -> Bank:
        """Raise `BankError` with every problem at once."""

    def dumps(self, bank: Bank) -> str: ...


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


def load_bank(path: str | Path, *, zone: tzinfo | None = None) -> Bank:
    """Read a bank. Times without a zone are in `zone`, else in the course's.

    Raises `BankError` with every problem at once, each with its place and its repair.
    """
    path = Path(path)
    module = format_of(path)
    try:
        if path.stat().st_size > _BIGGEST:
            raise WeikeError(_("{name} is larger than 20 MB").format(name=path.name))
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise BankError(
            path.name,
            [Problem(message=_("the file is not UTF-8"), repair=_("save it again as UTF-8"))],
        ) from error
    except OSError as error:
        raise WeikeError(
            _("{name} cannot be read: {reason}").format(name=path, reason=why(error))
        ) from error
    if zone is None and find_course(path.parent) is not None:
        zone = load_course(path.parent).zone
    return module.loads(text, source=path.name, zone=zone)
