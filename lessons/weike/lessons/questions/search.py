"""Finding questions: all words of a wish, in whatever width and case, and a few filters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from weike.lessons.questions.library import Entry, Library
from weike.quizzes.text import normalise

PAGE: Final = 50
UNUSED: Final = "-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is looked for; empty asks for everything. `use` is a lesson's slug, or `UNUSED`."""

    words: str = ""
    bank: str = ""
    topic: str = ""
    difficulty: int | None = None
    type: str = ""
    use: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One page of what fits; `total` is how many fit altogether."""

    entries: tuple[Entry, ...]
    total: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What a library has of everything that can be chosen, each with its number of questions."""

    topics: Mapping[str, int]
    types: Mapping[str, int]
    difficulties: Mapping[int, int]


def find(
    library: Library,
    wish: Wish,
    *,
    page: int = 1,
    published: Mapping[str, Collection[str]] | None = None,
) -> Found:
    """The questions that fit, in the order of their banks.

    All words must stand somewhere in a question: its text, options, explanation, topic, tags or
    id. `published` tells which published lessons ask an item.
    """
    terms = normalise(wish.words).split()
    asked = published or {}
    used: dict[str, frozenset[str]] = {}
    for bank in library.banks:
        used[bank.path] = frozenset(use.slug for use in bank.uses)
    fitting = [
        entry
        for entry in library.entries
        if (not wish.bank or entry.path == wish.bank)
        and (not wish.topic or entry.topic == wish.topic)
        and (wish.difficulty is None or entry.question.difficulty == wish.difficulty)
        and (not wish.type or entry.question.type == wish.type)
        and (not wish.use or _fits_use(entry, wish.use, used, asked))
        and all(term in entry.words for term in terms)
    ]
    pages = max(1, -(-len(fitting) // PAGE))
    page = min(max(1, page), pages)
    return Found(
        entries=tuple(fitting[(page - 1) * PAGE : page * PAGE]),
        total=len(fitting),
        page=page,
        pages=pages,
    )


def _fits_use(
    entry: Entry,
    use: str,
    used: Mapping[str, frozenset[str]],
    published: Mapping[str, Collection[str]],
) -> bool:
    slugs: set[str] = {entry.lesson.slug} if entry.lesson else set(used.get(entry.path, ()))
    slugs.update(published.get(entry.question.id, ()))
    return not slugs if use == UNUSED else use in slugs


def choices(entries: Sequence[Entry]) -> Choices:
    topics = Counter(entry.topic for entry in entries if entry.topic)
    types = Counter(entry.question.type for entry in entries)
    levels = Counter(e.question.difficulty for e in entries if e.question.difficulty is not None)
    return Choices(
        topics=dict(sorted(topics.items())),
        types=dict(types.most_common()),
        difficulties=dict(sorted(levels.items())),
    )
