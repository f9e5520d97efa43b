"""The scripts of live lessons: one way to HTML, the kinds of controls, their weight."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

import pytest

from weike.lessons.controls import CONTROLS
from weike.server.assets import assets

STATIC = Path(str(files("weike.server"))) / "static"
SCRIPTS = [STATIC / "live.js", STATIC / "lasting.js", *sorted((STATIC / "live").glob("*.js"))]
HEAVIEST = 10_000


@pytest.mark.parametrize(
    "pattern", [r"innerHTML", r"insertAdjacentHTML", r"\beval\(", r"document\.write"]
)
def test_html_of_lessons_becomes_elements_one_by_one(pattern: str) -> None:
    assert not [file for file in SCRIPTS if re.search(pattern, file.read_text("utf-8"))]


def test_the_page_draws_exactly_the_controls_that_publishing_leaves_to_it() -> None:
    script = (STATIC / "live/controls.js").read_text("utf-8")
    kinds = script.partition("const KINDS = {")[2].partition("\n};")[0]
    names = re.findall(r"^  (\w+): ", kinds, re.MULTILINE)
    assert {f"{name}Model" for name in names} == CONTROLS


def test_the_live_part_weighs_a_hundredth_of_jupyters_scripts() -> None:
    assert len(assets()["live"].packed) + len(assets()["live-css"].packed) < HEAVIEST
