"""What a person reads after a check or after publishing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from weike.lessons.check import CheckReport
from weike.lessons.finding import Finding, errors
from weike.lessons.publish import PublishReport
from weike.quizzes.i18n import _


def finding_lines(findings: Iterable[Finding]) -> Iterator[str]:
    """The findings under the name of their file, errors first."""
    ordered = sorted(findings, key=lambda one: one.file or "")
    for file, group in groupby(ordered, key=lambda one: one.file):
        yield str(file)
        for finding in sorted(group, key=_order):
            word = _("error") if finding.severity == "error" else _("warning")
            yield f"  {word}  {finding}"


def _order(one: Finding) -> tuple[str, int, str, int]:
    return one.severity, one.cell or 0, one.sheet or "", one.line or 0


def check_lines(report: CheckReport) -> Iterator[str]:
    yield from finding_lines(report.findings)
    wrong = len(errors(report.findings))
    yield _("{lessons} lessons and {banks} banks: {errors} errors, {warnings} warnings").format(
        lessons=report.lessons,
        banks=report.banks,
        errors=wrong,
        warnings=len(report.findings) - wrong,
    )


def publish_lines(report: PublishReport) -> Iterator[str]:
    yield from finding_lines(report.findings)
    said = (
        (_("published: {slugs}"), report.published),
        (_("not published, an older version stays if there is one: {slugs}"), report.failed),
        (_("withdrawn, because the notebook is gone: {slugs}"), report.withdrawn),
        (
            _(
                "waiting for approval (weike review); weike publish with their names approves them:"
                " {slugs}"
            ),
            report.waiting,
        ),
        (
            _("left out, because they were unpublished; name them to publish them: {slugs}"),
            report.left_out,
        ),
        (
            _("still being written in the browser; publish them there, or name them: {slugs}"),
            report.drafts,
        ),
    )
    for sentence, slugs in said:
        if slugs:
            yield sentence.format(slugs=", ".join(slugs))
    if report.unchanged:
        yield _("unchanged: {n}").format(n=len(report.unchanged))
    if report == PublishReport():
        yield _("there are no lessons here; make one with: weike author")
