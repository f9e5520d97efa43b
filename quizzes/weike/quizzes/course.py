"""A course folder: what an organisation keeps, and the settings in its `weike.toml`."""

from __future__ import annotations

import ipaddress
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from weike.quizzes.errors import Problem, ProblemsError, WeikeError
from weike.quizzes.i18n import LANGUAGES, _, language, use_language
from weike.quizzes.meant import meant

SETTINGS = "weike.toml"
DEFAULT_TIMEZONE = "Asia/Shanghai"


_FULL_WIDTH = re.compile("[“”‘’＂＝［］，｛｝＃]")
_PLACE = re.compile(r"\(at line (\d+), column \d+\)")
_LANGUAGE = re.compile(rf"^\s*language\s*=\s*[\"'](?:{'|'.join(LANGUAGES)})[\"']", re.MULTILINE)


class CourseError(ProblemsError):
    """A `weike.toml` that cannot be used as it stands. It is said in the course's language."""

    def __init__(self, problems: Sequence[Problem], *, said_in: str) -> None:
        super().__init__(SETTINGS, problems)
        self.said_in = said_in

    def __str__(self) -> str:
        with use_language(self.said_in):
            return super().__str__()


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """Shares of a branch's learning score; they are scaled to add up to 1."""

    mean: float = 0.5
    completion: float = 0.3
    improvement: float = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Award:
    """Who may win the flag, and how a ranking is posted before it is approved.

    `coverage` is a share of 1, `least` the members with a mark that a branch needs, `posted_days`
    how long objections are open. `level` is one of the course's `levels`, by default the lowest.
    With `persons`, members who consent can be named as well.
    """

    posted_days: int = 5
    coverage: float = 0.8
    least: int = 5
    level: str | None = None
    persons: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Training:
    """How the training record counts: minutes of a lesson that make an hour of training (学时)."""

    minutes_per_hour: int = 45


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
    review_steps: tuple[str, ...] = ()
    demo: bool = False
    weights: Weights = field(default_factory=Weights)
    award: Award = field(default_factory=Award)
    training: Training = field(default_factory=Training)

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
    if start is not None and not start.exists():
        raise WeikeError(_("there is no folder {folder}").format(folder=start))
    root = find_course(start)
    if root is None:
        raise WeikeError(
            _("no weike.toml in {folder} or above it; make a course with: weike new DIR").format(
                folder=start or Path.cwd()
            )
        )
    text = (root / SETTINGS).read_bytes().decode("utf-8-sig", errors="replace")
    said = _LANGUAGE.search(text)
    said_in = said[0].split("=")[1].strip(" \t'\"") if said else language()
    with use_language(said_in):
        problems: list[Problem] = []
        course = _course(root, _table(text, problems), problems)
    if problems:
        raise CourseError(problems, said_in=said_in)
    return course


def _table(text: str, problems: list[Problem]) -> Mapping[str, object]:
    if "\ufffd" in text:
        problems.append(
            Problem(message=_("the file is not UTF-8"), repair=_("save it again as UTF-8"))
        )
        return {}
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        problems.append(_unreadable(text, str(error)))
    return {}


def _unreadable(text: str, said: str) -> Problem:
    """What TOML's own English sentence means to a person who wrote one setting wrong."""
    place = _PLACE.search(said)
    lines = text.splitlines()
    number = int(place[1]) if place else len(lines)
    line = lines[number - 1].strip() if 0 < number <= len(lines) else ""
    key = line.partition("=")[0].strip()[:40]  # the value may be a password
    message = _("{key} cannot be read").format(key=key or SETTINGS)
    if "overwrite" in said or "twice" in said:
        return Problem(
            line=number,
            message=_("the setting {key} stands there twice").format(key=key),
            repair=_("delete one of the two"),
        )
    if wide := _FULL_WIDTH.search(line):
        repair = _('{sign} is full-width; type " = [ ] , with a half-width keyboard').format(
            sign=wide[0]
        )
    else:
        repair = _('write it as title = "text", levels = ["a", "b"] or review = true')
    return Problem(line=number, message=message, repair=repair)


