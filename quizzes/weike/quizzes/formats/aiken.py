"""Aiken: a stem on one line, `A.` or `A)` options, `ANSWER: X`. Single choice and nothing else."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import tzinfo

from weike.quizzes.bank import Bank
from weike.quizzes.errors import Problem
from weike.quizzes.i18n import _
from weike.quizzes.plaintext import markdown_of
from weike.quizzes.question import Question
from weike.quizzes.reading import Collector, Reading
from weike.quizzes.types.single import Single

SUFFIXES = (".aiken",)
ALSO = (".txt",)

_OPTION = re.compile(r"\s*([A-Z])\s*[.)．）、]\s+(.*)|\s*([A-Z])[)）]\s*(.*)")
_ANSWER = re.compile(r"\s*ANSWER\s*[:：]\s*(.*)", re.IGNORECASE)
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(slots=True)
class _Block:
    line: int
    lines: list[str] = field(default_factory=list)
    stem: list[str] = field(default_factory=list)
    options: list[tuple[str, str]] = field(default_factory=list)
    answer: str | None = None
    problems: list[Problem] = field(default_factory=list)

    def problem(self, line: int, message: str, repair: str) -> None:
        self.problems.append(Problem(line=line, message=message, repair=repair))


def looks_like(text: str) -> bool:
    """Whether a text file of no other name is Aiken."""
    return re.search(r"^\s*ANSWER\s*:\s*[A-Z]\s*$", text, re.MULTILINE) is not None


def loads(text: str, *, source: str = "", zone: tzinfo | None = None) -> Bank:
    """Read a bank; raises `BankError` with every problem at once."""
    return read(text, source=source).whole(source or _("the bank"))


def read(text: str, *, source: str = "") -> Reading:
    """Read what can be read; the rest is kept apart with its problems."""
    found = Collector()
    for block in _blocks(text.removeprefix("\ufeff")):
        _check(block)
        written = "\n".join(block.lines)
        if block.problems:
            found.reject(written, block.line, *block.problems)
            continue
        options = [
            {"text": markdown_of(text), "right": letter == block.answer}
            for letter, text in block.options
        ]
        body = {"type": "single", "stem": markdown_of(" ".join(block.stem)), "options": options}
        found.add(body, source=written, line=block.line)
    return found.reading()


def dumps(bank: Bank) -> str:
    """Write the single choices; `weike.quizzes.loss` names what Aiken has no way to say."""
    return "\n".join(map(_dump, bank.questions))


def dump_rejected(source: str, reasons: Sequence[str]) -> str:
    """A question as it came; Aiken has no comments, so the reasons stand in a list beside it."""
    return f"{source}\n\n"


def _blocks(text: str) -> list[_Block]:
    """An ANSWER line ends a question; blank lines between questions are optional, as in Moodle."""
    blocks: list[_Block] = []
    block: _Block | None = None
    for number, raw in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), 1):
        if not raw.strip():
            continue
        if block is None:
            block = _Block(number)
            blocks.append(block)
        answer, option = _ANSWER.fullmatch(raw), _OPTION.fullmatch(raw)
        if not answer and not option and block.options:
            # A new question although the one above was not answered.
            block = _Block(number)
            blocks.append(block)
        block.lines.append(raw)
        if answer:
            block.answer = answer[1].strip().upper()
            block = None
        elif option and (block.stem or block.options):
            block.options.append((option[1] or option[3], (option[2] or option[4] or "").strip()))
        else:
            block.stem.append(raw.strip())
    return blocks


def _check(block: _Block) -> None:
    last = block.line + len(block.lines) - 1
    letters = [letter for letter, _text in block.options]
    if not block.stem:
        block.problem(
            block.line, _("an answer without a question"), _("write the question above it")
        )
        return
    if len(block.options) < 2:
        block.problem(
            block.line,
            _("the question has fewer than two options"),
            _("begin each with A. or A) and a space, on a line of its own"),
        )
    for place, letter in enumerate(letters):
        if letter != _LETTERS[place]:
            block.problem(
                block.line,
                _("option {letter} stands where {expected} is expected").format(
                    letter=letter, expected=_LETTERS[place]
                ),
                _("letter the options A, B, C without a gap"),
            )
            break
    if any(not text for _letter, text in block.options):
        block.problem(block.line, _("an empty option"), _("write its text or delete the line"))
    if block.answer is None:
        block.problem(last, _("no right answer"), _("end the question with a line ANSWER: A"))
    elif block.answer not in letters:
        block.problem(
            last,
            _("the answer {answer} is none of the options").format(answer=block.answer or "—"),
            _("write one letter of the options above"),
        )


def _dump(question: Question) -> str:
    if not isinstance(question, Single):
        return f"{' '.join(question.stem.split())}\n"
    lines = [" ".join(question.stem.split())]
    answer = ""
    for letter, option in zip(_LETTERS, question.options, strict=False):
        lines.append(f"{letter}. {' '.join(option.text.split())}")
        answer = letter if option.right else answer
    return "\n".join([*lines, f"ANSWER: {answer}", ""])
