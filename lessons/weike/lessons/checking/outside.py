"""What a lesson would need from another computer, which a closed network does not have."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser

from weike.lessons.catalogue import LessonSource
from weike.lessons.checking.code import addresses_read, python_cells
from weike.lessons.finding import Finding, warning
from weike.lessons.notebook import Cell
from weike.lessons.unclean import line_of
from weike.quizzes.html import is_remote, markdown_parser
from weike.quizzes.i18n import _

_IN_STYLE = re.compile(r"""(?:url\(\s*|@import\s+)["']?([^"')\s;]+)""", re.IGNORECASE)
_LINK = re.compile(r"\s*(?:(?:https?|ftp):)?//", re.IGNORECASE)
_INSTALLS = re.compile(
    r"^[ \t]*([%!]\s*(?:python\S* -m )?(?:pip3?|conda|mamba|wget|curl|git)\b.*)$", re.MULTILINE
)


def outside_findings(source: LessonSource) -> Iterator[Finding]:
    """Links, styles and code that lead to another computer.

    Pictures, films and frames from elsewhere are errors, and said where they are read.
    """
    for cell in source.notebook.cells:
        if cell.type == "markdown":
            yield from _in_text(source, cell)
    yield from _in_code(source)


def _in_text(source: LessonSource, cell: Cell) -> Iterator[Finding]:
    reader = _Addresses()
    reader.feed(str(markdown_parser().render(cell.source)))
    reader.close()
    for address in dict.fromkeys(reader.links):
        yield warning(
            _("the link leads to another computer: {address}").format(address=address[:100]),
            _("no closed network reaches it; put a PDF beside the lesson, or only name the page"),
            file=source.name,
            cell=cell.number,
            line=line_of(cell.source, address),
        )
    for address in dict.fromkeys(reader.styles):
        yield warning(
            _("the style comes from another computer: {address}").format(address=address[:100]),
            _("leave it out; pages bring their own style"),
            file=source.name,
            cell=cell.number,
            line=line_of(cell.source, address),
        )


def _in_code(source: LessonSource) -> Iterator[Finding]:
    for code, address, line in addresses_read(list(python_cells(source))):
        yield warning(
            _("the code reads from another computer: {address}").format(address=address[:100]),
            _("download the file, put it beside the lesson and read it from there"),
            file=source.name,
            cell=code.number,
            line=line,
        )
    for cell in source.notebook.cells:
        for found in _INSTALLS.finditer(cell.source) if cell.type == "code" else ():
            yield warning(
                _("the lesson installs or downloads when it runs: {command}").format(
                    command=found[0].strip()[:100]
                ),
                _("install it on the server once, or put the file beside the lesson"),
                file=source.name,
                cell=cell.number,
                line=cell.source.count("\n", 0, found.start(1)) + 1,
            )


class _Addresses(HTMLParser):
    """The addresses of links and of styles, as the browser would follow them."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.links: list[str] = []
        self.styles: list[str] = []
        self.inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.inside = tag
        for name, value in attrs:
            if tag in ("a", "area") and name == "href" and _LINK.match(value or ""):
                self.links.append(str(value))
            elif name == "style":
                self._style(value or "")
            elif tag == "link" and name == "href" and value and is_remote(value):
                self.styles.append(value)

    def handle_endtag(self, tag: str) -> None:
        self.inside = ""

    def handle_data(self, data: str) -> None:
        if self.inside == "style":
            self._style(data)

    def _style(self, text: str) -> None:
        self.styles += [address for address in _IN_STYLE.findall(text) if is_remote(address)]
