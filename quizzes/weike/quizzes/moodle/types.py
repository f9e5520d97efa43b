"""Each of Moodle's question types as a question in the JSON form, or why it cannot be one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from weike.quizzes.blocks import find_inline, replace_spans
from weike.quizzes.html import GAP
from weike.quizzes.i18n import _
from weike.quizzes.moodle.answers import Weighed, numbers, options, synonyms
from weike.quizzes.moodle.embedded import cloze, missing_words
from weike.quizzes.moodle.entry import Entry, UnfitError, number, plain
from weike.quizzes.text import FALSE_WORDS, TRUE_WORDS

_NO_UNITS = "3"
_RANGE_SLACK = 1e-9


def question(entry: Entry) -> dict[str, Any]:
    """The question in the JSON form; raises `UnfitError` where a bank cannot hold it."""
    read = _READERS.get(entry.kind)
    if read is None:
        raise UnfitError(
            _("a question of the type {type} cannot be taken").format(type=entry.kind[:40] or "—"),
            _("make it one of: {types}").format(types=", ".join(_TAKEN)),
        )
    common = entry.common()
    body = read(entry)
    if body["type"] == "note":
        common.pop("points", None)
    if "explanation" in body and "explanation" in common:
        body["explanation"] = f"{common['explanation']}\n\n{body['explanation']}"
    if body["type"] == "material":
        common.pop("points", None)
    return {"stem": entry.stem, **common, **body}


def _multichoice(entry: Entry) -> dict[str, Any]:
    single = entry.node.value("single").casefold() not in ("false", "0")
    return _options(entry, single=single)


def _options(entry: Entry, *, single: bool) -> dict[str, Any]:
    answers = [
        Weighed(entry.text(one.node), one.weight, entry.feedback(one.node))
        for one in entry.answers()
    ]
    return options(answers, single=single, dropped=entry.dropped)


def _truefalse(entry: Entry) -> dict[str, Any]:
    sides: dict[bool, Any] = {}
    for place, answer in enumerate(entry.answers()):
        said = plain(answer.node).casefold()
        # Old files name the two in the language of their course, true first.
        truth = said in TRUE_WORDS or (said not in FALSE_WORDS and place == 0)
        sides.setdefault(truth, answer)
    full = [truth for truth, answer in sides.items() if answer.weight > 0.99]
    if len(full) != 1:
        raise UnfitError(
            _("both true and false are marked as right") if full else _("no right answer"),
            _("give true or false 100 %, and the other 0 %"),
        )
    right = full[0]
    told = {
        name: text
        for name, side in (("right", right), ("wrong", not right))
        if side in sides and (text := entry.feedback(sides[side].node))
    }
    return {"type": "boolean", "right": right} | ({"feedback": told} if told else {})


def _typed(entry: Entry) -> list[Weighed]:
    return [
        Weighed(
            plain(one.node),
            one.weight,
            entry.feedback(one.node),
            number(one.node.value("tolerance")) or 0.0,
        )
        for one in entry.answers()
    ]


def _shortanswer(entry: Entry) -> dict[str, Any]:
    if entry.node.value("usecase") == "1":
        entry.dropped.append(_("that capital letters count; here they never do"))
    found = synonyms(_typed(entry), entry.dropped)
    gaps = find_inline(entry.stem, "gap")
    # The first run of underscores is where Moodle asks; the others are only drawn.
    signs = [GAP, *("\\_\\_\\_" for _gap in gaps[1:])]
    return {
        "type": "blank",
        "stem": replace_spans(entry.stem, gaps, signs[: len(gaps)]),
        "blanks": [found],
    }


def _numerical(entry: Entry) -> dict[str, Any]:
    units = [unit for group in entry.node.all("units") for unit in group.all("unit")]
    names = [unit.value("unit_name") for unit in units if number(unit.value("multiplier")) == 1]
    if len(units) > 1:
        entry.dropped.append(_("further units of a number"))
    shown = entry.node.value("showunits") != _NO_UNITS
    body = numbers(_typed(entry), names[0] if names and shown else "", entry.dropped)
    ranges = [one.node.value("range") for one in entry.answers() if one.weight > 0]
    for answer, written in zip(body["answers"], ranges, strict=False):
        _as_range(answer, written)
    return body


def _as_range(answer: dict[str, Any], written: str) -> None:
    """Moodle knows no range: ours says beside value and tolerance that it is one."""
    low, found, high = written.partition("..")
    ends = number(low), number(high)
    if not found or ends[0] is None or ends[1] is None:
        return
    tolerance = answer.get("tolerance", 0.0)
    said = answer["value"] - tolerance, answer["value"] + tolerance
    slack = _RANGE_SLACK * max(1.0, *map(abs, said))
    if all(abs(one - other) <= slack for one, other in zip(ends, said, strict=True)):
        del answer["value"]
        answer.pop("tolerance", None)
        answer["min"], answer["max"] = ends


def _matching(entry: Entry) -> dict[str, Any]:
    pairs, distractors = [], []
    for sub in entry.node.all("subquestion"):
        answer = sub.get("answer")
        left, right = entry.text(sub), entry.text(answer) if answer else ""
        if not right and not left:
            continue
        if not right:
            raise UnfitError(
                _("{text} is no pair").format(text=left[:40]), _("give it an answer in Moodle")
            )
        if left:
            pairs.append([left, right])
        else:
            distractors.append(right)
    if len(pairs) < 2:
        raise UnfitError(
            _("a matching question with fewer than two pairs"), _("write two or more in Moodle")
        )
    return {"type": "matching", "pairs": pairs} | (
        {"distractors": distractors} if distractors else {}
    )


def _ordering(entry: Entry) -> dict[str, Any]:
    """Moodle takes the answers as they stand in the file."""
    items = [text for one in entry.answers() if (text := entry.text(one.node))]
    if len(items) < 2:
        raise UnfitError(
            _("there is nothing to bring into order"), _("write two or more in Moodle")
        )
    if entry.node.value("selecttype").casefold() not in ("", "0", "all"):
        entry.dropped.append(_("that only some of the things to order are shown"))
    return {"type": "ordering", "items": items}


def _essay(entry: Entry) -> dict[str, Any]:
    if entry.node.value("responsetemplate"):
        entry.dropped.append(_("the text that an essay begins with"))
    if entry.node.value("attachments") not in ("", "0"):
        entry.dropped.append(_("files that an essay may bring"))
    said = entry.text(entry.node.get("graderinfo"))
    return {"type": "essay"} | ({"explanation": said} if said else {})


_TAKEN = (
    "multichoice", "truefalse", "shortanswer", "numerical", "matching", "ordering", "essay",
    "description", "cloze", "gapselect", "ddwtos",
)  # fmt: skip
_READERS: Mapping[str, Callable[[Entry], dict[str, Any]]] = {
    "multichoice": _multichoice,
    # Plugins: all or nothing, and a share for each.
    "multichoiceset": lambda entry: _options(entry, single=False),
    "oumultiresponse": lambda entry: _options(entry, single=False),
    "truefalse": _truefalse,
    "shortanswer": _shortanswer,
    "numerical": _numerical,
    "matching": _matching,
    "match": _matching,
    "ddmatch": _matching,
    "ordering": _ordering,
    "essay": _essay,
    "description": lambda _entry: {"type": "note"},
    "cloze": cloze,
    "multianswer": cloze,
    "gapselect": missing_words,
    "ddwtos": missing_words,
}
