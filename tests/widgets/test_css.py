"""Stylesheets are joined in the order in which they are named; a part that is lost fails loudly."""

from __future__ import annotations

from pathlib import Path

import pytest

from weike.widgets import Quiz, css

WIDGETS = Path(__file__).parents[2] / "widgets/weike/widgets"
STATIC = Path(__file__).parents[2] / "lessons/weike/server/static"


@pytest.fixture
def entry(tmp_path: Path) -> Path:
    (tmp_path / "app/types").mkdir(parents=True)
    (tmp_path / "app/two.css").write_text("two {}\n", encoding="utf-8")
    (tmp_path / "app/one.css").write_text('@import "./two.css";\none {}\n', encoding="utf-8")
    entry = tmp_path / "app.css"
    entry.write_text('@import "./app/one.css";\nown {}\n', encoding="utf-8")
    return entry


def test_parts_stand_in_the_order_of_their_imports(entry: Path) -> None:
    assert css.join(entry).split() == ["two", "{}", "one", "{}", "own", "{}"]


def test_the_style_of_a_question_type_comes_along_unnamed_and_last(entry: Path) -> None:
    (entry.parent / "app/types/poll.css").write_text("poll {}\n", encoding="utf-8")
    assert css.join(entry).split()[-4:] == ["own", "{}", "poll", "{}"]


@pytest.mark.parametrize(
    "line",
    ["@import './app/one.css';", '@import url("./app/one.css");', '@import "https://a.example/";'],
)
def test_any_other_import_fails_loudly(entry: Path, line: str) -> None:
    entry.write_text(f"{line}\n", encoding="utf-8")
    with pytest.raises(AssertionError, match=r"app\.css: an import is written"):
        css.join(entry)


def test_a_circle_fails_loudly(entry: Path) -> None:
    (entry.parent / "app/two.css").write_text('@import "../app.css";\n', encoding="utf-8")
    with pytest.raises(AssertionError, match=r"app\.css imports itself by way of two\.css"):
        css.join(entry)


@pytest.mark.parametrize(
    "sheet", [WIDGETS / "quiz.css", *sorted(STATIC.glob("*.css"))], ids=lambda sheet: sheet.name
)
def test_no_part_of_a_stylesheet_is_left_behind(sheet: Path) -> None:
    joined = css.join(sheet)
    for part in (sheet.parent / sheet.stem).rglob("*.css"):
        assert part.read_text(encoding="utf-8") in joined, f"{sheet.name} does not name {part.name}"


def test_a_notebook_gets_the_whole_style_as_one_text() -> None:
    style = str(Quiz._css)
    assert "@import" not in style
    for class_name in (".wq-option", ".wq-bar", ".wq-result", ".wq-column", ".wq-match-pick"):
        assert class_name in style
