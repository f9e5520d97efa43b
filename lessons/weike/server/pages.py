"""Drawing pages: the templates and what all of them know."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from weike.quizzes.course import Course
from weike.quizzes.i18n import _, language, use_language
from weike.results.people import Member
from weike.server.assets import assets

# The first word of the product on a plate, as a file in the page itself: one request less.
ICON = "data:image/svg+xml," + quote(
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">'
    '<rect width="32" height="32" rx="8" fill="#0b6464"/>'
    '<path d="M7 9c4-1 7 0 9 3 2-3 5-4 9-3v13c-4-1-7 0-9 3-2-3-5-4-9-3z"'
    ' fill="none" stroke="#fff" stroke-width="2.4"/></svg>'
)
DEFAULT_LEVEL = "支部"
MANAGERS = frozenset({"organizer", "administrator"})


class Pages:
    """Renders the templates of this package for one course."""

    def __init__(self, course: Course) -> None:
        self.course = course
        self._environment = Environment(
            loader=PackageLoader("weike.server", "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals.update(
            _=_,
            asset=self.asset,
            base_url=course.base_url,
            course=course,
            icon_url=ICON,
        )

    def render(self, template: str, *, language: str, **values: object) -> str:
        with use_language(language):
            tabs = [
                ("learn", "", "learn", _("Learning")),
                ("branches", "branches", "branches", board_word(self.course)),
                ("me", "me", "me", _("Me")),
            ]
            member = values.get("member")
            if isinstance(member, Member) and member.roles & MANAGERS:
                tabs.insert(2, ("organize", "organize", "manage", _("Manage")))
            found = self._environment.get_template(template)
            return found.render({"language": language, "tabs": tabs, "tab": None, **values})

    def asset(self, kind: str) -> str:
        return f"{self.course.base_url}static/weike/{assets()[kind].name}"


def board_word(course: Course) -> str:
    """The organisation's own word for its smallest groups, on the tab and above the board."""
    word = course.levels[-1]
    return _("Branches") if word == DEFAULT_LEVEL else word


def score_word(course: Course) -> str:
    """What the figure of the board is called, with the organisation's own word."""
    word = course.levels[-1]
    if word == DEFAULT_LEVEL:
        return _("Branch learning score")
    return _("{branch} learning score").format(branch=word)


@cache
def component_words(language: str) -> Markup:
    """What the quiz component says, as JSON that is safe inside a script element."""
    from weike.widgets.words import words

    return script_json(words(language))


def live_words(language: str) -> Markup:
    """What the live part of a lesson says."""
    with use_language(language):
        return script_json(
            {
                "starting": _("One moment: the interactive part is being made ready."),
                "lost": _("The connection is gone; it comes back by itself."),
                "back": _("Connected again: everything is as you left it."),
                "gone": _("The interactive part has rested. What you had set is gone; go on here."),
                "failed": _("The interactive part does not start just now."),
                "again": _("Try again"),
                "error": _("Something in the interactive part failed. Please reload the page."),
            }
        )


def script_json(data: Mapping[str, object]) -> Markup:
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return Markup(text.replace("<", "\\u003c"))  # noqa: S704 - no "<" is left in it


__all__ = ["Pages", "board_word", "component_words", "language", "script_json"]
