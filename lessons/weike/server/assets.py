"""The one stylesheet and the one script of every page, under names that hold their hash."""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

from weike.widgets import css, esm

STATIC = Path(str(files("weike.server"))) / "static"
CSS = "text/css; charset=utf-8"
JAVASCRIPT = "text/javascript; charset=utf-8"
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
WHITE = re.compile(r"\s*([{};])\s*")
WIDGETS = Path(str(files("weike.widgets")))


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """Bytes that may be cached for ever: another content has another name."""

    name: str
    type: str
    body: bytes
    packed: bytes
    etag: str


@cache
def assets() -> Mapping[str, Asset]:
    """Every asset by its kind: `css`, `js`, `first`, `live` for our pages, `mathjax` for Voilà's.

    The quiz component travels with the page's own style and script, so that a lesson needs one
    request for each and finds both in the browser's cache after the home page.
    """
    style = css.join(STATIC / "page.css") + css.join(WIDGETS / "quiz.css")
    # In a block of its own, the page's script sees the component's exports and hides its own names.
    script = f"{component()}{{\n{esm.join(STATIC / 'page.js')}}}\n"
    return {
        "css": _asset(squeezed(style), "css", CSS),
        "js": _asset(script, "js", JAVASCRIPT),
        "first": _asset(f"{{\n{esm.join(STATIC / 'first.js')}}}\n", "js", JAVASCRIPT),
        "organize": _asset(squeezed(css.join(STATIC / "organize.css")), "css", CSS),
        "preview": _asset(esm.join(STATIC / "preview.js"), "js", JAVASCRIPT),
        "teach": _asset(squeezed(css.join(STATIC / "teach.css")), "css", CSS),
        "compose": _asset(squeezed(css.join(STATIC / "compose.css")), "css", CSS),
        "composer": _asset(f"{{\n{compose_script()}}}\n", "js", JAVASCRIPT),
        "trial": _asset(trial_script(), "js", JAVASCRIPT),
        "live-css": _asset(squeezed(css.join(STATIC / "live.css")), "css", CSS),
        "live": _asset(f"{{\n{esm.join(STATIC / 'live.js')}}}\n", "js", JAVASCRIPT),
        "lasting": _asset(f"{{\n{esm.join(STATIC / 'lasting.js')}}}\n", "js", JAVASCRIPT),
        "mathjax": _asset((STATIC / "mathjax.js").read_text("utf-8"), "js", JAVASCRIPT),
    }


def compose_script() -> str:
    """What the page does on which a lesson is written."""
    return esm.join(STATIC / "compose.js")


def trial_script() -> str:
    """The quiz component for a lesson that is being written; its answers are nobody's record."""
    return f"{component()}{{\n{esm.join(STATIC / 'trial.js')}}}\n"


def component() -> str:
    """The quiz component as pages use it."""
    return esm.join(WIDGETS / "page.js", WIDGETS / "quiz" / "types")


def pack(body: bytes) -> bytes:
    """gzip, the same bytes for the same input."""
    return gzip.compress(body, compresslevel=9, mtime=0)


def squeezed(style: str) -> str:
    """A stylesheet without its comments and the white space around its marks: a kilobyte less."""
    return WHITE.sub(r"\1", COMMENT.sub("", style))


def digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()[:16]


def _asset(text: str, suffix: str, media_type: str) -> Asset:
    body = text.encode()
    return Asset(
        name=f"weike.{digest(body)}.{suffix}",
        type=media_type,
        body=body,
        packed=pack(body),
        etag=f'"{digest(body)}"',
    )
