"""Questions in Moodle's XML, put together by hand, and what the reader makes of them."""

from __future__ import annotations

import base64
from typing import Any

from weike.quizzes.formats import moodle

PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n" + b"picture").decode()


def quiz(*questions: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<quiz>\n{"".join(questions)}</quiz>'.encode()


def xml(kind: str, inside: str, stem: str = "<p>问？</p>") -> str:
    return (
        f'<question type="{kind}"><name><text>n</text></name>'
        f'<questiontext format="html"><text><![CDATA[{stem}]]></text></questiontext>'
        f"{inside}</question>\n"
    )


def answer(text: str, fraction: Any, more: str = "") -> str:
    inside = f"<text><![CDATA[{text}]]></text>{more}"
    return f'<answer fraction="{fraction}" format="html">{inside}</answer>'


def says(text: str) -> str:
    return f'<feedback format="html"><text><![CDATA[{text}]]></text></feedback>'


def only(*questions: str) -> dict[str, Any]:
    (question,) = moodle.loads(quiz(*questions)).questions
    return {name: value for name, value in question.to_json().items() if name != "id"}


def refused(*questions: str) -> list[str]:
    reading = moodle.read(quiz(*questions))
    assert len(reading.rejected) == len(reading.problems) == len(questions)
    return [problem.message for problem in reading.problems]


def dropped(*questions: str) -> tuple[str, ...]:
    reading = moodle.read(quiz(*questions))
    assert not reading.rejected
    return reading.dropped
