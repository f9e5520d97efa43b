"""A file or a text with questions that somebody brings: what is in it, before it is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from weike.lessons.checking.remark import parts
from weike.lessons.checking.repeated import likeness
from weike.quizzes.bank import Bank, Format, formats, is_binary, name_of, open_source
from weike.quizzes.errors import Problem, ProblemsError
from weike.quizzes.question import Question, content_hash
from weike.quizzes.reading import Reading
from weike.quizzes.text import brief, item_id

if TYPE_CHECKING:
    from weike.lessons.questions.library import Entry, Library  # and the store, which takes long

MENDED: Final = 200  # questions in one text to mend


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """What was read of a source. `failure` are the problems of one that could not be read at all.

    `duplicates` are questions that ask what a bank or a lesson of the course asks already, each
    with the file where.
    """

    name: str
    module: Format | None
    data: str | bytes
    reading: Reading
    failure: tuple[Problem, ...] = ()
    duplicates: Mapping[str, str] | None = None

    @property
    def good(self) -> int:
        return len(self.reading.bank)

    @property
    def bad(self) -> int:
        return len(self.reading.rejected)


def read_incoming(path: Path, name: str, library: Library, *, form: str | None = None) -> Incoming:
    """Read a source that lies at `path` and was called `name`. Nothing is written.

    Raises `WeikeError` for a file of no known format, or one too large.
    """
    module, data = open_source(path, form)
    try:
        reading = read_apart(module, data, name)
    except ProblemsError as error:
        return Incoming(
            name=name, module=module, data=data, reading=Reading(bank=Bank()),
            failure=tuple(error.problems),
        )  # fmt: skip
    return Incoming(
        name=name,
        module=module,
        data=data,
        reading=reading,
        duplicates=_duplicates(reading.bank.questions, library),
    )


def to_take(incoming: Incoming, library: Library, *, twice: bool = False) -> Bank:
    """The good questions, without those that the course has already unless they are wanted `twice`.

    A question whose id belongs to another one of the course gets an id of its own: ids are
    course-wide.
    """
    known = {entry.question.id: item_id(entry.question.stem) for entry in library.entries}
    duplicates = incoming.duplicates or {}
    bank = incoming.reading.bank
    kept = [
        _with_own_id(question, known)
        for question in bank.questions
        if twice or question.id not in duplicates
    ]
    return replace(bank, questions=tuple(kept), lines={})


def give_back(incoming: Incoming) -> tuple[str, bytes]:
    """The name and content of a file with what could not be taken, and why, in the same format."""
    assert incoming.module is not None, "what was rejected was read by a format"
    return rejected_file(incoming.module, incoming.data, incoming.name, incoming.reading)


def read_apart(module: Format, data: str | bytes, name: str) -> Reading:
    """With the bad questions apart, where the format can; Markdown and JSON are read as a whole."""
    read: Any = getattr(module, "read", None)
    if read is not None:
        reading = read(data, source=name)
        assert isinstance(reading, Reading)
        return reading
    return Reading(bank=module.loads(data, source=name))


def rejected_file(module: Any, data: str | bytes, name: str, reading: Reading) -> tuple[str, bytes]:
    """What was rejected of a source called `name`, with the reasons: a file's name and content."""
    stem, dot, suffix = name.rpartition(".")
    target = f"{stem}-rejected.{suffix}" if dot else f"{name}-rejected"
    if is_binary(module):
        return target, module.dump_rejected(data, reading, name)
    parts = (
        module.dump_rejected(one.source, [str(problem) for problem in one.problems])
        for one in reading.rejected
    )
    return target, "".join(parts).encode()


def can_give_back(incoming: Incoming) -> bool:
    return bool(incoming.bad) and hasattr(incoming.module, "dump_rejected")


def to_mend(incoming: Incoming) -> tuple[str, str] | None:
    """What could not be taken as a text that can be mended and read again, and its format.

    None where a workbook or a file of another system is the place to mend it, and for so many
    that nobody mends them on a page.
    """
    if not can_give_back(incoming) or len(incoming.reading.rejected) > MENDED:
        return None
    module: Any = incoming.module
    name = name_of(module)
    if name == "word":  # its paragraphs are such a text; pictures are not
        if any(_holds_pictures(one.source) for one in incoming.reading.rejected):
            return None
        module, name = formats()["chinese"], "chinese"
    if is_binary(module):
        return None
    texts = (
        module.dump_rejected(one.source, [str(problem) for problem in one.problems])
        for one in incoming.reading.rejected
    )
    return "".join(texts), name


def _holds_pictures(source: object) -> bool:
    return any(sign >= "\U000f0000" for sign in str(source))


def begins(source: object) -> str:
    """The first words of a question that was rejected, so that a person knows which it is."""
    if isinstance(source, str):
        lines = [line.strip() for line in source.splitlines() if line.strip()]
        return brief(lines[0]) if lines else ""
    cells = [cell for cell in source if isinstance(cell, str)] if isinstance(source, tuple) else []
    return brief(max(cells, key=len, default=""))


def _duplicates(questions: Sequence[Question], library: Library) -> Mapping[str, str]:
    asked: dict[str, list[Entry]] = {}
    for entry in library.entries:
        asked.setdefault(_asks(entry.question), []).append(entry)
    found = {}
    for question in questions:
        for there in asked.get(_asks(question), ()):
            if likeness(question, there.question) is not None:
                found[question.id] = there.path
                break
    return found


def _asks(question: Question) -> str:
    """What is asked, in one spelling: of a material also what is asked about it."""
    return " ".join(item_id(one.stem) for one in (question, *parts(question)))


def _with_own_id(question: Question, known: Mapping[str, str]) -> Question:
    stem = known.get(question.id)
    if stem is None:
        return question
    return replace(question, id=f"q-{content_hash({**question.to_json(), 'id': ''})[:10]}")
