"""The component's words, and which language a notebook speaks."""

from __future__ import annotations

import locale
import os
import re
from functools import cache
from pathlib import Path

from weike.quizzes.course import find_course, load_course
from weike.quizzes.errors import WeikeError
from weike.quizzes.i18n import nearest, part_catalogue
from weike.widgets.esm import join

_MESSAGE = re.compile(r'\bt\(\s*"((?:[^"\\]|\\.)*)"')


def words(language: str) -> dict[str, str]:
    """Translations for the JavaScript by their English text; what is missing stays English."""
    known = part_catalogue("widgets", nearest(language))
    return {message: known[message] for message in _messages() if message in known}


@cache
def _messages() -> tuple[str, ...]:
    """Every text of the component, so that a page carries no word of the Python side."""
    return messages_in(join(Path(__file__).parent / "quiz.js"))


def messages_in(script: str) -> tuple[str, ...]:
    """Every text that a script translates by `t("…")`."""
    return tuple(sorted(set(_MESSAGE.findall(script))))


def notebook_language() -> str:
    """The course's language; without a course that of the person's computer."""
    if find_course() is not None:
        try:
            return load_course().language
        except WeikeError:
            pass  # `weike check` tells what is wrong with the settings
    return nearest(*filter(None, (_computer_language(),)))


def _computer_language() -> str | None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if tag := os.environ.get(name):
            break
    else:
        tag = locale.getlocale()[0] or ""
    tag = tag.partition(".")[0]
    if tag in ("", "C", "POSIX"):
        return None
    # A language that we do not speak is better served by English.
    return tag if tag.lower().startswith("zh") else "en"
