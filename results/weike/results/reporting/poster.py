"""Posters for a phone: one lesson, or one week, with a QR code and words for a chat group."""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from html import unescape
from typing import Any

import segno
from markupsafe import Markup

from weike.quizzes.errors import WeikeError
from weike.quizzes.i18n import _
from weike.results import catalogue
from weike.results.catalogue import LessonSummary
from weike.results.media import media
from weike.results.reporting.exports import display_width
from weike.results.reporting.paper import page
from weike.results.reporting.week import Week, week_lessons
from weike.results.store import Store
from weike.results.versions import LessonVersion, lesson_version

WIDTH, HEIGHT = 1080, 1920  # pixels: a phone held upright
MOST_LESSONS = 5
_LEAD = 100  # columns of the first sentences; a Chinese letter takes two
_POINTS = 3
_LINE = 940  # pixels that a line of the title has

# (light, deep, accent): a topic keeps its colours.
_COLOURS = (
    ("#0e7c74", "#07373f", "#ffd27a"),
    ("#2a64b0", "#12284f", "#ffd27a"),
    ("#b8482f", "#571a14", "#ffe0a8"),
    ("#6a4c9c", "#2c1c4f", "#ffd9a6"),
    ("#3d7d3f", "#123c22", "#ffe48f"),
    ("#c0661a", "#54260a", "#ffeab8"),
)
_IMAGE = re.compile(r'<img\b[^>]*?\bsrc="\.\./media/([0-9a-f]{32})\.(svg|png|jpe?g|webp)"', re.I)
_PARAGRAPH = re.compile(r"<p\b[^>]*>(.*?)</p>", re.S)
_TAG = re.compile(r"<[^>]+>")
_SENTENCE = re.compile(r"[^。！？!?]*[。！？!?]|[^.]+?\.(?=\s|$)|.+", re.S)


@dataclass(frozen=True, slots=True, kw_only=True)
class Poster:
    """`html` draws it on `WIDTH` x `HEIGHT`; `text` is for a chat group; `link` is in the code."""

    title: str
    html: str
    text: str
    link: str


def lesson_poster(store: Store, slug: str, *, address: str, organisation: str) -> Poster:
    """The poster of a published lesson; `address` is the course's, with its slash at the end."""
    summary = next((one for one in catalogue.published(store) if one.slug == slug), None)
    lesson = catalogue.lesson(store, slug)
    if lesson is None or summary is None:
        raise WeikeError(_("there is no lesson {slug}").format(slug=slug))
    link = f"{address}lessons/{slug}"
    html = page(
        "poster.html",
        zone=store.zone,
        kicker=lesson.topic or _("Micro-lesson"),
        title=lesson.title,
        size=_size(lesson.title),
        lead=first_sentences(lesson.body_html),
        picture=_picture(store, lesson),
        points=[one["title"] for one in lesson.outline if one.get("title")][:_POINTS],
        lessons=[],
        call=_("Scan and learn"),
        effort=_effort(summary),
        **_frame(link, organisation, lesson.topic or slug),
    )
    text = lesson_words(lesson, summary, address=address)
    return Poster(title=lesson.title, html=html, text=text, link=link)


def lesson_words(lesson: LessonVersion, summary: LessonSummary, *, address: str) -> str:
    """A lesson in a paragraph for a chat group: what, how long, where."""
    lines = [
        _("[Micro-lesson] {title}").format(title=lesson.title),
        first_sentences(lesson.body_html),
        _("{effort}; opens on the phone, nothing to install:").format(effort=_effort(summary)),
        f"{address}lessons/{lesson.slug}",
    ]
    return "\n".join(line for line in lines if line)


def all_words(store: Store, *, address: str) -> list[tuple[LessonSummary, str]]:
    """Every published lesson with its `lesson_words`."""
    found = []
    for summary in catalogue.published(store):
        lesson = lesson_version(store, summary.slug, summary.version)
        assert lesson is not None, "a published version is stored"
        found.append((summary, lesson_words(lesson, summary, address=address)))
    return found


def week_poster(
    store: Store,
    week: Week,
    *,
    address: str,
    organisation: str,
    slugs: Sequence[str] = (),
    now: datetime,
) -> Poster:
    """The poster of a week: these lessons, or those that are new or due in it."""
    lessons = week_lessons(store, week, slugs=slugs)[:MOST_LESSONS]
    title = _("This week's micro-lessons")
    minutes = sum(one.minutes or 0 for one in lessons)
    html = page(
        "poster.html",
        zone=store.zone,
        kicker=week.words(),
        title=title,
        size=_size(title),
        lead="",
        picture=None,
        points=[],
        lessons=[
            {"title": one.title, "topic": one.topic or "", "effort": _effort(one)}
            for one in lessons
        ],
        call=_("Scan and learn"),
        effort=_("{n} lessons, {minutes} minutes").format(n=len(lessons), minutes=minutes),
        **_frame(address, organisation, week.words()),
    )
    lines = [
        f"{i}. " + _("{what} ({more})").format(what=one.title, more=_effort(one))
        for i, one in enumerate(lessons, start=1)
    ]
    head = _("{title} | {week}").format(title=title, week=week.words())
    text = "\n".join([head, *lines, _("Opens on the phone:"), address])
    return Poster(title=title, html=html, text=text, link=address)


def first_sentences(body_html: str, width: int = _LEAD) -> str:
    """The beginning of a lesson's first paragraph, in whole sentences."""
    match = _PARAGRAPH.search(body_html)
    plain = " ".join(unescape(_TAG.sub("", match[1])).split()) if match else ""
    found = ""
    for sentence in _SENTENCE.findall(plain):
        if found and display_width(found + sentence) > width:
            break
        found += sentence
    return found.strip()


def _effort(lesson: LessonSummary) -> str:
    questions = sum(quiz.questions for quiz in lesson.quizzes)
    minutes = _("{n} minutes").format(n=lesson.minutes) if lesson.minutes else ""
    asked = _("{n} questions").format(n=questions) if questions else ""
    return " · ".join(words for words in (minutes, asked) if words) or _("a few minutes")


def _frame(link: str, organisation: str, colour: str) -> dict[str, Any]:
    light, deep, accent = _COLOURS[
        int.from_bytes(hashlib.sha256(colour.encode()).digest()[:4], "big") % len(_COLOURS)
    ]
    code = segno.make(link, error="m", micro=False).svg_inline(border=2, omitsize=True)
    return {
        "organisation": organisation,
        "address": link.partition("://")[2].rstrip("/"),
        "code": Markup(code),  # noqa: S704 - drawn by segno, holds no text
        "light": light,
        "deep": deep,
        "accent": accent,
        "width": WIDTH,
        "height": HEIGHT,
    }


def _size(title: str) -> int:
    """Pixels of a letter, so that the title fills one line or two."""
    em = max(1.0, display_width(title) / 2)
    lines = 1 if em <= 10 else 2
    return int(max(66, min(118, lines * _LINE / (em + (lines - 1) * 3))))


def _picture(store: Store, lesson: LessonVersion) -> str | None:
    """The lesson's first drawing or photo as an address that needs no network."""
    match = _IMAGE.search(lesson.body_html)
    found = media(store, match[1]) if match else None
    if found is None:
        return None
    content = found.content if found.file is None else found.file.read_bytes()
    assert content is not None, "bytes or a file"
    return f"data:{found.type};base64,{b64encode(content).decode()}"
