"""The rest of the code finds every table in one place, whichever module it stands in."""

from __future__ import annotations

from pathlib import Path

from weike.results import tables


def test_every_table_is_found_in_the_package_by_its_name() -> None:
    named = {name for name in tables.__all__ if name != "metadata"}
    assert named == set(tables.metadata.tables)
    assert all(getattr(tables, name).name == name for name in named)


def test_no_module_of_tables_is_left_out_of_the_package() -> None:
    package = Path(str(tables.__file__))
    text = package.read_text(encoding="utf-8")
    modules = {path.stem for path in package.parent.glob("*.py")} - {"__init__"}
    assert {
        name for name in modules if f"from weike.results.tables.{name} import" not in text
    } == set()
