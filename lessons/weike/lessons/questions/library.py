"""Every question of a course folder, where it stands and which lessons use it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Lock

from weike.lessons.bankfile import bank_files, find_bank
from weike.lessons.catalogue import file_name, lesson_files, read_lesson
from weike.lessons.questions.keeping import Keeping
from weike.lessons.quizcell import read_quiz_cells
from weike.lessons.sources import content_hash
from weike.quizzes.bank import Bank, name_of, open_content
from weike.quizzes.course import Course
from weike.quizzes.errors import ProblemsError, WeikeError
from weike.quizzes.question import Question
from weike.quizzes.text import normalise

EDITED = ("markdown", "json")  # the formats whose files are written when a question is changed


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """A lesson that asks questions of a bank; `draw` is how many it takes, None for all."""

    slug: str
    title: str
    file: str
    draw: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BankFile:
    """One file under `quizzes/`; `bank` is None where it cannot be read, for these `problems`.

    `path` is relative to the course. `hash` is that of the content, for `save_source`.
    """

    path: str
    format: str
    hash: str
    bank: Bank | None
    problems: tuple[str, ...] = ()
    uses: tuple[Use, ...] = ()

    @property
    def name(self) -> str:
        return self.path.removeprefix("quizzes/")

    @property
    def editable(self) -> bool:
        return self.format in EDITED and self.bank is not None

    @property
    def title(self) -> str:
        return (self.bank.title if self.bank else None) or self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One question where it stands: in a bank, or (`cell`) written in a lesson's quiz."""

    question: Question
    path: str
    topic: str
    line: int | None = None
    cell: int | None = None
    lesson: Use | None = None
    words: str = field(default="", repr=False)

    @property
    def in_lesson(self) -> bool:
        return self.lesson is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """What a course folder holds at one moment."""

    banks: tuple[BankFile, ...]
    entries: tuple[Entry, ...]

    def bank(self, path: str) -> BankFile | None:
        return next((one for one in self.banks if one.path == path), None)

    def find(self, path: str, item: str) -> Entry | None:
        return next(
            (one for one in self.entries if one.path == path and one.question.id == item), None
        )

    def uses(self, entry: Entry) -> tuple[Use, ...]:
        """The lessons of the folder that ask it, as far as their files say."""
        if entry.lesson is not None:
            return (entry.lesson,)
        bank = self.bank(entry.path)
        return bank.uses if bank else ()


@dataclass(frozen=True, slots=True)
class _Lesson:
    """What a notebook says of questions: those written in it, and the banks it names."""

    use: Use
    cells: tuple[tuple[int, Bank], ...]
    code: str
    topic: str
    folder: Path


