"""One row of a roster file: what it says, and what is wrong with it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from weike.quizzes.errors import Problem
from weike.quizzes.i18n import _, language
from weike.quizzes.spreadsheet import Number, Read
from weike.results.people import normal_code

BranchPath = tuple[str, ...]

ROLES: Final[Mapping[str, str]] = {
    "member": "学员 成员 党员 员工 member",
    "lecturer": "讲师 教师 老师 lecturer teacher",
    "reviewer": "审核人 审核员 reviewer",
    "organizer": "培训管理员 organizer organiser",
    "administrator": "系统管理员 administrator admin",
}
_ROLE = {alias: key for key, aliases in ROLES.items() for alias in aliases.split()}

_PATH_MARK = re.compile(r"\s*[/／>＞\\＼→]\s*")
_LIST_MARK = re.compile(r"\s*[;；,，、|\n]\s*")
_LONGEST = 100
_SPREADSHEET_ERRORS = {"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!"}
ABOVE = "above "  # with a number: a column that holds one level of the path by itself


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterRow:
    """One person of the file. `grants` are roles beyond the member's; an organizer's has a branch.

    None in `post` or `grants` means that the file has no such column: what is known stays.
    """

    line: int
    code: str
    name: str
    branch: BranchPath
    post: str | None = None
    grants: frozenset[tuple[str, BranchPath | None]] | None = None
    left: date | None = None
    code_was_number: bool = False


class RowReader:
    """Reads the cells of one row and collects what is wrong with them."""

    def __init__(
        self,
        line: int,
        cells: Mapping[str, Read],
        names: Mapping[str, str],
        levels: Sequence[str],
    ) -> None:
        self.line = line
        self.cells = cells
        self.names = names
        self.levels = levels
        self.problems: list[Problem] = []

    def wrong(self, field: str, message: str, repair: str) -> None:
        column = self.names.get(field)
        self.problems.append(Problem(message=message, repair=repair, line=self.line, column=column))

    def row(self) -> RosterRow:
        code, was_number = self._code()
        left = self._left()
        return RosterRow(
            line=self.line,
            code=code,
            name=self._name(),
            branch=self._branch(required=left is None),
            post=self._text("post") if "post" in self.cells else None,
            grants=self._grants(),
            left=left,
            code_was_number=was_number,
        )

    def _spoiled(self, field: str) -> bool:
        """Whether the cell holds what a spreadsheet shows for a formula that fails."""
        text = shown(self.cells.get(field, "")).strip()
        if text in _SPREADSHEET_ERRORS:
            self.wrong(
                field,
                _("{text} is an error of the spreadsheet").format(text=text),
                _("mend the formula, or type the value"),
            )
        return text in _SPREADSHEET_ERRORS

    def _text(self, field: str) -> str:
        return tidy(shown(self.cells.get(field, "")))

    def _code(self) -> tuple[str, bool]:
        cell = self.cells["code"]
        repair = _("format the column as text and type the code again")
        if isinstance(cell, Number):
            whole = float(cell.value).is_integer()
            if not whole or abs(cell.value) >= 10**15:
                self.wrong("code", _("{code} is no code").format(code=cell.shown), repair)
                return "", True
            return normal_code(cell.shown), True
        if isinstance(cell, date):
            message = _("Excel has made the date {date} of the code").format(date=shown(cell))
            self.wrong("code", message, repair)
            return "", False
        if self._spoiled("code"):
            return "", False
        code = normal_code(shown(cell))
        if not code:
            self.wrong("code", _("the code is missing"), _("every member has a code of their own"))
        elif re.fullmatch(r"\d+\.0+", code):
            return code.split(".")[0], True
        elif re.fullmatch(r"\d\.\d+E\+\d+", code, re.I):
            self.wrong(
                "code", _("Excel has shortened the code to {code}").format(code=code), repair
            )
        elif len(code) > _LONGEST or not code.isprintable():
            self.wrong(
                "code",
                _("{code} is no code").format(code=code[:_LONGEST]),
                _("a code is a word of letters and digits"),
            )
        return code, False

    def _name(self) -> str:
        name = self._text("name")
        if self._spoiled("name"):
            pass
        elif not name:
            self.wrong("name", _("the name is missing"), _("write the member's name"))
        elif len(name) > _LONGEST or not name.isprintable():
            self.wrong("name", _("this is no name"), _("write a name of one line"))
        return name

    def _branch(self, *, required: bool) -> BranchPath:
        if self._spoiled("branch"):
            return ()
        above = (self._text(f"{ABOVE}{i}") for i in range(len(self.levels)))
        path = branch_path("/".join(filter(None, (*above, self._text("branch")))))
        if not path and required:
            self.wrong(
                "branch",
                _("the branch is missing"),
                _(
                    "write its path, such as {example}; of merged cells only the first holds it"
                ).format(example="/".join(self.levels)),
            )
        self._check_path("branch", path)
        return path

    def _check_path(self, field: str, path: BranchPath) -> None:
        if len(path) > len(self.levels):
            self.wrong(
                field,
                _("{path} has {n} levels, but weike.toml names {known}").format(
                    path="/".join(path), n=len(path), known=len(self.levels)
                ),
                _("shorten the path, or add a level to weike.toml"),
            )
        elif any(not part or len(part) > _LONGEST or not part.isprintable() for part in path):
            self.wrong(
                field,
                _("a part of the path {path} is empty or too long").format(path="/".join(path)),
                _("write names with one / between them"),
            )

    def _grants(self) -> frozenset[tuple[str, BranchPath | None]] | None:
        if "role" not in self.cells:
            if self._text("scope"):
                self._scope_without_organizer()
            return None
        roles = set()
        for word in _LIST_MARK.split(shown(self.cells["role"]).strip()):
            role = _ROLE.get(plain(word)) if word else "member"
            if role is None:
                self.wrong(
                    "role",
                    _("{word} is no role").format(word=word),
                    _("roles are {roles}").format(roles=", ".join(map(named, ROLES.values()))),
                )
            elif role != "member":
                roles.add(role)
        scopes = [branch_path(p) for p in _LIST_MARK.split(shown(self.cells.get("scope", ""))) if p]
        for scope in scopes:
            self._check_path("scope", scope)
        if scopes and "organizer" not in roles:
            self._scope_without_organizer()
        if "organizer" in roles and not scopes:
            self.wrong(
                "scope" if "scope" in self.cells else "role",
                _("an organizer needs the path of the branches to manage"),
                _("write it in the column {column}").format(column=named("管理范围 scope")),
            )
        grants: set[tuple[str, BranchPath | None]] = {
            (role, None) for role in roles if role != "organizer"
        }
        if "organizer" in roles:
            grants |= {("organizer", scope) for scope in scopes}
        return frozenset(grants)

    def _scope_without_organizer(self) -> None:
        self.wrong(
            "scope",
            _("only an organizer has branches to manage"),
            _("write {role} in the column {column}, or clear this cell").format(
                role=named(ROLES["organizer"]), column=named("角色 role")
            ),
        )

    def _left(self) -> date | None:
        cell = self.cells.get("left", "")
        if isinstance(cell, date):
            return cell
        if cell == "":
            return None
        numbers = re.fullmatch(r"(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?", shown(cell).strip())
        if numbers is not None:
            try:
                return date(int(numbers[1]), int(numbers[2]), int(numbers[3]))
            except ValueError:
                pass
        self.wrong(
            "left",
            _("{text} is no date").format(text=shown(cell)),
            _("write it as {example}").format(example="2026-10-31"),
        )
        return None


def same_name(name: str) -> str:
    """What two spellings of a branch have in common: width, case and white space aside."""
    return "".join(unicodedata.normalize("NFKC", name).split()).casefold()


def tidy(text: str) -> str:
    """The text trimmed, with single spaces, ideographic ones included."""
    return " ".join(text.split())


def branch_path(text: str) -> BranchPath:
    """`公司党委＞生产党总支 / 储运党支部` as its parts; a separator at either end is forgiven."""
    parts = [tidy(part) for part in _PATH_MARK.split(text.strip())]
    while parts and not parts[0]:
        parts.pop(0)
    while parts and not parts[-1]:
        parts.pop()
    return tuple(parts)


def plain(text: str) -> str:
    """A heading without what people decorate it with: `工号（必填）*` is 工号."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return re.sub(r"[\W_]", "", re.sub(r"\([^)]*\)", "", folded))


def named(aliases: str) -> str:
    """The first of the aliases that is in the reader's language."""
    chinese = language() == "zh-CN"
    return next(alias for alias in aliases.split() if alias.isascii() != chinese)


def shown(cell: Read) -> str:
    if isinstance(cell, Number):
        return cell.shown
    return cell.isoformat() if isinstance(cell, date) else cell
