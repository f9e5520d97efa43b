"""A published lesson as a notebook for nbconvert: ready HTML, and a cell for each quiz."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable

import nbformat
from nbformat import NotebookNode

from weike.lessons.tree import Element, Node, html_of, parse
from weike.quizzes.i18n import _
from weike.results.media import Media
from weike.results.versions import LessonVersion

_KEPT = re.compile(r"^(?:\.\./)+media/([0-9a-f]{32})\.\w+$")

Load = Callable[[str], Media | None]  # a piece of media by its hash


def lesson_notebook(lesson: LessonVersion, load: Load) -> NotebookNode:
    """What a member reads, without sound, film and live parts, which only a screen can give."""
    root = parse(lesson.body_html)
    root.change(lambda element: _on_paper(element, load))
    cells: list[NotebookNode] = []
    waiting: list[Node] = []
    for node in [*root.children, None]:
        quiz = node.attributes.get("data-quiz") if isinstance(node, Element) else None
        if node is not None and quiz is None:
            waiting.append(node)
            continue
        if waiting:
            cells.append(nbformat.v4.new_markdown_cell(html_of(waiting)))  # type: ignore[no-untyped-call]
            waiting = []
        if quiz is not None:
            name = quiz.rpartition("/")[2]
            cells.append(
                nbformat.v4.new_code_cell(f"%%quiz {name}", metadata={"weike": {"quiz": name}})  # type: ignore[no-untyped-call]
            )
    return nbformat.v4.new_notebook(cells=cells)  # type: ignore[no-untyped-call, no-any-return]


def inlined(html: str, load: Load) -> str:
    """HTML whose pictures are part of it: nothing is fetched while it is printed."""
    root = parse(html)
    root.change(lambda element: _on_paper(element, load))
    return html_of(root.children)


def _on_paper(element: Element, load: Load) -> list[Node]:
    kind = element.attributes.get("class", "")
    if element.tag == "img":
        return _picture(element, load)
    if element.tag in ("audio", "video"):
        poster = Element("img", {"src": element.attributes.get("poster", ""), "alt": ""})
        label = element.attributes.get("aria-label", "")
        said = _("Film: {title}") if element.tag == "video" else _("Sound: {title}")
        note = Element("p", {"class": "note"}, [said.format(title=label)])
        return [*_picture(poster, load), note]
    if kind == "weike-narration":
        return []
    if kind == "weike-live":
        return [Element("p", {"class": "note"}, [_("This part is done on a phone or a computer.")])]
    if element.tag == "details":
        rest = [c for c in element.children if not isinstance(c, Element) or c.tag != "summary"]
        return [Element("div", {"class": "words"}, rest)]
    element.attributes.pop("tabindex", None)
    element.attributes.pop("loading", None)
    return [element]


def _picture(element: Element, load: Load) -> list[Node]:
    found = _KEPT.match(element.attributes.get("src", ""))
    media = load(found[1]) if found else None
    if media is None:
        alt = element.attributes.get("alt", "")
        return [alt] if alt else []
    body = media.content if media.content is not None else _read(media)
    element.attributes["src"] = f"data:{media.type};base64,{b64encode(body).decode()}"
    element.attributes.pop("loading", None)
    return [element]


def _read(media: Media) -> bytes:
    assert media.file is not None
    return media.file.read_bytes()
