"""How long a lesson takes to read: a rough figure, to catch a lesson of twenty “five” minutes."""

from __future__ import annotations

import math
import re

from weike.lessons.catalogue import LessonSource
from weike.lessons.notebook import Notebook

CHARACTERS = 350  # Chinese characters a minute on a phone
WORDS = 180  # other words a minute
PICTURE = 0.15  # minutes for a picture
QUESTION = 0.5  # minutes for a question
HEADING = re.compile(r"^##? ", re.MULTILINE)
PICTURES = re.compile(r"!\[|<img\b")


def reading_minutes(source: LessonSource) -> float:
    return notebook_minutes(source.notebook)


def notebook_minutes(notebook: Notebook) -> float:
    """Text, pictures and the questions of `%%quiz` cells; sounds and films are not counted."""
    minutes = 0.0
    for cell in notebook.cells:
        if cell.type == "markdown":
            minutes += _text(cell.source) + PICTURE * len(PICTURES.findall(cell.source))
        elif cell.type == "code" and cell.source.lstrip().startswith("%%quiz"):
            drawn = re.search(r"^draw:\s*(\d+)\s*$", cell.source, re.MULTILINE)
            questions = int(drawn[1]) if drawn else len(HEADING.findall(cell.source))
            minutes += QUESTION * min(questions, 200)
    return minutes


def estimated_minutes(source: LessonSource) -> int:
    return max(1, math.ceil(reading_minutes(source)))


def _text(text: str) -> float:
    chinese = len(re.findall(r"[\u4e00-\u9fff]", text))
    words = len(re.findall(r"[A-Za-z]{2,}", text))
    return chinese / CHARACTERS + words / WORDS
