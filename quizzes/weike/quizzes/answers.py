"""Answers as people write them into a cell or a line: letters, truths, blanks, pairs, orders."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from weike.quizzes.errors import Problem
from weike.quizzes.html import GAP
from weike.quizzes.i18n import _
from weike.quizzes.types.numeric import read_answer

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

_TRUE = frozenset(["正确", "对", "是", "同意", "√", "✓", "✔", "☑", "t", "true", "y", "yes", "1"])
_FALSE = frozenset(
    [
        "错误",
        "错",
        "否",
        "不正确",
        "不对",
        "不同意",
        "×",
        "✕",
        "✗",
        "✘",
        "╳",
        "❌",
        "☒",
        "x",
        "f",
        "false",
        "n",
        "no",
        "0",
    ]
)
_GAP = re.compile(r"_{2,}|＿{2,}|[（(][\s\u3000]*[）)]")
_ARROW = re.compile(r"\s*(?:->|→|－>|—>|=>|＝>)\s*")


class AnswerError(Exception):
    """What is wrong with an answer, without its place."""

    def __init__(self, message: str, repair: str) -> None:
        self.problem = Problem(message=message, repair=repair)


def folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip()


def letters(text: str, count: int) -> list[int]:
    """`ABC`, `A,B,C`, `a、b`, `Ａ|Ｂ`, `A；B` as indexes of `count` options, each once."""
    found = [char for char in folded(text).upper() if char not in " ,、，;；|/.。和及+&\t\n"]
    known = LETTERS[:count]
    for char in found:
        if char not in known:
            raise AnswerError(
                _("the answer {answer} is none of the options").format(answer=folded(text)),
                _("write letters from A to {last}, such as A or ABC").format(
                    last=known[-1:] or "A"
                ),
            )
    if not found:
        raise AnswerError(_("no right answer"), _("write the letters of the right options"))
    if len(set(found)) < len(found):
        raise AnswerError(
            _("the answer {answer} names an option twice").format(answer=folded(text)),
            _("write each letter once"),
        )
    return [known.index(char) for char in found]


def truth(text: str, options: Sequence[str] = ()) -> bool:
    """正确/错误, 对/错, 是/否, √/×, T/F, or A/B for the first and second option."""
    if options and len(options) != 2:
        raise AnswerError(
            _("a true/false question has other options than these two"),
            _("leave 正确 and 错误, or make the type 单选"),
        )
    said = folded(text).casefold().rstrip(".。!")
    if said in ("a", "b"):
        if not options:
            return said == "a"
        said = folded(options["ab".index(said)]).casefold()
    if said in _TRUE:
        return True
    if said in _FALSE:
        return False
    raise AnswerError(
        _("the answer {answer} is neither true nor false").format(answer=text.strip() or "—"),
        _("write 正确 or 错误"),
    )


def blanks(stem: str, text: str) -> tuple[str, list[list[str]]]:
    """The stem with its gaps, and the texts for each: `;` between synonyms, `|` between blanks."""
    parts = re.split(r"[|｜]", text)
    read = [[s.strip() for s in re.split(r"[;；]", part) if s.strip()] for part in parts]
    if not all(read):
        raise AnswerError(
            _("a blank has no right answer"),
            _("write ; between synonyms and | between blanks, such as 绿色;绿|红色"),
        )
    stem, gaps = _GAP.subn(lambda found: GAP if found[0] == GAP else f" {GAP} ", stem)
    stem = re.sub(r" +", " ", stem).strip() if gaps else stem
    if gaps > len(read):
        raise AnswerError(
            _("the text has {gaps} blanks, but there are answers for {n}").format(
                gaps=gaps, n=len(read)
            ),
            _("write | between the answers of different blanks"),
        )
    return stem, read


def pairs(texts: Sequence[str]) -> dict[str, Any]:
    """`left -> right` each; without a left side it belongs to nothing."""
    matched, distractors = [], []
    for text in texts:
        sides = _ARROW.split(text.strip(), maxsplit=1)
        if len(sides) < 2 or not sides[1]:
            raise AnswerError(
                _("{text} is no pair").format(text=text.strip()), _("write it as 左 -> 右")
            )
        if sides[0]:
            matched.append([sides[0], sides[1]])
        else:
            distractors.append(sides[1])
    return {"pairs": matched} | ({"distractors": distractors} if distractors else {})


def order(texts: Sequence[str], answer: str) -> list[str]:
    """The options in the order of the answer's letters; as they stand where there is none."""
    if not answer.strip():
        return list(texts)
    places = letters(answer, len(texts))
    if len(places) != len(texts):
        raise AnswerError(
            _("the order {answer} leaves options out").format(answer=folded(answer)),
            _("write the letters of all options, such as CABD"),
        )
    return [texts[place] for place in places]


def number(text: str) -> dict[str, Any]:
    """`110`, `110±10`, `3..5 mm`, `12%`."""
    found = read_answer(text)
    if found is None:
        raise AnswerError(
            _("{text} is no number").format(text=text.strip() or "—"),
            _("write 110, 110±10, 3..5 or 12%, and a unit behind it"),
        )
    return found.to_json()
