"""Building one lesson to be looked at and reviewed, without bringing it to the members."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from weike.lessons.catalogue import LessonSource, read_lessons
from weike.lessons.finding import Finding
from weike.lessons.publish import build_all
from weike.lessons.quick import quick_findings
from weike.lessons.record import load_record
from weike.quizzes.course import Course
from weike.quizzes.errors import WeikeError
from weike.quizzes.i18n import _
from weike.results.authoring.prepared import keep_prepared
from weike.results.authoring.reviews import Review, submit
from weike.results.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Preparation:
    """What came of it: a version, unless an error among the findings keeps it back."""

    slug: str
    version: str | None
    findings: tuple[Finding, ...]


def prepare(course: Course, store: Store, slug: str, *, by: str, now: datetime) -> Preparation:
    """Run a lesson of the course and keep what came of it. Raises `WeikeError` where none is."""
    source = find_source(course, slug)
    content = source.path.read_bytes()
    catalogue = read_lessons(course)
    source = next((one for one in catalogue.lessons if one.slug == slug), source)
    [built] = build_all(course, catalogue, [source], warn=False)
    findings = tuple(dict.fromkeys([*quick_findings(course, source.name), *built.findings]))
    if built.version is None:
        return Preparation(slug=slug, version=None, findings=findings)
    if source.path.read_bytes() != content:
        raise WeikeError(_("the lesson was saved in this moment; try again"))
    keep_prepared(
        store,
        built.version,
        file=source.name,
        content=content,
        findings=[one.to_json() for one in findings],
        by=by,
        now=now,
    )
    record = load_record(course.root, course.results)
    record.write_down(source, built.version.version, built.files, built.absent)
    record.save()
    return Preparation(slug=slug, version=built.version.version, findings=findings)


def find_source(course: Course, slug: str) -> LessonSource:
    """The lesson of the course folder that has this slug. Raises `WeikeError`."""
    for source in read_lessons(course).lessons:
        if source.slug == slug:
            return source
    raise WeikeError(_("there is no lesson {slug} in the course folder").format(slug=slug))


def is_current(course: Course, slug: str, version: str) -> bool:
    """Whether building the lesson again could only give this version again."""
    record = load_record(course.root, course.results)
    sources = (one for one in read_lessons(course).lessons if one.slug == slug)
    return any(record.unchanged(one, version) for one in sources)


def submit_current(
    course: Course,
    store: Store,
    slug: str,
    version: str,
    *,
    by: str,
    now: datetime,
    remark: str = "",
) -> Review:
    """Submit a prepared version, if the file still holds it. Raises `WeikeError`."""
    if not is_current(course, slug, version):
        raise WeikeError(
            _("the lesson has changed since this preview was made; make a new one and submit that")
        )
    steps = review_steps(course)
    return submit(store, slug, version, steps=steps, by=by, now=now, remark=remark)


def review_steps(course: Course) -> tuple[str, ...]:
    """The steps that a review goes through here; one without a name, unless the course says so."""
    return course.review_steps or ("",)
