"""What the component's scripts and style may hold: one way to HTML, no other host, its weight.

What phones understand is in tests/test_baseline.py, for every script of ours.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from pathlib import Path

from weike.widgets import css, esm

WIDGETS = Path(__file__).parents[2] / "widgets/weike/widgets"
SCRIPTS = [WIDGETS / "quiz.js", WIDGETS / "page.js", *sorted((WIDGETS / "quiz").rglob("*.js"))]
STYLES = [WIDGETS / "quiz.css", *sorted((WIDGETS / "quiz").rglob("*.css"))]


def lines(file: Path) -> Iterator[tuple[str, str]]:
    for number, line in enumerate(file.read_text("utf-8").splitlines(), start=1):
        if not line.lstrip().startswith(("//", "/*", "* ")):
            yield f"{file.name}:{number}", line


def found(pattern: str, files: list[Path]) -> list[str]:
    return [
        f"{place}: {line.strip()}"
        for file in files
        for place, line in lines(file)
        if re.search(pattern, line)
    ]


def test_html_enters_the_page_in_exactly_one_place() -> None:
    sinks = (
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|createContextualFragment|DOMParser"
    )
    places = found(sinks, SCRIPTS)
    assert len(places) == 1, places
    assert places[0].startswith("dom.js:")
    assert "element.innerHTML = data[field]" in places[0]


def test_that_place_takes_only_fields_that_python_rendered_and_cleaned() -> None:
    calls = found(r"(?<!function )\bfill\(", SCRIPTS)
    assert len(calls) > 5
    assert [call for call in calls if not re.search(r'"(\w+_)?html"\)', call)] == []


def test_nothing_is_evaluated_and_no_handler_or_style_is_an_attribute() -> None:
    assert found(r"\beval\(|new Function|javascript:|setTimeout\(\s*[\"'`]", SCRIPTS) == []
    assert found(r"\.style\b|cssText|[\"'`]style[\"'`]|\bstyle:", SCRIPTS) == []
    assert found(r"setAttribute\(\s*[\"'`]on", SCRIPTS) == []


def test_nothing_is_loaded_from_another_host() -> None:
    hosts = found(r"https?://", [*SCRIPTS, *STYLES])
    assert [place for place in hosts if "http://www.w3.org/2000/svg" not in place] == []


def test_the_chat_apps_own_text_size_is_respected() -> None:
    assert found(r"text-size-adjust", STYLES) == []


def test_the_component_is_light_on_a_page() -> None:
    script = esm.join(WIDGETS / "page.js", WIDGETS / "quiz" / "types").encode()
    style = css.join(WIDGETS / "quiz.css").encode()
    weight = len(gzip.compress(script, 9)) + len(gzip.compress(style, 9))
    assert weight < 24_000  # of the 40 kB that a first open may take
