"""A course folder: what an organisation keeps, and the settings in its `weike.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from weike.quizzes.errors import Problem, ProblemsError, WeikeError
from weike.quizzes.i18n import LANGUAGES, _

SETTINGS = "weike.toml"
DEFAULT_TIMEZONE = "Asia/Shanghai"


class CourseError(ProblemsError):
    """A `weike.toml` that cannot be used as it stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """Shares of a branch's learning score; they are scaled to add up to 1."""

    mean: float = 0.5
    completion: float = 0.3
    improvement: float = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """The settings of one course folder. Every field is a key of `weike.toml`."""

    root: Path
    title: str = "微课"
    language: str = "zh-CN"
    timezone: str = DEFAULT_TIMEZONE
    levels: tuple[str, ...] = ("党委", "党总支", "支部")
    roster: str = "members.csv"
    public_url: str | None = None
    base_url: str = "/"
    database_url: str | None = None
    trusted_proxies: tuple[str, ...] = ()
    kernel_user: str | None = None
    review: bool = False
    demo: bool = False
    weights: Weights = field(default_factory=Weights)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @property
    def lessons(self) -> Path:
        return self.root / "lessons"

    @property
    def quizzes(self) -> Path:
        return self.root / "quizzes"

    @property
    def results(self) -> Path:
        return self.root / "results"


def find_course(start: Path | None = None) -> Path | None:
    """The nearest folder at or above `start` (default: here) that holds a `weike.toml`."""
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        if (folder / SETTINGS).is_file():
            return folder
    return None


def load_course(start: Path | None = None) -> Course:
    """Read the course at or above `start`.

    Raises `WeikeError` where there is none and `CourseError` with every wrong setting at once.
    """
    root = find_course(start)
    if root is None:
        raise WeikeError(
            _("no weike.toml in {folder} or above it; make a course with: weike new DIR").format(
                folder=start or Path.cwd()
            )
        )
    source = root / SETTINGS
    try:
        table = tomllib.loads(source.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CourseError(SETTINGS, [Problem(message=str(error), file=str(source))]) from error
    return _course(root, table)


def _course(root: Path, table: Mapping[str, object]) -> Course:
    problems: list[Problem] = []
    known = {f.name for f in fields(Course)} - {"root"}
    values: dict[str, object] = {}
    for key, value in table.items():
        if key not in known:
            problems.append(
                Problem(
                    message=_("unknown setting {key}").format(key=key),
                    repair=_("known ones are: {keys}").format(keys=", ".join(sorted(known))),
                )
            )
            continue
        try:
            values[key] = _CHECKS.get(key, _text)(value)
        except (TypeError, ValueError) as error:
            problems.append(Problem(message=f"{key}: {error}"))
    if problems:
        raise CourseError(SETTINGS, problems)
    return Course(root=root, **values)  # type: ignore[arg-type]  # checked one by one above


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise TypeError(_("write a text in quotes"))
    return value


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise TypeError(_('write a list such as ["a", "b"]'))
    return tuple(map(_text, value))


def _levels(value: object) -> tuple[str, ...]:
    names = _texts(value)
    if not names:
        raise ValueError(_("name at least one level"))
    return names


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError(_("write true or false"))
    return value


def _language(value: object) -> str:
    if value not in LANGUAGES:
        raise ValueError(_("choose one of {choices}").format(choices=", ".join(LANGUAGES)))
    return str(value)


def _zone(value: object) -> str:
    name = _text(value)
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError(
            _("{name} is no time zone; write one such as Asia/Shanghai").format(name=name)
        ) from error
    return name


def _prefix(value: object) -> str:
    return "/" + "".join(f"{part}/" for part in _text(value).split("/") if part)


def _url(value: object) -> str:
    url = _text(value)
    if not url.startswith(("http://", "https://")):
        raise ValueError(_("write an address that starts with http:// or https://"))
    return url.rstrip("/")


def _weights(value: object) -> Weights:
    if not isinstance(value, dict) or value.keys() - {f.name for f in fields(Weights)}:
        raise TypeError(_("write mean, completion and improvement"))
    if not all(isinstance(w, int | float) and w >= 0 for w in value.values()):
        raise ValueError(_("weights are numbers from 0"))
    weights = Weights(**value)
    if weights.mean + weights.completion + weights.improvement == 0:
        raise ValueError(_("at least one weight is above 0"))
    return weights


_CHECKS: Mapping[str, Callable[[object], object]] = {
    "language": _language,
    "timezone": _zone,
    "levels": _levels,
    "public_url": _url,
    "base_url": _prefix,
    "trusted_proxies": _texts,
    "review": _flag,
    "demo": _flag,
    "weights": _weights,
}
