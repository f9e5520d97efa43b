"""What becomes of the outputs of a cell: pictures, tables, texts; what needs scripts is refused."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from weike.lessons.dress import blocks, dress, figure, image
from weike.lessons.finding import errors
from weike.lessons.media import MediaError
from weike.lessons.notebook import Cell, joined
from weike.lessons.page import Page, Spot
from weike.lessons.tree import Element
from weike.lessons.unclean import inspect, no_scripts
from weike.quizzes.html import clean, markdown_parser, render
from weike.quizzes.i18n import _

PICTURES = {
    "image/svg+xml": "svg",
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/webp": "webp",
    "image/gif": "gif",
}
TEXTS = ("text/html", "text/markdown", "text/latex", "text/plain")
OPTION = re.compile(r"^#\|[ \t]*(alt|caption):[ \t]*(\S(?:.*\S)?)[ \t]*$", re.MULTILINE)
ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
FORMULA = re.compile(r"(\$\$?)([^$]+)\1")
ADDRESS = re.compile(r"<.{0,500}? at 0x[0-9a-f]+>")
MOST_TEXT = 50_000
_FONTS = 'plt.rcParams["font.family"] = ["DejaVu Sans", "Noto Sans CJK SC"]'


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What an author says about the picture a cell draws."""

    alt: str
    caption: str


def words(cell: Cell) -> Words:
    """From the cell's metadata, or from its lines `#| alt: …` and `#| caption: …`."""
    said = dict(OPTION.findall(cell.source))
    for key in ("alt", "caption"):
        if isinstance(cell.metadata.get(key), str):
            said[key] = cell.metadata[key].strip()
    caption = said.get("caption", "")
    return Words(alt=said.get("alt") or caption, caption=caption)


def add_outputs(page: Page, cell: Cell, outputs: list[dict[str, Any]]) -> None:
    """Put a cell's outputs on the page. Widget views are none of this module's business."""
    spot = Spot(cell.number, cell.source)
    drawn = any(_picture_type(output.get("data", {})) for output in outputs)
    for output in outputs:
        match output["output_type"]:
            case "stream" if output["name"] == "stderr":
                _warn_stderr(page, spot, joined(output["text"]))
            case "stream":
                _text(page, spot, joined(output["text"]))
            case "error":  # only where the author allowed it
                _text(page, spot, f"{output['ename']}: {output['evalue']}")
            case "display_data" | "execute_result":
                data = output["data"]
                if drawn and set(data) == {"text/plain"}:
                    continue  # what the last call of a plot happened to return
                _display(page, spot, cell, data, output.get("metadata", {}))


def _display(
    page: Page, spot: Spot, cell: Cell, data: Mapping[str, Any], metadata: Mapping[str, Any]
) -> None:
    kind = _picture_type(data)
    if kind is not None:
        about = metadata.get(kind)
        _picture(page, spot, cell, data[kind], PICTURES[kind], about if about else {})
        return
    foreign = [kind for kind in data if kind not in TEXTS]
    if foreign:
        page.refuse(spot, _needs_scripts(foreign[0]), no_scripts())
    elif "text/html" in data:
        _html(page, spot, joined(data["text/html"]))
    elif "text/markdown" in data:
        _markdown(page, spot, joined(data["text/markdown"]))
    elif "text/latex" in data:
        _add(page, spot, render(_dollars(joined(data["text/latex"]))))
    elif "text/plain" in data:
        _text(page, spot, joined(data["text/plain"]))


def _picture_type(data: Mapping[str, Any]) -> str | None:
    return next((kind for kind in PICTURES if kind in data), None)


def _needs_scripts(kind: str) -> str:
    return _("the output of this cell needs scripts ({kind}), which pages do not run").format(
        kind=kind
    )


def _html(page: Page, spot: Spot, html: str) -> None:
    found = errors(inspect(html, file=page.source.name, cell=spot.cell))
    if found:
        if any(mark in html.lower() for mark in ("<script", "<iframe")):
            page.refuse(spot, _needs_scripts("text/html"), no_scripts())
        else:
            page.findings += found
        return
    _add(page, spot, clean(html))


def _markdown(page: Page, spot: Spot, text: str) -> None:
    raw = str(markdown_parser().render(text))
    page.findings += errors(inspect(raw, file=page.source.name, cell=spot.cell))
    _add(page, spot, render(text))


def _add(page: Page, spot: Spot, html: str) -> None:
    for block in blocks(dress(html, page, spot, titles=False)):
        page.add(block)


def _picture(
    page: Page, spot: Spot, cell: Cell, content: Any, suffix: str, about: Mapping[str, Any]
) -> None:
    """`about` is what a picture made for fine screens, or by `Image(alt=…)`, says of itself."""
    said = words(cell)
    text = joined(content)
    try:
        data = text.encode() if suffix == "svg" else base64.b64decode(text)
        kept = page.shelf.keep(data, suffix)
    except (binascii.Error, ValueError) as failure:
        repair = failure.repair if isinstance(failure, MediaError) else no_scripts()
        page.refuse(spot, _("the picture of this cell: {reason}").format(reason=failure), repair)
        return
    alt = said.alt or str(about.get("alt") or "")
    if not alt:
        page.warn(
            spot,
            _("the picture that this cell draws has no description"),
            _("begin the cell with a line such as: #| alt: The temperature falls after 14:00"),
        )
    page.weigh(kept, spot)
    width = about.get("width")
    sized = str(width) if isinstance(width, int) else None
    page.add(figure(image(kept, page, alt=alt, width=sized), said.caption))


def _text(page: Page, spot: Spot, text: str) -> None:
    text = ANSI.sub("", text).rstrip("\n")
    if ADDRESS.search(text):
        page.warn(
            spot,
            _("the cell shows {text}, which tells a member nothing").format(
                text=ADDRESS.search(text)[0][:80]  # type: ignore[index]
            ),
            _("end the last line with a semicolon, or print what should be read"),
        )
        return
    if len(text) > MOST_TEXT:
        page.refuse(
            spot,
            _("the cell prints {n} characters").format(n=len(text)),
            _("print only what a member should read"),
        )
        return
    if text.strip():
        page.add(Element("pre", {"class": "weike-output", "tabindex": "0"}, [text]))


def _warn_stderr(page: Page, spot: Spot, text: str) -> None:
    lines = [line for line in ANSI.sub("", text).splitlines() if line.strip()]
    if not lines or all("font cache" in line for line in lines):
        return
    page.warn(
        spot,
        _("the cell warns, and members are not shown it: {text}").format(
            text=re.sub(r"\S*/(\S+)", r"\1", lines[0])[:200]
        ),
        _("name a font of this computer that has it, such as {line}").format(line=_FONTS)
        if "missing from font" in lines[0]
        else _("mend what the warning is about"),
    )


def _dollars(latex: str) -> str:
    """LaTeX that may come with or without its dollar signs, as Markdown."""
    latex = latex.strip().replace(r"\displaystyle", "")
    formula = FORMULA.fullmatch(latex)
    if formula is None:
        return latex if "$" in latex else f"$$\n{latex}\n$$"
    return f"{formula[1]}{formula[2].strip()}{formula[1]}"
