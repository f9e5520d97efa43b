"""Choosing one member of the duty, by code or by name."""

from __future__ import annotations

from weike.results.assigning.decisions import branches_of, people
from weike.results.enrolling.lookup import Found, look_up
from weike.server.handlers.organize.deciding import Deciding
from weike.server.organizing import not_there


class Choosing(Deciding):
    """`?who=` looks members up, `?member=` has chosen one."""

    def subject(self) -> str:
        """What an audit entry about a whole list names: the first top of the duty."""
        return next((one.id for one in self.tops()), "nobody")

    async def looked_up(self) -> list[Found]:
        words = self.get_argument("who", "")[:100]
        if not words.strip():
            return []
        await self.audit("looked members up", self.subject(), {"words": words})
        return await self.work(look_up, self.site.store, words, inside=self.duty())

    async def chosen(self) -> Found | None:
        id = self.get_argument("member", "")
        return await self.the_person(id) if id else None

    async def the_person(self, id: str) -> Found:
        """A member of the duty; anybody else is not there."""
        found = await self.work(self.person_of, id)
        if found is None or found.branch_id not in self.duty():
            raise not_there()
        return found

    def person_of(self, id: str) -> Found | None:
        with self.site.store.read() as connection:
            where = branches_of(connection, [id]).get(id)
            named = people(connection, [id]).get(id)
        at = self.tree.get(where)
        if at is None or named is None:
            return None
        return Found(
            id=id, code=named.code, name=named.name, post=None, branch_id=at.id, branch=at.path
        )
