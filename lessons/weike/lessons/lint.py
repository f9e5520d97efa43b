"""What can be found wrong with one lesson without running it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta, tzinfo
from pathlib import Path

from weike.lessons.bankfile import find_bank, text_findings
from weike.lessons.catalogue import LessonSource
from weike.lessons.checking.forksafe import fork_findings, looks_live
from weike.lessons.checking.outline import outline_findings
from weike.lessons.checking.outside import outside_findings
from weike.lessons.checking.questions import question_findings
from weike.lessons.finding import Finding, error, warning
from weike.lessons.media import Shelf
from weike.lessons.page import Page
from weike.lessons.player import narration
from weike.lessons.quizcell import LOADS, QuizCell, is_quiz, quiz_names, read_quiz_cells
from weike.lessons.reading import reading_minutes
from weike.lessons.render import add_markdown
from weike.lessons.unclean import line_of
from weike.quizzes.bank import Bank
from weike.quizzes.i18n import _


def lint(
    source: LessonSource,
    *,
    root: Path,
    neighbours: Mapping[Path, str] | None = None,
    zone: tzinfo | None = None,
) -> list[Finding]:
    """`root` is the course folder; `neighbours` maps its notebooks to slugs, for links."""
    page = Page(source=source, shelf=Shelf(root=root), neighbours=neighbours or {})
    narration(page)
    for cell in source.notebook.cells:
        if cell.type == "markdown":
            add_markdown(page, cell)
    cells, findings = read_quiz_cells(source, zone)
    for quiz in cells:
        findings += _quiz(source, quiz, page.shelf)
    return [
        *_empty(source),
        *_extension(source),
        *page.findings,
        *findings,
        *_twice(source),
        *_minutes(source, root),
        *outline_findings(source),
        *outside_findings(source),
        *(fork_findings(source) if looks_live(source) else ()),
    ]


def _empty(source: LessonSource) -> list[Finding]:
    if any(cell.source.strip() for cell in source.notebook.cells):
        return []
    return [error(_("the lesson is empty"), _("write something in it"), file=source.name)]


def _extension(source: LessonSource) -> list[Finding]:
    """`%%quiz` is only known once the extension is loaded."""
    for cell in source.notebook.cells:
        if cell.type != "code" or not cell.source.strip():
            continue
        if LOADS.search(cell.source):
            return []
        if is_quiz(cell):
            return [
                error(
                    _("%%quiz is not known yet in this cell"),
                    _("make a first code cell with the line: %load_ext weike.widgets"),
                    file=source.name,
                    cell=cell.number,
                    line=1,
                )
            ]
    return []


def _twice(source: LessonSource) -> list[Finding]:
    first: dict[str, int] = {}
    findings = []
    for cell, name in quiz_names(source):
        if name in first:
            findings.append(
                error(
                    _("the lesson has two quizzes named {name}; the first is in cell {n}").format(
                        name=name, n=first[name]
                    ),
                    _("give this one another name"),
                    file=source.name,
                    cell=cell.number,
                    line=1,
                )
            )
        first.setdefault(name, cell.number)
    return findings


def _minutes(source: LessonSource, root: Path) -> Iterator[Finding]:
    said = source.minutes
    if said is None:
        return
    needed = reading_minutes(source, root)
    if needed > 1.5 * said + 1:
        repair = _("cut it into two lessons, or correct the minutes (in its metadata: minutes)")
    elif said > 3 * needed + 5:
        repair = _(
            "correct the minutes (in its metadata: minutes): hours of training count by them"
        )
    else:
        return
    yield warning(
        _("the lesson says {said} minutes; reading and answering takes about {needed}").format(
            said=said, needed=max(1, round(needed))
        ),
        repair,
        file=source.name,
    )


def _quiz(source: LessonSource, quiz: QuizCell, shelf: Shelf) -> list[Finding]:
    bank = quiz.bank
    if bank is None:
        return []
    findings = text_findings(bank, shelf, source.folder, file=source.name, cell=quiz.cell.number)
    if bank.bank and find_bank(bank.bank, source.folder, shelf.root) is None:
        findings.append(
            error(
                _("there is no question bank {name}").format(name=bank.bank),
                _("put it into the folder quizzes/ of the course, or correct the name"),
                file=source.name,
                cell=quiz.cell.number,
                line=line_of(quiz.cell.source, bank.bank),
            )
        )
    return [
        *findings,
        *_hasty(source, quiz, bank),
        *question_findings(bank, file=source.name, cell=quiz.cell.number),
    ]


def _hasty(source: LessonSource, quiz: QuizCell, bank: Bank) -> Iterator[Finding]:
    """`limit: 10` is ten seconds; who writes it means minutes."""
    limit = bank.rules.limit
    if limit is not None and limit < timedelta(minutes=1):
        seconds = f"{limit.total_seconds():g}"
        yield warning(
            _("the time limit is {n} seconds").format(n=seconds),
            _("for minutes, write the unit: limit: {n} min").format(n=seconds),
            file=source.name,
            cell=quiz.cell.number,
            line=line_of(quiz.cell.source, "limit"),
        )
