"""JSON as we send it, and as we take it."""

from __future__ import annotations

import json
from datetime import UTC, datetime


def to_json(data: object) -> bytes:
    """Compact UTF-8; times as ISO 8601 with Z."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"), default=_plain).encode()


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    raise TypeError(f"no JSON for {type(value).__name__}")


def storable(value: object) -> bool:
    """Whether all texts in a JSON value are texts: no NUL, no half of a surrogate pair.

    Only an escape can bring one in. PostgreSQL refuses NUL; nothing can encode the other.
    """
    if isinstance(value, str):
        return "\0" not in value and not any("\ud800" <= letter <= "\udfff" for letter in value)
    if isinstance(value, dict):
        return all(storable(key) and storable(one) for key, one in value.items())
    return not isinstance(value, list) or all(map(storable, value))
