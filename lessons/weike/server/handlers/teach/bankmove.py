"""Questions to another bank: choose where, see what it means for lessons, then do it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from weike.lessons.questions.library import Library
from weike.lessons.questions.moving import MOST, Move, Wanted, carry_out, plan
from weike.lessons.questions.search import find
from weike.lessons.sources import Changed
from weike.quizzes.errors import WeikeError
from weike.quizzes.i18n import _
from weike.results.catalogue import published
from weike.server.banking import Banking, short
from weike.server.teaching import WRITERS


class MoveQuestions(Banking):
    """`/teach/bank/move?item=<path>:<id>&…`, or `?all=1` with the filters of the list.

    `POST` with `act=look` says what it would do, with `act=go` does exactly that.
    """

    roles = WRITERS
    body_limit = 512 * 1024

    async def get(self) -> None:
        library = await self.library()
        items = self.get_query_arguments("item")
        if self.get_argument("all", ""):
            items = await self.all_found(library)
        await self.choose(library, items)

    async def post(self) -> None:
        library = await self.library()
        items = self.get_body_arguments("item")
        try:
            wanted = self.wanted(items)
            move = await self.site.read(plan, self.desk(), wanted)
            if self.get_body_argument("act", "") != "go":
                return await self.choose(library, items, move=move)
            if self.get_body_argument("seen", "") != move.seen:
                problem = _("The banks have changed meanwhile; please look again.")
                return await self.choose(library, items, move=move, problem=problem, status=409)
            if move.fewer and self.get_body_argument("agreed", "") != "1":
                problem = _("Lessons would ask fewer questions; please say that this is meant.")
                return await self.choose(library, items, move=move, problem=problem, status=400)
            if not move.goes:
                raise WeikeError(_("none of the questions can go there"))
            await self.site.read(carry_out, self.desk(), move)
        except WeikeError as error:
            status = 409 if isinstance(error, Changed) else 400
            library = await self.library()
            return await self.choose(library, items, problem=str(error), status=status)
        saved = "copied" if wanted.copy else "moved"
        self.redirect(self.address("teach/bank", bank=wanted.target, saved=saved), status=303)

    def wanted(self, items: Sequence[str]) -> Wanted:
        target, name = self.get_body_argument("to", ""), self.get_body_argument("name", "")
        if not target:
            name = name.strip().removesuffix(".md").strip()
            if not name:
                raise WeikeError(_("give the new bank a name"))
        return Wanted(
            items=tuple(map(_place, items)),
            target=target or f"quizzes/{name}.md",
            new=not target,
            copy=self.get_body_argument("way", "") == "copy",
        )

    async def all_found(self, library: Library) -> list[str]:
        """Every question that the filters of the list let through, as far as they go at once."""
        asked, wish, found, page = await self.asked(), self.wish(), list[str](), 1
        while len(found) < MOST:
            one = await self.work(find, library, wish, page=page, published=asked)
            found += [f"{entry.path}:{entry.question.id}" for entry in one.entries]
            if page >= one.pages:
                break
            page += 1
        return found[:MOST]

    async def choose(
        self,
        library: Library,
        items: Sequence[str],
        *,
        move: Move | None = None,
        problem: str = "",
        status: int = 200,
    ) -> None:
        entries = [one for place in items if (one := library.find(*_place(place))) is not None]
        asked = await self.asked()
        titles = {one.slug: one.title for one in await self.work(published, self.site.store)}
        self.page(
            "bank_move.html",
            tab="bank",
            status=status if entries or problem else 400,
            problem=problem or ("" if entries else _("choose one question at least")),
            crumbs=[
                (self.address("teach/bank"), _("Question bank")),
                ("", _("Move or copy")),
            ],
            rows=[
                {
                    "value": f"{entry.path}:{entry.question.id}",
                    "stem": short(entry),
                    "path": entry.path.removeprefix("quizzes/"),
                    "uses": sorted(
                        {use.title for use in library.uses(entry)}
                        | {titles.get(s, s) for s in asked.get(entry.question.id, ())}
                    ),
                }
                for entry in entries
            ],
            banks=[one for one in library.banks if one.bank is not None],
            chosen=self.get_body_argument("to", "") if self.request.method == "POST" else "",
            name=self.get_body_argument("name", "") if self.request.method == "POST" else "",
            way=self.get_body_argument("way", "move") if self.request.method == "POST" else "move",
            move=self.words(move, asked, titles) if move else None,
            most=MOST,
        )

    def words(
        self, move: Move, asked: Mapping[str, frozenset[str]], titles: Mapping[str, str]
    ) -> Mapping[str, Any]:
        """What the page says of a plan."""
        shown = {
            titles.get(slug, slug)
            for entry, _made in move.goes
            for slug in asked.get(entry.question.id, ())
        }
        return {
            "n": len(move.goes),
            "copied": move.wanted.copy,
            "bank": move.wanted.target.removeprefix("quizzes/"),
            "stays": [(short(entry), why) for entry, why in move.stays],
            "losses": move.losses[:200],
            "fewer": [(use.title, n) for use, n in move.fewer.items()],
            "more": [use.title for use in move.more],
            "published": sorted(shown) if not move.wanted.copy else [],
            "away": [one.path.removeprefix("quizzes/") for one in move.writes if one.after is None],
            "seen": move.seen,
        }


def _place(value: str) -> tuple[str, str]:
    """`quizzes/fire.md:fire-001`; no path of a course holds a colon."""
    path, _colon, item = value.partition(":")
    return path, item
