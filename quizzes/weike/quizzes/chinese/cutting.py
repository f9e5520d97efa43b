"""A paper cut into its questions: which line begins one, which prolongs what stood before."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise

from weike.quizzes.chinese.draft import Draft
from weike.quizzes.chinese.material import (
    Head,
    asks,
    labelled,
    of_part,
    says_material,
    span,
    tagged,
    without_count,
)
from weike.quizzes.chinese.options import first_option
from weike.quizzes.chinese.words import (
    LIST_HEAD,
    Line,
    Number,
    Section,
    chapter,
    count_of,
    counted,
    is_page_number,
    lines,
    number,
    section,
    tag,
    unboxed,
)
from weike.quizzes.chinese.words import field as field_of

TRUTH = r"√|✓|✔|☑|×|✗|✘|x|对|错|正确|错误|[TFtf]"
_PREFIX = re.compile(rf"\s*[(【\[]\s*({TRUTH}|[A-H]{{1,8}})?\s*[)】\]]\s*(?=\d{{1,4}}\s*[、.):])")
_ENTRY = re.compile(r"\s*\d{1,4}\s*(?:(?:-|—|–|~|至|到)+\s*\d{1,4}|[、.:)]\s*\S)")
# 1-5 ABCDA and 1.A 2.B are keys, never the answer of an essay.
_KEYS = re.compile(
    r"\s*\d{1,4}\s*(?:(?:-|—|–|~|至|到)+\s*\d{1,4}\s*题?\s*[:、.]?\s*[A-H√×对错TF\s]{2,}"
    r"|[、.:)]?\s*(?:[A-H]{1,8}|[√×对错])[\s,、;]+\d{1,4}\s*[、.:)]?\s*(?:[A-H]{1,8}|[√×对错])(?![A-Za-z]))"
)
GAP_OR_TRUTH = re.compile(rf"_{{2,}}|\(\s*(?:{TRUTH}|[A-H]{{1,8}})?\s*\)|【\s*(?:{TRUTH})?\s*】")
_END = re.compile(r"[?？。.!！)）]\s*$")


@dataclass(slots=True)
class Paper:
    """`answers` are the lines of the list at its end; `aside` those that belong to no question."""

    drafts: list[Draft] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)
    answers: list[Line] = field(default_factory=list)
    aside: list[Line] = field(default_factory=list)
    title: str | None = None


def cut(text: str) -> Paper:
    return _Cutter(unboxed(lines(text))).paper()


class _Cutter:
    def __init__(self, lines: list[Line]) -> None:
        self.lines = lines
        self.filled = [n for n, line in enumerate(lines) if not line.blank]
        self.following: dict[int | None, int | None] = dict(pairwise([*self.filled, None]))
        self.found = Paper(sections=[Section()])
        self.draft: Draft | None = None
        self.last = 0  # the number of the last question of this section
        self.style = ""  # how questions are numbered, "" before the first
        self.topic = ""
        self.head: Head | None = None  # the material that questions may follow about

    def paper(self) -> Paper:
        gap = True
        for at, line in enumerate(self.lines):
            if line.blank:
                gap = True
                continue
            if is_page_number(line):
                self.found.aside.append(line)
                continue
            if self._begins_answers(at, line):
                self._take_answers(self.lines[at:])
                break
            self._take(at, line, gap)
            gap = False
        return self.found

    def _take_answers(self, lines: list[Line]) -> None:
        for line in lines:
            (self.found.aside if is_page_number(line) else self.found.answers).append(line)

    def _take(self, at: int, line: Line, gap: bool) -> None:
        new = section(line)
        if new is not None and not self._is_numbered_answer(line):
            self._open_section(replace(new, topic=self.topic))
        elif (name := chapter(line)) is not None:
            self.topic = name
            self._open_section(replace(self.found.sections[-1], topic=name, heading=line.text))
        elif (name := self._topic(at, line)) is not None:
            self.topic = name
            self._open_section(Section(topic=name, heading=line.text.strip()))
        elif (part := self._begin_part(at, line)) is not None:
            self._part(line, part)
        elif self._begins_material(at, line, gap):
            self._material(without_count(line))
        elif (start := self._begin(at, line)) is not None:
            self._question(line, *start)
        elif self.draft is not None and field_of(line) is not None:
            self.draft.raw.append(line.text.rstrip())
            self.draft.add_fields(line)
            if self.head is None and says_material(self.draft):
                self._announce(line, sure=True)
        elif self.draft is not None and self._is_option(line):
            self.draft.raw.append(line.text.rstrip())
            self.draft.add_options(line)
        elif self._begins_unnumbered(at, line, gap):
            self._question(line, None, None, 0)
        elif self.draft is not None:
            self._count_inside(line)
            self.draft.raw.append(line.text.rstrip())
            self.draft.prolong(line)
        elif (said := field_of(line)) is None or said[0] != "ignored":
            self._aside(line)

    def _open_section(self, new: Section) -> None:
        self.found.sections.append(new)
        self.draft, self.last, self.style, self.head = None, 0, "", None

    def _aside(self, line: Line) -> None:
        if self.found.title is None and not self.found.drafts and len(self.found.sections) == 1:
            self.found.title = line.text.strip()
        else:
            self.found.aside.append(line)

    def _question(
        self,
        line: Line,
        n: Number | None,
        prefix: str | None,
        start: int,
        about: Head | None = None,
    ) -> None:
        sections = self.found.sections
        self.draft = Draft(
            line=line.number,
            section=of_part(sections[-1]) if about else sections[-1],
            section_at=len(sections) - 1,
            number=n.value if n else None,
            prefix=prefix,
            part=about is not None,
        )
        (about.draft.parts if about else self.found.drafts).append(self.draft)
        self.draft.raw.append(line.text.rstrip())
        self.head = None
        if n is not None:
            self.last, self.style = n.value, n.style
        rest = line.rest(start)
        if (found := tag(rest)) is not None:
            self.draft.tag = found[0]
            if worth := re.search(r"(\d+(?:\.\d+)?)\s*分", rest.folded[: found[1]]):
                self.draft.fields["points"] = [worth[1]]
            rest = rest.rest(found[1])
            if n is None and (again := number(rest)) is not None:
                self.draft.number = self.last = again.value
                self.style = again.style
                rest = rest.rest(again.end)
        if about is None and (self.draft.type == "material" or asks(rest.folded)):
            self._announce(rest, sure=self.draft.type == "material")
        if field_of(rest) is not None:
            self.draft.add_fields(rest)
        else:
            self.draft.add_stem(rest)

    def _announce(self, line: Line, *, sure: bool) -> None:
        """The draft may be a material; it is one once a question about it begins."""
        assert self.draft is not None, "a material is a draft"
        style = self.style if self.draft.number is not None else ""
        self.head = Head(draft=self.draft, style=style, sure=sure, span=span(line.folded))
        self.draft.material = sure

    def _material(self, line: Line) -> None:
        """A material without a number of its own."""
        last, style = self.last, self.style
        self._question(line, None, None, 0)
        self._announce(line, sure=True)
        self.last, self.style = last, style

    def _begins_material(self, at: int, line: Line, gap: bool) -> bool:
        if number(line) is not None or field_of(line) is not None:
            return False
        if tagged(line):
            return self._counts_below(at)
        if self.found.sections[-1].type == "material":
            if self.draft is None or (labelled(line) and self.draft.part):
                return True
            # Another text behind the last question, and its questions begin with 1 again.
            done = self.draft.part and bool(self.draft.fields.get("answer"))
            return done and gap and len(line.text) > 20 and self._counts_below(at)
        if asks(line.folded):
            return span(line.folded) is not None or self._counts_below(at)
        return False

    def _counts_below(self, at: int) -> bool:
        """Whether the next number below is the first of a list."""
        for after in self._after(at, 40):
            if section(after) is not None or field_of(after) is not None:
                return False
            if (n := number(after)) is not None and not n.bare:
                return n.value == 1
        return False

    def _begin_part(self, at: int, line: Line) -> Number | None:
        if self.head is None or (n := self.head.part(line)) is None:
            return None
        if not (self.head.sure or self.head.draft.material or self._looks_asked(at, line)):
            return None
        return n

    def _part(self, line: Line, n: Number) -> None:
        head = self.head
        assert head is not None, "a part belongs to a material"
        head.take(n)
        head.draft.material = True
        last, style = (n.value, n.style) if head.continues else (self.last, self.style)
        self._question(line, n, None, n.end, about=head)
        self.head, self.last, self.style = head, last, style

    def _begin(self, at: int, line: Line) -> tuple[Number, str | None, int] | None:
        """The number with which this line begins a question; None where it does not."""
        prefix = _PREFIX.match(line.folded)
        start = prefix.end() if prefix else 0
        n = number(line.rest(start))
        if n is None or line.rest(start + n.end).blank:
            return None
        return (n, prefix and prefix[1], start + n.end) if self._is_next(at, line, n) else None

    def _is_next(self, at: int, line: Line, n: Number) -> bool:
        draft = self.draft
        if n.bare and not (n.value == self.last + 1 and self._space_is_enough(line, n)):
            return False
        if draft is None or not self.style:
            return not n.bare or n.value == 1
        if n.style != self.style:
            return False
        inside = draft.at in ("answer", "explanation") and draft.type in ("essay", None)
        if n.value == self.last + 1:
            if inside and draft.inner and n.value == draft.inner + 1:
                # A list in the answer, if the number of the next question still comes.
                return not self._comes_again(at, n)
            return True
        if inside and not draft.options:
            return False
        if n.value > self.last:
            return draft.answered
        return draft.answered and draft.at != "explanation" and self._looks_asked(at, line)

    def _space_is_enough(self, line: Line, n: Number) -> bool:
        """Where it is expected, `12 下列…` or `1.2023年…` begins a question; `3.5 米` never."""
        rest = line.folded[n.end :]
        return bool(re.match(r"\s*\D", rest)) or bool(re.match(r"\s*\d+\s*[^\d\s.]", rest))

    def _comes_again(self, at: int, n: Number) -> bool:
        for line in self.lines[at + 1 :]:
            if section(line) is not None:
                return False
            other = number(line)
            if other is not None and other.style == n.style and other.value == n.value:
                return True
        return False

    def _count_inside(self, line: Line) -> None:
        assert self.draft is not None, "a line inside a question"
        n = number(line)
        if n is not None and n.style == self.style and n.value in (1, self.draft.inner + 1):
            self.draft.inner = n.value

    def _is_option(self, line: Line) -> bool:
        draft = self.draft
        assert draft is not None, "an option belongs to a question"
        if (
            draft.material
            or draft.type == "essay"
            or draft.at not in ("stem", "option", "answer", "type", "points")
        ):
            return False
        return first_option(line, draft.expected) is not None and (
            draft.at != "answer" or not draft.options
        )

    def _looks_asked(self, at: int, line: Line) -> bool:
        """Whether options or an answer follow before anything else begins."""
        if GAP_OR_TRUTH.search(line.folded):
            return True
        for after in self._after(at, 4):
            if first_option(after, "A") is not None or field_of(after) is not None:
                return True
            if number(after) is not None or section(after) is not None:
                return False
        return False

    def _begins_unnumbered(self, at: int, line: Line, gap: bool) -> bool:
        draft = self.draft
        if first_option(line, "A") is not None or (self.head and self.head.sure):
            return False
        if draft is None:
            told = self.found.sections[-1].type is not None or tag(line) is not None
            return self._options_follow(at) or (told and self._looks_asked(at, line))
        if tag(line) is not None:
            return True
        if not draft.answered and not GAP_OR_TRUTH.search("".join(draft.stem)):
            return False
        if self._options_follow(at):
            return True
        if self.style or draft.number is not None:
            return False
        if draft.fields.get("answer") and gap:
            return self._looks_asked(at, line)
        truths = draft.type == "boolean" or not draft.options
        return truths and not draft.options and bool(GAP_OR_TRUTH.search(line.folded))

    def _options_follow(self, at: int) -> bool:
        """Whether the next line that says what it is, is option A."""
        for after in self._after(at, 3):
            if first_option(after, "A") is not None:
                return True
            if number(after) or section(after) or field_of(after):
                return False
        return False

    def _topic(self, at: int, line: Line) -> str | None:
        """`一、消防知识` above numbered questions is their topic, and no question itself."""
        name = counted(line)
        if name is None or _END.search(line.text) or GAP_OR_TRUTH.search(line.folded):
            return None
        if self.draft is not None and self.draft.at in ("answer", "explanation"):
            return None
        after = next(iter(self._after(at, 1)), None)
        if after is None or not (section(after) or ((n := number(after)) and n.value == 1)):
            return None
        return name

    def _is_numbered_answer(self, line: Line) -> bool:
        """一、判断… inside an essay's answer is a point of it, not a section."""
        draft = self.draft
        return (
            draft is not None
            and draft.type == "essay"
            and draft.at == "answer"
            and len(line.text.strip()) > 40
            and "分" not in line.text
        )

    def _after(self, at: int, most: int) -> Iterator[Line]:
        place = self.following.get(at)
        while place is not None and most:
            yield self.lines[place]
            place, most = self.following[place], most - 1

    def _begins_answers(self, at: int, line: Line) -> bool:
        """A line 参考答案 with a section or `1-5 ABCDA` below it, or `答案：1-5 ABCDA …` itself."""
        if not self.found.drafts:
            return False
        found = LIST_HEAD.match(line.folded)
        if found is None:
            return False
        rest = line.folded[found.end() :]
        if rest.strip():
            return bool(re.match(r"\s*\d{1,4}\s*(?:-|—|–|~|至|到)+\s*\d{1,4}\s*[:、.]?\s*\D", rest))
        after = next(iter(self._after(at, 1)), None)
        if after is None:
            return False
        if section(after) is not None or re.match(r"\s*题\s*号", after.folded):
            return True
        if _KEYS.match(after.folded) or self._names_section(after):
            return True
        listed = _ENTRY.match(after.folded) is not None
        n = number(after)
        essay = self.draft is not None and self.draft.type == "essay"
        return listed and (n is None or n.value == 1) and not (essay and field_of(line))

    def _names_section(self, line: Line) -> bool:
        """一、1.A 2.B below a paper whose first section is 一."""
        count = count_of(line)
        return count is not None and any(one.is_counted(count[0]) for one in self.found.sections)
