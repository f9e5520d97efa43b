"""Sound and film on a page: the browser's own controls, captions, and the words to read."""

from __future__ import annotations

from pathlib import Path

from weike.lessons.codecs import FOREIGN, foreign_codec, how_to_convert
from weike.lessons.media import FILMS, SOUNDS, Kept, suffix_of
from weike.lessons.page import Page, Spot
from weike.lessons.tree import Element, Node, parse
from weike.quizzes.html import render
from weike.quizzes.i18n import N_, _


def player(element: Element, page: Page, spot: Spot) -> list[Node]:
    """A <video> or <audio> of an author, or nothing where its file cannot be had."""
    address = element.attributes.get("src", "")
    for source in element.find("source"):
        address = address or source.attributes.get("src", "")
    if not address:
        return []
    if suffix_of(address) not in FILMS | SOUNDS:
        page.refuse(
            spot,
            _("{address} is no film or sound that phones can play").format(address=address[:100]),
            how_to_convert()
            if suffix_of(address) in FOREIGN
            else _("use mp4 or webm for films, mp3 or m4a for sounds"),
            address,
        )
        return []
    kept = page.keep(address, spot)
    if kept is None:
        return []
    _check_codec(kept, page, spot, address)
    film = kept.suffix in FILMS
    attributes = {"controls": "", "preload": "none", "src": kept.url}
    if film:
        attributes["playsinline"] = ""
        poster = element.attributes.get("poster")
        shown = page.keep(poster, spot) if poster else None
        if shown is not None:
            attributes["poster"] = shown.url
            if shown.size is not None:  # so that nothing jumps when it arrives
                attributes |= {"width": str(shown.size.width), "height": str(shown.size.height)}
    caption = element.attributes.get("title", "")
    label = element.attributes.get("aria-label") or caption
    attributes["aria-label"] = label or page.word(N_("Film") if film else N_("Sound"))
    captions = _captions(kept, page)
    parts: list[Node] = [Element("video" if film else "audio", attributes, captions)]
    if caption:
        parts.append(Element("figcaption", {}, [caption]))
    words = _transcript(kept, page)
    if not words and kept.source is not None and not kept.source.with_suffix(".vtt").is_file():
        page.warn(
            spot,
            _("{file} can only be heard: it has neither captions nor words to read").format(
                file=kept.source.name
            ),
            _("put {captions} or {words} beside it").format(
                captions=kept.source.with_suffix(".vtt").name,
                words=kept.source.with_suffix(".transcript.md").name,
            ),
            address,
        )
    return [Element("figure", {"class": "weike-player"}, [*parts, *words])]


def _check_codec(kept: Kept, page: Page, spot: Spot, address: str) -> None:
    if kept.suffix != "mp4" or kept.source is None:
        return
    with kept.source.open("rb") as film:
        codec = foreign_codec(film)
    if codec is not None:
        page.warn(
            spot,
            _("{file} is coded as {codec}, which many phones cannot play").format(
                file=kept.source.name, codec=codec
            ),
            how_to_convert(),
            address,
        )


def narration(page: Page) -> None:
    """The lesson read aloud, at the top of the page."""
    address = page.source.narration
    if address is None:
        return
    spot = Spot(0)
    if suffix_of(address) not in SOUNDS:
        page.refuse(
            spot,
            _("the narration {address} is no sound").format(address=address[:100]),
            _("name an mp3 or m4a file in the metadata"),
        )
        return
    kept = page.keep(address, spot)
    if kept is None:
        return
    label = page.word(N_("Listen to this lesson"))
    sound = Element("audio", {"controls": "", "preload": "none", "src": kept.url})
    sound.attributes["aria-label"] = label
    page.add(
        Element(
            "div",
            {"class": "weike-narration"},
            [Element("span", {"aria-hidden": "true"}, [label]), sound, *_transcript(kept, page)],
        )
    )


def _captions(kept: Kept, page: Page) -> list[Node]:
    """Captions from the .vtt file of the same name, if there is one."""
    file = _beside(kept, page, ".vtt")
    if file is None:
        return []
    text = page.keep(file.name, Spot(0), file.parent)
    if text is None:
        return []
    if not file.read_bytes().removeprefix(b"\xef\xbb\xbf").startswith(b"WEBVTT"):
        page.refuse(
            Spot(0),
            _("{file} holds no captions").format(file=file.name),
            _("its first line is WEBVTT; save it in UTF-8"),
        )
        return []
    return [
        Element(
            "track",
            {
                "kind": "captions",
                "src": text.url,
                "srclang": page.source.language,
                "label": page.word(N_("Captions")),
            },
        )
    ]


def _transcript(kept: Kept, page: Page) -> list[Node]:
    """The words from the .transcript.md file of the same name, folded up."""
    file = _beside(kept, page, ".transcript.md")
    if file is None or not file.resolve().is_relative_to(page.shelf.root.resolve()):
        return []
    page.shelf.sources.add(file)
    words = parse(render(file.read_text(encoding="utf-8-sig", errors="replace")))
    words.change(lambda element: [] if element.tag in ("img", "video", "audio") else [element])
    for element in words.walk():
        element.attributes.pop("class", None)
    summary = Element("summary", {}, [page.word(N_("Words to read"))])
    return [Element("details", {"class": "weike-transcript"}, [summary, *words.children])]


def _beside(kept: Kept, page: Page, suffix: str) -> Path | None:
    if kept.source is None:
        return None
    file = kept.source.with_suffix(suffix)
    if file.is_file():
        return file
    page.shelf.absent.add(file)
    return None
