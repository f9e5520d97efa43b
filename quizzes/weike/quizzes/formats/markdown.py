"""The Markdown form: a bank that reads as plain text, and a `%%quiz` cell.

```
## 使用灭火器的第一步是什么？ {#fire-001 difficulty=2 topic="操作"}
- [x] 提起灭火器
- [ ] 拔掉保险销
  > 这是第二步。

> 口诀：提、拔、握、压。
```
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import tzinfo
from itertools import dropwhile, pairwise
from zoneinfo import ZoneInfo

from weike.quizzes.bank import Bank
from weike.quizzes.blocks import Block, blocks
from weike.quizzes.claiming import read_question
from weike.quizzes.course import DEFAULT_TIMEZONE
from weike.quizzes.draft import Draft
from weike.quizzes.errors import BankError, Problem
from weike.quizzes.front import read_front_matter, write_front_matter
from weike.quizzes.i18n import _
from weike.quizzes.question import Question
from weike.quizzes.text import item_id
from weike.quizzes.widequotes import narrowed
from weike.quizzes.writing import dump_question as dump_question

SUFFIXES = (".md", ".markdown")


def loads(text: str, *, source: str = "", zone: tzinfo | None = None, first_line: int = 1) -> Bank:
    """Read a bank. `first_line` is the line of the file or cell where `text` begins."""
    problems: list[Problem] = []
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    body = text.lstrip("\n")
    first_line += len(text) - len(body)
    # Full-width brackets of a blank; same length, so that no line or column moves.
    text = narrowed(body.replace("［［", "[[").replace("］］", "]]"))
    parts = blocks(text, first_line)
    bank, places = Bank(), dict[str, int]()
    if parts and parts[0].kind == "front_matter":
        front = parts.pop(0)
        bank, places = read_front_matter(
            front.lines[1:-1], front.line + 1, zone or ZoneInfo(DEFAULT_TIMEZONE), problems
        )
    elif text.startswith("---\n"):
        problems.append(
            Problem(
                line=first_line,
                message=_("the front matter does not end"),
                repair=_("write --- on a line of its own below it"),
            )
        )
        parts = list(dropwhile(lambda block: block.tag != "h2" or len(block.lines) > 1, parts))
    parts, title = _title(parts, bank, problems)
    drafts = _drafts(text.split("\n"), parts, first_line, problems)
    questions = [(draft.line, question) for draft in drafts if (question := read_question(draft))]
    lines = _check_ids(questions, problems)
    _check_amount(bank, len(drafts), places.get("draw", first_line), first_line, problems)
    if problems:
        problems.sort(key=lambda problem: problem.line or 0)
        raise BankError(source or _("the quiz"), problems)
    return replace(
        bank, title=bank.title or title, questions=tuple(q for _line, q in questions), lines=lines
    )


def dumps(bank: Bank) -> str:
    """Write a bank; reading it back gives the same one, as far as Markdown can hold it."""
    return write_front_matter(bank) + "\n".join(map(dump_question, bank.questions))


def _title(
    parts: list[Block], bank: Bank, problems: list[Problem]
) -> tuple[list[Block], str | None]:
    """A `# heading` before the first question is the bank's title."""
    if not parts or parts[0].tag != "h1":
        return parts, None
    title = parts[0].content
    if bank.title and bank.title != title:
        problems.append(
            Problem(
                line=parts[0].line,
                message=_("the bank has two titles"),
                repair=_("leave the one in the front matter"),
            )
        )
    return parts[1:], title


def _drafts(
    lines: Sequence[str], parts: Sequence[Block], first_line: int, problems: list[Problem]
) -> list[Draft]:
    heads = [block for block in parts if block.tag == "h2"]
    for block in parts:
        if block.kind not in ("fence", "code_block", "heading"):
            _check_headings(block, problems)
        if block.tag == "h1":
            _note(
                problems,
                block.line,
                _("a heading with one #"),
                _("begin a question with ##"),
            )
        elif (
            not block.is_comment
            and block.kind != "hr"
            and (not heads or block.line < heads[0].line)
        ):
            _note(
                problems,
                block.line,
                _("text before the first question"),
                _("begin a question with ##, or delete the text"),
            )
    if not heads:
        return []
    last = first_line + len(lines)
    starts = [block.line for block in parts if block.tag in ("h1", "h2")]
    following = dict(pairwise([*starts, last]))
    ends = [following[head.line] for head in heads]
    return [
        Draft(
            line=head.line,
            heading=head.content,
            source=lines[head.line + len(head.lines) - first_line : end - first_line],
            source_line=head.line + len(head.lines),
            problems=problems,
        )
        for head, end in zip(heads, ends, strict=True)
    ]


def _check_headings(block: Block, problems: list[Problem]) -> None:
    for offset, text in enumerate(block.lines):
        if text.startswith(("##", "＃＃")) and text.lstrip("#＃")[:1].strip():
            _note(
                problems,
                block.line + offset,
                _("{text} is no heading").format(text=text[:20]),
                _("write ## and a space before the question"),
            )


def _check_ids(
    questions: Sequence[tuple[int, Question]], problems: list[Problem]
) -> dict[str, int]:
    lines: dict[str, int] = {}
    for line, question in questions:
        if question.id in lines:
            message = _("the id {id} stands there twice").format(id=question.id)
            if question.id == item_id(question.stem):
                message = _("the same question stands there twice")
            _note(
                problems,
                line,
                message,
                _("line {n} has it already; give this one an id of its own: {{#some-id}}").format(
                    n=lines[question.id]
                ),
            )
        lines.setdefault(question.id, line)
    return lines


def _check_amount(
    bank: Bank, count: int, draw_line: int, first_line: int, problems: list[Problem]
) -> None:
    if not count and not bank.bank and not problems:
        _note(problems, first_line, _("no questions"), _("add one; in a text, each begins with ##"))
    draw = bank.rules.draw
    if draw is not None and not bank.bank and count and draw > count:
        _note(
            problems,
            draw_line,
            _("draw: {draw} of {count} questions").format(draw=draw, count=count),
            _("add questions or draw fewer"),
        )


def _note(problems: list[Problem], line: int, message: str, repair: str) -> None:
    problems.append(Problem(line=line, message=message, repair=repair))
