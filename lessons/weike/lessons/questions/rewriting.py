"""Questions put into a bank's file, or taken out of it, whatever its format.

In Markdown the rest of the file keeps every byte. A file of another format is written anew, and
what that costs is told before.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from weike.lessons.questions.incoming import read_apart
from weike.lessons.questions.library import EDITED
from weike.lessons.questions.splice import with_question, without_question
from weike.quizzes.bank import Bank, formats, open_content
from weike.quizzes.errors import BankError, WeikeError
from weike.quizzes.i18n import _, one_by_one
from weike.quizzes.loss import export
from weike.quizzes.question import Question


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewritten:
    """What the file would hold. `losses` are sentences."""

    content: bytes
    bank: Bank
    losses: tuple[str, ...] = ()


def added(
    path: str, content: bytes, bank: Bank, form: str, questions: Sequence[Question]
) -> Rewritten:
    """The file with questions at its end, each of which it `can_hold`."""
    if form not in EDITED:
        whole = replace(bank, questions=(*bank.questions, *questions))
        return _anew(path, content, whole, form)
    text = content.decode("utf-8-sig")
    for one in questions:
        text, bank = with_question(text, bank, one, form=form)
    return Rewritten(content=text.encode(), bank=bank)


def taken_out(
    path: str, content: bytes, bank: Bank, form: str, items: Collection[str]
) -> Rewritten:
    """The file without these questions; one at least stays."""
    if form not in EDITED:
        kept = tuple(one for one in bank.questions if one.id not in items)
        return _anew(path, content, replace(bank, questions=kept), form)
    text = content.decode("utf-8-sig")
    for item in items:
        text, bank = without_question(text, bank, item, form=form)
    return Rewritten(content=text.encode(), bank=bank)


def changed(path: str, content: bytes, bank: Bank, form: str, question: Question) -> Rewritten:
    """The file with a question in place of the one that has its id."""
    if form not in EDITED:
        made = tuple(question if one.id == question.id else one for one in bank.questions)
        return _anew(path, content, replace(bank, questions=made), form)
    text, bank = with_question(
        content.decode("utf-8-sig"), bank, question, form=form, old=question.id
    )
    return Rewritten(content=text.encode(), bank=bank)


def can_hold(question: Question, form: str) -> tuple[str, list[str]]:
    """Why a format cannot hold a question ("" if it can), and what it would lose of it."""
    module = formats()[form]
    made = export(Bank(questions=(question,)), module)
    losses = [loss for loss in made.losses if loss.item is not None]
    if not made.written:
        return one_by_one(loss.what for loss in losses), []
    try:
        (read,) = module.loads(made.data).questions
    except BankError as error:  # it was read a moment ago
        raise AssertionError(str(error)) from error
    if read.id != question.id:
        return _("a file of this format cannot keep its id, on which its history stands"), []
    return "", [str(loss) for loss in losses]


def _anew(path: str, content: bytes, bank: Bank, form: str) -> Rewritten:
    module = formats()[form]
    made = export(bank, module)
    gone = [str(loss) for loss in made.losses if loss.left_out]
    if gone:
        raise WeikeError(
            _("{name} cannot be written again as it is: {reasons}").format(
                name=path.removeprefix("quizzes/"), reasons=one_by_one(gone[:5])
            )
        )
    data = made.data.encode() if isinstance(made.data, str) else made.data
    read = module.loads(made.data)
    if [one.id for one in read.questions] != [one.id for one in bank.questions]:
        raise WeikeError(
            _("{name} cannot be written again as it is: {reasons}").format(
                name=path.removeprefix("quizzes/"), reasons=_("questions would get other ids")
            )
        )
    was = read_apart(*open_content(path, content), path) if content else None
    losses = [str(loss) for loss in made.losses]
    if was is not None:
        losses += was.dropped
        losses.append(
            _("the file is written anew; colours, notes and other sheets are not kept in it")
        )
    return Rewritten(content=data, bank=read, losses=tuple(losses))
