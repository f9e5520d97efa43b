"""Cards to print and cut: how one member signs in, as a QR code and in words."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from html import escape
from pathlib import Path

import segno

from weike.quizzes.errors import WeikeError, why
from weike.quizzes.i18n import _, language

_STYLE = """
@page { size: A4; margin: 12mm }
* { box-sizing: border-box }
body { margin: 0; font: 10.5pt/1.3 sans-serif; color: #000; background: #fff }
main { display: grid; grid-template-columns: repeat(2, 90mm); gap: 4mm; justify-content: center }
article { width: 90mm; height: 50mm; padding: 3mm; border: 0.3mm dashed #888; overflow: hidden;
  display: flex; gap: 3mm; align-items: center; break-inside: avoid; page-break-inside: avoid }
svg { width: 36mm; height: 36mm; flex: none }
p { margin: 0 0 0.7mm; overflow-wrap: anywhere }
.name { font-size: 14pt; font-weight: bold }
.small { font-size: 8pt }
.code { font-family: monospace; font-size: 12pt }
@media screen { main { padding: 8mm 0 } }
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One card. Without a name it is for everyone of the branch; without an activation code its
    link signs in by itself."""

    branch: str
    expires: date
    code: str = ""
    name: str = ""
    link: str = ""
    activation: str = ""

    def to_json(self) -> dict[str, str]:
        return {k: str(v) for k, v in asdict(self).items() if v}


def write_cards(path: Path, cards: Sequence[Card], *, title: str) -> None:
    """Write a page of cards that only its owner may read: whoever holds a link is signed in."""
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            os.fchmod(file.fileno(), 0o600)  # a file that was there before keeps its mode
            file.write(cards_page(cards, title=title).encode("utf-8"))
    except OSError as error:
        raise WeikeError(
            _("{name} cannot be written: {reason}").format(name=path, reason=why(error))
        ) from error


def cards_page(cards: Sequence[Card], *, title: str) -> str:
    """A page of its own, for A4, ten cards to a sheet; it loads nothing."""
    return (
        f'<!DOCTYPE html>\n<html lang="{language()}">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n"
        + "\n".join(_card(card, title) for card in cards)
        + "\n</main>\n</body>\n</html>\n"
    )


def _card(card: Card, title: str) -> str:
    lines = [
        ("small", title),
        ("name", card.name),
        ("", card.branch.rpartition("/")[2]),
        ("", _("member code {code}").format(code=card.code) if card.code else ""),
        ("code", card.activation),
        (
            "small",
            _("scan, enter this activation code, choose a PIN")
            if card.activation
            else _("scan to sign in; for you alone"),
        ),
        ("small", _("valid until {day}").format(day=card.expires.isoformat())),
        ("small", card.link if card.activation else ""),
    ]
    words = "".join(
        f'<p class="{kind}">{escape(text)}</p>' if kind else f"<p>{escape(text)}</p>"
        for kind, text in lines
        if text
    )
    return f"<article>{qr(card.link)}<div>{words}</div></article>"


def qr(link: str) -> str:
    """An inline SVG of a link, with the quiet zone that cameras need."""
    return segno.make(link, error="m", micro=False).svg_inline(
        scale=4, border=4, omitsize=True, title=_("QR code")
    )
