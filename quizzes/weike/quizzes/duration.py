"""Lengths of time as authors write them: `10 min`, `1 h 30 min`, `10分钟`, `600`."""

from __future__ import annotations

import re
from datetime import timedelta

_UNITS = {
    "s": 1,
    "sec": 1,
    "second": 1,
    "seconds": 1,
    "秒": 1,
    "秒钟": 1,
    "m": 60,
    "min": 60,
    "mins": 60,
    "minute": 60,
    "minutes": 60,
    "分": 60,
    "分钟": 60,
    "h": 3600,
    "hour": 3600,
    "hours": 3600,
    "小时": 3600,
    "d": 86400,
    "day": 86400,
    "days": 86400,
    "天": 86400,
}
_PART = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([a-z]+|[\u4e00-\u9fff]+)?")


def read_duration(text: str) -> timedelta:
    """A bare number counts seconds. Raises `ValueError`."""
    rest, seconds = text.strip().lower(), 0.0
    if not rest:
        raise ValueError(text)
    while rest:
        part = _PART.match(rest)
        if part is None or (part[2] or "s") not in _UNITS:
            raise ValueError(text)
        seconds += float(part[1]) * _UNITS[part[2] or "s"]
        rest = rest[part.end() :].strip()
    return timedelta(seconds=seconds)
