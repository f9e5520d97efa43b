"""The list of answers at the end of a paper: `1-5 ABCDA`, `1.A 2.B`, `1、绿色`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from weike.quizzes.blocks import replace_spans
from weike.quizzes.chinese.draft import Draft
from weike.quizzes.chinese.words import LIST_HEAD, Line, Section, count_of, section
from weike.quizzes.chinese.words import field as field_of
from weike.quizzes.errors import Problem
from weike.quizzes.i18n import _

_MARK = r"(?:正确|错误|[A-Ha-h]{1,8}|[√✓✔×✗✘]|[对错TF])"
# One class of signs, not a group that repeats: a long line must not be tried in every way.
_MARKS = "A-Ha-h√✓✔×✗✘对错正确误TF"
_RANGE = re.compile(
    rf"(\d{{1,4}})\s*(?:-|—|–|~|至|到)+\s*(\d{{1,4}})\s*题?\s*[:、.]?"
    rf"\s*([{_MARKS}][{_MARKS}\s,、;|]*)"
)
# 1.A 2.B; where nothing else can be meant, also 1A and 2√.
_SINGLE = re.compile(
    rf"(?<![\dA-Za-z])(\d{{1,4}})(?:\s*[、.:)\s]\s*({_MARK})|([A-H]{{1,8}}|[√✓✔×✗✘]))"
    r"(?=[\s,、;。.)]|\d|$)[\s,、;。.]*"
)
_TEXT = re.compile(r"\s*[(（]?(\d{1,4})\s*[、.．:：)）]\s*(.*)")
_HEAD_OF_TABLE = re.compile(r"\s*题\s*号[\s|:]*(\d[\d\s|]*)")
_ROW_OF_TABLE = re.compile(rf"\s*答\s*案[\s|:]*([{_MARKS}][{_MARKS}\s|]*)")
_NESTED = re.compile(r"\s*(\d{1,4})\s*[、.:]\s*(?=\(\s*1\s*\))")  # 30、（1）A（2）B
_NAMED = re.compile(r"(?<=[\d、.:)\s])(?:正确|参考|标准)?答案\s*[:为是]\s*:?\s*")
_TEXTS = frozenset({"blank", "essay", "numeric", "ordering", "matching"})


@dataclass(frozen=True, slots=True)
class Entry:
    section: Section | None
    number: int
    answer: str
    line: Line
    explanation: str = ""


@dataclass(slots=True)
class AnswerList:
    entries: list[Entry]
    problems: list[tuple[Line, Problem]]


def read_list(lines: list[Line], sections: Sequence[Section] = ()) -> AnswerList:
    """`sections` are those of the paper, which the list may name by 一、 alone."""
    found = AnswerList([], [])
    current: Section | None = None
    numbers: list[int] = []
    first, explained = True, False
    for line in lines:
        if line.blank:
            continue
        head = LIST_HEAD.match(line.folded) if first else None
        line = line.rest(head.end()) if head else line
        first = False
        if line.blank:
            continue
        if (new := section(line)) is not None:
            current = new
            rest = re.search(r"\d{1,4}\s*[-—–~、.:]", line.folded)
            if rest is None:
                continue
            line = line.rest(rest.start())
        elif (count := count_of(line)) is not None:
            unknown = Section(heading=count[0])  # never the one before: its keys would be wrong
            current = next((one for one in sections if one.is_counted(count[0])), unknown)
            line = line.rest(count[1])
        if table := _HEAD_OF_TABLE.fullmatch(line.folded):
            numbers = [int(n) for n in re.findall(r"\d+", table[1]) if len(n) < 5]
        elif numbers and (row := _ROW_OF_TABLE.fullmatch(line.folded)):
            _range(found, current, numbers, row[1], line)
            numbers = []
        elif found.entries and (said := field_of(line)) and said[0] == "explanation":
            _explain(found, line.text[said[1] :])
            explained = True
            continue
        elif explained and not _TEXT.match(line.folded):
            _explain(found, line.text)
            continue
        else:
            _line(found, current, _without_names(line))
        explained = False
    return found


def _explain(found: AnswerList, text: str) -> None:
    """Words about the last answer."""
    last = found.entries.pop()
    found.entries.append(replace(last, explanation=f"{last.explanation}\n{text.strip()}".strip()))


def _without_names(line: Line) -> Line:
    """`1.参考答案：A` as `1.A`."""
    spans = [named.span() for named in _NAMED.finditer(line.folded)]
    if not spans:
        return line
    text, folded = (
        replace_spans(said, spans, [""] * len(spans)) for said in (line.text, line.folded)
    )
    return replace(line, text=text, folded=folded)


def _line(found: AnswerList, current: Section | None, line: Line) -> None:
    nested = _NESTED.match(line.folded)
    if nested is not None:
        found.entries.append(Entry(current, int(nested[1]), line.text[nested.end() :], line))
        return
    texts = current is not None and current.type in _TEXTS
    rest = line.folded
    if not texts:
        for one in _RANGE.finditer(line.folded):
            low, high = int(one[1]), int(one[2])
            if low <= high < low + 1000:
                _range(found, current, list(range(low, high + 1)), one[3], line)
                rest = rest.replace(one[0], " ")
        for one in _SINGLE.finditer(rest):
            found.entries.append(Entry(current, int(one[1]), one[2] or one[3], line))
            rest = rest.replace(one[0], " ", 1)
        if not rest.strip(" ,、;。."):
            return
    if text := _TEXT.fullmatch(line.text if texts else rest):
        parts = _split_texts(text[0], int(text[1])) if texts else [(int(text[1]), text[2])]
        found.entries += [Entry(current, n, said.strip(), line) for n, said in parts]
    elif found.entries and found.entries[-1].section == current and texts:
        last = found.entries.pop()
        said = f"{last.answer}\n{line.text.strip()}".strip()
        found.entries.append(Entry(current, last.number, said, last.line))
    else:
        message = _("this line of the list of answers is not understood: {text}")
        problem = Problem(
            line=line.number,
            message=message.format(text=line.text.strip()[:40]),
            repair=_("write it as 1-5 ABCDA, or as 1.A 2.B"),
        )
        found.problems.append((line, problem))


def _split_texts(text: str, first: int) -> Iterator[tuple[int, str]]:
    """`1. 绿色  2. 红色` on one line; a number belongs to the list only if it is the next one."""
    n, start = first, re.match(r"\s*[(（]?\d{1,4}\s*[、.．:：)）]\s*", text)
    assert start is not None, "it begins with a number"
    at = start.end()
    while True:
        then = re.compile(rf"[\s;；][(（]?{n + 1}\s*[、.．:：)）]\s*").search(text, at)
        yield n, text[at : then.start() if then else None].rstrip(" ;；")
        if then is None:
            return
        n, at = n + 1, then.end()


def _range(
    found: AnswerList, current: Section | None, numbers: list[int], said: str, line: Line
) -> None:
    """As many answers as numbers: groups between spaces, else single signs."""
    groups = [one for one in re.split(r"[\s,、;|]+", said) if one]
    if len(groups) != len(numbers):
        groups = re.findall(r"正确|错误|[A-Ha-h√✓✔×✗✘对错TF]", "".join(groups))
    if len(groups) != len(numbers):
        problem = Problem(
            line=line.number,
            message=_("the list has {n} answers for the questions {first} to {last}").format(
                n=len(groups), first=numbers[0], last=numbers[-1]
            ),
            repair=_("write one answer for each, with a space between answers of several letters"),
        )
        found.problems.append((line, problem))
        return
    found.entries += [
        Entry(current, n, group, line) for n, group in zip(numbers, groups, strict=True)
    ]


def give_answers(found: AnswerList, drafts: list[Draft]) -> None:
    """Each entry to its question; what fits none is a problem."""
    sections: dict[str, list[Section]] = {}
    order = list(dict.fromkeys(e.section for e in found.entries if e.section is not None))
    for one in order:
        sections.setdefault(one.type or "", []).append(one)
    for entry in found.entries:
        draft = _meant(entry, drafts, sections)
        if draft is None:
            problem = Problem(
                line=entry.line.number,
                message=_("the list of answers names question {n}, which is not there").format(
                    n=entry.number
                ),
                repair=_("correct the number, or the heading above it"),
            )
            found.problems.append((entry.line, problem))
            continue
        draft.fields.setdefault("listed", []).append(entry.answer)
        if entry.explanation:
            draft.fields.setdefault("explanation", []).append(entry.explanation)


def _meant(entry: Entry, drafts: list[Draft], sections: dict[str, list[Section]]) -> Draft | None:
    named = [draft for draft in drafts if draft.number == entry.number]
    if entry.section is None:
        return named[0] if len(named) == 1 else None
    kind = entry.section.type or ""
    fitting = [draft for draft in named if (draft.section.type or "") == kind]
    places = sorted({d.section_at for d in drafts if (d.section.type or "") == kind})
    turn = sections[kind].index(entry.section)
    if turn < len(places):
        fitting = [draft for draft in fitting if draft.section_at == places[turn]] or fitting
    if not fitting and len(named) == 1:
        fitting = named
    return fitting[0] if len(fitting) == 1 else None
