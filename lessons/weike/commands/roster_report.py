"""What an import did or would do, in words and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from weike.quizzes.errors import Problem
from weike.quizzes.i18n import _
from weike.results.enrolling.enrolment import ImportPlan
from weike.results.enrolling.importing import counts
from weike.results.enrolling.roster import Roster

_SHOWN = 10  # of each kind; the JSON names everyone


def report_lines(
    roster: Roster,
    plan: ImportPlan,
    problems: Sequence[Problem],
    *,
    dry_run: bool,
    rejects: Path | None,
) -> Iterator[str]:
    for note in roster.notes:
        yield _("Note: {note}").format(note=note)
    for title, names in _kinds(plan):
        if names:
            yield f"{title}: {len(names)}"
            yield from (f"  {name}" for name in names[:_SHOWN])
            if len(names) > _SHOWN:
                yield "  " + _("… and {n} more").format(n=len(names) - _SHOWN)
    if plan.unchanged:
        yield _("Unchanged: {n}").format(n=plan.unchanged)
    if problems:
        yield _("Rows with problems: {n}").format(n=len({p.line for p in problems}))
        yield from (f"  {problem}" for problem in problems)
    if rejects is not None:
        yield _("They are in {file}; mend them there and import that file").format(file=rejects)
    if dry_run:
        yield _("Nothing was changed: this was a dry run")
    else:
        yield _("{n} people of {file} are in the course, from {day} on").format(
            n=plan.rows, file=plan.source, day=plan.since
        )


def report_json(
    roster: Roster,
    plan: ImportPlan,
    problems: Sequence[Problem],
    *,
    imported: int,
    rejects: Path | None,
) -> str:
    known = plan.names
    report = {
        "imported": imported,
        "since": plan.since.isoformat(),
        "counts": counts(plan),
        "branches": ["/".join(path) for path in plan.branches],
        "new": [row.code for row in plan.new],
        "moved": [
            {
                "code": change.person.code,
                "from": known[change.person.branch] if change.person.branch else None,
                "to": "/".join(change.branch or ()),
            }
            for change in plan.moved
        ],
        "renamed": [change.person.code for change in plan.renamed],
        "roles": [change.person.code for change in plan.regranted],
        "left": [change.person.code for change in plan.leaving],
        "missing": [person.code for person in plan.missing],
        "problems": _problems(problems),
        "notes": _problems(roster.notes),
        "rejects": str(rejects) if rejects else None,
    }
    return json.dumps(report, ensure_ascii=False, indent=2)


def _kinds(plan: ImportPlan) -> Iterator[tuple[str, list[str]]]:
    yield _("New branches"), ["/".join(path) for path in plan.branches]
    yield _("New members"), [f"{row.code} {row.name}" for row in plan.new]
    yield (
        _("Moved"),
        [
            "{code} {name}: {old} → {new}".format(
                code=change.person.code,
                name=change.person.name,
                old=plan.names[change.person.branch] if change.person.branch else "–",
                new="/".join(change.branch or ()),
            )
            for change in plan.moved
        ],
    )
    yield (
        _("Renamed"),
        [f"{c.person.code} {c.person.name} → {c.name}" for c in plan.renamed],
    )
    yield _("New posts"), [f"{c.person.code} {c.person.name}" for c in plan.reposted]
    yield _("Changed roles"), [f"{c.person.code} {c.person.name}" for c in plan.regranted]
    yield _("Left"), [f"{c.person.code} {c.person.name}" for c in plan.leaving]
    yield (
        _("Not in the file (kept; --leave-missing ends their membership)"),
        [f"{person.code} {person.name}" for person in plan.missing],
    )
    yield (
        _("Unknown and left already: not imported"),
        [f"{row.code} {row.name}" for row in plan.gone],
    )


def _problems(problems: Iterable[Problem]) -> list[dict[str, object]]:
    return [
        {"line": p.line, "column": p.column, "message": p.message, "repair": p.repair}
        for p in problems
    ]
