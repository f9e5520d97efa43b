"""The templates of this process, one per plan, and why some plans have none."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator, Mapping
from itertools import count
from typing import Any, Final

from weike.server.forking import system
from weike.server.forking.plan import Plan
from weike.server.forking.process import ForkedProcess
from weike.server.forking.templates import (
    CannotForkError,
    Room,
    SlowForkError,
    Template,
)

LOG = logging.getLogger("weike.forking")
START: Final = 60.0  # seconds for a template to be ready
FORK: Final = 30.0  # seconds for a copy to be up
MOST: Final = 8  # templates without a copy

MakeRoom = Callable[[], Room]


class Pool:
    """`reasons` says, by a plan's name, why it is not forked after its cells, or not at all."""

    def __init__(self) -> None:
        self.reasons: dict[str, str] = {}
        self._templates: dict[str, Template] = {}
        self._unsafe: set[str] = set()  # keys of plans whose cells each copy runs for itself
        self._impossible: dict[str, str] = {}
        self._number = count()

    async def copy(
        self, plan: Plan, kernel_id: str, request: Mapping[str, Any], room: MakeRoom
    ) -> tuple[Template, ForkedProcess]:
        """A copy whose sockets are bound. Raises `CannotForkError` where none can be made."""
        template = await self.template(plan, room)
        # A kernel that restarts has two copies for a moment: the end of one is not the other's.
        copy = f"{kernel_id} {next(self._number)}"
        future = template.fork(copy, request)
        try:
            async with asyncio.timeout(FORK):
                return template, await asyncio.shield(asyncio.wrap_future(future))
        except TimeoutError:
            template.abandon(copy)
            raise SlowForkError(f"a copy of {plan.name} was not up in {FORK:.0f} s") from None
        except BaseException:
            template.abandon(copy)
            raise

    async def template(self, plan: Plan, room: MakeRoom) -> Template:
        """The plan's template, when it is ready."""
        reason = system.why_not() or self._impossible.get(plan.key)
        if reason:
            self.reasons[plan.name] = reason
            raise CannotForkError(reason)
        run = bool(plan.cells) and plan.key not in self._unsafe
        template = self._templates.get(plan.key)
        if template is None or not template.alive or template.retiring:
            self._make_place()
            template = self._templates[plan.key] = Template(plan, room(), run=run)
        try:
            async with asyncio.timeout(START):
                await asyncio.shield(asyncio.wrap_future(template.ready))
        except TimeoutError:
            template.retiring = True
            template.end()
            failure = CannotForkError(f"it was not ready in {START:.0f} s")
        except CannotForkError as raised:
            failure = raised
        else:
            return template
        return await self._instead(plan, room, failure, run=template.runs)

    async def _instead(
        self, plan: Plan, room: MakeRoom, failure: CannotForkError, *, run: bool
    ) -> Template:
        self.reasons[plan.name] = str(failure)
        if not run:
            self._impossible[plan.key] = str(failure)
            LOG.warning("%s starts without being forked: %s", plan.name, failure)
            raise failure
        if plan.key not in self._unsafe:
            self._unsafe.add(plan.key)
            LOG.warning(
                "%s runs anew for every learner, because its process cannot be copied after its "
                "cells: %s; weike.widgets.afterfork.after_fork can put off what is in the way",
                plan.name,
                failure,
            )
        return await self.template(plan, room)

    def retire(self, name: str, keep: str) -> None:
        """The lesson of this name has changed: its older templates end with their last copy."""
        for key, template in self._templates.items():
            if template.plan.name == name and key != keep:
                template.retiring = True

    def __iter__(self) -> Iterator[Template]:
        return iter([one for one in self._templates.values() if one.alive])

    def _make_place(self) -> None:
        for key in [key for key, one in self._templates.items() if not one.alive]:
            del self._templates[key]
        unused = [one for one in self._templates.values() if not one.copies and one.ready.done()]
        unused.sort(key=lambda one: one.used)
        for template in unused[: max(0, len(unused) - MOST + 1)]:
            template.retiring = True
            template.end()

    def close(self) -> None:
        """End all templates, and their copies."""
        for template in self._templates.values():
            template.retiring = True
            template.end()
            template.join()


POOL: Final = Pool()
