"""Members who answer when told to."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from weike.results.answering.attempts import Attempts
from weike.results.people import Member
from weike.results.store import Store

from .facts import NOW


class School:
    """Members who answer when told to, through the door that everybody takes."""

    def __init__(self, store: Store) -> None:
        self.store, self.attempts, self._events = store, Attempts(store), 0

    def takes(
        self,
        member: Member,
        *answers: Mapping[str, Any],
        quiz: str = "fire/quiz",
        at: datetime = NOW,
        pace: float = 20,
        new: bool = False,
    ) -> None:
        """Open, send each of `answers` in order, `pace` seconds apart, and submit."""
        asyncio.run(self._takes(member, answers, quiz, at, pace, new))

    async def _takes(
        self,
        member: Member,
        rounds: tuple[Mapping[str, Any], ...],
        quiz: str,
        at: datetime,
        pace: float,
        new: bool,
    ) -> None:
        opened = await self.attempts.open(member, quiz, now=at, new=new)
        items = {one["item"]: one for one in opened["paper"]["items"]}
        said = [(item, _shown(items[item], one)) for each in rounds for item, one in each.items()]
        await self._sends(member, opened, said, at, pace)

    def sends(self, member: Member, opened: Mapping[str, Any], said: Mapping[str, Any]) -> None:
        """Send responses as a browser would, and submit."""
        asyncio.run(self._sends(member, opened, list(said.items()), NOW, 20))

    async def _sends(
        self,
        member: Member,
        opened: Mapping[str, Any],
        said: list[tuple[str, Any]],
        at: datetime,
        pace: float,
    ) -> None:
        for seq, (item, response) in enumerate(said, start=1):
            at += timedelta(seconds=pace)
            self._events += 1
            body = {
                "response": response,
                "event": f"event-{self._events:08d}",
                "seq": seq,
                "answered_at": at.isoformat(),
            }
            await self.attempts.answer(member, opened["attempt"], item, body, now=at)
        await self.attempts.submit(member, opened["attempt"], now=at + timedelta(seconds=5))


def _shown(item: Mapping[str, Any], said: Any) -> Any:
    """What a browser sends for the texts of options, a truth or a text."""
    ids = {one["html"]: one["id"] for one in item.get("options", ())}
    if isinstance(said, list):
        return [ids[one] for one in said]
    return ids[said] if ids else [said] if "blanks" in item else said
