"""By what method branches are scored: its numbers, and the words that explain it to people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from weike.quizzes.course import Award, Weights
from weike.quizzes.i18n import _
from weike.results.reporting.sheet import Column, Sheet

RULE = "1"  # of the computation itself; a ranking keeps the one it was made by


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """What the computation is told: weights, and what a branch needs to be eligible.

    `coverage` is a share of 1, `least` the number of members with a mark.
    """

    weights: Weights = field(default_factory=Weights)
    coverage: float = 0.8
    least: int = 5
    rule: str = RULE

    @classmethod
    def of(cls, weights: Weights, award: Award) -> Self:
        """As the course's settings have it today."""
        return cls(weights=weights, coverage=award.coverage, least=award.least)

    def applied(self, *, with_previous: bool) -> Mapping[str, float]:
        """The weights as they are applied: adding up to 1, without improvement at first."""
        wished = asdict(self.weights)
        if not with_previous:
            wished["improvement"] = 0.0
        total = sum(wished.values())
        return {name: weight / total for name, weight in wished.items()} if total else wished

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        return cls(**{**data, "weights": Weights(**data["weights"])})


def method_words(method: Method) -> Sequence[tuple[str, str]]:
    """(term, explanation) of every figure, in the order in which they build on each other."""
    weights = method.weights
    total = weights.mean + weights.completion + weights.improvement
    mean, completion, improvement = (
        f"{100 * weight / total:.0f}%"
        for weight in (weights.mean, weights.completion, weights.improvement)
    )
    return (
        (
            _("Branch learning score"),
            _(
                "{mean} adjusted mean, {completion} completion, {improvement} improvement; from 0"
                " to 100. Without a period before, the first two are scaled to make up the whole."
            ).format(mean=mean, completion=completion, improvement=improvement),
        ),
        (
            _("Adjusted mean"),
            _(
                "The mean of first answers, adjusted for the number of people: a small group is"
                " drawn towards the common mean, so that luck does not win."
            ),
        ),
        (
            _("Completion"),
            _(
                "Lessons completed, of all lessons assigned to the members of the roster on the"
                " period's first day; excused members count nowhere."
            ),
        ),
        (
            _("Improvement"),
            _(
                "How the own mean has changed since the period before, adjusted in the same way."
                " No change is 50, 20 points more or less are 100 or 0."
            ),
        ),
        (_("Coverage"), _("Members who completed at least one lesson.")),
        (
            _("Possible range"),
            _(
                "Where the score very likely lies (95 %). Where the marks show no more than chance,"
                " there is none."
            ),
        ),
        (
            _("Leading group (shared)"),
            _(
                "Every eligible branch whose range reaches the highest score. Within it, completion"
                " decides, then fewer members who have not started; then they share. Speed never"
                " counts."
            ),
        ),
        (
            _("No detectable difference in this period"),
            _(
                "The marks differ no more than chance would have it; every eligible branch is in"
                " the leading group, and completion decides."
            ),
        ),
        (
            _("Eligible"),
            _(
                "Coverage of at least {coverage}, and at least {least} members with a mark."
                " Smaller branches are shown in a band of their own."
            ).format(coverage=f"{100 * method.coverage:.0f}%", least=method.least),
        ),
        (
            _("Roll-up"),
            _("A branch above others is computed from all members beneath it, never from means."),
        ),
    )


def method_sheet(method: Method) -> Sheet:
    """The words of the method as a table: for the workbook, the report and the pages."""
    return Sheet(
        name="method",
        title=_("How this is computed"),
        columns=(Column(key="term", title=_("Figure")), Column(key="how", title=_("Meaning"))),
        rows=[{"term": term, "how": how} for term, how in method_words(method)],
        note=_("Method version {version}").format(version=method.rule),
    )
