"""Moodle XML: tolerant where it is read, strict where it is written.

`weike.quizzes.moodle` holds the parts: the tree, the HTML, the notation of embedded answers, and
what becomes of each type.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import tzinfo
from pathlib import PurePath
from xml.sax.saxutils import escape

from weike.quizzes.bank import Bank
from weike.quizzes.errors import BankError, Problem
from weike.quizzes.formats.moodlewriter import dumps as dumps
from weike.quizzes.i18n import _
from weike.quizzes.moodle.entry import Entry, UnfitError
from weike.quizzes.moodle.files import Pictures
from weike.quizzes.moodle.tree import Node, read_tree
from weike.quizzes.moodle.types import question
from weike.quizzes.reading import Collector, Reading

SUFFIXES = (".xml",)
BINARY = True


def loads(data: bytes | str, *, source: str = "", zone: tzinfo | None = None) -> Bank:
    """Read a bank, pictures inside its texts; raises `BankError` with every problem at once."""
    return _read(data, source, Pictures(beside=None)).whole(source or _("the bank"))


def read(data: bytes | str, *, source: str = "") -> Reading:
    """Read what can be read; the rest is kept apart with its problems.

    Raises `BankError` where the file is no Moodle XML, holds no question, or is dangerous.
    """
    stem = re.sub(r"[^\w-]+", "-", PurePath(source).stem).strip("-") or "picture"
    return _read(data, source, Pictures(beside=stem))


def _read(data: bytes | str, source: str, pictures: Pictures) -> Reading:
    name = source or _("the bank")
    data = data.encode("utf-8", "replace") if isinstance(data, str) else data
    tree = read_tree(data, name, keep="question")
    nodes = _questions(tree)
    if not nodes:
        message = _("there is no <question> in the file; it is no Moodle XML")
        repair = _("export the questions from Moodle as “Moodle XML”")
        raise BankError(name, [Problem(message=message, repair=repair)])
    found, topic = Collector(), ""
    for node in nodes:
        entry = Entry(node, pictures, found.dropped)
        if entry.kind == "category":
            topic = _topic(node.value("category"))
            continue
        try:
            body = question(entry)
        except UnfitError as error:
            found.reject(node.source, node.line, error.problem)
            continue
        if topic:
            body["topic"] = topic
        found.add(body, source=node.source, line=node.line)
    return replace(found.reading(), media=pictures.media)


def dump_rejected(data: bytes, reading: Reading, source: str = "") -> bytes:
    """The questions as they came, each under comments that say what to mend."""
    parts = ['<?xml version="1.0" encoding="UTF-8"?>\n<quiz>\n']
    for one in reading.rejected:
        parts += [f"<!-- {_comment(problem)} -->\n" for problem in one.problems]
        parts.append(f"{one.source}\n\n")
    return "".join([*parts, "</quiz>\n"]).encode("utf-8", "replace")


def _comment(problem: Problem) -> str:
    """A comment must hold no double hyphen, and end in none."""
    return re.sub("-(?=-|$)", "- ", escape(str(problem)))


def _questions(tree: Node) -> list[Node]:
    """The questions of a <quiz>, or standing alone."""
    found = []
    for child in tree.children:
        if child.name == "question":
            found.append(child)
        elif child.name in ("quiz", "questions"):
            found += child.all("question")
    return found


def _topic(path: str) -> str:
    """`$course$/top/消防/灭火器` without what only Moodle needs; `//` is a slash in a name."""
    parts = [part.replace("\0", "/").strip() for part in path.replace("//", "\0").split("/")]
    kept = [part for part in parts if part and not re.fullmatch(r"\$\w+\$|top", part)]
    return "/".join(kept)
