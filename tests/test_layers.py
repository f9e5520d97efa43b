"""Imports point one way (architecture §2)."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

PARTS = {
    "quizzes": ROOT / "quizzes/weike/quizzes",
    "results": ROOT / "results/weike/results",
    "widgets": ROOT / "widgets/weike/widgets",
    "lessons": ROOT / "lessons/weike/lessons",
    "server": ROOT / "lessons/weike/server",
    "commands": ROOT / "lessons/weike/commands",
}
BENEATH = {
    "quizzes": set[str](),
    "results": {"quizzes"},
    "widgets": {"quizzes"},
    "lessons": {"quizzes", "results", "widgets"},
    "server": {"quizzes", "results", "widgets", "lessons"},
    "commands": {"quizzes", "results", "widgets", "lessons", "server"},
}
# The questions are pure: no web, no database, no Jupyter.
NOT_IN_QUIZZES = {
    "tornado", "jinja2", "requests", "sqlalchemy", "alembic", "sqlite3", "pandas", "IPython",
    "ipykernel", "ipywidgets", "anywidget", "jupyter_client", "jupyter_server", "nbformat",
    "nbclient", "nbconvert", "voila", "traitlets",
}  # fmt: skip


def imports(folder: Path) -> Iterator[tuple[str, str]]:
    """(file and line, imported module) for every import of a part, also inside functions."""
    for file in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            place = f"{file.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}"
            if isinstance(node, ast.Import):
                yield from ((place, name.name) for name in node.names)
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{place}: write imports in full"
                module = str(node.module)
                if module == "weike":
                    yield from ((place, f"weike.{name.name}") for name in node.names)
                else:
                    yield place, module


@pytest.mark.parametrize("part", PARTS)
def test_a_part_knows_only_what_lies_beneath_it(part: str) -> None:
    allowed = {part} | BENEATH[part]
    wrong = [
        f"{place} imports {module}"
        for place, module in imports(PARTS[part])
        if module.startswith("weike.") and module.split(".")[1] not in allowed
    ]
    assert wrong == []


def test_questions_import_no_web_database_or_jupyter_package() -> None:
    wrong = [
        f"{place} imports {module}"
        for place, module in imports(PARTS["quizzes"])
        if module.split(".")[0] in NOT_IN_QUIZZES
    ]
    assert wrong == []


def test_weike_stays_a_namespace_without_an_init_file() -> None:
    roots = {folder.parent for folder in PARTS.values()}
    assert [root for root in roots if (root / "__init__.py").exists()] == []


def test_every_part_ships_its_types() -> None:
    typed = [part for part in PARTS if part != "commands"]
    assert [part for part in typed if not (PARTS[part] / "py.typed").is_file()] == []
