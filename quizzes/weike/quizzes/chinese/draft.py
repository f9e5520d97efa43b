"""One question as it was cut out of a paper: its parts, not yet understood."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from weike.quizzes.chinese.options import behind_stem, split_options
from weike.quizzes.chinese.words import Line, Section, next_field
from weike.quizzes.chinese.words import field as field_of

_LOOSE = frozenset({"answer", "difficulty", "topic", "points", "tags", "type", "id", "ignored"})


@dataclass(slots=True)
class Draft:
    """`raw` are its lines as they came; `at` is the part that a further line would prolong.

    `section_at` counts the sections of the paper, for its list of answers at the end.
    """

    line: int
    section: Section
    section_at: int
    number: int | None = None
    prefix: str | None = None  # （√） before the number
    tag: str | None = None  # 【单选题】 before the stem
    raw: list[str] = field(default_factory=list)
    stem: list[str] = field(default_factory=list)
    options: list[tuple[str, str]] = field(default_factory=list)
    fields: dict[str, list[str]] = field(default_factory=dict)
    at: str = "stem"
    inner: int = 0  # the last number of a list inside an answer
    parts: list[Draft] = field(default_factory=list)  # the questions about a material
    material: bool = False
    part: bool = False

    @property
    def type(self) -> str | None:
        return self.tag or self.section.type

    @property
    def answered(self) -> bool:
        """Whether it could end here: options or an answer are there."""
        return bool(self.options or self.fields.get("answer") or self.prefix)

    @property
    def expected(self) -> str:
        """The letter of the next option."""
        return chr(ord("A") + len(self.options)) if len(self.options) < 26 else "\0"

    def said(self, name: str) -> str:
        return "\n".join(self.fields.get(name, ())).strip()

    def add_stem(self, line: Line) -> None:
        """A line of the stem, which options or fields may follow on the same line."""
        at = next_field(line.folded, 0, loose=False)
        behind = re.search(r"\s(?:正确答案|参考答案|答案)\s*:", line.folded[:at])
        at = behind.start() if behind else at
        head = Line(line.number, line.text[:at], line.folded[:at])
        start = behind_stem(head) if not self.options else None
        self.stem.append(head.text[:start].rstrip())
        self.at = "stem"
        if start is not None:
            self.add_options(head.rest(start))
        if at < len(line.folded):
            self.add_fields(line.rest(at))

    def add_options(self, line: Line) -> None:
        at = next_field(line.folded, 0, loose=False)
        bare = re.search(r"\s(?:正确答案|参考答案|答案|解析)\s*:", line.folded[:at])
        at = bare.start() if bare else at
        self.options += split_options(
            Line(line.number, line.text[:at], line.folded[:at]), self.expected
        )
        self.at = "option"
        if at < len(line.folded):
            self.add_fields(line.rest(at))

    def add_fields(self, line: Line) -> None:
        """答案：B 解析：… 难度：易, one behind the other."""
        while (found := field_of(line)) is not None:
            name, start = found
            end = next_field(line.folded, start, loose=name in _LOOSE)
            self.fields.setdefault(name, []).append(line.text[start:end].strip())
            self.at = name
            line = line.rest(end)
        if not line.blank:
            self.prolong(line)

    def prolong(self, line: Line) -> None:
        """A line that belongs to what stood before it."""
        text = line.text.strip()
        if self.at == "stem":
            self.add_stem(line)
        elif self.at == "option":
            letter, said = self.options[-1]
            self.options[-1] = letter, f"{said}\n{text}".strip()
        else:
            at = next_field(line.folded, 0, loose=False)
            self.fields[self.at][-1] += f"\n{line.text[:at].strip()}"
            if at < len(line.folded):
                self.add_fields(line.rest(at))

    @property
    def source(self) -> str:
        """The question so that it can be read again alone: with what its section said of it."""
        if self.material:
            return "\n".join([*self._marked(), *(part.source for part in self.parts)])
        head = []
        if self.section.type and not self.tag and "type" not in self.fields:
            word = re.sub(r"[(（：:。].*", "", self.section.heading)
            word = re.sub(r"^.*?[、.．，,]\s*", "", word).strip() or self.section.heading
            head.append(f"【题型】{word}")
        if self.section.points is not None and "points" not in self.fields:
            head.append(f"【分值】{self.section.points:g}")
        return "\n".join([*self.raw, *head])

    def _marked(self) -> list[str]:
        """The lines of a material, the first of which says that it is one."""
        if self.tag or not self.raw:
            return self.raw
        if self.number is not None:
            return [*self.raw, "【题型】材料题"]
        return [f"【材料题】{self.raw[0].lstrip()}", *self.raw[1:]]


def whole(drafts: Sequence[Draft]) -> dict[tuple[int, int], Draft]:
    """Drafts by section and number, for the list of answers."""
    return {(d.section_at, d.number): d for d in drafts if d.number is not None}
