"""How long a lesson takes: a rough figure, to catch a lesson of twenty “five” minutes."""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Iterator
from pathlib import Path

from weike.lessons.bankfile import find_bank
from weike.lessons.catalogue import LessonSource
from weike.lessons.checking.code import python_cells
from weike.lessons.checking.medialength import media_seconds
from weike.lessons.media import FILMS, SOUNDS, MediaError, Shelf, suffix_of
from weike.lessons.notebook import Cell, Notebook
from weike.lessons.quizcell import called, is_quiz
from weike.quizzes.bank import load_bank
from weike.quizzes.errors import WeikeError

CHARACTERS = 350  # Chinese characters a minute on a phone
WORDS = 180  # other words a minute
PICTURE = 0.15  # minutes for a picture
QUESTION = 0.5  # minutes for a question
MOST_QUESTIONS = 200
_HEADING = re.compile(r"^##? ", re.MULTILINE)
_PICTURES = re.compile(r"!\[|<img\b")
_RULE = re.compile(r"^(draw|bank):[ \t]*(\S(?:.*\S)?)[ \t]*$", re.MULTILINE)
# The addresses in ![…](a), <video src="a">, <audio src="a"> and <source src="a">.
_NAMED = re.compile(
    r"!\[[^\]]{0,2000}\]\(\s*<?([^)\s>]+)|<(?:video|audio|source)\b[^>]{0,2000}?\bsrc=[\"']?([^\"'\s>]+)"
)


def reading_minutes(source: LessonSource, root: Path) -> float:
    """Text, pictures, films, sounds and questions. `root` is the course folder.

    Text is read while the narration plays, so the longer of the two counts.
    """
    shelf = Shelf(root=root)
    text = playing = asking = 0.0
    for cell in source.notebook.cells:
        if cell.type == "markdown":
            text += text_minutes(cell.source)
            playing += sum(_length(address, source, shelf) for address in _addresses(cell.source))
        elif is_quiz(cell):
            asking += _questions(_rules_of(cell), source, root, _HEADING.findall(cell.source))
    for rules in _constructed(source):
        asking += _questions(rules, source, root, [])
    spoken = _length(source.narration, source, shelf) if source.narration else 0.0
    return max(text, spoken) + playing + QUESTION * asking


def notebook_minutes(notebook: Notebook) -> float:
    """The same of a notebook that lies nowhere yet: its text and the questions in its cells."""
    cells = notebook.cells
    text = sum(text_minutes(cell.source) for cell in cells if cell.type == "markdown")
    asked = sum(len(_HEADING.findall(cell.source)) for cell in cells if is_quiz(cell))
    return text + QUESTION * asked


def estimated_minutes(source: LessonSource, root: Path) -> int:
    return max(1, math.ceil(reading_minutes(source, root)))


def text_minutes(text: str) -> float:
    """The words of a Markdown text, and a look at each of its pictures."""
    chinese = len(re.findall(r"[\u4e00-\u9fff]", text))
    words = len(re.findall(r"[A-Za-z]{2,}", text))
    return chinese / CHARACTERS + words / WORDS + PICTURE * len(_PICTURES.findall(text))


def _addresses(text: str) -> Iterator[str]:
    for in_markdown, in_html in _NAMED.findall(text):
        if suffix_of(in_markdown or in_html) in FILMS | SOUNDS:
            yield in_markdown or in_html


def _length(address: str, source: LessonSource, shelf: Shelf) -> float:
    """Minutes that a film or a sound plays; 0 where that is not known."""
    try:
        return (media_seconds(shelf.find(address, source.folder)) or 0.0) / 60
    except MediaError:  # said where the page is made
        return 0.0


def _rules_of(cell: Cell) -> dict[str, str]:
    return {name: value.strip("\"'") for name, value in _RULE.findall(cell.source)}


def _constructed(source: LessonSource) -> Iterator[dict[str, str]]:
    """`draw` and `bank` of every `Quiz(…)`."""
    for code in python_cells(source):
        for node in ast.walk(code.tree):
            if isinstance(node, ast.Call) and called(node.func) == "Quiz":
                yield {
                    str(word.arg): str(word.value.value)
                    for word in node.keywords
                    if isinstance(word.value, ast.Constant)
                }


def _questions(rules: dict[str, str], source: LessonSource, root: Path, headings: list[str]) -> int:
    """How many questions one quiz asks a member."""
    there = len(headings)
    if "bank" in rules and (file := find_bank(rules["bank"], source.folder, root)):
        try:
            there = len(load_bank(file))
        except WeikeError:  # said where the bank is checked
            there = 0
    elif "questions" in rules:
        there = len(_HEADING.findall(rules["questions"]))
    drawn = rules.get("draw", "")
    return min(int(drawn) if drawn.isdecimal() else there, MOST_QUESTIONS)
