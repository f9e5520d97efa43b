"""The lessons and the people of a course, put into its store."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from weike.quizzes.formats import markdown
from weike.quizzes.quiz import QuizDefinition
from weike.results import catalogue
from weike.results.enrolling.enrolment import plan_import
from weike.results.enrolling.importing import apply_import
from weike.results.enrolling.roster import read_roster
from weike.results.periods import local_date
from weike.results.store import Store
from weike.results.versions import LessonVersion, store_version

from .facts import NOW


def publish(
    store: Store,
    slug: str = "fire",
    *,
    version: str = "1",
    quizzes: Mapping[str, str],
    now: datetime = NOW,
    **said: Any,
) -> LessonVersion:
    """A published lesson with these quizzes, each in its Markdown form."""
    banks = {name: markdown.loads(text, source=name) for name, text in quizzes.items()}
    told = {"title": f"微课 {slug}", "body_html": f"<article>{slug} {version}</article>"} | said
    lesson = LessonVersion(
        slug=slug,
        version=version,
        language="zh-CN",
        kind="light",
        notebook="{}",
        quizzes=tuple(
            QuizDefinition(
                id=name, title=bank.title or name, rules=bank.rules, questions=bank.questions
            )
            for name, bank in banks.items()
        ),
        **told,
    )
    store_version(store, lesson, now=now)
    catalogue.publish(store, slug, version, "command", now)
    return lesson


def enrol(store: Store, file: Path, *, since: date | None = None, now: datetime = NOW) -> None:
    """The people of a roster; `since` that day, by default the day of `now`."""
    roster, today = read_roster(file, levels=store.levels), local_date(now, store.zone)
    plan = plan_import(store, roster.checked(), since=since or today, today=today)
    apply_import(store, plan, now=now)
