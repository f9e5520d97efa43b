"""The outline of a lesson: a title, sections that a reader can jump to, no level left out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from weike.lessons.catalogue import LessonSource
from weike.lessons.finding import Finding, warning
from weike.lessons.reading import text_minutes
from weike.quizzes.html import markdown_parser
from weike.quizzes.i18n import _

# Minutes of text that a member scrolls through without a heading.
LONGEST = 2.0


@dataclass(frozen=True, slots=True)
class Heading:
    level: int
    title: str
    cell: int
    line: int


def headings(source: LessonSource) -> Iterator[Heading]:
    """Every heading of the Markdown cells, in order."""
    for cell in source.notebook.cells:
        if cell.type != "markdown":
            continue
        tokens = markdown_parser().parse(cell.source)
        for token, inside in pairwise(tokens):
            if token.type == "heading_open" and token.map and token.level == 0:
                yield Heading(
                    int(token.tag[1]), inside.content.strip(), cell.number, token.map[0] + 1
                )


def outline_findings(source: LessonSource) -> Iterator[Finding]:
    found = list(headings(source))
    titles = [heading for heading in found if heading.level == 1]
    for heading in titles[1:]:
        yield warning(
            _("the lesson has a second title, “{title}”").format(title=heading.title),
            _("write ## before the heading of a section"),
            file=source.name,
            cell=heading.cell,
            line=heading.line,
        )
    before = 1
    for heading in found:
        if not heading.title:
            yield warning(
                _("the heading is empty"),
                _("write its words, or delete the line"),
                file=source.name,
                cell=heading.cell,
                line=heading.line,
            )
        if heading.level > before + 1:
            yield warning(
                _("the heading “{title}” leaves a level out").format(title=heading.title),
                _("write {signs} before it").format(signs="#" * (before + 1)),
                file=source.name,
                cell=heading.cell,
                line=heading.line,
            )
        before = heading.level
    if len(found) == len(titles):
        minutes = sum(text_minutes(c.source) for c in source.notebook.cells if c.type == "markdown")
        if minutes > LONGEST:
            yield warning(
                _("the lesson has no sections"),
                _("begin each part with ## and a heading, for its outline"),
                file=source.name,
            )
