"""The YAML between two `---` lines at the head of a Markdown bank."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, tzinfo
from typing import Any

import yaml

from weike.quizzes.bank import Bank
from weike.quizzes.errors import Problem
from weike.quizzes.i18n import LANGUAGES, _
from weike.quizzes.rules import BANK_KEYS, read_rules
from weike.quizzes.text import brief


def read_front_matter(
    lines: Sequence[str], first_line: int, zone: tzinfo, problems: list[Problem]
) -> tuple[Bank, dict[str, int]]:
    """A bank without questions, and the line of each key. `lines` are those between the fences."""
    text = "\n".join(_with_colon(line) for line in lines)
    values, places = _mapping(text, first_line, problems)
    for key in BANK_KEYS:
        value = values.get(key)
        if value is not None and not _is_text(value):
            problems.append(
                Problem(
                    line=places[key],
                    message=_("{key}: {value} does not fit").format(key=key, value=brief(value)),
                    repair=_("write a text"),
                )
            )
    if values.get("language") and values["language"] not in LANGUAGES:
        problems.append(
            Problem(
                line=places["language"],
                message=_("{key}: {value} does not fit").format(
                    key="language", value=values["language"]
                ),
                repair=_("choose one of {choices}").format(choices=", ".join(LANGUAGES)),
            )
        )
    rules, found = read_rules(values, zone=zone)
    for key, problem in found.items():
        problems.append(
            Problem(line=places.get(key), message=problem.message, repair=problem.repair)
        )
    texts = {key: str(values[key]) for key in BANK_KEYS if _is_text(values.get(key))}
    # The keys are fields of a bank.
    return Bank(rules=rules, **texts), places  # type: ignore[arg-type]


def write_front_matter(bank: Bank) -> str:
    texts = {key: getattr(bank, key) for key in BANK_KEYS}
    values = {key: value for key, value in texts.items() if value} | bank.rules.to_front_matter()
    if not values:
        return ""
    body = yaml.safe_dump(values, allow_unicode=True, sort_keys=False, width=1000)
    return f"---\n{body}---\n\n"


def _is_text(value: Any) -> bool:
    """A title such as 2026 or 2026-10-01 is a text to its author, if not to YAML."""
    return isinstance(value, str | int | float | date) and not isinstance(value, bool)


def _mapping(
    text: str, first_line: int, problems: list[Problem]
) -> tuple[dict[str, Any], dict[str, int]]:
    values: dict[str, Any] = {}
    places: dict[str, int] = {}
    try:
        loader = yaml.SafeLoader(text)
        node = loader.get_single_node()
        if node is None:
            return {}, {}
        if not isinstance(node, yaml.MappingNode):
            problems.append(
                Problem(
                    line=first_line + node.start_mark.line,
                    message=_("the front matter is no list of keys and values"),
                    repair=_("write lines such as title: 灭火器"),
                )
            )
            return {}, {}
        for key_node, value_node in node.value:
            key, line = str(key_node.value), first_line + key_node.start_mark.line
            if key in places:
                problems.append(
                    Problem(
                        line=line,
                        message=_("the key {key} stands there twice").format(key=key),
                        repair=_("line {n} has it already; change or delete one").format(
                            n=places[key]
                        ),
                    )
                )
            places[key] = line
            values[key] = loader.construct_object(value_node, deep=True)
    except (yaml.YAMLError, ValueError, OverflowError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        problems.append(
            Problem(
                line=first_line + (mark.line if mark else 0),
                message=_("the front matter cannot be read: {reason}").format(
                    reason=getattr(error, "problem", None) or error
                ),
                repair=_('write lines such as title: 灭火器; put quotes around a text with ": "'),
            )
        )
    return values, places


def _with_colon(line: str) -> str:
    """`title：灭火器` as it was meant."""
    key, colon, value = line.partition("：")
    if colon and key.strip().isidentifier() and key.isascii():
        return f"{key}: {value.strip()}"
    return line