def _course(root: Path, table: Mapping[str, object], problems: list[Problem]) -> Course:
    known = {f.name for f in fields(Course)} - {"root"}
    values: dict[str, object] = {}
    for key, value in table.items():
        if key not in known:
            problems.append(
                Problem(
                    message=_("unknown setting {key}").format(key=key),
                    repair=meant(key, sorted(known)),
                )
            )
            continue
        try:
            values[key] = _CHECKS.get(key, _text)(value)
        except (TypeError, ValueError) as error:
            problems.append(Problem(message=_("{key}: {text}").format(key=key, text=error)))
    course = Course(root=root, **values)  # type: ignore[arg-type]  # checked one by one above
    if course.award.level not in (None, *course.levels):
        problems.append(
            Problem(
                message=_("award: {level} is none of the levels").format(level=course.award.level),
                repair=_("choose one of {choices}").format(choices=", ".join(course.levels)),
            )
        )
    return replace(course, public_url=_without_prefix(course, problems))


def _without_prefix(course: Course, problems: list[Problem]) -> str | None:
    """The address without the path prefix, which people write into both settings."""
    if course.public_url is None:
        return None
    parts = urlsplit(course.public_url)
    if parts.path.strip("/") and _prefix(parts.path) != course.base_url:
        problems.append(
            Problem(
                message=_("public_url has the path {path}, but base_url is {prefix}").format(
                    path=parts.path, prefix=course.base_url
                ),
                repair=_('write base_url = "{prefix}"').format(prefix=_prefix(parts.path)),
            )
        )
    return f"{parts.scheme}://{parts.netloc}"


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


def _steps(value: object) -> tuple[str, ...]:
    names = _texts(value)
    if not 1 <= len(names) <= 3 or len(set(names)) < len(names):
        raise ValueError(_("name one to three different steps"))
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


def _proxies(value: object) -> tuple[str, ...]:
    names = _texts(value)
    for name in names:
        try:
            ipaddress.ip_network(name, strict=False)
        except ValueError as error:
            raise ValueError(
                _("{name} is no address; write one such as 10.0.0.5 or 10.0.0.0/24").format(
                    name=name
                )
            ) from error
    return names


def _weights(value: object) -> Weights:
    if not isinstance(value, dict) or value.keys() - {f.name for f in fields(Weights)}:
        raise TypeError(_("write mean, completion and improvement"))
    if not all(isinstance(w, int | float) and w >= 0 for w in value.values()):
        raise ValueError(_("weights are numbers from 0"))
    weights = Weights(**value)
    if weights.mean + weights.completion + weights.improvement == 0:
        raise ValueError(_("at least one weight is above 0"))
    return weights


def _award(value: object) -> Award:
    known = {f.name: f.default for f in fields(Award)}
    if not isinstance(value, dict) or value.keys() - known.keys():
        raise TypeError(_("write {keys}").format(keys=", ".join(known)))
    award = Award(**{name: _AWARD[name](one) for name, one in value.items()})
    if not 0 <= award.coverage <= 1:
        raise ValueError(_("coverage is a share from 0 to 1, such as 0.8"))
    if award.posted_days < 1:
        raise ValueError(_("posted_days is at least 1: members need time to object"))
    if award.least < 2:
        raise ValueError(_("least is at least 2: one member is no branch"))
    return award


def _training(value: object) -> Training:
    if not isinstance(value, dict) or value.keys() - {"minutes_per_hour"}:
        raise TypeError(_("write {keys}").format(keys="minutes_per_hour"))
    training = Training(**{name: _whole(one) for name, one in value.items()})
    if not 1 <= training.minutes_per_hour <= 60:
        raise ValueError(_("minutes_per_hour is from 1 to 60, such as 45"))
    return training


def _whole(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(_("write a whole number"))
    return value


def _share(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(_("coverage is a share from 0 to 1, such as 0.8"))
    return float(value)


_AWARD: Mapping[str, Callable[[object], Any]] = {
    "posted_days": _whole,
    "coverage": _share,
    "least": _whole,
    "level": _text,
    "persons": _flag,
}


_CHECKS: Mapping[str, Callable[[object], object]] = {
    "language": _language,
    "timezone": _zone,
    "levels": _levels,
    "public_url": _url,
    "base_url": _prefix,
    "trusted_proxies": _proxies,
    "review": _flag,
    "review_steps": _steps,
    "demo": _flag,
    "weights": _weights,
    "award": _award,
    "training": _training,
}
