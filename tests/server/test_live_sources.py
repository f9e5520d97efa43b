"""The scripts and styles of live lessons keep to the browsers that the quiz component keeps to."""

from __future__ import annotations

import re
import runpy
from importlib.resources import files
from pathlib import Path

import pytest

from weike.lessons.controls import CONTROLS
from weike.server.assets import assets

COMPONENT = runpy.run_path(str(Path(__file__).parents[1] / "widgets/test_sources.py"))
TOO_YOUNG, TOO_YOUNG_CSS = COMPONENT["TOO_YOUNG"], COMPONENT["TOO_YOUNG_CSS"]
lines = COMPONENT["lines"]
STATIC = Path(str(files("weike.server"))) / "static"
SCRIPTS = [STATIC / "live.js", STATIC / "lasting.js", *sorted((STATIC / "live").glob("*.js"))]
HEAVIEST = 10_000


@pytest.mark.parametrize("pattern", TOO_YOUNG)
def test_no_script_needs_a_younger_browser(pattern: str) -> None:
    found = [place for file in SCRIPTS for place, line in lines(file) if re.search(pattern, line)]
    assert found == []


@pytest.mark.parametrize("pattern", TOO_YOUNG_CSS)
def test_no_style_needs_a_younger_browser(pattern: str) -> None:
    style = STATIC / "live.css"
    assert [place for place, line in lines(style) if re.search(pattern, line)] == []


@pytest.mark.parametrize(
    "pattern", [r"innerHTML", r"insertAdjacentHTML", r"\beval\(", r"document\.write"]
)
def test_html_of_lessons_becomes_elements_one_by_one(pattern: str) -> None:
    assert not [place for f in SCRIPTS for place, line in lines(f) if re.search(pattern, line)]


def test_the_page_draws_exactly_the_controls_that_publishing_leaves_to_it() -> None:
    script = (STATIC / "live/controls.js").read_text("utf-8")
    kinds = script.partition("const KINDS = {")[2].partition("\n};")[0]
    names = re.findall(r"^  (\w+): ", kinds, re.MULTILINE)
    assert {f"{name}Model" for name in names} == CONTROLS


def test_the_live_part_weighs_a_hundredth_of_jupyters_scripts() -> None:
    assert len(assets()["live"].packed) + len(assets()["live-css"].packed) < HEAVIEST
