"""The front door: a document by its name and bytes, a lesson out of it."""

from __future__ import annotations

from pathlib import Path

from weike.lessons.bringing.brought import Brought, choose_slug
from weike.lessons.bringing.brought import keep as keep
from weike.quizzes.course import Course
from weike.quizzes.errors import WeikeError
from weike.quizzes.i18n import _

MAX_BYTES = 50_000_000
SUFFIXES = (".docx", ".pdf")

_SLIDES = (".ppt", ".pptx", ".pps", ".ppsx", ".dps", ".key", ".odp")
_OLD = (".doc", ".wps", ".wpt", ".rtf", ".odt", ".pages", ".docm", ".dotx", ".dot")


def bring(course: Course, filename: str, data: bytes, *, slug: str | None = None) -> Brought:
    """Make a lesson of a document; nothing is written, `keep` does that.

    `slug` is its address, else one is made of the file's name. Raises `WeikeError` for a document
    that cannot be read, with what to do.
    """
    suffix = Path(filename).suffix.lower()
    name = Path(filename).name
    if suffix not in SUFFIXES:
        raise WeikeError(_unknown(name, suffix))
    if len(data) > MAX_BYTES:
        raise WeikeError(
            _("{file} is larger than {size} MB; split it").format(
                file=name, size=MAX_BYTES // 1_000_000
            )
        )
    slug = choose_slug(course, filename, slug)
    if suffix == ".pdf":
        from weike.lessons.bringing.pages import lesson_of_pdf

        return lesson_of_pdf(name, data, slug, course.language)
    from weike.lessons.bringing.document import lesson_of_word

    return lesson_of_word(name, data, slug)


def _unknown(name: str, suffix: str) -> str:
    if suffix in _SLIDES:
        return _(
            "{file} holds slides; save it as PDF (File, Save as) and bring that: each slide"
            " becomes a picture with its text"
        ).format(file=name)
    if suffix in _OLD:
        return _(
            "{file} is in a format that is not read; open it in Word or WPS and save it as .docx"
        ).format(file=name)
    return _("{file} cannot become a lesson; bring one of: {kinds}").format(
        file=name, kinds=" ".join(SUFFIXES)
    )
