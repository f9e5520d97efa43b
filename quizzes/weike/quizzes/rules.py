"""The rules of a quiz: what counts, how often, how long, and when answers are told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any, Literal

from weike.quizzes.duration import read_duration
from weike.quizzes.errors import BankError, Problem
from weike.quizzes.i18n import N_, _
from weike.quizzes.number import plain
from weike.quizzes.question import Partial
from weike.quizzes.text import brief

Behaviour = Literal["practice", "test", "exam"]
Shuffle = Literal["none", "questions", "options", "both"]
Counts = Literal["first", "last", "best", "mean"]

# What a bank says of itself; every other key of its front matter is a rule.
BANK_KEYS = ("title", "topic", "language", "bank")
RULE_KEYS = {
    "pass": "passing",
    "behaviour": "behaviour",
    "partial": "partial",
    "attempts": "attempts",
    "wait": "wait",
    "limit": "limit",
    "open": "open",
    "close": "close",
    "draw": "draw",
    "shuffle": "shuffle",
    "counts": "counts",
}

_BEHAVIOURS = {"练习": "practice", "测验": "test", "考试": "exam"}
_PARTIALS = {
    "全对得分": "all-or-nothing",
    "漏选得一半分": "missed-half",
    "按选项得分": "per-option",
}
_COUNTS = {"首次": "first", "末次": "last", "最高": "best", "平均": "mean"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """`attempts` and `limit` are None where there is no bound.

    `strata` says how many of `draw` come from which topic (a text) or difficulty (a number).
    """

    passing: float = 0.6
    behaviour: Behaviour = "practice"
    partial: Partial = "all-or-nothing"
    attempts: int | None = None
    wait: timedelta | None = None
    limit: timedelta | None = None
    open: datetime | None = None
    close: datetime | None = None
    draw: int | None = None
    strata: tuple[tuple[str | int, int], ...] = ()
    shuffle: Shuffle = "options"
    counts: Counts = "best"

    @property
    def shuffles_questions(self) -> bool:
        return self.shuffle in ("questions", "both")

    @property
    def shuffles_options(self) -> bool:
        return self.shuffle in ("options", "both")

    def overridden(self, override: Mapping[str, Any] | None) -> Rules:
        """The rules for one member or branch: `open`, `close`, `limit`, `attempts` of its own."""
        assert set(override or {}) <= {"open", "close", "limit", "attempts"}, override
        return replace(self, **override) if override else self

    def to_json(self) -> dict[str, Any]:
        """Durations in seconds, times in ISO 8601; what is not set is left out."""
        body: dict[str, Any] = {}
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, timedelta):
                value = plain(value.total_seconds())
            elif isinstance(value, datetime):
                value = value.astimezone(UTC).isoformat().replace("+00:00", "Z")
            elif isinstance(value, tuple):
                value = [list(pair) for pair in value] or None
            elif isinstance(value, float):
                value = plain(value)
            if value is not None:
                body[field.name] = value
        return body

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Rules:
        values = dict(data)
        for name in ("wait", "limit"):
            if name in values:
                values[name] = timedelta(seconds=values[name])
        for name in ("open", "close"):
            if name in values:
                values[name] = datetime.fromisoformat(values[name])
        for name in ("open", "close"):
            assert name not in values or values[name].tzinfo, f"{name} has no time zone"
        if "strata" in values:
            values["strata"] = tuple((name, count) for name, count in values["strata"])
        return cls(**values)

    @classmethod
    def from_front_matter(cls, mapping: Mapping[str, Any], *, zone: tzinfo = UTC) -> Rules:
        """The rules among these keys. A time without a zone is in `zone`.

        Raises `BankError` with everything that is wrong.
        """
        rules, problems = read_rules(mapping, zone=zone)
        if problems:
            raise BankError(_("the rules of the quiz"), list(problems.values()))
        return rules

    def to_front_matter(self) -> dict[str, Any]:
        """The keys that differ from the defaults, as an author would write them."""
        written = {key: self._written(name) for key, name in RULE_KEYS.items()}
        default = Rules()
        return {
            key: value
            for key, value in written.items()
            if value != default._written(RULE_KEYS[key])
        }

    def _written(self, name: str) -> Any:
        value = getattr(self, name)
        if name == "passing":
            return f"{plain(round(value * 100, 6))}%"
        if name == "draw" and self.strata:
            return dict(self.strata)
        if name == "shuffle":
            return {"none": False, "both": True}.get(value, value)
        if isinstance(value, timedelta):
            seconds = value.total_seconds()
            return f"{plain(seconds / 60)} min" if seconds % 60 == 0 else f"{plain(seconds)} s"
        return value


def read_rules(
    mapping: Mapping[str, Any], *, zone: tzinfo = UTC
) -> tuple[Rules, dict[str, Problem]]:
    """The rules, and what is wrong by key. Keys of `BANK_KEYS` are left alone."""
    values: dict[str, Any] = {}
    problems: dict[str, Problem] = {}
    for key, value in mapping.items():
        if key in BANK_KEYS:
            continue
        if key not in RULE_KEYS:
            known = ", ".join((*BANK_KEYS, *RULE_KEYS))
            problems[key] = Problem(
                message=_("unknown key {key}").format(key=key),
                repair=_("known ones are: {keys}").format(keys=known),
            )
            continue
        if value is None:
            continue
        read, repair = _READERS[key]
        try:
            if isinstance(value, list | set | dict) and key != "draw":
                raise TypeError(value)
            values |= read(value, zone)
        except (TypeError, ValueError, OverflowError):
            problems[key] = Problem(
                message=_("{key}: {value} does not fit").format(key=key, value=brief(value)),
                repair=_(repair),
            )
    rules = Rules(**values)
    if rules.open and rules.close and rules.close <= rules.open:
        problems["close"] = Problem(
            message=_("the quiz closes before it opens"), repair=_("write a later close")
        )
    return rules, problems


def _passing(value: object, zone: tzinfo) -> dict[str, Any]:
    text = str(value).replace("％", "%").strip()
    share = float(text.removesuffix("%"))
    if text.endswith("%") or share > 1:
        share /= 100
    if isinstance(value, bool) or not 0 <= share <= 1:
        raise ValueError(value)
    return {"passing": round(share, 9)}


def _choice(name: str, choices: tuple[str, ...], chinese: Mapping[str, str]) -> _Reader:
    def read(value: object, zone: tzinfo) -> dict[str, Any]:
        text = chinese.get(str(value).strip(), str(value).strip().lower())
        if text not in choices:
            raise ValueError(value)
        return {name: text}

    return read


def _attempts(value: object, zone: tzinfo) -> dict[str, Any]:
    if isinstance(value, str) and value.strip().lower() in ("unlimited", "不限"):
        return {"attempts": None}
    return {"attempts": _count(value)}


def _count(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise TypeError(value)
    if (count := int(value)) < 1:
        raise ValueError(value)
    return count


def _duration(name: str) -> _Reader:
    def read(value: object, zone: tzinfo) -> dict[str, Any]:
        if isinstance(value, bool):
            raise TypeError(value)
        length = value if isinstance(value, timedelta) else read_duration(str(value))
        if length < timedelta(seconds=1):
            raise ValueError(value)
        return {name: length}

    return read


def _moment(name: str) -> _Reader:
    def read(value: object, zone: tzinfo) -> dict[str, Any]:
        if isinstance(value, str):
            text = value.strip()
            value = date.fromisoformat(text) if len(text) <= 10 else datetime.fromisoformat(text)
        if not isinstance(value, date):
            raise TypeError(value)
        if not isinstance(value, datetime):
            # A day opens at its first moment and closes after its last.
            day = value + timedelta(days=1) if name == "close" else value
            value = datetime.combine(day, time(0))
        if value.tzinfo is None:
            value = value.replace(tzinfo=zone)
        return {name: value.astimezone(UTC)}

    return read


def _draw(value: object, zone: tzinfo) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        return {"draw": _count(value)}
    strata = tuple(
        (name if isinstance(name, int) else str(name), _count(count))
        for name, count in value.items()
    )
    if not strata:
        raise ValueError(value)
    return {"draw": sum(count for _name, count in strata), "strata": strata}


def _shuffle(value: object, zone: tzinfo) -> dict[str, Any]:
    name = {True: "both", False: "none"}.get(value, value) if isinstance(value, bool) else value
    if name not in ("none", "questions", "options", "both"):
        raise ValueError(value)
    return {"shuffle": name}


_Reader = Callable[[object, tzinfo], dict[str, Any]]
_LENGTH = N_("write a length such as 10 min, 1 h or 90 s")
_TIME = N_("write a time such as 2026-10-01 08:00")
_READERS: Mapping[str, tuple[_Reader, str]] = {
    "pass": (_passing, N_("write a share such as 80%")),
    "behaviour": (
        _choice("behaviour", ("practice", "test", "exam"), _BEHAVIOURS),
        N_("write practice, test or exam"),
    ),
    "partial": (
        _choice("partial", ("all-or-nothing", "missed-half", "per-option"), _PARTIALS),
        N_("write all-or-nothing, missed-half or per-option"),
    ),
    "attempts": (_attempts, N_("write a number from 1, or unlimited")),
    "wait": (_duration("wait"), _LENGTH),
    "limit": (_duration("limit"), _LENGTH),
    "open": (_moment("open"), _TIME),
    "close": (_moment("close"), _TIME),
    "draw": (_draw, N_("write a number from 1, or numbers by topic such as {操作: 2, 原理: 3}")),
    "shuffle": (_shuffle, N_("write options, questions, true (both) or false")),
    "counts": (
        _choice("counts", ("first", "last", "best", "mean"), _COUNTS),
        N_("write first, last, best or mean"),
    ),
}
