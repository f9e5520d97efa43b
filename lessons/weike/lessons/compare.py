"""What is different between two versions of a lesson, line by line and word by word."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Literal

from weike.lessons.places import head_lines, places
from weike.results.versions import LessonVersion

_WORD = re.compile(r"[^\W_一-鿿]+|\s+|.", re.DOTALL)  # Chinese letter by letter
_MOST = 4_000_000  # steps of one comparison of words; beyond it, all of the text counts as changed
_ALIKE = 0.3


@dataclass(frozen=True, slots=True)
class Segment:
    text: str
    changed: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A line on each side; none on one of them where it was added or removed."""

    kind: Literal["same", "changed", "added", "removed"]
    old: tuple[Segment, ...] = ()
    new: tuple[Segment, ...] = ()


def compare(old: LessonVersion | None, new: LessonVersion) -> list[Row]:
    """The lines of both versions beside each other; without an old one, all is added."""
    return list(rows(version_lines(old) if old else (), version_lines(new)))


def version_lines(version: LessonVersion) -> list[str]:
    """All that members may come to see of a version, and the keys."""
    return [*head_lines(version), *(line for one in places(version) for line in one.lines)]


def rows(old: Sequence[str], new: Sequence[str]) -> Iterator[Row]:
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            for line in old[a:b]:
                yield Row("same", (Segment(line, False),), (Segment(line, False),))
        else:
            yield from _changed(old[a:b], new[c:d])


def _changed(old: Sequence[str], new: Sequence[str]) -> Iterator[Row]:
    """Lines that took each other's place are paired in their order, if they are alike."""
    for left, right in zip_longest(old, new):
        if left is not None and right is not None:
            pair = words(left, right)
            if pair is not None:
                yield Row("changed", *pair)
                continue
        if left is not None:
            yield Row("removed", old=(Segment(left, True),))
        if right is not None:
            yield Row("added", new=(Segment(right, True),))


def words(old: str, new: str) -> tuple[tuple[Segment, ...], tuple[Segment, ...]] | None:
    """Two lines as pieces that are the same and pieces that are not; None where little is."""
    before, after = _WORD.findall(old), _WORD.findall(new)
    if len(before) * len(after) > _MOST:
        return None
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    if matcher.ratio() < _ALIKE:
        return None
    left: list[Segment] = []
    right: list[Segment] = []
    for tag, a, b, c, d in matcher.get_opcodes():
        if b > a:
            left.append(Segment("".join(before[a:b]), tag != "equal"))
        if d > c:
            right.append(Segment("".join(after[c:d]), tag != "equal"))
    return tuple(left), tuple(right)
