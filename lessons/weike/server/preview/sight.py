"""What a preview shows: the page's body and its quizzes, from the file or from a built version."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from markupsafe import Markup

from weike.lessons.catalogue import LessonSource
from weike.lessons.compose.preview import preview_lesson
from weike.lessons.media import TYPES
from weike.lessons.sources import SourceError, source_path
from weike.quizzes.course import Course
from weike.quizzes.i18n import _
from weike.quizzes.quiz import QuizDefinition
from weike.results.versions import LessonVersion

LIVE = re.compile(r'(<section class="weike-live"[^>]*>).*?</section>', re.DOTALL)
PUBLISHED = '="../media/'  # how a built version names its media
DRAWN = " data-models="  # of a live part that the page draws by itself


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """Everything that members would be shown, and nothing that they would not."""

    title: str
    topic: str
    minutes: int | None
    language: str
    body: Markup
    quizzes: Sequence[QuizDefinition]
    live: bool = False  # with controls that a process must answer


def of_file(source: LessonSource, course: Course) -> Sight:
    """The file as it is now; nothing is run. Its media are at `files/<path in the course>`."""
    preview = preview_lesson(source, course)
    return Sight(
        title=source.title,
        topic=source.topic,
        minutes=source.minutes,
        language=source.language,
        body=Markup(preview.body_html),  # noqa: S704 - cleaned like a published lesson
        quizzes=preview.quizzes,
    )


def of_version(version: LessonVersion, *, media: str, touch: bool) -> Sight:
    """A version as it was built. `media` is the address of its media, with a slash at the end;
    without `touch` the place of a live part says where it can be tried."""
    body = version.body_html.replace(PUBLISHED, f'="{media}')
    live = touch and DRAWN in body
    return Sight(
        title=version.title,
        topic=version.topic or "",
        minutes=version.minutes,
        language=version.language,
        body=Markup(LIVE.sub(lambda one: _live(one, touch=touch), body)),  # noqa: S704 - as above
        quizzes=version.quizzes,
        live=live,
    )


def _live(section: re.Match[str], *, touch: bool) -> str:
    if touch and DRAWN in section[1]:
        return section[0]
    said = (
        _("This interactive part has a page of its own; it runs only once the lesson is published.")
        if touch
        else _("The interactive part can be tried on the lesson's preview page, not by this link.")
    )
    return str(Markup('<p class="card">{}</p>').format(said))


def moved(body: Any, media: str) -> Any:
    """What a quiz says, with the addresses of its media as `of_version` has them."""
    if isinstance(body, str):
        return body.replace(PUBLISHED, f'="{media}')
    if isinstance(body, Mapping):
        return {key: moved(one, media) for key, one in body.items()}
    if isinstance(body, list | tuple):
        return [moved(one, media) for one in body]
    return body


def beside(course: Course, lesson: str, name: str) -> tuple[Path, str] | None:
    """A file that a lesson at this path may show, and its type: beside it, or in the banks."""
    folder, wanted = PurePosixPath(lesson).parent, PurePosixPath(name)
    own = wanted.parent == folder or folder / "media" in wanted.parents
    kind = TYPES.get(wanted.suffix.lower().lstrip("."))
    if not (own or wanted.parts[:1] == ("quizzes",)) or kind is None:
        return None
    try:
        file = source_path(course, name)
    except SourceError:
        return None
    return (file, kind) if file.is_file() else None
