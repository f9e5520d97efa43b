"""The three documents of a lesson as pages of HTML, each in two shapes of paper."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count
from typing import Any, Literal

import segno
from markupsafe import Markup

from weike.lessons.handouts.exporter import exported
from weike.lessons.handouts.notebook import inlined, lesson_notebook
from weike.lessons.handouts.questions import Printed, as_drawn, as_written
from weike.quizzes.errors import WeikeError
from weike.quizzes.i18n import _, language, use_language
from weike.quizzes.number import plain
from weike.quizzes.quiz import QuizDefinition
from weike.results.media import media
from weike.results.store import Store
from weike.results.versions import LessonVersion

Shape = Literal["a4", "phone"]
_NUMBER = re.compile(r"([A-Z])-([0-9a-z]{4,64})")
_PREFIX = 8
_LINES = 3  # to write notes on, under each heading of the outline
_KINDS = ("single", "multiple", "boolean", "blank", "numeric", "matching", "ordering", "material")


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Questions of one type in an exam paper. `wide`: their answers need whole lines."""

    title: str
    heading: str
    questions: Sequence[Printed]
    wide: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Documents:
    """A lesson to be printed, in its own language.

    `address` is the course's, with its slash at the end, for a QR code; None leaves it out.
    """

    lesson: LessonVersion
    store: Store
    organisation: str
    address: str | None = None
    shape: Shape = "a4"

    def outline(self) -> str:
        """课前提纲: what it is about, its headings with room for notes, and the way to it."""
        with use_language(self.lesson.language):
            return self._page("outline.html.j2", lines=_LINES, code=self._code())

    def handout(self, *, key: bool, every: bool, now: datetime | None = None) -> str:
        """The lesson's text and questions. `key` adds answers; they stand at the end.

        Without `every`, only questions are printed that practice shows to every member anyway:
        none of a test or an exam, none of a bank that papers are drawn from, and none that is not
        open at the moment `now`.
        """
        assert every or not key, "whoever gets the key gets the questions"
        with use_language(self.lesson.language):
            shown = {
                quiz.id: self._inlined(as_written(quiz))
                for quiz in self.lesson.quizzes
                if every or _practised(quiz, now)
            }
            return self._page("handout.html.j2", questions=shown, key=key, code=self._code())

    def paper(self, quiz: str | None, *, key: bool, variant: str = "A") -> str:
        """An exam paper with its answer sheet; with `key` also the answers.

        `quiz` may be left out where the lesson has one. Each variant is another draw and another
        order; the same letter of the same version is always the same paper. Every sheet says both.
        """
        definition = self._quiz(quiz)
        with use_language(self.lesson.language):
            drawn = as_drawn(definition, f"{definition.version} {variant}")
            sections = _sections(self._inlined(drawn))
            return self._page(
                "paper.html.j2",
                quiz=definition,
                sections=sections,
                total=plain(sum(one.points for part in sections for one in part.questions)),
                key=key,
                number=paper_number(self.lesson, variant),
                passing=f"{plain(round(definition.rules.passing * 100, 6))}%",
                limit=_minutes(definition),
            )

    def _quiz(self, name: str | None) -> QuizDefinition:
        known = {quiz.id: quiz for quiz in self.lesson.quizzes}
        if name is None and len(known) == 1:
            return next(iter(known.values()))
        if name in known:
            return known[name]
        if not known:
            raise WeikeError(_("the lesson {slug} has no quiz").format(slug=self.lesson.slug))
        raise WeikeError(
            _("name one of the quizzes of {slug}: {names}").format(
                slug=self.lesson.slug, names=", ".join(known)
            )
        )

    def _page(self, template: str, **values: Any) -> str:
        return exported(
            template,
            lesson_notebook(self.lesson, self._load),
            {
                "lesson": self.lesson,
                "quizzes": {quiz.id: quiz for quiz in self.lesson.quizzes},
                "organisation": self.organisation,
                "shape": self.shape,
                "words": _words(),
                **values,
            },
        )

    def _load(self, hash: str) -> Any:
        return media(self.store, hash)

    def _inlined(self, questions: Sequence[Printed]) -> list[Printed]:
        def with_pictures(one: Printed) -> Printed:
            return replace(
                one,
                html=self._pictures(one.html),
                explanation=self._pictures(one.explanation),
                options=[(letter, self._pictures(html)) for letter, html in one.options],
                left=[(letter, self._pictures(html)) for letter, html in one.left],
                parts=[with_pictures(part) for part in one.parts],
            )

        return [with_pictures(one) for one in questions]

    def _pictures(self, html: Markup) -> Markup:
        return Markup(inlined(html, self._load)) if "<img" in html else html  # noqa: S704 - cleaned

    def _code(self) -> Markup:
        if self.address is None:
            return Markup()
        code = segno.make(f"{self.address}lessons/{self.lesson.slug}", micro=False)
        return Markup(code.svg_inline(scale=3, border=0, svgclass="code", lineclass=None))  # noqa: S704 - drawn here


