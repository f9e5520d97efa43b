"""What a format cannot hold, found by reading back what it wrote."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from weike.quizzes.bank import Bank, Format
from weike.quizzes.errors import BankError
from weike.quizzes.i18n import _, listed
from weike.quizzes.pictures import pictures
from weike.quizzes.question import Question

_WHOLE = re.compile(r"(?:data|https?):", re.IGNORECASE)
# What a question can lose without becoming another.
_AROUND = frozenset({"feedback", "explanation", "topic", "tags", "difficulty", "id"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """`item` is the question's id, None where the bank itself loses something."""

    item: str | None
    what: str
    left_out: bool = False

    def __str__(self) -> str:
        return self.what if self.item is None else f"{self.item}: {self.what}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """`data` is text, or bytes in a binary format."""

    data: str | bytes
    written: int
    losses: tuple[Loss, ...]


def export(bank: Bank, module: Format) -> Export:
    """Write a bank, and say what was lost.

    A question that would be read back as another one, or not at all, is left out: a file must
    never hold a question that has silently lost its key.

    A format that is only written says itself what it loses, by a function `losses`.
    """
    if (own := getattr(module, "losses", None)) is not None:
        return _told(bank, module, own(bank))
    kept, losses = [], _bank_losses(bank, module)
    written, together = _read_together(bank, module)
    for place, question in enumerate(bank.questions):
        read = [together[place]] if together else None
        found = _question_losses(question, module, read)
        losses += found
        if not any(loss.left_out for loss in found):
            kept.append(question)
    whole = written is not None and len(kept) == len(bank.questions)
    data = written if whole else module.dumps(replace(bank, questions=tuple(kept)))
    assert data is not None, "it was written, or is now"
    return Export(data=data, written=len(kept), losses=tuple(losses))


def pictures_left(bank: Bank) -> tuple[Loss, ...]:
    """Where a file of questions goes elsewhere: it holds the addresses of their pictures only."""
    losses = []
    for question in bank.questions:
        sources: dict[str, None] = {}

        def note(text: str, sources: dict[str, None] = sources) -> str:
            sources |= {one.source: None for one in pictures(text) if not _WHOLE.match(one.source)}
            return text

        question.map_texts(note)
        if sources:
            what = _("its pictures stay beside the bank: {names}").format(names=listed(sources))
            losses.append(Loss(item=question.id, what=what))
    return tuple(losses)


def _told(bank: Bank, module: Format, losses: Sequence[Loss]) -> Export:
    out = {loss.item for loss in losses if loss.left_out}
    kept = tuple(question for question in bank.questions if question.id not in out)
    data = module.dumps(replace(bank, questions=kept))
    return Export(data=data, written=len(kept), losses=tuple(losses))


def _read_together(bank: Bank, module: Format) -> tuple[str | bytes | None, Sequence[Question]]:
    """The file, and all questions read back at once, where it gives back as many; else none.

    For a workbook of thousands, one file is written instead of one for each question.
    """
    try:
        written = module.dumps(bank)
        read = module.loads(written).questions
    except BankError:
        return None, ()
    return (written, read) if len(read) == len(bank.questions) else (None, ())


def _bank_losses(bank: Bank, module: Format) -> list[Loss]:
    # Any bank may hold no questions if it names another that does.
    head = replace(bank, questions=(), bank=bank.bank or "x")
    try:
        read = module.loads(module.dumps(head))
    except BankError:  # a format that holds nothing but questions
        read = Bank()
    names = ("title", "topic", "language", "rules", "bank")
    head = replace(head, bank=bank.bank)
    read = replace(read, bank=bank.bank if read.bank == (bank.bank or "x") else None)
    changed = [name for name in names if getattr(read, name) != getattr(head, name)]
    return [Loss(item=None, what=_("{name} is lost").format(name=name)) for name in changed]


def _question_losses(
    question: Question, module: Format, read: Sequence[Question] | None
) -> list[Loss]:
    try:
        if read is None:
            read = module.loads(module.dumps(Bank(questions=(question,)))).questions
    except BankError as error:
        reason = error.problems[0].message
        what = _("left out, it cannot be written here: {reason}").format(reason=reason)
        return [Loss(item=question.id, what=what, left_out=True)]
    if len(read) == 1 and read[0] == question:
        return []
    if len(read) != 1 or read[0].type != question.type or _key(read[0]) != _key(question):
        what = _("left out, it would be read back as another question")
        return [Loss(item=question.id, what=what, left_out=True)]
    before, after = question.to_json(), read[0].to_json()
    names = [name for name in before | after if before.get(name) != after.get(name)]
    return [Loss(item=question.id, what=_("{name} is changed").format(name=name)) for name in names]


def _key(question: Question) -> Mapping[str, Any]:
    """The question's own fields without the words that only explain, inner questions alike."""
    found: Mapping[str, Any] = _bare(question.body())
    return found


def _bare(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _bare(part) for name, part in value.items() if name not in _AROUND}
    return [_bare(part) for part in value] if isinstance(value, list) else value
