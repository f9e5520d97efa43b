"""The JSON Schema of a bank, put together from what each type says of itself, and its checker.

The checker knows the keywords that we use. It is here, and not a library, because its messages
are for the person who has to mend the file.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from weike.quizzes.i18n import LANGUAGES, _
from weike.quizzes.text import ID_PATTERN
from weike.quizzes.types import known

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_COMMON: Mapping[str, Any] = {
    "id": {"type": "string", "pattern": ID_PATTERN},
    "type": {"type": "string"},
    "stem": {"type": "string", "minLength": 1},
    "points": {"type": "number", "minimum": 0, "maximum": 1000},
    "topic": {"type": "string"},
    "difficulty": {"type": "integer", "minimum": 1, "maximum": 5},
    "tags": {"type": "array", "items": {"type": "string"}},
    "explanation": {"type": "string"},
}
_TIME = {"type": "string", "format": "date-time"}
_RULES: Mapping[str, Any] = {
    "passing": {"type": "number", "minimum": 0, "maximum": 1},
    "behaviour": {"enum": ["practice", "test", "exam"]},
    "partial": {"enum": ["all-or-nothing", "missed-half", "per-option"]},
    "attempts": {"type": "integer", "minimum": 1},
    "wait": {"type": "number", "minimum": 1},
    "limit": {"type": "number", "minimum": 1},
    "open": _TIME,
    "close": _TIME,
    "draw": {"type": "integer", "minimum": 1},
    "strata": {
        "type": "array",
        "items": {
            "type": "array",
            "minItems": 2,
            "maxItems": 2,
            "prefixItems": [
                {"type": ["string", "integer"]},
                {"type": "integer", "minimum": 1},
            ],
        },
    },
    "shuffle": {"enum": ["none", "questions", "options", "both"]},
    "counts": {"enum": ["first", "last", "best", "mean"]},
}


@cache
def bank_schema() -> Mapping[str, Any]:
    """Draft 2020-12. A question is found by its `type`, one definition each."""
    types = known()
    return {
        "$schema": DIALECT,
        "title": "Weike question bank",
        "type": "object",
        "properties": {
            "title": {"type": "string"},
            "topic": {"type": "string"},
            "language": {"enum": list(LANGUAGES)},
            "bank": {"type": "string"},
            "rules": {"type": "object", "properties": _RULES, "additionalProperties": False},
            "questions": {"type": "array", "items": {"$ref": "#/$defs/question"}},
        },
        "required": ["questions"],
        "additionalProperties": False,
        "$defs": {
            "question": _any_of(types),
            # Bounds the depth: a material holds no other.
            "inner": _any_of([name for name, cls in types.items() if cls.asks and not cls.nests]),
            **{name: _question_schema(name, cls.schema) for name, cls in types.items()},
        },
    }


def _any_of(names: Iterable[str]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {"type": {"enum": list(names)}},
        "required": ["type"],
        "oneOf": [{"$ref": f"#/$defs/{name}"} for name in names],
    }


def _question_schema(name: str, own: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {**_COMMON, "type": {"const": name}, **own["properties"]},
        "required": ["type", "stem", *own["required"]],
        "additionalProperties": False,
    }


def check(data: Any, schema: Mapping[str, Any]) -> list[str]:
    """What is wrong with the data, each with its path."""
    return list(_check(data, schema, "", schema["$defs"]))


def _check(
    value: Any, schema: Mapping[str, Any], path: str, defs: Mapping[str, Any]
) -> Iterator[str]:
    if "$ref" in schema:
        schema = defs[schema["$ref"].removeprefix("#/$defs/")]
    kinds = schema.get("type", ())
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if kinds and not any(_is(value, kind) for kind in kinds):
        yield _at(path, _("write {kind}").format(kind=_(" or ").join(map(_named, kinds))))
        return
    if "enum" in schema and value not in schema["enum"]:
        choices = ", ".join(map(str, schema["enum"]))
        yield _at(
            path,
            _("{value} is not known here; choose one of {choices}").format(
                value=_short(value), choices=choices
            ),
        )
    if isinstance(value, dict):
        yield from _check_object(value, schema, path, defs)
    elif isinstance(value, list):
        yield from _check_list(value, schema, path, defs)
    elif isinstance(value, str):
        yield from _check_text(value, schema, path)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield from _check_number(value, schema, path)


def _check_object(
    value: dict[str, Any], schema: Mapping[str, Any], path: str, defs: Mapping[str, Any]
) -> Iterator[str]:
    properties = schema.get("properties", {})
    missing = [name for name in schema.get("required", ()) if name not in value]
    for name in missing:
        yield _at(path, _("{name} is missing").format(name=name))
    options = schema.get("anyOf", ())
    if options and not any(set(option["required"]) <= set(value) for option in options):
        names = _(" or ").join(name for option in options for name in option["required"])
        yield _at(path, _("{name} is missing").format(name=names))
    for name, part in value.items():
        inside = f"{path}.{name}" if path else name
        if name in properties:
            yield from _check(part, properties[name], inside, defs)
        elif schema.get("additionalProperties") is False:
            yield _at(
                inside,
                _("this key is not known here; known ones are: {keys}").format(
                    keys=", ".join(properties)
                ),
            )
    if "oneOf" in schema and value.get("type") in properties["type"]["enum"]:
        yield from _check(value, defs[value["type"]], path, defs)


def _check_list(
    value: list[Any], schema: Mapping[str, Any], path: str, defs: Mapping[str, Any]
) -> Iterator[str]:
    if len(value) < schema.get("minItems", 0):
        yield _at(path, _("at least {n} are needed").format(n=schema["minItems"]))
    if len(value) > schema.get("maxItems", len(value)):
        yield _at(path, _("at most {n} are allowed").format(n=schema["maxItems"]))
    places = schema.get("prefixItems", ())
    for number, part in enumerate(value):
        expected = places[number] if number < len(places) else schema.get("items", {})
        yield from _check(part, expected, f"{path}[{number}]", defs)


def _check_text(value: str, schema: Mapping[str, Any], path: str) -> Iterator[str]:
    if schema.get("minLength") and not value.strip():
        yield _at(path, _("write a text"))
    if "pattern" in schema and not re.search(schema["pattern"], value):
        yield _at(path, _("{value} is no id; use letters A-Z, digits, - and _").format(value=value))


def _check_number(value: float, schema: Mapping[str, Any], path: str) -> Iterator[str]:
    low, high = schema.get("minimum", -math.inf), schema.get("maximum", math.inf)
    if not low <= value <= high:
        yield _at(path, _("{value} is out of bounds").format(value=value))


def _is(value: Any, kind: str) -> bool:
    if kind in ("number", "integer"):
        whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
        return not isinstance(value, bool) and (
            whole or (kind == "number" and isinstance(value, float))
        )
    return isinstance(value, {"object": dict, "array": list, "string": str, "boolean": bool}[kind])


def _named(kind: str) -> str:
    return {
        "array": _("a list"),
        "boolean": _("true or false"),
        "integer": _("a whole number"),
        "number": _("a number"),
        "object": _("an object"),
        "string": _("a text"),
    }[kind]


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 40 else text[:39] + "…"


def _at(path: str, message: str) -> str:
    return f"{path}: {message}" if path else message
