"""The Python of a lesson, read without running it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from weike.lessons.catalogue import LessonSource

_MAGIC = re.compile(r"^([ \t]*)[%!?].*$", re.MULTILINE)
_CELL_MAGIC = re.compile(r"\s*%%(\w+)")
_ADDRESS = re.compile(r"((?:https?|ftp)://\S+)", re.IGNORECASE)
_LOADED = re.compile(r"""\bsrc\s*=\s*["']?((?:https?:)?//[^\s"'>]+)""", re.IGNORECASE)
# Cell magics under which the rest is still Python that runs here.
_PYTHON = frozenset({"time", "timeit", "capture", "prun"})


@dataclass(frozen=True, slots=True)
class CodeCell:
    """`tree` has the cell's own line numbers; `text` is the cell as it stands."""

    number: int
    text: str
    tree: ast.Module


def python_cells(source: LessonSource) -> Iterator[CodeCell]:
    """Every code cell that is Python; one that cannot be read fails when it is run."""
    for cell in source.notebook.cells:
        magic = _CELL_MAGIC.match(cell.source)
        if cell.type != "code" or (magic and magic[1] not in _PYTHON):
            continue
        # IPython's own lines are no Python; without them the rest can be read.
        plain = _MAGIC.sub(r"\1pass", cell.source)
        try:
            yield CodeCell(cell.number, cell.source, ast.parse(plain))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue


def addresses_read(cells: list[CodeCell]) -> Iterator[tuple[CodeCell, str, int]]:
    """Every web address that a function is given, itself or by a name, with its line."""
    named: dict[str, str] = {}
    for cell in cells:
        for node in ast.walk(cell.tree):
            if isinstance(node, ast.Assign) and _address(node.value):
                named |= {
                    t.id: _address(node.value) for t in node.targets if isinstance(t, ast.Name)
                }
    for cell in cells:
        for node in ast.walk(cell.tree):
            if not isinstance(node, ast.Call):
                continue
            for given in [*node.args, *(keyword.value for keyword in node.keywords)]:
                address = _address(given) or (
                    named.get(given.id, "") if isinstance(given, ast.Name) else ""
                )
                if address:
                    yield cell, address, given.lineno


def _address(node: ast.expr) -> str:
    """The address that a text is, or that HTML in it loads from."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        found = _ADDRESS.fullmatch(node.value.strip()) or _LOADED.search(node.value)
        return found[1] if found else ""
    if isinstance(node, ast.JoinedStr) and node.values:  # f"https://…/{name}"
        return _address(node.values[0])
    return ""


def imported(tree: ast.AST) -> dict[str, str]:
    """What each imported name stands for: `np` → `numpy`, `now` → `datetime.datetime.now`."""
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                name = alias.asname or alias.name.partition(".")[0]
                names[name] = alias.name if alias.asname else name
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names |= {a.asname or a.name: f"{node.module}.{a.name}" for a in node.names}
    return names


def dotted(node: ast.expr, names: dict[str, str]) -> str:
    """`np.random.default_rng` → `numpy.random.default_rng`; "" for what is no name."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return ""
    return ".".join([names.get(node.id, node.id), *reversed(parts)])
