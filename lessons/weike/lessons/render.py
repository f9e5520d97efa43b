"""An executed lesson becomes the HTML that every member gets."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from urllib.parse import unquote

from weike.lessons.catalogue import LessonSource
from weike.lessons.controls import add_live
from weike.lessons.dress import blocks, dress
from weike.lessons.execute import Executed
from weike.lessons.finding import Finding
from weike.lessons.live import Part, split
from weike.lessons.media import Shelf
from weike.lessons.notebook import Cell, joined
from weike.lessons.outputs import add_outputs
from weike.lessons.page import Page, Spot
from weike.lessons.player import narration
from weike.lessons.tree import Element
from weike.lessons.unclean import inspect
from weike.lessons.views import VIEW
from weike.quizzes.html import markdown_parser
from weike.quizzes.html import render as render_markdown
from weike.quizzes.i18n import N_
from weike.quizzes.quiz import QuizDefinition

ATTACHMENT = re.compile(r"""(?<=[(<"'])attachment:([^\s)>"']+)""")
OPTION_LINE = re.compile(r"^#\|.*\n?", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A page, and what belongs to it. With an error among the findings it is not shown."""

    kind: Literal["light", "live"]
    body_html: str
    outline: list[dict[str, Any]]
    quizzes: tuple[QuizDefinition, ...]
    quiz_cells: frozenset[int]
    shelf: Shelf
    findings: tuple[Finding, ...]


def render_lesson(
    source: LessonSource,
    executed: Executed,
    *,
    root: Path,
    neighbours: Mapping[Path, str] | None = None,
    shelf: Shelf | None = None,
) -> Rendered:
    """`root` is the course folder; `neighbours` maps its notebooks to slugs, for links.

    `shelf` collects the media, a new one unless it is given.
    """
    page = Page(source=source, shelf=shelf or Shelf(root=root), neighbours=neighbours or {})
    parts = split(source, executed, page)
    narration(page)
    live = False
    for cell in source.notebook.cells:
        if cell.type == "markdown":
            add_markdown(page, cell)
        elif cell.type == "code":
            part = parts.get(cell.number, Part(quizzes=(), live=False))
            _add_code(page, cell, executed.outputs.get(cell.number, []))
            for quiz in part.quizzes:
                _add_quiz(page, executed.quizzes[quiz][0])
            if part.live:
                add_live(page, source, executed, cell.number, parts, first=not live)
                live = True
    return Rendered(
        kind="live" if live else "light",
        body_html=page.html(),
        outline=page.outline,
        quizzes=tuple(_quizzes(page, executed, parts)),
        quiz_cells=frozenset(number for number, part in parts.items() if part.quizzes),
        shelf=page.shelf,
        findings=tuple(page.findings),
    )


def add_markdown(page: Page, cell: Cell) -> None:
    """Put the text of a Markdown cell on the page."""
    spot = Spot(cell.number, cell.source)
    page.findings += inspect(
        str(markdown_parser().render(cell.source)),
        file=page.source.name,
        cell=cell.number,
        source=cell.source,
    )
    html = render_markdown(_attached(cell))
    for block in blocks(dress(html, page, spot, titles=True)):
        page.add(block)


def _attached(cell: Cell) -> str:
    """The cell's Markdown with its attachments written out, as pictures inside the text."""

    def written_out(match: re.Match[str]) -> str:
        for kind, content in cell.attachments.get(unquote(match[1]), {}).items():
            return f"data:{kind};base64,{''.join(joined(content).split())}"
        return match[0]

    return ATTACHMENT.sub(written_out, cell.source) if cell.attachments else cell.source


def _add_code(page: Page, cell: Cell, outputs: list[dict[str, Any]]) -> None:
    if "show-code" in cell.tags:
        code = Element("code", {"class": "language-python"}, [OPTION_LINE.sub("", cell.source)])
        page.add(Element("pre", {"tabindex": "0"}, [code]))
    add_outputs(page, cell, [one for one in outputs if VIEW not in one.get("data", {})])


def _add_quiz(page: Page, definition: QuizDefinition) -> None:
    page.add(
        Element(
            "section",
            {
                "class": "weike-quiz",
                "data-quiz": f"{page.source.slug}/{definition.id}",
                "aria-label": definition.title or page.word(N_("Quiz")),
            },
        )
    )


def _quizzes(page: Page, executed: Executed, parts: Mapping[int, Part]) -> list[QuizDefinition]:
    """The definitions of the quizzes shown, their pictures as the page knows them."""
    found = []
    for number, part in parts.items():
        for quiz in part.quizzes:
            definition, folder = executed.quizzes[quiz]
            spot = Spot(number, page.source.notebook.cells[number - 1].source)

            def resolve(address: str, spot: Spot = spot, folder: Path = folder) -> str:
                kept = page.keep(address, spot, folder)
                return kept.url if kept else address

            found.append(definition.with_pictures(resolve))
    return found
