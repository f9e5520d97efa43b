"""One draft understood: its type, its key, and the JSON form of the question."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from weike.quizzes import answers
from weike.quizzes.answers import AnswerError
from weike.quizzes.chinese import inline
from weike.quizzes.chinese.draft import Draft
from weike.quizzes.chinese.words import POINTS, TYPE_WORDS
from weike.quizzes.i18n import _
from weike.quizzes.plaintext import markdown_of
from weike.quizzes.text import ID_PATTERN, normalise
from weike.quizzes.typewords import BY_WORD, DIFFICULTIES, SOURCE_TAG

_TYPE_AT_END = re.compile(rf"[(（【]\s*({'|'.join(TYPE_WORDS)})\s*[)）】]\s*$")
_ASKS_FOR_WORDS = re.compile(
    r"^(?:简述|试述|论述|阐述|列举|请|为什么|如何|怎样|怎么|什么是|何谓|何为|说明|谈谈)|[?？]\s*$"
)
_TRUTHS = frozenset({"正确", "错误", "对", "错", "√", "×", "是", "否", "true", "false"})
_WITH_REASON = re.compile(r"([A-H](?:[、,\s]?[A-H])*)\s*[。.]?\s*[(（](.{4,})[)）]\s*", re.DOTALL)
_WITH_TEXT = re.compile(r"\s*([A-Z])\s*[.、:)．：）]\s*(.+)")
_LATER = re.compile(r"\n\s*\(?([B-H])\s*[.、:)]")  # a line inside an option
_SPLITS = (r"\n+", r"[;；]", r"、", r"[,，]", r"\s+")


def body_of(draft: Draft, dropped: list[str]) -> dict[str, Any]:
    """The question; raises `AnswerError` with what is wrong and how to mend it."""
    show: Callable[[str], str] = (
        str.strip if draft.said("format").casefold() == "markdown" else _paragraphs
    )
    stem = "\n".join(draft.stem).strip()
    body, stem = _common(draft, stem, dropped)
    kind, stem = _kind(draft, stem)
    said = _answer(draft)
    stem, said = inline.given(stem, said, kind, bool(draft.options))
    explanation = draft.said("explanation")
    if (found := _WITH_REASON.fullmatch(said)) and draft.options:
        said, reason = found[1], found[2]
        explanation = explanation or reason
    kind = _settled(kind, draft, stem, said)
    if not stem.strip():
        raise AnswerError(_("the question has no text"), _("write it behind its number"))
    if kind == "boolean":
        stem = inline.without_last_gap(stem)
    own, stem = _own(kind, draft, stem, said, show)
    body |= {"type": kind, "stem": show(stem), **own}
    if explanation:
        known = body.get("explanation")
        body["explanation"] = f"{known}\n\n{show(explanation)}" if known else show(explanation)
    if draft.section.points is not None and "points" not in body and kind not in ("note", "poll"):
        times = len(body.get("blanks", "1")) if draft.section.per_blank else 1
        body["points"] = draft.section.points * times
    return body


def _paragraphs(text: str) -> str:
    """A line as people break it is a paragraph of its own."""
    return markdown_of(re.sub(r"\s*\n\s*", "\n\n", text.strip()))


def _kind(draft: Draft, stem: str) -> tuple[str | None, str]:
    word = answers.folded(draft.said("type")).casefold()
    if word:
        kind = BY_WORD.get(word) or TYPE_WORDS.get(word) or TYPE_WORDS.get(f"{word}题")
        if kind is None:
            raise AnswerError(
                _("{text} is no type of question").format(text=draft.said("type")),
                _("write {types}").format(types="单选题、多选题、判断题、填空题、简答题"),
            )
        return kind, stem
    if found := _TYPE_AT_END.search(stem):
        return TYPE_WORDS[found[1]], stem[: found.start()].rstrip()
    return draft.type, stem


def _answer(draft: Draft) -> str:
    """What stands behind 答案, in the list at the end, or before the number; all the same."""
    written = [one.strip() for one in draft.fields.get("answer", ()) if one.strip()]
    listed = [one.strip() for one in draft.fields.get("listed", ()) if one.strip()]
    before = [draft.prefix] if draft.prefix else []
    given = [*written, *listed, *before]
    if len({_bare(one) for one in given}) > 1:
        raise AnswerError(
            _("two different answers: {first} and {second}").format(
                first=given[0][:20],
                second=next(g for g in given if _bare(g) != _bare(given[0]))[:20],
            ),
            _("leave the right one"),
        )
    return given[0] if given else ""


def _bare(text: str) -> str:
    return re.sub(r"[\s、,，;；。.]", "", answers.folded(text)).casefold()


def _settled(kind: str | None, draft: Draft, stem: str, said: str) -> str:
    """The type, where nothing said it, from the options and the answer."""
    options = [answers.folded(text).casefold() for _letter, text in draft.options]
    if kind not in (None, "choice"):
        return "essay" if kind == "numeric" and not _is_number(said) else kind
    if len(options) == 2 and set(options) <= _TRUTHS:
        return "boolean"
    if options or kind == "choice":
        letters = [char for char in answers.folded(said).upper() if char in answers.LETTERS]
        return "multiple" if len(set(letters)) > 1 and _is_letters(said) else "single"
    if not said:
        raise AnswerError(_("no right answer"), _("write 答案： and the answer below the question"))
    if _is_truth(said):
        return "boolean"
    if inline.has_gap(stem):
        return "blank"
    if len(said) > 30 or "\n" in said or _ASKS_FOR_WORDS.search(stem):
        return "essay"
    raise AnswerError(
        _("nothing says what type of question this is"),
        _("write a heading such as 一、填空题 above it, or ____ where the answer belongs"),
    )


def _own(
    kind: str, draft: Draft, stem: str, said: str, show: Callable[[str], str]
) -> tuple[dict[str, Any], str]:
    """The fields of the type, and the stem as it is to be shown."""
    options = [text for _letter, text in draft.options]
    match kind:
        case "single" | "multiple":
            _check_options(options)
            right = answers.letters(_as_letters(said, options), len(options))
            if kind == "single" and len(right) > 1:
                raise AnswerError(
                    _("a single choice with several right answers"),
                    _("write one letter, or make the type 多选"),
                )
            listed = [
                {"text": show(text), "right": place in right} for place, text in enumerate(options)
            ]
            return {"options": listed}, stem
        case "boolean":
            if not said:
                raise AnswerError(_("no right answer"), _("write （√） or （×） at the end"))
            return {"right": answers.truth(said, options)}, stem
        case "blank":
            return _blank(stem, said)
        case "numeric":
            return {"answers": [answers.number(said)]}, stem
        case "matching":
            lines = [*stem.split("\n"), *options]
            written = [line for line in lines if inline.ARROW.search(line)]
            stem = "\n".join(line for line in stem.split("\n") if line not in written)
            sides = answers.pairs(written or [s for s in re.split(r"[;；\n]", said) if s.strip()])
            found: dict[str, Any] = {
                "pairs": [[show(left), show(right)] for left, right in sides["pairs"]]
            }
            if "distractors" in sides:
                found["distractors"] = list(map(show, sides["distractors"]))
            return found, stem
        case "ordering":
            _check_options(options)
            if not said:
                raise AnswerError(_("no right answer"), _("write the order of the letters: CABD"))
            return {"items": [show(text) for text in answers.order(options, said)]}, stem
        case "poll":
            _check_options(options)
            return {"options": [{"text": show(text)} for text in options]}, stem
        case "essay":
            return ({"explanation": show(said)} if said else {}), stem
        case _:
            return {}, stem


def _check_options(options: list[str]) -> None:
    if len(options) < 2:
        raise AnswerError(
            _("the question has fewer than two options"),
            _("begin each with A. or A) and a space, on a line of its own"),
        )
    if not all(options):
        raise AnswerError(_("an empty option"), _("write its text or delete the line"))
    for place, text in enumerate(options, start=1):
        skipped = _LATER.search(answers.folded(text))
        if skipped and skipped[1] > answers.LETTERS[place]:
            raise AnswerError(
                _("option {letter} is missing before {later}").format(
                    letter=answers.LETTERS[place], later=skipped[1]
                ),
                _("letter the options one after the other: A, B, C"),
            )


def _as_letters(said: str, options: list[str]) -> str:
    """`B`, `B、压下压把` and the option's own words mean the same option."""
    texts = [normalise(text) for text in options]
    if (found := _WITH_TEXT.fullmatch(said)) and normalise(found[2]) in texts:
        return found[1]
    if not _is_letters(said) and texts.count(normalise(said)) == 1:
        return answers.LETTERS[texts.index(normalise(said))]
    return said


