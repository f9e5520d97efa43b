"""Fill in: one or several blanks in the stem, each with its synonyms."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any, ClassVar, Self

from weike.quizzes.attributes import Attributes
from weike.quizzes.blocks import find_inline, replace_spans
from weike.quizzes.errors import ResponseError
from weike.quizzes.html import GAP, render
from weike.quizzes.i18n import _
from weike.quizzes.number import plain
from weike.quizzes.question import Grade, Layout, Partial, Question
from weike.quizzes.text import check_text, normalise
from weike.quizzes.view import QuestionView

if TYPE_CHECKING:
    from weike.quizzes.draft import Draft

_LONGEST = 1000
_ESCAPED = "\\|｜[]{｛"


@dataclass(frozen=True, slots=True, kw_only=True)
class Synonym:
    """One accepted text; a `weight` under 1 makes it partly right."""

    text: str
    weight: float = 1.0
    feedback: str | None = None

    def to_json(self) -> str | dict[str, Any]:
        if self.weight == 1.0 and self.feedback is None:
            return self.text
        feedback = {} if self.feedback is None else {"feedback": self.feedback}
        return {"text": self.text, "weight": plain(self.weight)} | feedback


@dataclass(frozen=True, slots=True, kw_only=True)
class BlankView(QuestionView):
    blanks: int


@dataclass(frozen=True, kw_only=True)
class Blank(Question):
    """The stem holds `____` where a blank stands. A response is one text per blank.

    Every blank earns an equal share of the points, whatever rule the quiz has for options.
    """

    type: ClassVar[str] = "blank"
    schema: ClassVar[Mapping[str, Any]] = {
        "properties": {
            "blanks": {
                "type": "array",
                "minItems": 1,
                "items": {
                    "type": "array",
                    "minItems": 1,
                    "items": {
                        "type": ["string", "object"],
                        "minLength": 1,
                        "properties": {
                            "text": {"type": "string", "minLength": 1},
                            "weight": {"type": "number", "minimum": 0, "maximum": 1},
                            "feedback": {"type": "string"},
                        },
                        "required": ["text", "weight"],
                        "additionalProperties": False,
                    },
                },
            }
        },
        "required": ["blanks"],
    }

    blanks: tuple[tuple[Synonym, ...], ...]

    def __post_init__(self) -> None:
        gaps = len(find_inline(self.stem, "gap"))
        if gaps < len(self.blanks):
            # A stem without a place for its answer ("Who …?") gets one at its end.
            missing = " ".join([GAP] * (len(self.blanks) - gaps))
            object.__setattr__(self, "stem", f"{self.stem} {missing}")
        super().__post_init__()

    def flaw(self) -> str | None:
        if not self.blanks:
            return _("no blanks")
        for number, synonyms in enumerate(self.blanks, start=1):
            if not any(s.weight == 1.0 and s.text.strip() for s in synonyms):
                return _("blank {n} has no right answer").format(n=number)
        return None

    def problems(self) -> list[str]:
        found = super().problems()
        gaps = len(find_inline(self.stem, "gap"))
        if gaps > len(self.blanks):
            found.append(
                _("the text has {gaps} blanks, but there are answers for {n}").format(
                    gaps=gaps, n=len(self.blanks)
                )
            )
        return found

    def check(self, response: object) -> tuple[str, ...]:
        if isinstance(response, str):
            response = (response,)
        if not isinstance(response, list | tuple) or len(response) != len(self.blanks):
            raise ResponseError(_("an answer here is {n} texts").format(n=len(self.blanks)))
        return tuple(check_text(part, longest=_LONGEST) for part in response)

    def mark(self, response: tuple[str, ...], partial: Partial) -> Grade:
        found = map(_best, response, self.blanks)
        parts = tuple(0.0 if synonym is None else synonym.weight for synonym in found)
        return self.earned(sum(parts) / len(parts), parts)

    def view(self, layout: Layout) -> QuestionView:
        return BlankView(**self.shown(), blanks=len(self.blanks))

    def decode(self, layout: Layout, response: object) -> tuple[str, ...]:
        if isinstance(response, str):
            raise ResponseError(_("an answer here is {n} texts").format(n=len(self.blanks)))
        return self.check(response)

    def feedback(self, layout: Layout, response: tuple[str, ...] | None) -> dict[str, Any]:
        blanks: list[dict[str, Any]] = []
        for text, synonyms in zip(response or [""] * len(self.blanks), self.blanks, strict=True):
            synonym = _best(text, synonyms)
            blank: dict[str, Any] = {"right": synonym is not None and synonym.weight == 1.0}
            if synonym is not None and synonym.feedback:
                blank["html"] = render(synonym.feedback, inline=True)
            blanks.append(blank)
        return {"blanks": blanks, "key": [_first(synonyms) for synonyms in self.blanks]}

    def body(self) -> dict[str, Any]:
        return {"blanks": [[synonym.to_json() for synonym in blank] for blank in self.blanks]}

    @classmethod
    def from_body(cls, body: Mapping[str, Any], **common: Any) -> Self:
        return cls(**common, blanks=tuple(tuple(map(_synonym, b)) for b in body["blanks"]))

    @classmethod
    def claims(cls, draft: Draft) -> bool:
        return bool(draft.fills)

    @classmethod
    def from_markdown(cls, draft: Draft) -> Self | None:
        whole = draft.whole()
        spans = draft.fills
        blanks = []
        for start, end in spans:
            blank = tuple(_read_synonyms(whole[start + 2 : end - 2], draft))
            if not any(synonym.weight == 1.0 for synonym in blank):
                draft.problem(
                    draft.line_of(start),
                    _("the blank {blank} has no right answer").format(blank=whole[start:end]),
                    _("write it between the brackets: [[answer|synonym]]"),
                )
            blanks.append(blank)
        if not spans:
            draft.problem(draft.line, _("no blanks"), _("write the answer as [[answer|synonym]]"))
            return None
        for start, end in find_inline(whole, "gap"):
            draft.problem(
                draft.line_of(start),
                _("the blank {blank} has no right answer").format(blank=whole[start:end]),
                _("write it between the brackets: [[answer|synonym]]"),
            )
        return draft.build(cls, replace_spans(whole, spans, [GAP] * len(spans)), blanks=(*blanks,))

    def to_markdown(self) -> tuple[str, str]:
        spans = find_inline(self.stem, "gap")[: len(self.blanks)]
        written = [f"[[{'|'.join(map(_write_synonym, blank))}]]" for blank in self.blanks]
        return replace_spans(self.stem, spans, written), ""

    def map_own_texts(self, change: Callable[[str], str]) -> dict[str, Any]:
        return {
            "blanks": tuple(
                tuple(replace(s, feedback=s.feedback and change(s.feedback)) for s in blank)
                for blank in self.blanks
            )
        }


def _best(text: str, synonyms: tuple[Synonym, ...]) -> Synonym | None:
    given = normalise(text)
    fitting = [s for s in synonyms if given and normalise(s.text) == given]
    return max(fitting, key=lambda synonym: synonym.weight, default=None)


def _first(synonyms: tuple[Synonym, ...]) -> str:
    return next((s.text for s in synonyms if s.weight == 1.0), synonyms[0].text)


def _synonym(data: str | Mapping[str, Any]) -> Synonym:
    if isinstance(data, str):
        return Synonym(text=data.strip())
    return Synonym(
        text=data["text"].strip(),
        weight=float(data["weight"]),
        feedback=(data.get("feedback") or "").strip() or None,
    )


def _read_synonyms(inside: str, draft: Draft) -> Iterator[Synonym]:
    for part in _split(inside):
        text, attributes = draft.attributes_at_end(part, draft.line, known=("weight", "feedback"))
        weight = attributes.number("weight", low=0, high=1, default=1.0)
        text = _unescape(text)
        if text:
            yield Synonym(
                text=text,
                weight=1.0 if weight is None else weight,
                feedback=attributes.get("feedback"),
            )


def _split(inside: str) -> list[str]:
    """Parts between `|`, full-width or not, that are neither escaped nor in quotes."""
    ends, in_braces, quoted, at = [-1], False, False, 0
    while at < len(inside):
        char = inside[at]
        width = 2 if char == "\\" else 1
        in_braces |= char == "{"
        quoted ^= char == '"' and in_braces
        if char in "|｜" and not quoted:
            ends.append(at)
            in_braces = False
        at += width
    return [inside[start + 1 : end] for start, end in pairwise([*ends, len(inside)])]


def _unescape(text: str) -> str:
    kept, at = [], 0
    while at < len(text):
        if text[at] == "\\" and text[at + 1 : at + 2] in _ESCAPED:
            at += 1
        kept.append(text[at : at + 1])
        at += 1
    return "".join(kept).strip()


def _write_synonym(synonym: Synonym) -> str:
    text = "".join(f"\\{c}" if c in _ESCAPED else c for c in " ".join(synonym.text.split()))
    weight = None if synonym.weight == 1.0 else synonym.weight
    attributes = Attributes.of(weight=weight, feedback=synonym.feedback)
    # Brackets in the feedback must not end the blank.
    written = str(attributes).replace("]]", "]\\]")
    return f"{text} {written}" if attributes.values else text