def paper_number(lesson: LessonVersion, variant: str) -> str:
    """What stands on every sheet of a paper, and prints it again: A-1a2b3c4d."""
    return f"{variant}-{lesson.version[:_PREFIX]}"


def read_number(text: str) -> tuple[str, str]:
    """The variant and the beginning of the version. Raises `WeikeError`."""
    match = _NUMBER.fullmatch(text.strip())
    if match is None:
        raise WeikeError(
            _("{text} is no number of a paper; it stands at the top of each sheet").format(
                text=text[:40]
            )
        )
    return match[1], match[2]


def _practised(quiz: QuizDefinition, now: datetime | None) -> bool:
    """Whether every member may see all of its questions at this moment."""
    rules = quiz.rules
    opened = rules.open is None or (now is not None and rules.open <= now)
    return opened and rules.behaviour == "practice" and rules.draw is None


def _sections(questions: Sequence[Printed]) -> list[Section]:
    """By type, numbered through. A poll and a note are no part of an exam."""
    numbers = count(1)
    found: list[Section] = []
    others = dict.fromkeys(q.kind for q in questions if q.kind not in (*_KINDS, "poll", "note"))
    for kind in (*_KINDS, *others):
        numbered = [_numbered(one, numbers) for one in questions if one.kind == kind]
        if numbered:
            title = _kind_words(kind)
            found.append(
                Section(
                    title=title,
                    heading=_heading(len(found), title, numbered),
                    questions=numbered,
                    wide=kind not in ("single", "multiple", "boolean", "numeric"),
                )
            )
    return found


def _heading(place: int, title: str, questions: Sequence[Printed]) -> str:
    """“一、单选题（5 题，每题 2 分）”; where the points differ, what they make together."""
    each = {one.points for one in questions}
    said = (
        _("{n} questions, {points} points each")
        if len(each) == 1
        else _("{n} questions, {points} points in all")
    )
    points = each.pop() if len(each) == 1 else sum(one.points for one in questions)
    number = "一二三四五六七八九十"[place] if language() == "zh-CN" else str(place + 1)
    return _("{number}. {title} ({count})").format(
        number=number, title=title, count=said.format(n=len(questions), points=plain(points))
    )


def _numbered(one: Printed, numbers: Any) -> Printed:
    if one.parts:
        return replace(one, parts=[_numbered(part, numbers) for part in one.parts])
    return replace(one, number=str(next(numbers)))


def _minutes(quiz: QuizDefinition) -> float | None:
    limit = quiz.rules.limit
    return None if limit is None else plain(limit.total_seconds() / 60)


def _kind_words(kind: str) -> str:
    return {
        "single": _("Single choice"),
        "multiple": _("Multiple choice"),
        "boolean": _("True or false"),
        "blank": _("Fill in"),
        "numeric": _("Numbers"),
        "matching": _("Matching"),
        "ordering": _("Ordering"),
        "material": _("Questions about a material"),
        "essay": _("Essay"),
    }.get(kind, kind)


def _words() -> dict[str, str]:
    """What the templates say, in the lesson's language."""
    return {
        "outline": _("Outline before class"),
        "handout": _("Handout"),
        "sheet": _("Answer sheet"),
        "key": _("Answers"),
        "minutes": _("{n} min"),
        "for": _("For: {audience}"),
        "name": _("Name"),
        "code": _("Member code"),
        "branch": _("Unit"),
        "date": _("Date"),
        "score": _("Marks earned"),
        "limit": _("Time: {n} minutes"),
        "passing": _("Pass: {share}"),
        "total": _("{n} points in all"),
        "number": _("Paper {number}"),
        "order": _("Order:"),
        "on_phone": _("The quiz “{title}” is taken on a phone."),
        "think": _(
            "Before class: read the headings, and write down what you know and what you ask."
        ),
        "scan": _("Scan to open the lesson"),
    }
