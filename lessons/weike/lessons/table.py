"""A table that a phone can show: it scrolls inside its own region, its headers are named."""

from __future__ import annotations

from weike.lessons.page import Page
from weike.lessons.tree import Element
from weike.quizzes.i18n import N_

ALIGNED = ("left", "right", "center")


def region(table: Element, page: Page) -> Element:
    """The region around a table. A keyboard reaches it, a screen reader hears its name."""
    page.tables += 1
    for part in table.find("thead", "tbody", "tfoot"):
        _scopes(part)
    for cell in table.find("th", "td"):
        if cell.attributes.get("align") not in ALIGNED:
            cell.attributes.pop("align", None)
    return Element(
        "div",
        {
            "class": "weike-table",
            "role": "region",
            "tabindex": "0",
            "aria-label": _label(table, page),
        },
        [table],
    )


def _scopes(part: Element) -> None:
    for cell in part.find("th"):
        if not cell.text().strip():
            cell.tag = "td"  # the empty corner names nothing
            continue
        if "scope" not in cell.attributes:
            side, across = ("col", "colspan") if part.tag == "thead" else ("row", "rowspan")
            group = cell.attributes.get(across, "1") != "1"
            cell.attributes["scope"] = f"{side}group" if group else side


def _label(table: Element, page: Page) -> str:
    """Its caption or the heading above it, with a number: no two regions share a name."""
    captions = [caption.text().strip() for caption in table.find("caption")]
    titles = [entry["title"] for entry in page.outline]
    title = next(filter(None, [*captions, *reversed(titles)]), page.source.title)
    return page.word(N_("Table {n}: {title}")).format(n=page.tables, title=title)
