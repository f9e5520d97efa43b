"""The three requests of a quiz in a preview, wherever that stands: open, answer, submit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tornado.web import RequestHandler

from weike.server.trials import Trials


class PreviewQuiz(RequestHandler):
    """A quiz that somebody tries. Its answers are in the memory of one process, nobody's record.

    An heir says whose memory that is (`trials`) and whose place in it (`place`), and knows how
    JSON comes and goes (`json_body` and `send`, as `Api` has them). What is asked stands before it
    in the list of bases: `class PassedAnswer(Answer, PassedApi)`.
    """

    @property
    def trials(self) -> Trials:
        raise NotImplementedError

    async def place(self, *_parts: Any, **_named: Any) -> tuple[str, str]:
        """(who answers, to which lesson), by the address; refuses whoever may not ask.

        An heir names the parts of its own address. This is asked before the body is looked at.
        """
        raise NotImplementedError

    def json_body(self) -> Mapping[str, Any]:
        raise NotImplementedError

    def send(self, data: object) -> None:
        raise NotImplementedError


class Attempts(PreviewQuiz):
    """`POST …/api/attempts`, as members' pages ask it"""

    async def post(self, **address: str) -> None:
        place = await self.place(**address)
        self.send(self.trials.open(*place, self.json_body()))


class Answer(PreviewQuiz):
    """`PUT …/api/attempts/<attempt>/answers/<item>`"""

    async def put(self, attempt: str, item: str, **address: str) -> None:
        place, body = await self.place(**address), self.json_body()
        self.send(self.trials.ask(*place, lambda one: one.answer(attempt, item, body)))


class Submit(PreviewQuiz):
    """`POST …/api/attempts/<attempt>/submit`"""

    async def post(self, attempt: str, **address: str) -> None:
        place = await self.place(**address)
        self.send(self.trials.ask(*place, lambda one: one.submit(attempt)))
