"""The lessons of a course folder: which notebooks are lessons, and what they say of themselves."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from weike.lessons.finding import Finding, error, found_in
from weike.lessons.metadata import SLUG, MetadataReader
from weike.lessons.notebook import Notebook, NotebookError, read_notebook
from weike.quizzes.course import Course
from weike.quizzes.i18n import _


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
    reader = MetadataReader(notebook.weike, name)
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
            _(
                "move it into a folder named after its topic,"
                " or fill in the topic (in its metadata: topic)"
            ),
        )
    if source.minutes is None:
        reader.hint(
            _("the lesson does not say how long it takes"),
            _("fill in the minutes (in its metadata: minutes)"),
        )
    if not source.audience:
        reader.hint(
            _("the lesson does not say whom it is for"),
            _(
                "say for whom it is (in its metadata: audience),"
                " for example: everyone who works around coal"
            ),
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
                return re.sub(r"[*`\\]", "", line[2:].strip().rstrip("#")).strip() or None
    return None
