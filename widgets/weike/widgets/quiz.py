"""The quiz component in a notebook."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, timedelta, tzinfo
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from weike.quizzes.bank import Bank, load_bank
from weike.quizzes.course import find_course, load_course
from weike.quizzes.errors import Problem, ProblemsError, WeikeError
from weike.quizzes.formats import markdown
from weike.quizzes.i18n import _, nearest, use_language
from weike.quizzes.question import Partial, Question
from weike.quizzes.quiz import QuizDefinition
from weike.quizzes.rules import RULE_KEYS, Behaviour, Counts, Rules, Shuffle
from weike.widgets import css, esm, registry
from weike.widgets.local import LocalAttempts
from weike.widgets.pictures import embed_pictures
from weike.widgets.words import notebook_language, words

_HERE = Path(__file__).parent
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
_KEY_OF = {field: key for key, field in RULE_KEYS.items()}
LIVE = "WEIKE_LIVE"


class Quiz(anywidget.AnyWidget):
    """A quiz that is answered in this notebook's kernel.

    Questions in the Markdown form, or a bank: a file in the course's `quizzes/`, or beside the
    notebook. In a lesson `id` is the quiz's name for good; results are kept under it.

    >>> Quiz("fire-check", questions='''
    ... ## What comes first?
    ... - [x] Raise the alarm
    ... - [ ] Fight the fire
    ... ''')                                                         # doctest: +SKIP
    >>> Quiz("fire-check", bank="fire.md", draw=5, passing="80%")       # doctest: +SKIP
    >>> Quiz("exam", bank="fire.xlsx", behaviour="exam", limit="10 min",
    ...      draw={"操作": 6, "报警": 4}, attempts=1)                     # doctest: +SKIP

    Rules win over those that the bank names:

    behaviour   "practice": feedback at once; "test": after submitting; "exam": after `close`
    passing     share of the points that passes, "80%" or 0.8
    draw        how many questions a paper takes, or how many of each topic or difficulty
    attempts    how many, with `wait` between them; without it there is no limit
    limit       time for one attempt, such as "10 min"
    open, close when the quiz can be taken, such as "2026-10-01" or "2026-10-01 18:00"
    partial     marks for multiple choice: "all-or-nothing", "missed-half" or "per-option"
    shuffle     "options", "questions", True for both, False
    counts      which attempt counts: "best", "first", "last" or "mean"
    """

    # No trait holds a question. A publisher knows the widget by its `_anywidget_id`,
    # "weike.widgets.quiz.Quiz", and its `quiz_id`, and asks the registry for the rest.
    _esm = esm.join(_HERE / "quiz.js")
    _css = css.join(_HERE / "quiz.css")

    quiz_id = traitlets.Unicode().tag(sync=True)
    language = traitlets.Unicode().tag(sync=True)
    words = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        id: str | None = None,
        *,
        bank: str | Path | None = None,
        title: str | None = None,
        questions: str | Iterable[Question] | None = None,
        language: str | None = None,
        behaviour: Behaviour | None = None,
        passing: str | float | None = None,
        draw: int | Mapping[str | int, int] | None = None,
        attempts: int | None = None,
        wait: str | timedelta | None = None,
        limit: str | timedelta | None = None,
        open: str | date | None = None,
        close: str | date | None = None,
        partial: Partial | None = None,
        shuffle: bool | Shuffle | None = None,
        counts: Counts | None = None,
        **unknown: Any,
    ) -> None:
        given = {
            "behaviour": behaviour,
            "passing": passing,
            "draw": draw,
            "attempts": attempts,
            "wait": wait,
            "limit": limit,
            "open": open,
            "close": close,
            "partial": partial,
            "shuffle": shuffle,
            "counts": counts,
        }
        rules = given | unknown  # which are named in the error, with those that exist
        speech = nearest(language) if language else notebook_language()
        with use_language(speech):
            source = _read(bank, questions)
            definition = _define(id, bank, title, source, rules)
            self._attempts = None if in_live_part() else _attempts(definition, _folder(bank))
        super().__init__(quiz_id=definition.id, language=speech, words=words(speech))
        self._speech = speech
        self.on_msg(self._receive)

    def _receive(self, _widget: object, message: object, _buffers: object) -> None:
        # Any page may set a trait, so the language is not read back from it.
        with use_language(self._speech):
            reply = self._attempts and self._attempts.handle(message)
        if reply is not None:
            self.send(reply)

    def __repr__(self) -> str:
        return f"Quiz({self.quiz_id!r})"

    def _repr_mimebundle_(self, **options: Any) -> Any:
        if in_live_part():
            with use_language(self._speech):
                return {"text/plain": live_note()}
        return super()._repr_mimebundle_(**options)


def in_live_part() -> bool:
    """Whether this kernel runs only the live part of a lesson, whose quizzes stand on the page."""
    return os.environ.get(LIVE) == "1"


def live_note() -> str:
    return _("The quiz is answered on the lesson's page.")


def course_zone() -> tzinfo:
    """The zone of times that name none."""
    return UTC if find_course() is None else load_course().zone


def find_bank(name: str | Path) -> Path:
    """The bank's file: in the course's `quizzes/`, else relative to the notebook or the course."""
    course = find_course()
    inside = [course / "quizzes" / name, Path(name), course / name] if course else [Path(name)]
    places = list(dict.fromkeys(inside))
    for place in places:
        if os.path.isfile(place):  # also where no file could have this name
            return place.resolve()
    tried = ", ".join(str(place) for place in places)
    raise WeikeError(
        _("no question bank {name}; looked for {tried}").format(name=name, tried=tried)
    )


def _folder(bank: str | Path | None) -> Path:
    """What picture paths are relative to."""
    return find_bank(bank).parent if bank is not None else Path.cwd()


def _read(bank: str | Path | None, questions: str | Iterable[Question] | None) -> Bank:
    if (bank is None) == (questions is None):
        raise WeikeError(_("give a quiz either a bank or questions"))
    if bank is not None:
        return load_bank(find_bank(bank))
    if isinstance(questions, str):
        return markdown.loads(questions, source=_("the quiz"), zone=course_zone())
    return Bank(questions=tuple(questions or ()))


def _define(
    id: str | None, bank: str | Path | None, title: str | None, source: Bank, rules: dict[str, Any]
) -> QuizDefinition:
    given = {_KEY_OF.get(name, name): value for name, value in rules.items() if value is not None}
    merged = Rules.from_front_matter(source.rules.to_front_matter() | given, zone=course_zone())
    _check(id, source, merged)
    if id is None:
        id = (
            Path(bank).stem
            if bank is not None and _ID.fullmatch(Path(bank).stem)
            else _hash(source)
        )
    return QuizDefinition(
        id=id,
        title=title or source.title or _("Quiz"),
        rules=merged,
        questions=source.questions,
    )


def _check(id: str | None, source: Bank, rules: Rules) -> None:
    problems = []
    if id is not None and not _ID.fullmatch(id):
        problems.append(
            Problem(
                message=_("{id} cannot be the name of a quiz").format(id=id),
                repair=_("use letters, digits, - and _, such as fire-check"),
            )
        )
    if not source.questions:
        problems.append(
            Problem(
                message=_("the quiz has no questions"),
                repair=_("write one, beginning with ##, or name a bank: fire.md"),
            )
        )
    elif rules.draw is not None and rules.draw > len(source.questions):
        problems.append(
            Problem(
                message=_("{draw} questions are to be drawn, but there are {n}").format(
                    draw=rules.draw, n=len(source.questions)
                ),
                repair=_("draw fewer"),
            )
        )
    if problems:
        raise ProblemsError(_("the quiz"), problems)


def _hash(source: Bank) -> str:
    """A name that stays while the questions do."""
    ids = "\n".join(question.id for question in source.questions)
    return "quiz-" + hashlib.sha256(ids.encode()).hexdigest()[:8]


def _attempts(definition: QuizDefinition, folder: Path) -> LocalAttempts:
    registry.register(definition, folder)
    return LocalAttempts(embed_pictures(definition, folder))


def quiz_of_cell(id: str | None, bank: Bank) -> Quiz:
    """The quiz of a `%%quiz` cell, with the questions of the bank that it may name."""
    if bank.bank is None:
        return Quiz(
            id,
            title=bank.title,
            questions=bank.questions,
            language=bank.language,
            **_own_rules(bank.rules),
        )
    if bank.questions:
        raise WeikeError(_("the cell names a bank and has questions of its own; keep one of them"))
    return Quiz(
        id, bank=bank.bank, title=bank.title, language=bank.language, **_own_rules(bank.rules)
    )


def _own_rules(rules: Rules) -> dict[str, Any]:
    return {RULE_KEYS[key]: value for key, value in rules.to_front_matter().items()}
