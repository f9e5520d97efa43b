"""A question in the Markdown form."""

from __future__ import annotations

import re

from weike.quizzes.attributes import Attributes, split_attributes
from weike.quizzes.blocks import blocks, common_blocks
from weike.quizzes.claiming import claims
from weike.quizzes.draft import Draft
from weike.quizzes.number import plain
from weike.quizzes.question import Question
from weike.quizzes.text import FALSE_WORDS, TRUE_WORDS, item_id
from weike.quizzes.types.multiple import Multiple
from weike.quizzes.types.single import Single
from weike.quizzes.widequotes import kept_wide

_LIST = re.compile(r"(?:-|\d+\.)(?:\s|$)")


def dump_question(question: Question, *, level: int = 2) -> str:
    """One question under a heading of this level, with `type=` only where its answers alone would
    be read as another type. Level 3 is inside of a material, which is written as a whole."""
    text = _dumped(question, level)
    return kept_wide(text) if level == 2 else text


def _dumped(question: Question, level: int) -> str:
    written = _written(question, None, 2)
    if level == 2 and _is_common_choice(question, written):
        return written
    heading, *source = written.split("\n")
    draft = Draft(
        line=1,
        heading=heading.removeprefix("##").strip(),
        source=source,
        source_line=2,
        problems=[],
    )
    plain_enough = [cls.type for cls in claims(draft)] == [question.type]
    if plain_enough and level == 2:
        return written
    return _written(question, None if plain_enough else question.type, level)


def _is_common_choice(question: Question, written: str) -> bool:
    """Whether these lines are a choice without a doubt, so that no draft has to be made of them."""
    if not isinstance(question, Single | Multiple) or "[[" in written:
        return False
    parts = common_blocks(written.rstrip("\n").split("\n"), 1)
    if parts is None or [part.kind for part in parts[:2]] != ["heading", "bullet_list"]:
        return False
    if any(part.kind != "blockquote" for part in parts[2:]):
        return False
    if len(parts[1].lines) != len(question.options) or (len(question.key) > 1) != isinstance(
        question, Multiple
    ):
        return False
    words = {option.text.strip().casefold() for option in question.options}
    return len(words) != 2 or not (words & TRUE_WORDS and words & FALSE_WORDS)


def _written(question: Question, type_name: str | None, level: int) -> str:
    stem, answers = question.to_markdown()
    attributes = Attributes.of(
        id=None if question.id == item_id(question.stem) else question.id,
        points=None if question.points == question.usual_points else plain(question.points),
        difficulty=question.difficulty,
        topic=question.topic,
        tags=",".join(question.tags),
        type=type_name,
    )
    if answers:
        answers = _apart(answers, stem)
    heading, rest = _heading(stem, attributes)
    parts = [f"{'#' * level} {heading}".rstrip(), rest, answers]
    if question.explanation:
        parts.append("\n".join(f"> {line}".rstrip() for line in question.explanation.split("\n")))
    text = "\n\n".join(filter(None, parts)) + "\n"
    # Options and numbers stand right under their question, as people write them.
    if answers and not answers.startswith("#"):
        return text.replace(f"{parts[0]}\n\n{answers}", f"{parts[0]}\n{answers}", 1)
    return text


def _apart(answers: str, stem: str) -> str:
    """Another sign begins another list; the same one would go on with the stem's."""
    last = blocks(stem)[-1:]
    if not last or not last[0].is_list or not _LIST.match(answers):
        return answers
    if last[0].text.startswith("-"):
        return re.sub(r"^- ", "* ", answers, flags=re.MULTILINE)
    if re.match(r"\d+\.", last[0].text):
        return re.sub(r"^(\d+)\. ", r"\1) ", answers, flags=re.MULTILINE)
    return answers


def _heading(stem: str, attributes: Attributes) -> tuple[str, str]:
    """What stands behind `##`, and the rest of the stem.

    A stem that does not begin with one plain line stands below an empty heading.
    """
    head, _newline, rest = stem.partition("\n")
    if not rest or rest.startswith("\n"):
        for written in (attributes.behind(head), f"{head} {attributes}"):
            read = blocks(f"## {written}")
            if len(read) == 1 and split_attributes(read[0].content)[0].strip() == head:
                return written, rest.strip("\n")
    return attributes.behind(""), stem
