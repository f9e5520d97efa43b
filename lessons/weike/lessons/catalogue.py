"""The lessons of a course folder: which notebooks are lessons, and what they say of themselves."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from weike.lessons.finding import Finding, error, found_in, warning
from weike.lessons.notebook import Notebook, NotebookError, read_notebook
from weike.quizzes.course import Course
from weike.quizzes.i18n import LANGUAGES, _

SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
KEYS = ("title", "topic", "minutes", "audience", "slug", "language", "order", "narration")
MOST_MINUTES = 120
LAST = 1000  # the order of a lesson that names none


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonSource:
    """A notebook under `lessons/`, and what it says of itself.

    `name` is the path from the course folder, as messages show it; `minutes` is None where the
    notebook does not say.
    """

    path: Path
    name: str
    notebook: Notebook
    slug: str
    title: str
    topic: str
    minutes: int | None
    audience: str
    language: str
    order: int
    narration: str | None

    @property
    def folder(self) -> Path:
        return self.path.parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """Every lesson that could be read, and what is wrong with the others.

    `broken` are the slugs that notebooks which cannot be used would have had.
    """

    lessons: tuple[LessonSource, ...]
    findings: tuple[Finding, ...]
    broken: frozenset[str] = frozenset()


def lesson_files(course: Course) -> list[Path]:
    """Every notebook under `lessons/` that is content: not shipped code, not hidden."""
    return sorted(
        path
        for path in course.lessons.rglob("*.ipynb")
        if _is_content(path.relative_to(course.lessons).parts)
    )


def _is_content(parts: tuple[str, ...]) -> bool:
    return parts[0] != "weike" and not any(part.startswith((".", "_")) for part in parts)


def read_lessons(course: Course) -> Catalogue:
    """Every lesson of the course; two lessons of one slug are both left out and reported."""
    found: list[LessonSource] = []
    findings: list[Finding] = []
    broken: set[str] = set()
    for path in lesson_files(course):
        source, said = read_lesson(path, course)
        findings += said
        if source is None:
            broken.add(path.stem)
        else:
            found.append(source)
    by_slug: defaultdict[str, list[LessonSource]] = defaultdict(list)
    for source in found:
        by_slug[source.slug].append(source)
    for slug, sources in by_slug.items():
        if len(sources) > 1:
            broken.add(slug)
            findings += _taken(slug, sources)
    return Catalogue(
        lessons=tuple(source for source in found if source.slug not in broken),
        findings=tuple(findings),
        broken=frozenset(broken),
    )


def _taken(slug: str, sources: Iterable[LessonSource]) -> list[Finding]:
    names = [source.name for source in sources]
    return [
        error(
            _("the address “{slug}” is used by {n} lessons: {files}").format(
                slug=slug, n=len(names), files=", ".join(names)
            ),
            _("rename one of the files, or set another slug in its metadata"),
            file=name,
        )
        for name in names
    ]


def neighbours(catalogue: Catalogue) -> dict[Path, str]:
    """The slug of every notebook, for links from lesson to lesson."""
    return {source.path.resolve(): source.slug for source in catalogue.lessons}


def file_name(path: Path, course: Course) -> str:
    """How messages call a file: its path from the course folder."""
    try:
        return path.resolve().relative_to(course.root.resolve()).as_posix()
    except ValueError:
        return path.name


def read_lesson(path: Path, course: Course) -> tuple[LessonSource | None, list[Finding]]:
    """One lesson, or None where its notebook cannot be used; and what is wrong with it."""
    try:
        name = path.relative_to(course.root).as_posix()
    except ValueError:
        name = file_name(path, course)
    if not path.resolve().is_relative_to(course.root.resolve()):
        return None, [
            error(
                _("the file is a link that leads out of the course folder"),
                _("copy the notebook into the course folder"),
                file=name,
            )
        ]
    try:
        notebook = read_notebook(path, name)
    except NotebookError as failure:
        return None, [found_in(problem, file=name) for problem in failure.problems]
    reader = _Metadata(notebook.weike, name)
    source = LessonSource(
        path=path,
        name=name,
        notebook=notebook,
        slug=reader.slug(path.stem),
        title=reader.text("title") or first_heading(notebook) or "",
        topic=reader.text("topic") or _folder_topic(path, course),
        minutes=reader.minutes(),
        audience=reader.text("audience") or "",
        language=reader.language(course.language),
        order=reader.order(),
        narration=reader.text("narration"),
    )
    reader.unknown_keys()
    if not source.title:
        reader.say(
            _("the lesson has no title"), _("begin its first Markdown cell with “# ” and the title")
        )
    if not source.topic:
        reader.hint(
            _("the lesson has no topic"),
            _("move it into a folder named after its topic, or set topic in its metadata"),
        )
    if source.minutes is None:
        reader.hint(
            _("the lesson does not say how long it takes"), _("set minutes in its metadata")
        )
    usable = SLUG.fullmatch(source.slug) is not None
    return (source if usable else None), reader.findings


def _folder_topic(path: Path, course: Course) -> str:
    try:
        return "" if path.parent.samefile(course.lessons) else path.parent.name
    except OSError:
        return path.parent.name


def first_heading(notebook: Notebook) -> str | None:
    """The text of the first `# heading` in a Markdown cell."""
    for cell in notebook.cells:
        fenced = False
        for line in cell.source.splitlines() if cell.type == "markdown" else ():
            if line.lstrip().startswith(("```", "~~~")):
                fenced = not fenced
            elif not fenced and line.startswith("# "):
                return line[2:].strip().rstrip("#").strip() or None
    return None


class _Metadata:
    """Reads the lesson's metadata and collects what is wrong with it."""

    def __init__(self, table: Mapping[str, object], name: str) -> None:
        self.table = table
        self.name = name
        self.findings: list[Finding] = []

    def say(self, message: str, repair: str) -> None:
        self.findings.append(error(message, repair, file=self.name))

    def hint(self, message: str, repair: str) -> None:
        self.findings.append(warning(message, repair, file=self.name))

    def text(self, key: str) -> str | None:
        value = self.table.get(key)
        if value is None:
            return None
        if not isinstance(value, str) or not value.strip():
            self.say(
                _("{key} in the metadata is not a text").format(key=key),
                _("write it in quotes, or leave it out"),
            )
            return None
        return value.strip()

    def slug(self, stem: str) -> str:
        slug = self.text("slug") or stem
        if not SLUG.fullmatch(slug):
            idea = re.sub(r"[^a-z0-9]+", "-", slug.lower()).strip("-")[:64] or "fire-extinguisher"
            self.say(
                _("“{slug}” cannot be an address").format(slug=slug),
                _(
                    "use small letters, digits and hyphens only, for example {idea}: rename "
                    "the file, or set slug in its metadata"
                ).format(idea=idea),
            )
        return slug

    def minutes(self) -> int | None:
        value = self.table.get("minutes")
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MOST_MINUTES:
            self.say(
                _("minutes in the metadata is not a whole number from 1 to {most}").format(
                    most=MOST_MINUTES
                ),
                _("write the number without quotes, for example 5"),
            )
            return None
        return value

    def order(self) -> int:
        value = self.table.get("order", LAST)
        if isinstance(value, bool) or not isinstance(value, int):
            self.say(
                _("order in the metadata is not a whole number"),
                _("write the number without quotes, for example 10"),
            )
            return LAST
        return value

    def language(self, fallback: str) -> str:
        value = self.text("language") or fallback
        if value not in LANGUAGES:
            self.say(
                _("there is no language “{language}”").format(language=value),
                _("choose one of {choices}").format(choices=", ".join(LANGUAGES)),
            )
            return fallback
        return value

    def unknown_keys(self) -> None:
        for key in sorted(self.table.keys() - set(KEYS)):
            self.hint(
                _("the metadata has an unknown entry {key}").format(key=key),
                _("known ones are: {keys}").format(keys=", ".join(KEYS)),
            )
