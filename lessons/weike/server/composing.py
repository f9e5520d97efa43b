"""What the composer's requests share: whose lesson it is, and what the page is told of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from markupsafe import Markup
from sqlalchemy import select

from weike.lessons.catalogue import LessonSource, read_lesson
from weike.lessons.compose.quiztext import problems
from weike.lessons.compose.saving import Opened, find_lesson
from weike.quizzes.course import Course
from weike.quizzes.i18n import part_catalogue
from weike.results.authoring.works import authors
from weike.results.people import Member
from weike.results.store import Store
from weike.results.tables import identity
from weike.server.assets import compose_script
from weike.server.base import Handler
from weike.server.organizing import not_there
from weike.server.pages import script_json
from weike.server.site import Site
from weike.server.teaching import WRITERS
from weike.server.trials import Trials
from weike.widgets.words import messages_in

Json = dict[str, Any]


class Composing(Handler):
    """A request about one lesson that this member may write."""

    roles = WRITERS

    async def lesson(self, slug: str) -> str:
        """The path of the lesson; another's lesson looks as if it were not there."""
        path = await self.work(editable, self.site, slug, self.member)
        if path is None:
            raise not_there()
        return path

    async def source(self, path: str) -> LessonSource:
        source, _said = await self.work(read_lesson, self.site.course.root / path, self.site.course)
        if source is None:
            raise not_there()
        return source


class Trying(Composing):
    """A request for a quiz that is tried: its answers are in the memory of one process."""

    @property
    def trials(self) -> Trials:
        return self.site.trials


def editable(site: Site, slug: str, member: Member) -> str | None:
    written_by = authors(site.store, slug)
    mine = member.id in written_by or not written_by
    if not mine and "administrator" not in member.roles:
        return None
    return find_lesson(site.course, slug)


def state(opened: Opened, course: Course) -> Json:
    """What the page knows of a lesson: its blocks, and what is unfinished in them."""
    return {
        "hash": opened.hash,
        "keys": [block["key"] for block in opened.document["blocks"]],
        "document": opened.document,
        "unfinished": unfinished(opened.document["blocks"], course),
    }


def unfinished(blocks: Iterable[Mapping[str, Any]], course: Course) -> Json:
    """Why some questions cannot be asked yet, by the key of their block and their id."""
    found: Json = {}
    for block in blocks:
        for question in block["questions"] if block["kind"] == "quiz" else ():
            if said := problems(question, zone=course.zone):
                found[f"{block['key']}/{question['id']}"] = said
    return found


def names(store: Store, members: Sequence[str]) -> Mapping[str, str]:
    """Names of members by their id."""
    query = select(identity.c.member_id, identity.c.name).where(identity.c.member_id.in_(members))
    with store.read() as connection:
        return {row.member_id: row.name for row in connection.execute(query)}


@cache
def compose_words(language: str) -> Markup:
    """What the composer's script says, as JSON that is safe inside a script element."""
    known = part_catalogue("server", language)
    return script_json({one: known[one] for one in messages_in(compose_script()) if one in known})
