"""The rows of a roster that were not imported, given back with the reason."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from pathlib import Path

from weike.quizzes.errors import Problem, WeikeError, why
from weike.quizzes.i18n import _
from weike.quizzes.spreadsheet import Number, Read
from weike.results.enrolling.roster import Roster
from weike.results.reporting.exports import Cell, write_csv, xlsx_bytes


def write_rejects(source: Path, roster: Roster, problems: Sequence[Problem]) -> Path:
    """Write the rows with problems beside `source`, in its format, with one column more.

    The file can be mended and imported as it is: the reader leaves that column out.
    """
    reasons: dict[int, list[str]] = {}
    for problem in problems:
        assert problem.line is not None, "a row's problem has a line"
        place = f"{problem.column}: " if problem.column else ""
        reasons.setdefault(problem.line, []).append(f"{place}{problem.message}; {problem.repair}")
    width = len(roster.header)
    rows = [
        [*_padded(roster.raw[line], width), " | ".join(found)]
        for line, found in sorted(reasons.items())
    ]
    header = [*roster.header, _("Reason")]
    workbook = source.suffix.lower() == ".xlsx"
    target = source.with_name(f"{source.stem}-rejected{'.xlsx' if workbook else '.csv'}")
    try:
        if workbook:
            target.write_bytes(xlsx_bytes(header, rows))
        else:
            write_csv(target, header, rows)
    except OSError as error:
        raise WeikeError(
            _("the good rows are imported, but {name} cannot be written: {reason}").format(
                name=target, reason=why(error)
            )
        ) from error
    return target


def _padded(cells: Sequence[Read], width: int) -> list[Cell]:
    kept = [_cell(cell) for cell in cells[:width]]
    return kept + [None] * (width - len(kept))


def _cell(cell: Read) -> Cell:
    if isinstance(cell, Number):
        return cell.value if cell.shown == str(cell.value) else cell.shown
    if isinstance(cell, date):
        return datetime.combine(cell, time.min)
    return cell
