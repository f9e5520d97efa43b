"""Papers as Chinese lecturers type them: read as they come, written plainly.

```
一、单选题（每题 2 分）
1、使用灭火器的第一步是（ ）。
A．提起灭火器    B．压下压把
答案：A
解析：口诀是提、拔、握、压。
```
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import tzinfo
from itertools import pairwise
from typing import Any

from weike.quizzes.answers import AnswerError
from weike.quizzes.bank import Bank
from weike.quizzes.chinese.answerlist import give_answers, read_list
from weike.quizzes.chinese.cutting import cut
from weike.quizzes.chinese.draft import Draft
from weike.quizzes.chinese.material import asked, material_of
from weike.quizzes.chinese.question import body_of
from weike.quizzes.chinese.words import field, lines, section
from weike.quizzes.errors import BankError, Problem
from weike.quizzes.formats.chinesewriter import dumps as dumps
from weike.quizzes.i18n import _
from weike.quizzes.reading import Collector, Reading, some

SUFFIXES = (".txt",)


def loads(text: str, *, source: str = "", zone: tzinfo | None = None) -> Bank:
    """Read a bank; raises `BankError` with every problem at once."""
    return read(text, source=source).whole(source or _("the bank"))


def looks_like(text: str) -> bool:
    """Whether a text file holds a word that only such papers know: 答案, a heading of a type."""
    return any(
        section(line) is not None or field(line) is not None or "答案" in line.text
        for line in lines(text)
    )


def read(
    text: str,
    *,
    source: str = "",
    finish: Callable[[dict[str, Any]], dict[str, Any]] = lambda body: body,
) -> Reading:
    """Read what can be read; the rest is kept apart with its problems.

    `finish` changes the JSON form of each question before it is taken. Raises `BankError` where
    nothing in the text is a question.
    """
    paper = cut(text)
    found = Collector()
    answers = read_list(paper.answers, paper.sections)
    give_answers(answers, asked(paper.drafts))
    for draft in paper.drafts:
        if draft.material:
            body, wrong = material_of(draft, found.dropped, finish)
            if wrong:
                found.reject(draft.source, draft.line, *wrong)
            else:
                found.add(body, source=draft.source, line=draft.line)
            continue
        try:
            body = finish(body_of(draft, found.dropped))
        except AnswerError as error:
            found.reject(draft.source, draft.line, error.problem)
            continue
        found.add(body, source=draft.source, line=draft.line)
    for line, problem in answers.problems:
        found.reject(line.text, line.number, problem)
    for before, after in pairwise(paper.drafts):
        if before.section_at == after.section_at and (gap := _skipped(before, after)):
            found.dropped.append(
                _("line {n}: question {missing} does not begin a line of its own").format(
                    n=after.line, missing=gap
                )
            )
    for line in paper.aside:
        found.dropped.append(
            _("line {n}: {text}").format(n=line.number, text=line.text.strip()[:60])
        )
    # A title alone is what a bank without questions is written as.
    if not found.questions and not found.rejected and (paper.aside or not paper.title):
        raise BankError(
            source or _("the bank"),
            [
                Problem(
                    message=_("no questions"),
                    repair=_("begin each with its number: 1、, its options with A. B. C."),
                )
            ],
        )
    return found.reading(title=paper.title)


def _skipped(before: Draft, after: Draft) -> str:
    """The numbers between two questions: what was not recognised hides in the first of them."""
    if before.number is None or after.number is None:
        return ""
    missing = range(before.number + 1, after.number)
    return some(map(str, missing)) if len(missing) < 1000 else ""


def dump_rejected(source: str, reasons: Sequence[str]) -> str:
    """A question as it came, above it the reasons, which are not read again."""
    return "".join(f"【原因】{reason}\n" for reason in reasons) + f"{source}\n\n"
