"""The notation of Moodle's embedded answers: `{1:SHORTANSWER:=green~%50%greenish#nearly}`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape

_KINDS = {
    "SHORTANSWER": "short", "SA": "short", "MW": "short",
    "SHORTANSWER_C": "short", "SAC": "short", "MWC": "short",
    "NUMERICAL": "number", "NM": "number",
    **dict.fromkeys(
        ("MULTICHOICE", "MC", "MULTICHOICE_V", "MCV", "MULTICHOICE_H", "MCH",
         "MULTICHOICE_S", "MCS", "MULTICHOICE_VS", "MCVS", "MULTICHOICE_HS", "MCHS"), "single",
    ),
    **dict.fromkeys(
        ("MULTIRESPONSE", "MR", "MULTIRESPONSE_H", "MRH",
         "MULTIRESPONSE_S", "MRS", "MULTIRESPONSE_HS", "MRHS"), "multiple",
    ),
}  # fmt: skip
_EXACT = frozenset({"SHORTANSWER_C", "SAC", "MWC"})
_HEAD = re.compile(
    rf"\{{\s*(\d*)\s*:\s*({'|'.join(sorted(_KINDS, key=len, reverse=True))})\s*:", re.IGNORECASE
)
_WEIGHT = re.compile(r"\s*%(-?\d+(?:[.,]\d+)?)%")


@dataclass(frozen=True, slots=True)
class Answer:
    """`weight` is a share of 1; texts are as typed, with HTML in choices."""

    text: str
    weight: float
    feedback: str


@dataclass(frozen=True, slots=True)
class Part:
    """`kind` is short, number, single or multiple; `start` and `end` are places in the text.

    `exact`: capital letters count.
    """

    kind: str
    exact: bool
    points: float
    answers: tuple[Answer, ...]
    start: int
    end: int


def parts_of(text: str) -> list[Part]:
    """Every embedded question. What begins like one and does not end is none."""
    found, at = [], 0
    while head := _HEAD.search(text, at):
        end = _end(text, head.end())
        if end is None:
            at = head.end()
            continue
        answers = [_answer(one) for one in _split(text[head.end() : end], "~") if one.strip()]
        found.append(
            Part(
                kind=_KINDS[head[2].upper()],
                exact=head[2].upper() in _EXACT,
                points=float(head[1] or 1),
                answers=tuple(answers),
                start=head.start(),
                end=end + 1,
            )
        )
        at = end + 1
    return found


def begins(text: str) -> int:
    """How often an embedded question begins, whole or not."""
    return len(_HEAD.findall(text))


def _end(text: str, at: int) -> int | None:
    while at < len(text):
        if text[at] == "\\":
            at += 2
        elif text[at] == "}":
            return at
        elif text[at] == "{" and _HEAD.match(text, at):
            return None
        else:
            at += 1
    return None


def _split(text: str, sign: str, most: int = -1) -> list[str]:
    """Parts between signs that are not escaped; &#126; and the like are text already."""
    parts: list[str] = []
    start = at = 0
    while at < len(text) and (most < 0 or len(parts) < most):
        if text[at] == "\\":
            at += 1
        elif text[at] == sign and not (sign == "#" and text[at - 1 : at] == "&"):
            parts.append(text[start:at])
            start = at + 1
        at += 1
    return [*parts, text[start:]]


def _answer(text: str) -> Answer:
    body, *feedback = _split(text.strip(), "#", 1)
    weight = 0.0
    if body.startswith("="):
        body, weight = body[1:], 1.0
    if found := _WEIGHT.match(body):
        weight = float(found[1].replace(",", ".")) / 100
        body = body[found.end() :]
    return Answer(_plain(body), weight, _plain("".join(feedback)))


def _plain(text: str) -> str:
    return re.sub(r"\\([}~#=/\"\\{])", r"\1", text).strip()


def typed(text: str) -> str:
    """A text that people type: without tags, its signs spelled out."""
    return unescape(re.sub(r"<[^>]*>", "", text)).replace("\xa0", " ").strip()


def written(text: str) -> str:
    """A text as it stands in an answer."""
    return re.sub(r"([}~#=\"\\])", r"\\\1", text)
