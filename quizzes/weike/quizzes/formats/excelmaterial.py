"""Rows of a workbook that belong together: a material, and the questions about it.

The column 材料 of a question holds the 题号 of its material's row, on its own sheet or another.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from weike.quizzes.errors import Problem
from weike.quizzes.i18n import _
from weike.quizzes.text import brief


@dataclass(slots=True, kw_only=True)
class Entry:
    """One row: `body` is its question in the JSON form unless there is a `problem`.

    `material` names the row that it belongs to; `parts` are the rows that belong to it.
    """

    kind: str
    id: str
    material: str
    line: int
    sheet: str | None
    raw: Any
    body: dict[str, Any] = field(default_factory=dict)
    problem: Problem | None = None
    parts: list[Entry] = field(default_factory=list)


def gather(entries: Sequence[Entry]) -> Iterator[Entry]:
    """The rows with materials put together; all rows of one that has a problem are given back."""
    heads = {one.id: one for one in reversed(entries) if one.kind == "material" and one.id}
    near = {(one.sheet, one.id): one for one in reversed(entries) if one.kind == "material"}
    alone = []
    for entry in entries:
        head: Entry | None = None
        if entry.material:
            head = near.get((entry.sheet, entry.material)) or heads.get(entry.material)
        if head is not None and entry.problem is None:
            entry.problem = _unfit(entry)
        elif entry.material and entry.problem is None:
            entry.problem = Problem(
                message=_("there is no material {id}").format(id=brief(entry.material)),
                repair=_("write the 题号 of a row of the type 材料"),
                column=_("Material"),
            )
        if head is not None and head is not entry:
            head.parts.append(entry)
        else:
            alone.append(entry)
    for entry in alone:
        if entry.kind == "material" and entry.problem is None:
            entry.problem = _of_material(entry)
        together = [entry, *entry.parts]
        if any(one.problem is not None for one in together):
            for one in together:
                one.problem = one.problem or beside()
                yield one
        else:
            yield entry


def beside() -> Problem:
    """Of a row that is right itself."""
    return Problem(
        message=_("another row of this material has a problem"),
        repair=_("mend that one; they go in together"),
    )


def _unfit(entry: Entry) -> Problem | None:
    if entry.kind not in ("material", "note"):
        return None
    return Problem(
        message=_("a material holds only questions that can be answered"),
        repair=_("leave the column 材料 empty in this row"),
        column=_("Material"),
    )


def _of_material(entry: Entry) -> Problem | None:
    if not entry.parts:
        return Problem(
            message=_("a material without a question"),
            repair=_("write its 题号 into the column 材料 of each question about it"),
        )
    given = entry.body.pop("points", None)
    total = sum(part.body.get("points", 0 if part.kind == "poll" else 1) for part in entry.parts)
    if given not in (None, total):
        return Problem(
            message=_("a material has the points of its questions"),
            repair=_("leave 分值 empty in this row"),
            column=_("Points"),
        )
    entry.body["questions"] = [part.body for part in entry.parts]
    return None
