"""What a lesson may not bring into a page, found as a browser would find it."""

from __future__ import annotations

import re
from html.parser import HTMLParser

KNOWN_CLASSES = re.compile(r"weike-(figure|player|narration|transcript|table|formula|output|blank)")


class Judge(HTMLParser):
    """Reads a page as a browser would, and remembers all that a lesson may not bring into it."""

    def __init__(self) -> None:
        super().__init__()
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in (
            "script", "style", "iframe", "object", "embed", "form", "input", "button", "textarea",
            "select", "link", "meta", "base", "svg", "noscript", "template", "section",
        ):  # fmt: skip
            self.wrong.append(f"<{tag}>")
        for name, value in attrs:
            said = (value or "").strip().lower()
            if name.startswith("on") or name in ("style", "srcset", "srcdoc", "autoplay", "is"):
                self.wrong.append(f"{tag} {name}")
            if name == "id" and not said.startswith("s-"):
                self.wrong.append(f"{tag} id={value}")
            if name.startswith("data-") and name not in ("data-place", "data-blank"):
                self.wrong.append(f"{tag} {name}={value}")
            if name == "class" and not KNOWN_CLASSES.fullmatch(said) and "language-" not in said:
                self.wrong.append(f"{tag} class={value}")
            if name in ("src", "poster") and not said.startswith("../media/"):
                self.wrong.append(f"{tag} {name}={value}")
            if name == "href" and not said.startswith(("https://", "../media/", "#s-")):
                self.wrong.append(f"{tag} {name}={value}")


def judged(html: str) -> list[str]:
    judge = Judge()
    judge.feed(html)
    judge.close()
    return judge.wrong