def _blank(stem: str, said: str) -> tuple[dict[str, Any], str]:
    gaps = inline.gaps(stem)
    if not said:
        raise AnswerError(_("no right answer"), _("write 答案： and the answer below the question"))
    if gaps > 1 and not re.search(r"[|｜]", said):
        said = _for_each(said, gaps)
    stem, read = answers.blanks(stem, said.replace("\n", " "))
    return {"blanks": read}, stem


def _for_each(said: str, gaps: int) -> str:
    """Answers for several blanks, however they are kept apart, if there are as many."""
    numbered = re.split(
        r"\s*[(（]\d[)）]\s*|\s*[①②③④⑤⑥⑦⑧⑨]\s*|(?:^|(?<=[\s;；]))\d[.、．](?!\d)\s*", said
    )
    bracketed = re.findall(r"[(（]([^()（）]+)[)）]", said)
    if len(bracketed) == gaps and not re.sub(r"[(（][^()（）]+[)）]", "", said).strip():
        return "|".join(bracketed)
    for parts in (numbered[1:], *(re.split(sign, said.strip()) for sign in _SPLITS)):
        kept = [part.strip(" ;；、,，。\n") for part in parts]
        if len(kept) == gaps and all(kept):
            return "|".join(kept)
    return said


def _common(draft: Draft, stem: str, dropped: list[str]) -> tuple[dict[str, Any], str]:
    body: dict[str, Any] = {}
    points = draft.said("points")
    if found := POINTS.match(stem):
        points, stem = points or found["n"], stem[found.end() :].lstrip()
    elif (found := POINTS.search(stem)) and not stem[found.end() :].strip():
        points, stem = points or found["n"], stem[: found.start()].rstrip()
    if points:
        body["points"] = _quantity(points)
    if re.search(ID_PATTERN, draft.said("id")) and not draft.said("id").isdigit():
        body["id"] = draft.said("id")
    level = answers.folded(draft.said("difficulty"))
    if level:
        known = DIFFICULTIES.get(level) or (int(level) if level in "12345" else None)
        if known is None:
            dropped.append(_("the difficulty {text}").format(text=level[:20]))
        else:
            body["difficulty"] = known
    if topic := draft.said("topic") or draft.section.topic:
        body["topic"] = topic
    tags = [one.strip() for one in re.split(r"[,，、;；]", draft.said("tags")) if one.strip()]
    if source := draft.said("source"):
        tags.append(f"{SOURCE_TAG}{source}")
    return body | ({"tags": list(dict.fromkeys(tags))} if tags else {}), stem


def _quantity(text: str) -> float:
    try:
        value = float(answers.folded(text).removesuffix("分"))
    except ValueError:
        value = float("nan")
    if not 0 <= value <= 1000:
        raise AnswerError(
            _("{text} is not between {low} and {high}").format(text=text, low=0, high=1000),
            _("write a number, or leave it empty"),
        )
    return value


def _is_number(text: str) -> bool:
    try:
        answers.number(text)
    except AnswerError:
        return False
    return True


def _is_truth(text: str) -> bool:
    try:
        answers.truth(text)
    except AnswerError:
        return False
    return answers.folded(text).casefold().rstrip("。.!") not in ("a", "b", "1", "0")


def _is_letters(text: str) -> bool:
    return bool(re.fullmatch(r"[A-Za-z\s、,;|/.。]+", answers.folded(text)))
