"""From a notebook to a lesson version: checked, run once, rendered. Nothing is stored here."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from weike.lessons.catalogue import LessonSource
from weike.lessons.checking.forksafe import fork_findings
from weike.lessons.execute import Room, run_lesson
from weike.lessons.failure import ExecutionError
from weike.lessons.finding import Finding, error, errors, found_in
from weike.lessons.lint import lint
from weike.lessons.live import live_notebook
from weike.lessons.reading import estimated_minutes
from weike.lessons.render import Rendered, render_lesson
from weike.lessons.software import version as weike_version
from weike.quizzes.i18n import _
from weike.results.versions import LessonVersion

log = logging.getLogger("weike.lessons")


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """A lesson that was built, or what kept it from being built (`version` is None).

    `files` went into it; `absent` would have, had they been there.
    """

    source: LessonSource
    version: LessonVersion | None
    findings: tuple[Finding, ...]
    files: frozenset[Path] = frozenset()
    absent: frozenset[Path] = frozenset()


def build_lesson(
    source: LessonSource, room: Room, *, neighbours: Mapping[Path, str] | None = None
) -> Built:
    """Never raises for what a notebook does: that is a finding."""
    course = room.course
    findings = lint(source, root=course.root, neighbours=neighbours, zone=course.zone)
    if errors(findings):
        return _kept_back(source, findings)
    try:
        executed = run_lesson(source, room)
        rendered = render_lesson(source, executed, root=course.root, neighbours=neighbours or {})
    except ExecutionError as failure:
        return _kept_back(
            source, [*findings, *(found_in(one, file=source.name) for one in failure.problems)]
        )
    except Exception as failure:
        # One lesson must not keep the others from members; the log has what we need to mend it.
        log.exception("building %s failed", source.name)
        said = error(
            _("Weike itself failed: {reason}").format(
                reason=f"{type(failure).__name__}: {failure}"
            ),
            _("please report it with the notebook"),
            file=source.name,
        )
        return _kept_back(source, [*findings, said])
    findings = list(dict.fromkeys([*findings, *rendered.findings, *_shared(source, rendered)]))
    if errors(findings):
        return _kept_back(source, findings)
    return Built(
        source=source,
        version=_version(source, rendered, course.root),
        findings=tuple(findings),
        files=frozenset([*executed.files, *rendered.shelf.sources]),
        absent=frozenset(rendered.shelf.absent),
    )


def _shared(source: LessonSource, rendered: Rendered) -> Iterator[Finding]:
    """What every kernel of a live lesson would share, now that it is known to be live."""
    return fork_findings(source) if rendered.kind == "live" else iter(())


def _kept_back(source: LessonSource, findings: list[Finding]) -> Built:
    return Built(source=source, version=None, findings=tuple(dict.fromkeys(findings)))


def _version(source: LessonSource, rendered: Rendered, root: Path) -> LessonVersion:
    live = rendered.kind == "live"
    parts = LessonVersion(
        slug=source.slug,
        version="",
        title=source.title,
        topic=source.topic or None,
        minutes=source.minutes or estimated_minutes(source, root),
        audience=source.audience or None,
        language=source.language,
        kind=rendered.kind,
        order=source.order,
        body_html=rendered.body_html,
        outline=rendered.outline,
        quizzes=rendered.quizzes,
        media=rendered.shelf.files,
        notebook=json.dumps(source.notebook.without_outputs(), ensure_ascii=False, sort_keys=True),
        live_notebook=live_notebook(source, rendered.quiz_cells) if live else None,
    )
    return _named(parts)


def _named(parts: LessonVersion) -> LessonVersion:
    """The version with its name: a hash of all that a member may come to see, and of Weike's."""
    content = {
        "weike": weike_version(),
        "media": sorted(parts.media),
        "quizzes": [quiz.version for quiz in parts.quizzes],
    } | {
        key: getattr(parts, key)
        for key in (
            "slug", "title", "topic", "minutes", "audience", "language", "kind", "order",
            "body_html", "outline", "notebook", "live_notebook",
        )
    }  # fmt: skip
    text = json.dumps(content, ensure_ascii=False, sort_keys=True)
    return replace(parts, version=hashlib.sha256(text.encode()).hexdigest()[:32])
