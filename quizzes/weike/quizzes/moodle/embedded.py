"""Questions inside a sentence: cloze, and words to choose or drag into gaps."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from weike.quizzes.blocks import find_inline, replace_spans
from weike.quizzes.html import GAP
from weike.quizzes.i18n import _
from weike.quizzes.moodle.answers import Weighed, numbers, options, synonyms
from weike.quizzes.moodle.cloze import Part, begins, parts_of, typed
from weike.quizzes.moodle.entry import Entry, UnfitError, number
from weike.quizzes.moodle.tree import Node

_MARK = "\ufdd1{}\ufdd2"  # noncharacters: no text holds them
_MARKED = re.compile("\ufdd1(\\d+)\ufdd2")
_CHOICE = re.compile(r"\[\[(\d{1,3})\]\]")
_MOST = 1000  # answers of one embedded question
_LONGEST = 100  # letters that somebody can be asked to type


def cloze(entry: Entry) -> dict[str, Any]:
    """Blanks where all is typed text; else a material, with the places numbered in its text."""
    node = _text(entry)
    text = _raw(node)
    parts = parts_of(text)
    if not parts or begins(text) != len(parts) or any(len(p.answers) > _MOST for p in parts):
        raise UnfitError(
            _("an embedded answer does not end") if begins(text) else _("no embedded answers"),
            _("write each as {{1:SHORTANSWER:=answer}}"),
        )
    if any(part.exact for part in parts):
        entry.dropped.append(_("that capital letters count; here they never do"))
    marked = replace_spans(
        text,
        [(part.start, part.end) for part in parts],
        [_MARK.format(n) for n in range(len(parts))],
    )
    stem = _without_gaps(entry.shown(marked, node))
    if all(part.kind == "short" for part in parts):
        if len({part.points for part in parts}) > 1:
            entry.dropped.append(_("that the blanks of a question earn different points"))
        blanks = [synonyms(_typed(entry, part, node), entry.dropped) for part in parts]
        return {"type": "blank", "stem": _gaps(stem), "blanks": blanks}
    total = sum(part.points for part in parts) or 1.0
    points = entry.common().get("points", total)
    questions = [
        {
            "stem": f"({number})",
            "id": f"part-{number}",
            "points": round(points * part.points / total, 4),
            **_inner(entry, part, node),
        }
        for number, part in enumerate(parts, start=1)
    ]
    numbered = _MARKED.sub(lambda found: f" **({int(found[1]) + 1})** ", stem)
    return {"type": "material", "stem": _spaced(numbered), "questions": questions}


def missing_words(entry: Entry) -> dict[str, Any]:
    """Gaps with words to pick from, as blanks to fill in."""
    node = _text(entry)
    text = _raw(node)
    names = ("selectoption", "dragbox")
    words = [entry.text(child) for child in entry.node.children if child.name in names]
    places = [int(found[1]) - 1 for found in _CHOICE.finditer(text)]
    if not places or any(not 0 <= place < len(words) for place in places):
        raise UnfitError(
            _("a gap without its word"), _("write [[1]] for the first of the words, and so on")
        )
    picked = [words[place] for place in places]
    if any(not word or len(word) > _LONGEST or re.search(r"[<!\n]", word) for word in picked):
        raise UnfitError(
            _("a word to choose is a picture or too long to be typed"),
            _("make it a matching question in Moodle"),
        )
    entry.dropped.append(_("the words to choose from; they are typed now"))
    count = iter(range(len(places)))
    stem = _without_gaps(
        entry.shown(_CHOICE.sub(lambda _found: _MARK.format(next(count)), text), node)
    )
    blanks = [[re.sub(r"\\([^\w\s])", r"\1", word)] for word in picked]
    return {"type": "blank", "stem": _gaps(stem), "blanks": blanks}


def _inner(entry: Entry, part: Part, node: Node) -> dict[str, Any]:
    if part.kind == "short":
        found = synonyms(_typed(entry, part, node), entry.dropped)
        return {"type": "blank", "blanks": [found]}
    if part.kind == "number":
        answers = []
        for one in part.answers:
            value, _colon, tolerance = typed(one.text).partition(":")
            said = entry.shown(one.feedback, node) or None
            answers.append(Weighed(value.strip(), one.weight, said, _tolerance(tolerance)))
        return numbers(answers, "", entry.dropped)
    shown = [
        Weighed(entry.shown(one.text, node), one.weight, entry.shown(one.feedback, node) or None)
        for one in part.answers
    ]
    return options(shown, single=part.kind == "single", dropped=entry.dropped)


def _typed(entry: Entry, part: Part, node: Node) -> Sequence[Weighed]:
    return [
        Weighed(typed(one.text), one.weight, entry.shown(one.feedback, node) or None)
        for one in part.answers
    ]


def _tolerance(text: str) -> float:
    return number(text) or 0.0


def _text(entry: Entry) -> Node:
    node = entry.node.get("questiontext")
    if node is None:
        raise UnfitError(_("the question has no text"))
    return node


def _raw(node: Node) -> str:
    inner = node.get("text")
    return inner.content if inner is not None else node.own


def _without_gaps(stem: str) -> str:
    """Underscores that somebody drew would ask for an answer."""
    gaps = find_inline(stem, "gap")
    return replace_spans(stem, gaps, ["\\_\\_\\_"] * len(gaps))


def _gaps(stem: str) -> str:
    # Two beside each other would be one long gap.
    return _MARKED.sub(GAP, re.sub("\ufdd2(?=\ufdd1)", "\ufdd2 ", stem)).strip()


def _spaced(text: str) -> str:
    return re.sub(r"(?<=\S) {2,}", " ", text).strip()
