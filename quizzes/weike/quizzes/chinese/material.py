"""材料题: where a material begins in a paper, and which of the lines below it are asked about it.

```
1、读事故经过，回答问题。
焊工动火前没有清理落煤……
（1）直接原因是（ ）。
A．没有清理    B．皮带跑偏
答案：A
（2）收工后多少分钟起火？
答案：40 分钟
```
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from weike.quizzes.answers import AnswerError, folded
from weike.quizzes.chinese.draft import Draft
from weike.quizzes.chinese.inline import has_gap
from weike.quizzes.chinese.question import body_of
from weike.quizzes.chinese.words import Line, Number, Section, number, tag
from weike.quizzes.errors import Problem
from weike.quizzes.i18n import _
from weike.quizzes.number import plain
from weike.quizzes.typewords import BY_WORD

_COUNT = r"(?:[(]?\s*[一二三四五六七八九十]{1,3}\s*(?:[)]\s*[、.]?|[、.:]))?"
_TEXTS = r"(?:材料|案例|资料|短文|文字|背景|情[境景]|经过|题干|事故)"
_ASKS = re.compile(
    rf"\s*{_COUNT}\s*(?:请|认真|仔细)*(?:阅读|读|根据|结合|依据|针对|分析).{{0,24}}{_TEXTS}"
    r".{0,24}?(?:回答|完成|解答|作答|选择).{0,12}?(?:题|问)|\s*\(\s*共用题干\s*\)"
)
_SPAN = re.compile(
    r"(?:回答|完成|解答|作答)\s*(?:第|下列|以下|后面的?)?\s*\(?(\d{1,4})\)?\s*"
    r"(?:题|小题)?\s*(?:-|—|–|~|至|到)+\s*第?\s*\(?(\d{1,4})\)?\s*(?:小|道)*(?:题|问)"
)
_LABEL = re.compile(
    r"\s*[【\[(]?\s*(?:阅读)?(?:材料|案例|资料|背景)\s*[一二三四五六七八九十\d]{0,3}\s*"
    r"(?:[】\])]\s*[:、.]?|[:、])"
)
_OF_COUNT = re.compile(rf"\s*{_COUNT.removesuffix('?')}\s*")
_PART = re.compile(
    r"\s*(?:第\s*\(?\s*(\d{1,2})\s*\)?\s*(?:小题|问)|小题\s*(\d{1,2})|问题\s*(\d{1,2}))\s*[、.:]?\s*"
)
_LISTED = re.compile(r"[(（]\s*(\d{1,2})\s*[)）]|(?<!\d)(\d{1,2})\s*[.、．](?!\d)")
_EACH_PART = re.compile(r"每\s*小\s*题")


@dataclass(slots=True)
class Head:
    """The material that the next questions are about.

    `style` is how the questions of the paper are numbered, `inner` how those about it are; `span`
    are their numbers where its text gives them. Unless `sure`, it is one only if questions follow.
    """

    draft: Draft
    style: str
    sure: bool
    span: tuple[int, int] | None
    last: int = 0
    inner: str = ""

    def part(self, line: Line) -> Number | None:
        """The number with which this line begins the next question about it."""
        n = self._number(line)
        if n is None or line.rest(n.end).blank:
            return None
        return n if self._expects(n) else None

    def take(self, n: Number) -> None:
        self.last, self.inner = n.value, n.style

    @property
    def continues(self) -> bool:
        """Whether its questions are counted on with those of the paper: 31., 32., 33."""
        return self.span is not None and self.span[0] > 1

    def _number(self, line: Line) -> Number | None:
        if found := _PART.match(line.folded):
            value = int(found[1] or found[2] or found[3])
            return Number(value=value, style="小题", end=found.end(), bare=False)
        of = self.draft.number
        if of is not None and (
            found := re.match(rf"\s*{of}\s*[.-]\s*(\d{{1,2}})(?!\d)\s*[、.):]?\s*", line.folded)
        ):
            return Number(value=int(found[1]), style=f"{of}.", end=found.end(), bare=False)
        return number(line)

    def _expects(self, n: Number) -> bool:
        if self.last:
            fits = n.style == self.inner and n.value == self.last + 1
            return fits and (self.span is None or n.value <= self.span[1])
        if self.span is not None:
            return n.value == self.span[0] and (n.style != self.style or self.continues)
        return n.value == 1 and n.style != self.style and not n.bare


def span(folded: str) -> tuple[int, int] | None:
    """回答31-33题: the first and the last number."""
    found = _SPAN.search(folded)
    low, high = (int(found[1]), int(found[2])) if found else (0, 0)
    return (low, high) if 0 < low < high < low + 30 else None


def asks(folded: str) -> bool:
    """Whether a line announces a material: 阅读下列材料，回答问题。"""
    return _ASKS.match(folded) is not None


def labelled(line: Line) -> bool:
    """材料一： or 【案例2】 at the start of a line."""
    return _LABEL.match(line.folded) is not None


def tagged(line: Line) -> bool:
    found = tag(line)
    return found is not None and found[0] == "material"


def says_material(draft: Draft) -> bool:
    """【题型】材料题 below it."""
    return BY_WORD.get(folded(draft.said("type"))) == "material"


def without_count(line: Line) -> Line:
    """（一） before a material counts it, and is no part of it."""
    found = _OF_COUNT.match(line.folded)
    return line.rest(found.end()) if found else line


def of_part(section: Section) -> Section:
    """What the heading says of each question about a material."""
    kind = None if section.type in ("material", "essay") else section.type
    points = section.points if _EACH_PART.search(section.heading) or kind else None
    return replace(section, type=kind, points=points, topic="")


def asked(drafts: Sequence[Draft]) -> list[Draft]:
    """Every question that a list of answers may name by its number alone."""
    found: list[Draft] = []
    for draft in drafts:
        found.append(draft)
        if draft.number is None:
            found += draft.parts
    return found


def material_of(
    head: Draft,
    dropped: list[str],
    finish: Callable[[dict[str, Any]], dict[str, Any]],
) -> tuple[dict[str, Any], list[Problem]]:
    """The material in the JSON form, and what is wrong with its questions, each with its line."""
    try:
        _share_answers(head)
    except AnswerError as error:
        return {}, [error.problem]
    if head.section.type == "essay":
        for part in head.parts:  # what is not asked otherwise is answered in words
            if not (part.options or part.tag or part.said("answer") or part.said("listed")):
                part.tag = None if has_gap("\n".join(part.stem)) else "essay"
    problems, bodies = [], []
    for part in head.parts:
        try:
            bodies.append(finish(body_of(part, dropped)))
        except AnswerError as error:
            problems.append(replace(error.problem, line=part.line))
    try:
        body = _body(head, dropped)
        _divide(head, body, bodies)
    except AnswerError as error:
        return {}, [error.problem, *problems]
    return finish(body | {"questions": bodies}), problems


def _body(head: Draft, dropped: list[str]) -> dict[str, Any]:
    if not head.parts:
        raise AnswerError(
            _("a material without a question"),
            _("begin each question about it with its number: （1）, （2）"),
        )
    if head.said("answer"):
        raise AnswerError(
            _("the material has an answer, but its questions have to be answered"),
            _("write the answer below the question that it belongs to"),
        )
    section = replace(head.section, type="material", points=None)
    return body_of(replace(head, section=section, tag="material"), dropped)


def _divide(head: Draft, body: dict[str, Any], parts: Sequence[Mapping[str, Any]]) -> None:
    """The points of a material are those of its questions together."""
    given = body.pop("points", None)
    if given is None and not _EACH_PART.search(head.section.heading):
        given = head.section.points if head.section.type == "material" else None
    if given is None:
        return
    asked = [one for one in parts if one["type"] not in ("poll", "note")]
    if asked and not any("points" in one for one in asked):
        for one in asked:
            one["points"] = round(given / len(asked), 4)  # type: ignore[index]
        return
    total = sum(one.get("points", 1) for one in asked)
    if not math.isclose(total, given):  # 0.4 + 0.4 + 0.4
        raise AnswerError(
            _("the material has {n} points, its questions together {total}").format(
                n=plain(given), total=plain(total)
            ),
            _("a material has the points of its questions; correct one of them"),
        )


def _share_answers(head: Draft) -> None:
    """答案：（1）A（2）B below the last question, or in the list at the end, is that of each."""
    parts = head.parts
    listed = head.fields.pop("listed", [])
    for said in listed:
        _share(parts, said, "listed")
    if listed:
        return
    if len(parts) > 1 and not any(part.fields.get("answer") for part in parts[:-1]):
        _share(parts, parts[-1].said("answer"), "answer")


def _share(parts: Sequence[Draft], said: str, name: str) -> None:
    heads = list(_LISTED.finditer(said))
    wanted = [str(n) for n in range(1, len(parts) + 1)]
    if not heads or said[: heads[0].start()].strip() or [o[1] or o[2] for o in heads] != wanted:
        if name == "answer":
            return
        raise AnswerError(
            _("the answer {text} does not say which of the {n} questions it belongs to").format(
                text=said.strip()[:20], n=len(parts)
            ),
            _("write it as （1）A（2）B"),
        )
    ends = [*(one.start() for one in heads[1:]), len(said)]
    for part, one, end in zip(parts, heads, ends, strict=True):
        before = part.fields.get(name, []) if name == "listed" else []
        part.fields[name] = [*before, said[one.end() : end].strip(" \n;；,，、")]
