"""What a ranking's page shows to everybody, and what its state is called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from weike.quizzes.i18n import _
from weike.results.awarding.rankinglog import Ranking
from weike.results.periods import period_words
from weike.results.reporting.sheet import Sheet
from weike.server.organizing import Scale

SLACK = 60  # seconds, so that an end at midnight is told as the day before


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """The branches of one level: those that are compared, and the small ones in their band."""

    word: str
    competing: bool
    rows: Sequence[Mapping[str, Any]]
    small: Sequence[Mapping[str, Any]]
    no_difference: bool
    scale: Scale

    @property
    def compared(self) -> bool:
        return sum(row["rank"] is not None for row in self.rows) > 1

    @property
    def shared(self) -> bool:
        return sum(bool(row["leading"]) for row in self.rows) > 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One step on the way to an approved ranking; `state` is "done", "now" or "ahead"."""

    words: str
    about: str
    state: str


def levels_of(ranking: Ranking, sheet: Sheet) -> list[Level]:
    """The competing level first; `sheet` is the ranking's for this viewer."""
    depths = sorted({row["level"] for row in ranking.rows})
    tau2 = dict(zip(depths, ranking.figures["tau2"], strict=True))
    found = []
    for depth in sorted(depths, key=lambda one: (one != ranking.level, one)):
        rows = [row for row in sheet.rows if row["level"] == depth]
        points = [row[key] for row in rows for key in ("score_low", "score", "score_high")]
        found.append(
            Level(
                word=rows[0]["level_name"],
                competing=depth == ranking.level,
                rows=[row for row in rows if row["band"] != "small"],
                small=[row for row in rows if row["band"] == "small"],
                no_difference=tau2[depth] == 0,
                scale=Scale.of(points),
            )
        )
    return found


def stages(ranking: Ranking, zone: tzinfo) -> list[Stage]:
    """草稿, 公示, 审定, with the day of each."""
    days: dict[str, str] = {event.state: _day(event.at, zone) for event in ranking.events}
    until = ranking.posted_until
    posted = days.get("posted", "")
    if until is not None:
        last = _day(datetime.fromtimestamp(until.timestamp() - SLACK, tz=until.tzinfo), zone)
        posted = _("{first} to {last}").format(first=posted, last=last)
    steps = [
        ("draft", _("Draft"), days["draft"]),
        ("posted", _("Open for objections"), posted),
        ("approved", _("Approved"), days.get("approved", "")),
    ]
    return [
        Stage(
            words=words,
            about=about,
            state=_state(name, ranking.state, days),
        )
        for name, words, about in steps
    ]


def _state(name: str, current: str, reached: Mapping[str, str]) -> str:
    if name == current and name != "approved":
        return "now"
    return "done" if name in reached else "ahead"


def heading(ranking: Ranking) -> str:
    words = _("Ranking of {period}").format(period=period_words(ranking.period))
    if ranking.revision == 1:
        return words
    return _("{ranking}, revision {n}").format(ranking=words, n=ranking.revision)


def _day(at: datetime, zone: tzinfo) -> str:
    """With hyphens at which a narrow line does not break."""
    return f"{at.astimezone(zone):%Y-%m-%d}".replace("-", "\N{NON-BREAKING HYPHEN}")
