"""Whether data fits a schema, and nothing else: `weike.quizzes.schema.check` says what is wrong.

Nearly every question of a bank of thousands fits. A schema becomes functions once, which is several
times as quick as looking for reasons that there are not.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

Fits: TypeAlias = Callable[[Any], bool]
Schema: TypeAlias = Mapping[str, Any]

_REFERENCE = "#/$defs/"


def compiled(schema: Schema) -> Fits:
    """A function that says of data whether `check` would find nothing wrong with it."""
    return _Compiler(schema["$defs"]).of(schema)


class _Compiler:
    def __init__(self, defs: Mapping[str, Schema]) -> None:
        self.defs = defs
        self.known: dict[str, Fits] = {}

    def of(self, schema: Schema) -> Fits:
        if "$ref" in schema:
            return self.named(schema["$ref"].removeprefix(_REFERENCE))
        kinds = schema.get("type", ())
        kinds = (kinds,) if isinstance(kinds, str) else tuple(kinds)
        by_kind = {kind: self.of_kind(kind, schema) for kind in kinds}
        enum = schema.get("enum")
        if not kinds:
            return (lambda value: value in enum) if enum is not None else (lambda value: True)
        if len(kinds) == 1:
            only = by_kind[kinds[0]]
            return only if enum is None else (lambda value: only(value) and value in enum)
        each = tuple(by_kind.values())
        return lambda value: any(fit(value) for fit in each) and (enum is None or value in enum)

    def named(self, name: str) -> Fits:
        """The function of a definition, made when it is needed: definitions name each other."""

        def fits(value: Any) -> bool:
            if name not in self.known:
                self.known[name] = self.of(self.defs[name])
            return self.known[name](value)

        return fits

    def of_kind(self, kind: str, schema: Schema) -> Fits:
        match kind:
            case "object":
                return self.of_object(schema)
            case "array":
                return self.of_list(schema)
            case "string":
                return _of_text(schema)
            case "boolean":
                return lambda value: isinstance(value, bool)
            case _:
                return _of_number(schema, whole=kind == "integer")

    def of_object(self, schema: Schema) -> Fits:
        properties = {name: self.of(part) for name, part in schema.get("properties", {}).items()}
        required = frozenset(schema.get("required", ()))
        options = [frozenset(option["required"]) for option in schema.get("anyOf", ())]
        closed = schema.get("additionalProperties") is False
        kinds = schema["properties"]["type"]["enum"] if "oneOf" in schema else ()
        one_of = {name: self.named(name) for name in kinds}

        def fits(value: Any) -> bool:
            if not isinstance(value, dict) or not required <= value.keys():
                return False
            if options and not any(option <= value.keys() for option in options):
                return False
            for name, part in value.items():
                fit = properties.get(name)
                if fit is None:
                    if closed:
                        return False
                elif not fit(part):
                    return False
            return not one_of or one_of[value["type"]](value)

        return fits

    def of_list(self, schema: Schema) -> Fits:
        least, most = schema.get("minItems", 0), schema.get("maxItems", math.inf)
        places = [self.of(part) for part in schema.get("prefixItems", ())]
        rest = self.of(schema.get("items", {}))

        def fits(value: Any) -> bool:
            if not isinstance(value, list) or not least <= len(value) <= most:
                return False
            first = zip(places, value, strict=False)
            return all(fit(part) for fit, part in first) and all(map(rest, value[len(places) :]))

        return fits


def _of_text(schema: Schema) -> Fits:
    filled, pattern = bool(schema.get("minLength")), schema.get("pattern")
    if pattern is not None:
        found = re.compile(pattern).search
        return lambda value: (
            isinstance(value, str) and bool(found(value)) and (not filled or bool(value.strip()))
        )
    if filled:
        return lambda value: isinstance(value, str) and bool(value.strip())
    return lambda value: isinstance(value, str)


def _of_number(schema: Schema, *, whole: bool) -> Fits:
    low, high = schema.get("minimum", -math.inf), schema.get("maximum", math.inf)

    def fits(value: Any) -> bool:
        if isinstance(value, bool) or not isinstance(value, int | float):
            return False
        if whole and isinstance(value, float) and not value.is_integer():
            return False
        return bool(low <= value <= high)

    return fits
