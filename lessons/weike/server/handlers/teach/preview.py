"""A question as members would see it, before it is saved: the real component, asked for real."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any, Final

from weike.lessons.questions.form import TYPES, question_of, read_form
from weike.quizzes import protocol
from weike.quizzes.attempt import Attempt, Saved
from weike.quizzes.errors import ResponseError
from weike.quizzes.i18n import _
from weike.quizzes.paper import Paper, PaperItem
from weike.quizzes.question import Question
from weike.quizzes.quiz import QuizDefinition
from weike.quizzes.rules import Rules
from weike.server.banking import Banking
from weike.server.base import Refused

_SAME: Final = 7  # the options of a preview keep their order while one types
_KINDS: Final = frozenset({*TYPES, "source"})


class Preview(Banking):
    """`POST /teach/bank/preview` `{"type", "fields": {name: [text…]}, "response"?}`

    → `{"opened"}`, what a quiz of this one question opens with, or `{"problems": […]}`; with a
    `response`, `{"answered"}` what is said to it. Nothing is stored.
    """

    body_limit = 512 * 1024

    def wants_json(self) -> bool:
        return True

    async def post(self) -> None:
        body = self.json_body()
        kind, fields = body.get("type"), body.get("fields")
        if kind not in _KINDS or not _are_texts(fields):
            raise Refused(400, "bad_request", _("Send a JSON object."))
        assert isinstance(fields, dict)
        self.send(await self.work(self.previewed, str(kind), fields, body))

    def previewed(
        self, kind: str, fields: Mapping[str, Sequence[str]], body: Mapping[str, Any]
    ) -> dict[str, Any]:
        form = read_form(kind, lambda name: fields.get(name, ()))
        question = question_of(form)
        if question is None:
            return {"problems": [text for texts in form.errors.values() for text in texts]}
        attempt = self.attempt(question)
        if "response" not in body:
            return {"opened": protocol.opened(attempt, now=self.now)}
        try:
            protocol.decode(attempt, question.id, body["response"])
        except ResponseError as error:
            raise Refused(400, "bad_response", str(error)) from error
        saved = Saved(
            response=body["response"], seq=1, event="preview", answered_at=self.now,
            received_at=self.now,
        )  # fmt: skip
        attempt = attempt.with_answer(question.id, saved)
        return {"answered": protocol.answered(attempt, question.id, now=self.now)}

    def attempt(self, question: Question) -> Attempt:
        layout = question.draw(Random(_SAME), shuffle=False)  # noqa: S311 - nothing is at stake
        drawn = PaperItem(item=question.id, version=question.version, layout=layout)
        return Attempt(
            id="preview",
            number=1,
            definition=QuizDefinition(id="preview", title="", rules=Rules(), questions=(question,)),
            paper=Paper(items=(drawn,), seed=""),
            started=self.now,
        )


def _are_texts(fields: object) -> bool:
    return isinstance(fields, dict) and all(
        isinstance(texts, list) and all(isinstance(text, str) for text in texts)
        for texts in fields.values()
    )
