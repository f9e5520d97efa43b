"""The last step to a lesson from any document: its minutes guessed, its guesses to confirm."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from weike.lessons.bringing.brought import Brought, notebook_of
from weike.lessons.finding import Finding, warning
from weike.lessons.notebook import parse_notebook
from weike.lessons.reading import notebook_minutes
from weike.quizzes.i18n import _

LONGEST = 20  # minutes that somebody reads on a phone
SETUP = "%load_ext weike.widgets"


def finished(
    cells: list[dict[str, Any]],
    *,
    slug: str,
    name: str,
    title: str,
    topic: str,
    media: Mapping[str, bytes],
    findings: Sequence[Finding],
) -> Brought:
    """The lesson, with its minutes estimated, and with what its author has to confirm."""
    rough = parse_notebook({"cells": cells, "metadata": {}, "nbformat": 4}, name)
    minutes = max(1, round(notebook_minutes(rough)))
    guess = _("title “{title}”, {n} minutes").format(title=title, n=minutes)
    if topic:
        guess = _("title “{title}”, topic “{topic}”, {n} minutes").format(
            title=title, topic=topic, n=minutes
        )
    said = [
        warning(
            _("guessed from the document: {guess}").format(guess=guess),
            _("confirm or correct them"),
            file=name,
        )
    ]
    if not topic:
        said.append(
            warning(_("the lesson has no topic"), _("choose the topic it belongs to"), file=name)
        )
    if minutes > LONGEST:
        said.append(
            warning(
                _("{n} minutes are much for one micro-lesson").format(n=minutes),
                _("bring its chapters one by one, or delete what members need not read"),
                file=name,
            )
        )
    about = {"title": title, "topic": topic, "minutes": min(minutes, 120)}
    return Brought(
        slug=slug,
        title=title,
        notebook=notebook_of(cells, about),
        media=media,
        findings=(*said, *findings),
    )