class Shelves:
    """Reads a course folder again only where a file has changed."""

    def __init__(self, course: Course) -> None:
        self._course = course
        self.keeping = Keeping(course.results / "cache")
        self._files: dict[str, tuple[tuple[int, int], BankFile, tuple[Entry, ...]]] = {}
        self._lessons: dict[str, tuple[tuple[int, int], _Lesson | None]] = {}
        self._lock = Lock()
        self._last: tuple[object, Library] | None = None

    def library(self, *, without: Path | None = None) -> Library:
        """`without` is a bank that will be written over: what it asks does not count."""
        with self._lock:
            return self._read(without)

    def _read(self, without: Path | None) -> Library:
        course = self._course
        files = [self._file(path) for path in bank_files(course) if path != without]
        lessons = [one for path in lesson_files(course) if (one := self._lesson(path))]
        state = ([id(one) for one, _entries in files], [id(one) for one in lessons])
        if self._last is not None and self._last[0] == state:
            return self._last[1]
        uses = self._uses(lessons)
        found = Library(
            banks=tuple(_with_uses(one, uses.get(one.path, ())) for one, _entries in files),
            entries=(
                *(entry for _one, entries in files for entry in entries),
                *(entry for one in lessons for entry in _written_in(one)),
            ),
        )
        self._last = state, found
        return found

    def _file(self, path: Path) -> tuple[BankFile, tuple[Entry, ...]]:
        name = file_name(path, self._course)
        stamp = _stamp(path)
        known = self._files.get(name)
        if known is not None and known[0] == stamp:
            return known[1], known[2]
        found = self.read_file(path, name)
        entries = tuple(_entries(found))
        self._files[name] = stamp, found, entries
        return found, entries

    def read_file(self, path: Path, name: str) -> BankFile:
        content = path.read_bytes() if path.is_file() else b""
        kind, bank = "", None
        problems: tuple[str, ...] = ()
        try:
            module, data = open_content(path.name, content)
            kind = name_of(module)
            bank = self.keeping.get(name, content)
            if bank is None:
                bank = module.loads(data, source=path.name, zone=self._course.zone)
                self.keeping.put(name, content, bank)
        except ProblemsError as error:
            problems = tuple(map(str, error.problems))
        except WeikeError as error:
            problems = (str(error),)
        return BankFile(
            path=name, format=kind, hash=content_hash(content), bank=bank, problems=problems
        )

    def _lesson(self, path: Path) -> _Lesson | None:
        name = file_name(path, self._course)
        stamp = _stamp(path)
        known = self._lessons.get(name)
        if known is None or known[0] != stamp:
            known = self._lessons[name] = stamp, self._read_lesson(path)
        return known[1]

    def _read_lesson(self, path: Path) -> _Lesson | None:
        source, _findings = read_lesson(path, self._course)
        if source is None:
            return None
        cells, _problems = read_quiz_cells(source, self._course.zone)
        code = "\n".join(c.source for c in source.notebook.cells if c.type == "code")
        return _Lesson(
            use=Use(slug=source.slug, title=source.title or source.slug, file=source.name),
            cells=tuple((cell.cell.number, cell.bank) for cell in cells if cell.bank is not None),
            code=code if "Quiz(" in code else "",
            topic=source.topic,
            folder=source.folder,
        )

    def _uses(self, lessons: Sequence[_Lesson]) -> Mapping[str, tuple[Use, ...]]:
        found: dict[str, dict[str, Use]] = {}
        for one in lessons:
            for _number, bank in one.cells:
                place = bank.bank and find_bank(bank.bank, one.folder, self._course.root)
                if place:
                    by_slug = found.setdefault(file_name(place, self._course), {})
                    known = by_slug.get(one.use.slug, one.use)
                    most = max(known.draw or 0, bank.rules.draw or 0) or None
                    by_slug[one.use.slug] = replace(known, draw=most)
            for path in bank_files(self._course) if one.code else ():
                name = file_name(path, self._course)
                # `Quiz("x", bank="fire.md")`, in whatever way the code spells it.
                if name.removeprefix("quizzes/") in one.code:
                    found.setdefault(name, {}).setdefault(one.use.slug, one.use)
        return {path: tuple(uses.values()) for path, uses in found.items()}


def _with_uses(file: BankFile, uses: tuple[Use, ...]) -> BankFile:
    if uses == file.uses:
        return file
    return BankFile(
        path=file.path, format=file.format, hash=file.hash, bank=file.bank,
        problems=file.problems, uses=uses,
    )  # fmt: skip


def _entries(file: BankFile) -> Iterator[Entry]:
    bank = file.bank
    for question in bank.questions if bank else ():
        assert bank is not None
        yield Entry(
            question=question,
            path=file.path,
            topic=question.topic or bank.topic or "",
            line=bank.lines.get(question.id),
            words=_words(question),
        )


def _written_in(lesson: _Lesson) -> Iterator[Entry]:
    for number, bank in lesson.cells:
        for question in bank.questions:
            yield Entry(
                question=question,
                path=lesson.use.file,
                topic=question.topic or bank.topic or lesson.topic,
                line=bank.lines.get(question.id),
                cell=number,
                lesson=lesson.use,
                words=_words(question),
            )


def _words(question: Question) -> str:
    """All that a search looks at, in one spelling."""
    texts = [question.id, question.topic or "", *question.tags]

    def note(text: str) -> str:
        texts.append(text)
        return text

    question.map_texts(note)
    # Texts that are no Markdown, such as the synonyms of a blank.
    texts += _strings(question.body())
    return normalise("\n".join(dict.fromkeys(texts)))


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _strings(part)
    elif isinstance(value, list):
        for part in value:
            yield from _strings(part)


def _stamp(path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except OSError:
        return (0, 0)
    return found.st_mtime_ns, found.st_size
