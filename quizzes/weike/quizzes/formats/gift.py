"""GIFT, the plain text that Moodle reads: tolerant where it is read, strict where it is written.

The order of the tests is that of Moodle's reader: empty, `#`, `~`, `=` with `->`, a truth, text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any

from weike.quizzes.bank import Bank
from weike.quizzes.errors import Problem
from weike.quizzes.formats.giftwriter import dump_question
from weike.quizzes.gift.blocks import CATEGORY, Block, blocks
from weike.quizzes.gift.texts import ANSWERS, Texts, kept, plain, typed, with_gap
from weike.quizzes.i18n import _
from weike.quizzes.reading import Collector, Reading
from weike.quizzes.text import ID_PATTERN, brief

SUFFIXES = (".gift",)
ALSO = (".txt",)

_WEIGHT = re.compile(r"%(-?\d+(?:\.\d+)?)%")
_NUMBER = r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?"
_RANGE = re.compile(rf"({_NUMBER})\s*\.\.\s*({_NUMBER})")
_VALUE = re.compile(rf"({_NUMBER})\s*(?::\s*({_NUMBER}))?")
_TRUTHS = {"T": True, "TRUE": True, "F": False, "FALSE": False}
_ORDER = re.compile(r">\s*\d*\s*(?:[A-Z_]+\s*)*")


class _BadQuestionError(Exception):
    def __init__(self, message: str, repair: str = "") -> None:
        self.problem = Problem(message=message, repair=repair)


def looks_like(text: str) -> bool:
    """Whether a text file of no other name is GIFT."""
    return re.search(r"\{\s*(?:[=~#>}]|T(?:RUE)?\s*[#}]|F(?:ALSE)?\s*[#}])", text) is not None


def loads(text: str, *, source: str = "", zone: tzinfo | None = None) -> Bank:
    """Read a bank; raises `BankError` with every problem at once."""
    return read(text, source=source).whole(source or _("the bank"))


def read(text: str, *, source: str = "") -> Reading:
    """Read what can be read; the rest is kept apart with its problems."""
    found, topic = Collector(), ""
    for block in blocks(text.removeprefix("\ufeff")):
        if block.lines[0].lstrip().startswith(CATEGORY):
            topic = _topic(block.lines[0].split(":", 1)[1])
            continue
        try:
            body = _question(block, found.dropped)
        except _BadQuestionError as error:
            found.reject(block.text, block.line, error.problem)
            continue
        if topic:
            body["topic"] = topic
        found.add(body, source=block.text, line=block.line)
    return found.reading()


def dumps(bank: Bank) -> str:
    """Write a bank, a category line before each topic; `weike.quizzes.loss` says what is lost."""
    parts, topic = [], ""
    for question in bank.questions:
        wanted = question.topic or bank.topic or ""
        if wanted != topic:
            parts.append(
                f"$CATEGORY: $course$/top/{wanted}" if wanted else "$CATEGORY: $course$/top"
            )
            topic = wanted
        parts.append(dump_question(question))
    return "".join(f"{part}\n\n" for part in parts)


def dump_rejected(source: str, reasons: Sequence[str]) -> str:
    """A question as it came, under comments that say what to mend."""
    return "".join(f"// {reason}\n" for reason in reasons) + f"{source}\n\n"


def _topic(path: str) -> str:
    parts = [part.strip() for part in path.strip().split("/")]
    return "/".join(part for part in parts if part and part not in ("$course$", "$cat1$", "top"))


def _question(block: Block, dropped: list[str]) -> dict[str, Any]:
    body: dict[str, Any] = {}
    name, text = _name(kept(block.text).strip())
    if ids := block.said.get("id"):
        name = ids[0]
    if name and re.search(ID_PATTERN, name):
        body["id"] = name
    elif name:
        dropped.append(_("names that cannot be ids"))
    if tags := [tag for tag in block.said.get("tag", ()) if tag]:
        body["tags"] = tags
    start, end = text.find("{"), text.find("}")
    if (start < 0) != (end < 0) or end < start:
        raise _BadQuestionError(
            _("the answers have only one brace"),
            _(
                "put all answers between { and }, without a blank line;"
                " a brace that is text is written \\{"
            ),
        )
    texts = Texts(dropped)
    if start < 0:
        return body | {"type": "note", "stem": texts.stem(text)}
    answers, behind = text[start + 1 : end].strip(), text[end + 1 :].strip()
    if "{" in answers or "{" in behind:
        raise _BadQuestionError(
            _("there is a second { beside the one that begins the answers"),
            _("write a brace that is text as \\{ and \\}; part two questions by a blank line"),
        )
    # The missing-word form: the answer stands inside the sentence.
    stem = texts.stem(f"{text[:start]}{ANSWERS}{text[end + 1 :]}" if behind else text[:start])
    if "####" in answers:
        answers, _sep, general = answers.rpartition("####")
        answers = answers.strip()
        if general.strip():
            body["explanation"] = texts.show(general)
    body |= _answers(answers, texts.show, dropped)
    return body | {"stem": with_gap(stem, asked=body["type"] == "blank")}


def _name(text: str) -> tuple[str, str]:
    if not text.startswith("::"):
        return "", text
    name, found, rest = text[2:].partition("::")
    return (plain(name), rest.strip()) if found else ("", text)


def _answers(text: str, show: Callable[[str], str], dropped: list[str]) -> dict[str, Any]:
    if not text:
        return {"type": "essay"}
    if text.startswith("#"):
        return _numeric(text[1:].strip(), show, dropped)
    if text.startswith(">"):
        return _ordering(text, show)
    if "~" in text:
        return _choice(text, show, dropped)
    if "=" in text and "->" in text:
        return _matching(text, show)
    truth, *feedback = text.split("#")
    if truth.strip() in _TRUTHS:
        return _boolean(_TRUTHS[truth.strip()], feedback, show)
    return _short(text, show, dropped)


@dataclass(frozen=True, slots=True)
class _Answer:
    """`weight` is None where the author gave none."""

    text: str
    weight: float | None
    feedback: str


def _answer(text: str) -> _Answer:
    text, _sep, feedback = text.strip().partition("#")
    found = _WEIGHT.match(text)
    weight = float(found[1]) / 100 if found else None
    return _Answer(text[found.end() :].strip() if found else text.strip(), weight, feedback.strip())


def _choice(text: str, show: Callable[[str], str], dropped: list[str]) -> dict[str, Any]:
    # `~=` marks the right answer twice over.
    parts = re.findall(r"([=~])([^=~]*)", re.sub(r"~\s*=", "=", text))
    single = any(sign == "=" for sign, _part in parts)
    if (before := re.split(r"[=~]", text, maxsplit=1)[0].strip()) != "":
        raise _BadQuestionError(
            _("{text} stands before the first answer").format(text=plain(before)),
            _("begin every answer with = if it is right, with ~ if it is wrong"),
        )
    _refuse_signs_inside(text)
    options: list[dict[str, Any]] = []
    for sign, part in parts:
        answer = _answer(part)
        weight = 1.0 if sign == "=" and answer.weight is None else (answer.weight or 0.0)
        option: dict[str, Any] = {"text": show(answer.text)}
        if answer.feedback:
            option["feedback"] = show(answer.feedback)
        if single:
            first = weight >= 1 and not any(o["right"] for o in options)
            option["right"] = first
            if weight >= 1 and not first:
                dropped.append(_("a second full answer of a single choice, which now earns 99 %"))
                option["weight"] = 0.99
            elif not first and weight:
                option["weight"] = weight
        else:
            option["right"] = weight > 0
            if weight:
                option["weight"] = weight
        options.append(option)
    if not single:
        _without_even_weights(options)
    return {"type": "single" if single else "multiple", "options": options}


def _refuse_signs_inside(text: str) -> None:
    """Of several =, some behind a space and some within a word (`x=5`), the latter are text."""
    signs = [found.start() for found in re.finditer("=", text)]
    glued = [at for at in signs if text[at - 1 : at].strip(" \t\n~")]
    if len(signs) > 1 and glued and len(glued) < len(signs):
        word = re.split(r"[\s~]", text[: glued[0]])[-1] + "="
        raise _BadQuestionError(
            _("{text} holds a sign that begins an answer").format(text=brief(plain(word))),
            _("write = and ~ that are text as \\= and \\~"),
        )


def _without_even_weights(options: list[dict[str, Any]]) -> None:
    """Right options that share the points evenly need no weights."""
    rights = [option for option in options if option["right"]]
    if rights and all(abs(o["weight"] - 1 / len(rights)) < 0.001 for o in rights):
        for option in rights:
            del option["weight"]


def _matching(text: str, show: Callable[[str], str]) -> dict[str, Any]:
    pairs, distractors = [], []
    for part in filter(None, (part.strip() for part in text.split("="))):
        left, found, right = part.partition("->")
        if not found or not right.strip():
            raise _BadQuestionError(
                _("{text} is no pair").format(text=plain(part)), _("write it as =left -> right")
            )
        if left.strip():
            pairs.append([show(left), show(right)])
        else:
            distractors.append(show(right))
    if len(pairs) < 2:
        raise _BadQuestionError(
            _("a matching question with fewer than two pairs"),
            _("write two or more =left -> right"),
        )
    more = {"distractors": distractors} if distractors else {}
    return {"type": "matching", "pairs": pairs, **more}


def _boolean(right: bool, feedback: Sequence[str], show: Callable[[str], str]) -> dict[str, Any]:
    """The first feedback is shown to a wrong answer, the second to a right one."""
    said = dict(zip(("wrong", "right"), map(str.strip, feedback), strict=False))
    shown = {name: show(text) for name, text in said.items() if text}
    return {"type": "boolean", "right": right} | ({"feedback": shown} if shown else {})


def _short(text: str, show: Callable[[str], str], dropped: list[str]) -> dict[str, Any]:
    synonyms: list[Any] = []
    starred = full = False
    for part in filter(None, (part.strip() for part in text.split("="))):
        answer = _answer(part)
        weight = 1.0 if answer.weight is None else answer.weight
        written = typed(answer.text)
        if weight <= 0:
            dropped.append(_("answers that earn nothing, with what is said to them"))
            continue
        if re.search(r"(?<!\\)\*", written):
            starred = True
            continue
        written = written.replace("\\*", "*")
        if weight < 1 or answer.feedback:
            more = {"feedback": show(answer.feedback)} if answer.feedback else {}
            synonyms.append({"text": written, "weight": min(1.0, weight), **more})
        else:
            synonyms.append(written)
        full = full or weight >= 1
    if starred and not full:
        raise _BadQuestionError(
            _("the right answer has the wildcard *, which a bank does not know"),
            _("write out the answers that are right"),
        )
    if starred:
        dropped.append(_("answers with the wildcard *"))
    if not synonyms:
        raise _BadQuestionError(_("no right answer"), _("begin it with ="))
    return {"type": "blank", "blanks": [synonyms]}


def _numeric(text: str, show: Callable[[str], str], dropped: list[str]) -> dict[str, Any]:
    text, wrong, _said = text.partition("~")
    if wrong:
        dropped.append(_("what a wrong number is told"))
    parts = [part.strip() for part in text.split("=")] if "=" in text else [text.strip()]
    answers = []
    for part in filter(None, parts):
        answer = _answer(part)
        weight = 1.0 if answer.weight is None else answer.weight
        if weight <= 0:
            dropped.append(_("answers that earn nothing, with what is said to them"))
            continue
        body = _number(plain(answer.text))
        if weight < 1:
            body["weight"] = weight
        if answer.feedback:
            body["feedback"] = show(answer.feedback)
        answers.append(body)
    if not answers:
        raise _BadQuestionError(_("no right answer"), _("write {#5}, {#5:0.1} or {#4..6}"))
    return {"type": "numeric", "answers": answers}


def _number(text: str) -> dict[str, Any]:
    if found := _RANGE.fullmatch(text):
        low, high = sorted((float(found[1]), float(found[2])))
        return {"min": low, "max": high}
    if not (found := _VALUE.fullmatch(text)):
        raise _BadQuestionError(
            _("{text} is no number").format(text=text or "#"), _("write {#5}, {#5:0.1} or {#4..6}")
        )
    tolerance = abs(float(found[2])) if found[2] else 0.0
    return {"value": float(found[1])} | ({"tolerance": tolerance} if tolerance else {})


def _ordering(text: str, show: Callable[[str], str]) -> dict[str, Any]:
    """Moodle's newer form: `{>` and settings on the first line, then one thing on each line."""
    head, _newline, rest = text.partition("\n")
    settings = _ORDER.match(head)
    assert settings is not None, "it begins with >"
    first = head[settings.end() :].strip()
    items = [show(line) for line in (first, *rest.split("\n")) if line.strip()]
    if len(items) < 2:
        raise _BadQuestionError(
            _("there is nothing to bring into order"), _("write each thing on a line of its own")
        )
    return {"type": "ordering", "items": items}
