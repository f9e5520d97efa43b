"""One question of a bank's file put in place of another; the rest of the file stays as it is."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from weike.quizzes.bank import Bank
from weike.quizzes.errors import BankError, Problem, WeikeError
from weike.quizzes.formats import json as json_form
from weike.quizzes.formats import markdown
from weike.quizzes.i18n import _
from weike.quizzes.question import Question


def with_question(
    content: str, bank: Bank, question: Question, *, form: str, old: str | None = None
) -> tuple[str, Bank]:
    """The file with a question changed (`old` is its id until now) or added at the end.

    Returns the new content and the bank that it holds. Raises `WeikeError` where the id is taken,
    or where the format could not give the question back.
    """
    others = {one.id for one in bank.questions} - {old}
    if question.id in others:
        raise WeikeError(
            _("the id {id} is that of another question in this bank").format(id=question.id)
        )
    if form == "json":
        return _json(_changed(bank, question, old))
    text = markdown.dump_question(question)
    _check_back(question, text)
    return _spliced(content, bank, old, text, question)


def without_question(content: str, bank: Bank, item: str, *, form: str) -> tuple[str, Bank]:
    """The file without a question. The last one cannot be taken out: a bank holds something."""
    if len(bank.questions) < 2:
        raise WeikeError(_("this is the only question; delete the bank's file instead"))
    draw = bank.rules.draw
    if draw is not None and draw >= len(bank.questions):
        raise WeikeError(_("the bank draws {n} questions; it needs all it has").format(n=draw))
    if form == "json":
        kept = tuple(one for one in bank.questions if one.id != item)
        return _json(replace(bank, questions=kept))
    return _spliced(content, bank, item, None, None)


def _changed(bank: Bank, question: Question, old: str | None) -> Bank:
    if old is None:
        return replace(bank, questions=(*bank.questions, question))
    questions = tuple(question if one.id == old else one for one in bank.questions)
    return replace(bank, questions=questions)


def _json(bank: Bank) -> tuple[str, Bank]:
    return json_form.dumps(bank), replace(bank, lines={})


def _check_back(question: Question, text: str) -> None:
    """A file must never hold a question that has silently become another one."""
    try:
        read = markdown.loads(text).questions
    except BankError as error:
        raise BankError(
            _("the question"), [_without_line(one) for one in error.problems]
        ) from error
    if len(read) != 1 or read[0].to_json() != question.to_json():
        raise WeikeError(
            _("the bank's file could not hold this; take special signs such as # or > away")
        )


def _without_line(problem: Problem) -> Problem:
    return replace(problem, line=None)


def _spliced(
    content: str, bank: Bank, old: str | None, text: str | None, question: Question | None
) -> tuple[str, Bank]:
    newline = "\r\n" if "\r\n" in content else "\n"
    lines = content.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    first, after = _span(lines, bank, old)
    head, tail = lines[:first], lines[after:]
    while head and not head[-1].strip():
        head.pop()
    while tail and not tail[0].strip():
        tail.pop(0)
    middle = text.rstrip("\n").split("\n") if text is not None else []
    whole = [*head, *([""] if head and (middle or tail) else [])]
    start = len(whole) + 1
    whole += [*middle, *([""] if middle and tail else [])]
    moved = len(whole) - (len(lines) - len(tail))
    whole += tail
    if whole[-1:] != [""]:
        whole.append("")
    made, places = [], dict[str, int]()
    for one in bank.questions:
        line = bank.lines.get(one.id, 0)
        if one.id == old:
            if question is not None:
                made.append(question)
                places[question.id] = start
            continue
        made.append(one)
        places[one.id] = line + moved if line > first else line
    if old is None and question is not None:
        made.append(question)
        places[question.id] = start
    return newline.join(whole), replace(bank, questions=tuple(made), lines=places)


def _span(lines: list[str], bank: Bank, old: str | None) -> tuple[int, int]:
    """From which line (counted from 0) to which a question stands; the end of the file for none."""
    if old is None:
        return len(lines), len(lines)
    starts = sorted({*bank.lines.values(), len(lines) + 1})
    first = bank.lines[old]
    after = next(end for start, end in pairwise(starts) if start == first)
    return first - 1, after - 1
