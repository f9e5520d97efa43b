"""What becomes of an author's pictures, films, tables, links and headings on a page."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urlsplit

from weike.lessons.bankfile import describe
from weike.lessons.checking.description import empty_description, says_nothing
from weike.lessons.media import FILMS, SOUNDS, TYPES, Kept, suffix_of
from weike.lessons.page import Page, Spot, anchor
from weike.lessons.player import player
from weike.lessons.table import region
from weike.lessons.tree import Element, Node, parse
from weike.quizzes.i18n import _

OUTSIDE = ("http:", "https:", "mailto:", "tel:")


def dress(html: str, page: Page, spot: Spot, *, titles: bool) -> Element:
    """The tree of cleaned HTML, made ready for the page. `titles`: headings enter the outline."""
    root = parse(html)
    _only_known_classes(root)
    root.change(lambda element: _one(element, page, spot, titles))
    _figures(root)
    return root


def blocks(root: Element) -> list[Element]:
    """The elements at the top of a tree; a loose text becomes a paragraph."""
    found: list[Element] = []
    loose: list[Node] = []
    for node in [*root.children, Element("")]:
        inline = isinstance(node, str) or node.tag in _INLINE
        if inline:
            loose.append(node)
            continue
        if any(isinstance(part, Element) or part.strip() for part in loose):
            found.append(Element("p", {}, loose))
        loose = []
        if isinstance(node, Element) and node.tag:
            found.append(node)
    return found


_INLINE = frozenset(
    {"a", "abbr", "b", "br", "code", "del", "em", "i", "img", "kbd", "math", "q", "ruby", "s"}
    | {"small", "span", "strong", "sub", "sup"}
)


def _only_known_classes(root: Element) -> None:
    """Authors cannot dress up as a part of the page."""
    for element in root.walk():
        names = element.attributes.pop("class", "").split()
        blank = "data-blank" in element.attributes and "weike-blank" in names
        kept = [name for name in names if name.startswith("language-")] + ["weike-blank"] * blank
        if kept:
            element.attributes["class"] = " ".join(kept)


def _one(element: Element, page: Page, spot: Spot, titles: bool) -> list[Node]:
    match element.tag:
        case "img":
            return picture(element, page, spot)
        case "video" | "audio":
            return player(element, page, spot)
        case "table":
            return [region(element, page)]
        case "a":
            return _link(element, page, spot)
        case "pre":
            element.attributes["tabindex"] = "0"  # it may scroll sideways
        case "div" if _is_formula(element):
            element.attributes["class"] = "weike-formula"
        case "h1" | "h2" | "h3" | "h4" | "h5" | "h6" if titles:
            return [element] if page.heading(element) else []
        case "h1":
            element.tag = "h2"
    return [element]


def _is_formula(element: Element) -> bool:
    return [child.tag for child in solid(element) if isinstance(child, Element)] == ["math"]


def solid(element: Element) -> list[Node]:
    """What is inside an element, without white space between."""
    return [child for child in element.children if isinstance(child, Element) or child.strip()]


def picture(element: Element, page: Page, spot: Spot) -> list[Node]:
    """What an author's <img> becomes; the address of a film or a sound gives a player."""
    address = element.attributes.get("src", "")
    alt = element.attributes.get("alt", "").strip()
    if not address:
        return [alt] if alt else []  # it lay on another computer, which is reported elsewhere
    suffix = suffix_of(address)
    if suffix in FILMS | SOUNDS:
        tag = "video" if suffix in FILMS else "audio"
        caption = {k: v for k, v in element.attributes.items() if k == "title"}
        return player(Element(tag, {"src": address, "aria-label": alt} | caption), page, spot)
    kept = page.keep(address, spot)
    if kept is None:
        return []
    if not alt:
        page.warn(
            spot,
            _("the picture {file} has no description").format(file=_short(address)),
            describe(),
            address,
        )
    elif says_nothing(alt, address):
        page.warn(spot, empty_description(alt), describe(), address)
    shown = image(
        kept,
        page,
        alt=alt,
        width=element.attributes.get("width"),
        height=element.attributes.get("height"),
    )
    if title := element.attributes.get("title"):
        shown.attributes["title"] = title
    return [shown]


def image(
    kept: Kept, page: Page, *, alt: str, width: str | None = None, height: str | None = None
) -> Element:
    """An <img> with both sides, so that the text below does not jump when it arrives."""
    attributes = {"src": kept.url, "alt": alt}
    if kept.size is not None:
        ratio = kept.size.height / kept.size.width
        wanted = _pixels(height)
        wide = _pixels(width) or (wanted and round(wanted / ratio)) or kept.size.width
        attributes |= {"width": str(wide), "height": str(max(1, round(wide * ratio)))}
    page.pictures += 1
    if page.pictures > 1:
        attributes["loading"] = "lazy"
    attributes["decoding"] = "async"
    return Element("img", attributes)


def _pixels(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and int(text) > 0 else None


def _short(address: str) -> str:
    return "attachment" if address.startswith("data:") else unquote(address)[:100]


def _link(element: Element, page: Page, spot: Spot) -> list[Node]:
    address = element.attributes.get("href", "")
    if not address or address.lower().startswith(OUTSIDE):
        return [element]
    parts = urlsplit(address)
    if not parts.path and not parts.netloc and not parts.scheme:
        element.attributes["href"] = "#" + anchor(unquote(parts.fragment))
        return [element]
    if parts.path.endswith(".ipynb") and not parts.netloc:
        slug = _neighbour(Path(page.source.folder, unquote(parts.path)), page)
        if slug is not None:
            fragment = "#" + anchor(unquote(parts.fragment)) if parts.fragment else ""
            element.attributes["href"] = slug + fragment
            return [element]
    elif suffix_of(address) in TYPES:
        kept = page.keep(address, spot)
        if kept is not None:
            element.attributes["href"] = kept.url
            return [element]
        return element.children
    page.refuse(
        spot,
        _("the link to {address} leads nowhere for a member").format(address=_short(address)),
        _("link to a lesson of this course, a PDF or picture beside the lesson, or a web page"),
        unquote(address),
    )
    return element.children


def _neighbour(path: Path, page: Page) -> str | None:
    try:
        return page.neighbours.get(path.resolve())
    except (OSError, ValueError):
        return None


def _figures(root: Element) -> None:
    """A picture alone in its paragraph becomes a figure; no paragraph holds a figure."""

    def rule(element: Element) -> list[Node]:
        if element.tag != "p":
            return [element]
        inside = solid(element)
        if len(inside) == 1 and isinstance(inside[0], Element) and inside[0].tag == "img":
            return [figure(inside[0])]
        found: list[Node] = []
        loose: list[Node] = []
        for child in [*element.children, None]:
            if isinstance(child, Element | str) and not _is_figure(child):
                loose.append(child)
                continue
            if solid(Element("", {}, loose)):
                found.append(Element("p", element.attributes, loose))
            loose = []
            if child is not None:
                found.append(child)
        return found

    root.change(rule)


def _is_figure(node: Node) -> bool:
    return isinstance(node, Element) and node.tag == "figure"


def figure(inner: Element, caption: str = "") -> Element:
    said = inner.attributes.pop("title", "") or caption
    parts: list[Node] = [inner]
    if said:
        parts.append(Element("figcaption", {}, [said]))
    return Element("figure", {"class": "weike-figure"}, parts)
