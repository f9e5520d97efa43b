"""What a notebook's metadata says of the lesson, under the name "weike"."""

from __future__ import annotations

import re
from collections.abc import Mapping

from weike.lessons.finding import Finding, error, warning
from weike.quizzes.i18n import LANGUAGES, _

SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
KEYS = ("title", "topic", "minutes", "audience", "slug", "language", "order", "narration")
MOST_MINUTES = 120
LAST = 1000  # the order of a lesson that names none


class MetadataReader:
    """Reads the lesson's metadata and collects what is wrong with it."""

    def __init__(self, table: Mapping[str, object], name: str) -> None:
        self.table = table
        self.name = name
        self.findings: list[Finding] = []

    def say(self, message: str, repair: str) -> None:
        self.findings.append(error(message, repair, file=self.name))

    def hint(self, message: str, repair: str) -> None:
        self.findings.append(warning(message, repair, file=self.name))

    def text(self, key: str) -> str | None:
        value = self.table.get(key)
        if value is None:
            return None
        if not isinstance(value, str) or not value.strip():
            self.say(
                _("{key} in the metadata is not a text").format(key=key),
                _("write it in quotes, or leave it out"),
            )
            return None
        return value.strip()

    def slug(self, stem: str) -> str:
        slug = self.text("slug") or stem
        if not SLUG.fullmatch(slug):
            idea = re.sub(r"[^a-z0-9]+", "-", slug.lower()).strip("-")[:64] or "fire-extinguisher"
            self.say(
                _("“{slug}” cannot be an address").format(slug=slug),
                _(
                    "use small letters, digits and hyphens only, for example {idea}: rename "
                    "the file, or set slug in its metadata"
                ).format(idea=idea),
            )
        return slug

    def minutes(self) -> int | None:
        value = self.table.get("minutes")
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MOST_MINUTES:
            self.say(
                _("minutes in the metadata is not a whole number from 1 to {most}").format(
                    most=MOST_MINUTES
                ),
                _("write the number without quotes, for example 5"),
            )
            return None
        return value

    def order(self) -> int:
        value = self.table.get("order", LAST)
        if isinstance(value, bool) or not isinstance(value, int):
            self.say(
                _("order in the metadata is not a whole number"),
                _("write the number without quotes, for example 10"),
            )
            return LAST
        return value

    def language(self, fallback: str) -> str:
        value = self.text("language") or fallback
        if value not in LANGUAGES:
            self.say(
                _("there is no language “{language}”").format(language=value),
                _("choose one of {choices}").format(choices=", ".join(LANGUAGES)),
            )
            return fallback
        return value

    def unknown_keys(self) -> None:
        for key in sorted(self.table.keys() - set(KEYS)):
            self.hint(
                _("the metadata has an unknown entry {key}").format(key=key),
                _("known ones are: {keys}").format(keys=", ".join(KEYS)),
            )
