"""What a bank was before: its versions, what each would change, and bringing one back."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any, Final

from weike.lessons.questions.restoring import Restoring, carry_out, plan, summary
from weike.lessons.questions.versions import bank_of
from weike.lessons.sources import Changed
from weike.quizzes.errors import WeikeError
from weike.quizzes.i18n import _
from weike.quizzes.question import Question
from weike.results.analysis.distractors import plain_text
from weike.results.authoring.revisions import Revision, revisions
from weike.results.people import find_member
from weike.server.banking import SHORT, Banking
from weike.server.base import Refused

_MOST: Final = 30


class BankVersions(Banking):
    """`/teach/bank/versions?bank=`; with `version` (and `item`), what bringing it back would do.

    `POST` does it, in a version made now.
    """

    async def get(self) -> None:
        library = await self.library()
        path, id = self.get_argument("bank", ""), self.get_argument("version", "")
        file = self.the_bank(library, path)
        if not id:
            rows = await self.site.read(self.rows, path)
            return self.page(
                "bank_versions.html",
                tab="bank",
                crumbs=self.way(path, file.title, _("Versions")),
                file=file,
                rows=rows,
                writes=self.writes,
            )
        try:
            await self.show_plan(await self.site.read(plan, self.desk(), path, id, self.item()))
        except WeikeError as error:
            self.refuse(path, file.title, str(error))

    async def post(self) -> None:
        if not self.writes:
            raise Refused(403, "forbidden", _("This page is for other duties than yours."))
        path, id = self.get_body_argument("bank", ""), self.get_body_argument("version", "")
        file = self.the_bank(await self.library(), path)
        try:
            found = await self.site.read(plan, self.desk(), path, id, self.item())
            if found.seen != self.get_body_argument("seen", ""):
                problem = _("The bank has changed meanwhile; please look again.")
                return await self.show_plan(found, problem=problem, status=409)
            if found.gone and found.lessons and self.get_body_argument("agreed", "") != "1":
                problem = _("Lessons would ask fewer questions; please say that this is meant.")
                return await self.show_plan(found, problem=problem, status=400)
            moment = self.moment(found.version.at)
            await self.site.read(carry_out, self.desk(), found, moment=moment)
        except WeikeError as error:
            status = 409 if isinstance(error, Changed) else 400
            return self.refuse(path, file.title, str(error), status=status)
        if found.item:
            place = self.address("teach/bank/question", bank=path, item=found.item, saved="1")
        else:
            place = self.address("teach/bank", bank=path, saved="restored")
        self.redirect(place, status=303)

    def item(self) -> str | None:
        return self.get_argument("item", "") or None

    async def show_plan(self, found: Restoring, *, problem: str = "", status: int = 200) -> None:
        last = _("Bring back") + " · " + self.moment(found.version.at)
        self.page(
            "bank_restore.html",
            tab="bank",
            status=status,
            problem=problem,
            crumbs=self.way(found.file.path, found.file.title, last),
            file=found.file,
            found=found,
            moment=self.moment(found.version.at),
            back=[(one.id, words(one)) for one in found.back],
            gone=[(one.id, words(one)) for one in found.gone],
            changed=[(one.id, words(one), lines) for one, lines in found.changed[:100]],
            more=max(0, len(found.changed) - 100),
            elsewhere=[
                (words(one), path.removeprefix("quizzes/")) for one, path in found.elsewhere
            ],
            writes=self.writes,
        )

    def refuse(self, path: str, title: str, problem: str, *, status: int = 400) -> None:
        self.page(
            "bank_restore.html",
            tab="bank",
            status=status,
            problem=problem,
            crumbs=self.way(path, title, _("Bring back")),
            found=None,
            path=path,
        )

    def way(self, path: str, title: str, last: str) -> list[tuple[str, str]]:
        return [
            (self.address("teach/bank"), _("Question bank")),
            (self.address("teach/bank", bank=path), title),
            ("", last),
        ]

    def rows(self, path: str) -> list[Mapping[str, Any]]:
        """The newest versions, each with what it changed and who saved it."""
        store, course = self.site.store, self.site.course
        known: dict[str, str] = {}
        kept = revisions(store, path)[: _MOST + 1]
        banks = {one.id: bank_of(store, self.shelves.keeping, course, one) for one in kept}
        following: dict[str, Revision] = {new.id: old for new, old in pairwise(kept)}
        found: list[Mapping[str, Any]] = []
        for one in kept[:_MOST]:
            bank, old = banks[one.id], following.get(one.id)
            if one.by not in known:
                known[one.by] = self.who(one.by)
            found.append(
                {
                    "id": one.id,
                    "moment": self.moment(one.at),
                    "who": known[one.by],
                    "note": one.note,
                    "n": len(bank) if bank else None,
                    "differs": summary(banks[old.id], bank) if old and bank else None,
                }
            )
        return found

    def who(self, by: str) -> str:
        member = None if by == "command" else find_member(self.site.store, id=by, now=self.now)
        return member.name if member else _("the file itself")


def words(question: Question) -> str:
    text = plain_text(question.stem)
    return text if len(text) <= SHORT else text[: SHORT - 1] + "…"
