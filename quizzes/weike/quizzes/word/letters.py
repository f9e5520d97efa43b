"""What stands in a run of Word: letters, signs of symbol fonts, letters with their reading."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from weike.quizzes.word.package import W

# Signs of Wingdings, Symbol and their like, by the number that Word gives them.
_SIGNS = {"f0d8": "→", "f0e0": "→", "f0fc": "√", "f0fb": "×", "f0d6": "√", "f050": "√"}
_SIGNS |= {"f04f": "×", "f052": "√", "f0a8": "□", "f06f": "□", "f0fe": "√", "f0fd": "×"}
_SIGNS |= {"f06c": "●", "f06e": "■", "f075": "◆", "f0b7": "•", "f09f": "•", "f0a7": "▪"}
_SIGNS |= {"f076": "❖", "f046": "☞", "f0ab": "★", "f0b2": "◇", "f0a1": "○", "f0e8": "→"}


def letters(element: Element) -> str | None:
    """The letters of a child of a run; None where it holds something else."""
    match element.tag.removeprefix(W):
        case "t":
            return element.text or ""
        case "tab" | "ptab":
            return "\t"
        case "br" | "cr":
            return "\n" if element.get(f"{W}type") in (None, "textWrapping") else ""
        case "noBreakHyphen":
            return "-"
        case "sym":
            return _SIGNS.get(element.get(f"{W}char", "").casefold(), "□")
        case "ruby":  # 拼音指南: the letters, without how they are read
            base = element.find(f"{W}rubyBase")
            return "" if base is None else "".join(one.text or "" for one in base.iter(f"{W}t"))
        case _:
            return None


def is_known_sign(element: Element) -> bool:
    return element.get(f"{W}char", "").casefold() in _SIGNS
