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
from weike.quizzes.text import normalise
from weike.quizzes.types.single import Single

SUFFIXES = (".aiken",)
ALSO = (".txt",)

_OPTION = re.compile(r"\s*([A-Z])\s*[.)．）、]\s+(.*)|\s*([A-Z])[)）]\s*(.*)")
_GLUED = re.compile(r"\s*([A-Z])[.．、](\S.*)")
_ANSWER = re.compile(r"\s*ANSWER\s*[:：]\s*(.*)", re.IGNORECASE)
_LETTER = re.compile(r"([A-Z])\s*(?:[.)．）、:：]\s*(.*))?")
# Aiken knows no feedback; programs that write some put it behind the answer.
_EXPLANATION = re.compile(
    r"\s*(?:EXPLANATION|FEEDBACK|RATIONALE|解析|解釋)\s*[:：]\s*(.*)", re.IGNORECASE
)
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(slots=True)
class _Block:
    line: int
    end: int = 0  # the line of the answer, or the last one
    lines: list[str] = field(default_factory=list)
    stem: list[str] = field(default_factory=list)
    options: list[tuple[str, str]] = field(default_factory=list)
    answer: str | None = None
    explanation: list[str] = field(default_factory=list)
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
        if explanation := "\n".join(filter(None, block.explanation)):
            body["explanation"] = markdown_of(explanation)
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
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    explained = 0  # up to this line an explanation goes on
    for number, raw in enumerate(lines, 1):
        if not raw.strip():
            continue
        said = _EXPLANATION.fullmatch(raw) if block is None and blocks else None
        if said:
            explained = _end_of_explanation(lines, number)
        if number <= explained:
            blocks[-1].lines.append(raw)
            blocks[-1].explanation.append((said[1] if said else raw).strip())
            continue
        if block is None:
            block = _Block(number)
            blocks.append(block)
        answer, option = _ANSWER.fullmatch(raw), _option(raw, block)
        if not answer and not option and block.options:
            # A new question although the one above was not answered.
            block = _Block(number)
            blocks.append(block)
        block.lines.append(raw)
        block.end = number
        if answer:
            block.answer = _letter(answer[1], block)
            block = None
        elif option and (block.stem or block.options):
            block.options.append(option)
        else:
            block.stem.append(raw.strip())
    return blocks


def _end_of_explanation(lines: list[str], begin: int) -> int:
    """The last line of an explanation, counted from 1: before a blank one or the next explanation.

    It is one line where an answer follows, because that is another question's.
    """
    for end, line in enumerate(lines[begin:], begin):
        if _ANSWER.fullmatch(line):
            return begin
        if not line.strip() or _EXPLANATION.fullmatch(line):
            return end
    return len(lines)


def _option(raw: str, block: _Block) -> tuple[str, str] | None:
    """Letter and text. Without a space behind the point, only the letter that is due is one."""
    if found := _OPTION.fullmatch(raw):
        return found[1] or found[3], (found[2] or found[4] or "").strip()
    due = _LETTERS[len(block.options) : len(block.options) + 1]
    glued = _GLUED.fullmatch(raw)
    return (due, glued[2].strip()) if glued and glued[1] == due and block.stem else None


def _letter(answer: str, block: _Block) -> str:
    """The letter alone, where nothing stands behind it but a sign or the option's own text."""
    answer = answer.strip()
    found = _LETTER.fullmatch(answer.upper())
    if not found:
        return answer.upper()
    same = not found[2] or normalise(found[2]) == normalise(dict(block.options).get(found[1], ""))
    return found[1] if same else answer.upper()


def _check(block: _Block) -> None:
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
        block.problem(block.end, _("no right answer"), _("end the question with a line ANSWER: A"))
    elif block.answer not in letters:
        block.problem(
            block.end,
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
