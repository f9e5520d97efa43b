"""The page on which a lecturer writes a lesson, and what it asks the server while he does."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any

from weike.lessons.bankfile import bank_files
from weike.lessons.bringing.bring import SUFFIXES
from weike.lessons.catalogue import read_lessons
from weike.lessons.compose.saving import (
    ASIDE,
    RESTORED,
    create_lesson,
    open_lesson,
    restore_lesson,
    save_lesson,
)
from weike.lessons.metadata import MOST_MINUTES
from weike.lessons.quick import quick_findings
from weike.lessons.sources import Changed
from weike.lessons.tree import parse
from weike.quizzes.bank import load_bank
from weike.quizzes.course import Course
from weike.quizzes.errors import WeikeError
from weike.quizzes.html import render
from weike.quizzes.i18n import LANGUAGES, _
from weike.results.authoring.revisions import revisions
from weike.server.base import Api, Refused
from weike.server.composing import Composing, compose_words, names, state
from weike.server.pages import script_json
from weike.server.teaching import WRITERS, Teaching

MOST_FOUND = 60  # questions of a bank shown at once
MOST_BODY = 1 << 20  # bytes, as many as the server takes at all


class New(Teaching):
    """`/teach/lessons/new`: what the lesson is called; everything else comes afterwards."""

    roles = WRITERS

    async def get(self) -> None:
        topics = await self.work(topics_of, self.site.course)
        self.page("compose_new.html", tab="lessons", topics=topics, **self.wished())

    def wished(self) -> dict[str, Any]:
        title = self.get_body_argument("title", "").strip()[:300]
        topic = self.get_body_argument("topic", "").strip()[:300]
        return {
            "wished_title": title,
            "wished_topic": topic,
            "crumbs": self.trail(),
            "bring_kinds": ",".join(SUFFIXES),
            "words": compose_words(self.wished_language()),
        }

    def trail(self) -> list[tuple[str, str]]:
        return [(self.address("teach"), _("Lessons")), ("", _("New lesson"))]

    async def post(self) -> None:
        wished = self.wished()
        minutes = self.get_body_argument("minutes", "").strip()
        language = self.get_body_argument("language", self.site.course.language)
        problem = ""
        if not wished["wished_title"]:
            problem = _("Give the lesson a title.")
        elif minutes and not (minutes.isdecimal() and 1 <= int(minutes) <= MOST_MINUTES):
            problem = _("Minutes are a whole number from 1 to {n}.").format(n=MOST_MINUTES)
        elif language not in LANGUAGES:
            problem = _("The server does not understand this request.")
        if problem:
            topics = await self.work(topics_of, self.site.course)
            self.page(
                "compose_new.html",
                tab="lessons",
                status=400,
                problem=problem,
                topics=topics,
                **wished,
            )
            return
        about = {
            "title": wished["wished_title"],
            "topic": wished["wished_topic"],
            "minutes": int(minutes) if minutes else None,
            "audience": "",
            "language": language,
        }
        slug = await self.work(
            create_lesson,
            self.site.course,
            self.site.store,
            about,
            by=self.member.id,
            now=self.now,
        )
        await self.audit("began a lesson", slug)
        self.redirect(self.address("teach/lessons", slug, "edit"), status=303)


class Edit(Teaching, Composing):
    """`/teach/lessons/<slug>/edit`"""

    roles = WRITERS
    policy = Teaching.policy + "; frame-src 'self'"

    async def get(self, slug: str) -> None:
        path = await self.lesson(slug)
        opened = await self.work(open_lesson, self.site.course, path)
        self.page(
            "compose.html",
            tab="lessons",
            slug=slug,
            path=path,
            opened=opened,
            languages=LANGUAGES,
            topics=await self.work(topics_of, self.site.course),
            data=script_json(
                {
                    **state(opened, self.site.course),
                    "slug": slug,
                    "folder": str(PurePosixPath(path).parent),
                    "member": self.member.id,
                    "links": self.links(slug),
                }
            ),
            words=compose_words(self.wished_language()),
            crumbs=[(self.address("teach"), _("Lessons")), ("", opened.document["title"] or slug)],
        )

    def links(self, slug: str) -> list[dict[str, str]]:
        """What comes after writing; `sort` is a class of the link."""
        return [
            {
                "href": self.address("teach/lessons", slug, "phone"),
                "words": _("Preview on a phone"),
                "sort": ".quiet.compose-wide",  # whoever writes on a phone has one
            },
            {"href": self.address("teach/lessons", slug), "words": _("Review and publish")},
        ]


class Document(Api, Composing):
    """`/teach/lessons/<slug>/document`: the blocks, to read and to save."""

    roles = WRITERS
    body_limit = MOST_BODY

    async def get(self, slug: str) -> None:
        path = await self.lesson(slug)
        opened = await self.work(open_lesson, self.site.course, path)
        self.send(state(opened, self.site.course))

    async def put(self, slug: str) -> None:
        """`{"expected", "document"}`; 409 `changed` with their state where somebody else saved."""
        path, body = await self.lesson(slug), self.json_body()
        document, expected = body.get("document"), body.get("expected")
        if not isinstance(document, dict) or not isinstance(expected, str):
            raise Refused(400, "bad_request", _("The server does not understand this request."))
        try:
            opened = await self.work(
                save_lesson,
                self.site.course,
                self.site.store,
                path,
                document,
                expected=expected,
                by=self.member.id,
                now=self.now,
            )
        except Changed as changed:
            raise await self.conflict(path, changed) from changed
        self.send({**state(opened, self.site.course), "saved_at": self.now})

    async def conflict(self, path: str, changed: Changed) -> Refused:
        if changed.hash is None:
            return Refused(410, "gone", str(changed))
        opened = await self.work(open_lesson, self.site.course, path)
        message = _("This lesson was changed elsewhere.")
        return Refused(409, "changed", message, more=state(opened, self.site.course))


class History(Document):
    """`/teach/lessons/<slug>/history`: the revisions, and a way back to each."""

    async def get(self, slug: str) -> None:
        path = await self.lesson(slug)
        found = await self.work(revisions, self.site.store, path)
        known = await self.work(names, self.site.store, [one.by for one in found])
        zone = self.site.course.zone
        notes = {RESTORED: _("brought back"), ASIDE: _("set aside when two versions met")}
        self.send(
            {
                "revisions": [
                    {
                        "id": one.id,
                        "at": one.at.astimezone(zone).strftime("%Y-%m-%d %H:%M"),
                        "by": known.get(one.by) or _("the course folder"),
                        "note": notes.get(one.note, one.note),
                        "hash": one.hash,
                    }
                    for one in found
                ]
            }
        )

    async def post(self, slug: str) -> None:
        """`{"revision", "expected"}` brings a revision back."""
        path, body = await self.lesson(slug), self.json_body()
        id, expected = body.get("revision"), body.get("expected")
        if not isinstance(id, str) or not isinstance(expected, str):
            raise Refused(400, "bad_request", _("The server does not understand this request."))
        try:
            opened = await self.work(
                restore_lesson,
                self.site.course,
                self.site.store,
                path,
                id,
                expected=expected,
                by=self.member.id,
                now=self.now,
            )
        except Changed as changed:
            raise await self.conflict(path, changed) from changed
        self.send(state(opened, self.site.course))


class Findings(Api, Composing):
    """`/teach/lessons/<slug>/findings`: what check says of the file as it is."""

    roles = WRITERS

    async def get(self, slug: str) -> None:
        path = await self.lesson(slug)
        found = await self.work(quick_findings, self.site.course, path)
        self.send(
            {
                "findings": [
                    {
                        "severity": one.severity,
                        "cell": one.cell,
                        "text": one.message,
                        "repair": one.repair,
                    }
                    for one in found
                ]
            }
        )


class Banks(Api):
    """`/teach/lessons/banks`: the banks; with `?bank=` the questions of one that hold `?find=`."""

    roles = WRITERS

    async def get(self) -> None:
        bank, find = self.get_argument("bank", ""), self.get_argument("find", "")[:200]
        if bank:
            self.send(await self.work(questions_of, self.site.course, bank, find))
        else:
            self.send({"banks": await self.work(banks_of, self.site.course)})


def topics_of(course: Course) -> list[str]:
    """The topics that lessons have already, for a new one to share."""
    return sorted({one.topic for one in read_lessons(course).lessons if one.topic})


def banks_of(course: Course) -> list[dict[str, Any]]:
    """Every bank that can be read: its name as a lesson calls it, its title, its size."""
    found = []
    for path in bank_files(course):
        try:
            bank = load_bank(path, zone=course.zone)
        except WeikeError:
            continue  # `check` says what is wrong with it
        name = path.relative_to(course.quizzes).as_posix()
        found.append({"bank": name, "title": bank.title or name, "questions": len(bank)})
    return found


def questions_of(course: Course, name: str, find: str) -> dict[str, Any]:
    """The questions of a bank, keys included: they go to those who write them."""
    paths = {path.relative_to(course.quizzes).as_posix(): path for path in bank_files(course)}
    if name not in paths:
        raise Refused(404, "not_found", _("There is nothing here, or it is not for you."))
    bank = load_bank(paths[name], zone=course.zone)
    wanted = find.casefold().split()
    shown = [
        {"question": one.to_json(), "text": parse(render(one.stem)).text()}
        for one in bank
        if all(word in one.stem.casefold() for word in wanted)
    ]
    return {"questions": shown[:MOST_FOUND], "found": len(shown)}
