"""The JSON form: the model itself, as `weike bank schema` describes it."""

from __future__ import annotations

import json
from datetime import datetime, tzinfo
from typing import Any

from weike.quizzes.bank import Bank
from weike.quizzes.errors import BankError, Problem
from weike.quizzes.i18n import _
from weike.quizzes.question import Question
from weike.quizzes.rules import Rules
from weike.quizzes.schema import bank_schema, check

SUFFIXES = (".json",)


def loads(text: str, *, source: str = "", zone: tzinfo | None = None) -> Bank:
    """Read a bank; every problem names its path, such as `questions[2].options[0].text`."""
    source = source or _("the bank")
    try:
        data = json.loads(text.removeprefix("\ufeff"), parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", 1)
        message = _("this is no JSON: {reason}").format(reason=getattr(error, "msg", error))
        raise BankError(source, [Problem(line=line, message=message)]) from error
    problems = [Problem(message=found) for found in check(data, bank_schema())]
    if not problems:
        problems = _rule_problems(data.get("rules", {}))
    if problems:
        raise BankError(source, problems)
    questions = [Question.from_json(question) for question in data["questions"]]
    problems = _problems(questions)
    if problems:
        raise BankError(source, problems)
    return Bank(
        title=data.get("title"),
        topic=data.get("topic"),
        language=data.get("language"),
        rules=Rules.from_json(data.get("rules", {})),
        questions=tuple(questions),
        bank=data.get("bank"),
    )


def dumps(bank: Bank) -> str:
    head = {
        "title": bank.title,
        "topic": bank.topic,
        "language": bank.language,
        "bank": bank.bank,
        "rules": bank.rules.to_json() if bank.rules != Rules() else None,
    }
    data: dict[str, Any] = {key: value for key, value in head.items() if value is not None}
    data["questions"] = [question.to_json() for question in bank.questions]
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def _rule_problems(rules: dict[str, Any]) -> list[Problem]:
    found = []
    for name in ("open", "close"):
        try:
            moment = datetime.fromisoformat(rules.get(name, "2000-01-01T00:00:00Z"))
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None:
            found.append(
                Problem(
                    message=_("rules.{name}: {value} is no time").format(
                        name=name, value=rules[name]
                    ),
                    repair=_("write one with its zone, such as 2026-10-01T08:00:00+08:00"),
                )
            )
    return found


def _no_number(name: str) -> None:
    raise ValueError(name)


def _problems(questions: list[Question]) -> list[Problem]:
    found = []
    seen: dict[str, int] = {}
    for number, question in enumerate(questions):
        path = f"questions[{number}]"
        found += [Problem(message=f"{path}: {text}") for text in question.problems()]
        first = seen.setdefault(question.id, number)
        if first != number:
            message = _("{path}: the id {id} is that of questions[{n}] too").format(
                path=path, id=question.id, n=first
            )
            found.append(Problem(message=message, repair=_("give this one an id of its own")))
    return found
