"""A Word table as Markdown, or as HTML where cells are merged."""

from __future__ import annotations

from collections.abc import Callable

from weike.quizzes.html import render
from weike.quizzes.word.model import Cell, Paragraph, Table, paragraphs

Show = Callable[[Paragraph], str]


def table_markdown(table: Table, show: Show) -> str:
    """`show` writes a paragraph as Markdown. A table of one cell is a box: a quote."""
    rows = [row for row in table.rows if any(_filled(cell) for cell in row)]
    if not rows:
        return ""
    if len(rows) == 1 and len(rows[0]) == 1:
        inside = "\n\n".join(filter(None, map(show, paragraphs(rows[0][0].blocks))))
        return "\n".join(f"> {line}".rstrip() for line in inside.split("\n"))
    widths = {sum(cell.columns for cell in row) for row in rows}
    merged = any(cell.columns > 1 or cell.continued for row in rows for cell in row)
    if merged or len(widths) > 1:
        return _html(rows, show)
    written = [[_line(cell, show) for cell in row] for row in rows]
    lines = [f"| {' | '.join(row)} |" for row in written]
    return "\n".join([lines[0], "|" + " --- |" * len(written[0]), *lines[1:]])


def _filled(cell: Cell) -> bool:
    return any(one.inlines for one in paragraphs(cell.blocks))


def _line(cell: Cell, show: Show) -> str:
    """On one line, as cells of Markdown have to be."""
    parts = [show(one) for one in paragraphs(cell.blocks)]
    text = "<br>".join(" ".join(part.replace("\\\n", "<br>").split()) for part in parts if part)
    return _without_bars(text)


def _without_bars(text: str) -> str:
    """`|` would end the cell, also where Markdown outside of tables would not mind it."""
    return text.replace("\\|", "|").replace("|", "\\|")


def _html(rows: list[tuple[Cell, ...]], show: Show) -> str:
    """Rows with `colspan` and `rowspan`; the first one is the head."""
    lines = ["<table>"]
    for place, row in enumerate(rows):
        tag = "td" if place else "th"
        written = []
        column = 0
        for cell in row:
            if not cell.continued:
                spans = f' colspan="{cell.columns}"' if cell.columns > 1 else ""
                deep = _depth(rows, place, column)
                spans += f' rowspan="{deep}"' if deep > 1 else ""
                inside = (show(one) for one in paragraphs(cell.blocks))
                text = "<br>".join(render(part, inline=True) for part in inside if part)
                text = " ".join(text.split())  # a blank line would end the table
                written.append(f"<{tag}{spans}>{text}</{tag}>")
            column += cell.columns
        lines.append(f"<tr>{''.join(written)}</tr>")
    return "\n".join([*lines, "</table>"])


def _depth(rows: list[tuple[Cell, ...]], place: int, column: int) -> int:
    """How many rows the cell at a column spans."""
    deep = 1
    for row in rows[place + 1 :]:
        at = 0
        for cell in row:
            if at == column:
                break
            at += cell.columns
        else:
            return deep
        if not cell.continued:
            return deep
        deep += 1
    return deep
