"""A roster file: who belongs to which branch, as an office keeps it in a spreadsheet.

Reading finds every problem of the file itself at once; `enrolment` compares it with the store.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from weike.quizzes.errors import Problem, ProblemsError, WeikeError
from weike.quizzes.i18n import _
from weike.quizzes.spreadsheet import Read, read_sheet
from weike.results.enrolling.rosterrow import ABOVE, RosterRow, RowReader, named, plain, shown

ALIASES: Final[Mapping[str, str]] = {
    "code": "工号 员工编号 员工号 职工编号 职工号 人员编号 编号 学号 code membercode employeecode"
    " employeeid employeeno employeenumber staffid staffno id",
    "name": "姓名 名字 name fullname membername",
    "branch": "支部 党支部 所属支部 所在支部 所在党支部 党组织 所在党组织 支部路径 部门 单位 组织"
    " 车间 班组 班级 branch branchpath department dept organisation organization unit team group"
    " class",
    "post": "岗位 工种 职务 职位 岗位工种 post job position title trade",
    "role": "角色 身份 role roles",
    "scope": "管理范围 管理支部 scope manages",
    "left": "离开日期 离职日期 调出日期 left leftdate leavedate leavingdate",
}
_FIELD = {alias: key for key, aliases in ALIASES.items() for alias in aliases.split()}
_REQUIRED = ("code", "name", "branch")


class RosterError(ProblemsError):
    """A roster file that cannot be imported as it stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """A file, read: the good rows, everything wrong with the others, and what deserves a look."""

    source: str
    header: tuple[str, ...]
    columns: Mapping[str, str]  # field → the file's own name of the column
    rows: tuple[RosterRow, ...]
    problems: tuple[Problem, ...]
    notes: tuple[Problem, ...]
    raw: Mapping[int, tuple[Read, ...]]

    def checked(self) -> Roster:
        """Itself; raises `RosterError` with every problem at once if there is one."""
        if self.problems:
            raise RosterError(self.source, self.problems)
        return self


def read_roster(path: Path, *, levels: Sequence[str]) -> Roster:
    """Read a csv or xlsx roster. `levels` are the organisation's, from the top.

    Raises `WeikeError` where there is no table to read, and `RosterError` where the header lacks a
    column. Problems of single rows are in the result.
    """
    sheet = read_sheet(path)
    at = next((i for i, (_line, cells) in enumerate(sheet.rows[:10]) if _is_header(cells)), None)
    if at is None:
        raise WeikeError(
            _("{file} has no header row; its first row names the columns: {names}").format(
                file=path.name, names=", ".join(named(ALIASES[field]) for field in _REQUIRED)
            )
        )
    line, header = sheet.rows[at]
    columns = _columns(path.name, line, header, levels)
    names = {field: str(header[i]).strip() for field, i in columns.items()}
    rows: list[RosterRow] = []
    problems: list[Problem] = []
    notes = list(_unknown_columns(line, header, columns))
    first_line: dict[str, int] = {}
    numbers: list[int] = []
    for line, cells in sheet.rows[at + 1 :]:
        reader = RowReader(line, {f: _at(cells, i) for f, i in columns.items()}, names, levels)
        row = reader.row()
        if row.code:
            earlier = first_line.setdefault(row.code, line)
            if earlier != line:
                reader.wrong(
                    "code",
                    _("{code} stands in line {line} already").format(code=row.code, line=earlier),
                    _("a member has one row"),
                )
        if row.code_was_number:
            numbers.append(line)
        problems += reader.problems
        if not reader.problems:
            rows.append(row)
    if numbers:
        notes.append(
            Problem(
                message=_("{n} codes are numbers in the file, not text").format(n=len(numbers)),
                repair=_(
                    "if codes begin with zeros, format the column as text and type them again"
                ),
                line=numbers[0],
                column=names["code"],
            )
        )
    return Roster(
        source=path.name,
        header=tuple(shown(cell) for cell in header),
        columns=names,
        rows=tuple(rows),
        problems=tuple(problems),
        notes=tuple(notes),
        raw=dict(sheet.rows[at + 1 :]),
    )


def _is_header(cells: Sequence[Read]) -> bool:
    """A header names two of what is needed; a title above it does not."""
    found = {_FIELD.get(plain(cell)) for cell in cells if isinstance(cell, str)}
    return len(found & set(_REQUIRED)) >= 2


def _fields(header: Sequence[Read], levels: Sequence[str]) -> list[str | None]:
    """What each column is. Where several levels have a column each, they make the path together."""
    words = [plain(cell) if isinstance(cell, str) else "" for cell in header]
    level_of = {plain(level): i for i, level in enumerate(levels)}
    apart = len({level_of[word] for word in words if word in level_of}) > 1
    deepest = max((level_of[word] for word in words if word in level_of), default=0)
    return [
        ("branch" if level_of[word] == deepest else f"{ABOVE}{level_of[word]}")
        if apart and word in level_of
        else _FIELD.get(word)
        for word in words
    ]


def _columns(
    source: str, line: int, header: Sequence[Read], levels: Sequence[str]
) -> Mapping[str, int]:
    columns: dict[str, int] = {}
    problems: list[Problem] = []
    for i, field in enumerate(_fields(header, levels)):
        if field is None:
            continue
        if field in columns:
            problems.append(
                Problem(
                    message=_("{one} and {other} mean the same").format(
                        one=header[columns[field]], other=header[i]
                    ),
                    repair=_("keep one of the two columns"),
                    line=line,
                )
            )
        columns.setdefault(field, i)
    problems += [
        Problem(
            message=_("the column {column} is missing").format(column=named(ALIASES[field])),
            repair=_("it is also understood as: {names}").format(
                names=", ".join(ALIASES[field].split())
            ),
            line=line,
        )
        for field in _REQUIRED
        if field not in columns
    ]
    if problems:
        raise RosterError(source, problems)
    return columns


def _unknown_columns(
    line: int, header: Sequence[Read], columns: Mapping[str, int]
) -> Iterator[Problem]:
    unknown = [shown(c) for i, c in enumerate(header) if i not in columns.values() and c != ""]
    if unknown:
        yield Problem(
            message=_("columns that are not read: {names}").format(names=", ".join(unknown)),
            line=line,
        )


def _at(cells: Sequence[Read], i: int) -> Read:
    return cells[i] if i < len(cells) else ""
