"""What the component's scripts and style may hold: the baseline, one way to HTML, its weight."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from weike.widgets import css, esm

WIDGETS = Path(__file__).parents[2] / "widgets/weike/widgets"
SCRIPTS = [WIDGETS / "quiz.js", *sorted((WIDGETS / "quiz").rglob("*.js"))]
STYLES = [WIDGETS / "quiz.css", *sorted((WIDGETS / "quiz").rglob("*.css"))]

# Chromium 86 and iOS 14 do not know these. Each pattern stands with an example of its own, so
# that the test of the test can show it bites.
TOO_YOUNG = {
    r"(\?\?|\|\||&&)=": "a ??= b",
    r"\.at\(": "list.at(-1)",
    r"\bstructuredClone\b": "structuredClone(a)",
    r"\brandomUUID\b": "crypto.randomUUID()",
    r"\bfindLast(Index)?\b": "list.findLast(f)",
    r"\bObject\.(hasOwn|groupBy|fromAsync)\b": "Object.hasOwn(a, b)",
    r"\.(toSorted|toReversed|toSpliced)\(": "list.toSorted()",
    r"\.replaceChildren\(": "el.replaceChildren()",
    r"\bPromise\.(any|withResolvers)\b": "Promise.any([])",
    r"\bAbortSignal\.(timeout|any)\b": "AbortSignal.timeout(1)",
    r"\b(BroadcastChannel|WeakRef|showModal|inert|scheduler|navigation)\b": "new WeakRef(a)",
    r"^\s*static\b|\bthis\.#": "  static count = 0;",
    r"^await ": "await import('x')",
    r"\(\?<[=!]": "/(?<=a)b/",
    r"/[a-z]*[dv][a-z]*\.(test|exec)\b": "/a/v.test(b)",
    r"\bimport\.meta\b": "import.meta.url",
    r"<dialog|\"dialog\"": 'h("dialog")',
}
TOO_YOUNG_CSS = {
    r":(has|is|where)\(": "a:has(b) {}",
    r"\binset(-\w+)*\s*:": "inset: 0;",
    r"\d(dvh|svh|lvh|dvw|cqw|cqi)\b": "height: 100dvh;",
    r"@(container|layer|property|scope|starting-style)\b": "@layer a {}",
    r"\baspect-ratio\s*:": "aspect-ratio: 1;",
    r"\baccent-color\b": "accent-color: red;",
    r"\b(color-mix|light-dark|oklch|oklab|lab|lch)\(": "color: color-mix(in srgb, red, blue);",
    r"\b(margin|padding|inset|border)-(inline|block)\b": "margin-inline: 0;",
    r"\btext-wrap\b": "text-wrap: balance;",
    r"&": "&:hover {}",
    r"(?<!-)\b(row-|column-)?gap\s*:": "gap: 1rem;",  # in flex boxes iOS 14.5; grid-gap is older
    r"\burl\(": "background: url(x.png);",
    r"text-size-adjust": "text-size-adjust: 100%;",  # the chat app's own text size is respected
}


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


@pytest.mark.parametrize("pattern", TOO_YOUNG)
def test_the_scripts_run_on_chromium_86_and_ios_14(pattern: str) -> None:
    assert found(pattern, SCRIPTS) == []


def test_classes_have_no_fields_which_ios_14_does_not_know() -> None:
    inside, fields = False, []
    for file in SCRIPTS:
        for place, line in lines(file):
            inside = line.startswith(("class ", "export class ")) or (inside and line != "}")
            if inside and re.match(r"  #?\w+\s*(=|;)", line):
                fields.append(f"{place}: {line}")
    assert fields == []


@pytest.mark.parametrize("pattern", TOO_YOUNG_CSS)
def test_the_stylesheet_is_understood_by_chromium_86_and_ios_14(pattern: str) -> None:
    assert found(pattern, STYLES) == []


@pytest.mark.parametrize(("pattern", "example"), [*TOO_YOUNG.items(), *TOO_YOUNG_CSS.items()])
def test_each_forbidden_pattern_bites(pattern: str, example: str) -> None:
    assert re.search(pattern, example)


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


def test_the_component_is_light() -> None:
    script = esm.join(WIDGETS / "quiz.js").encode()
    style = css.join(WIDGETS / "quiz.css").encode()
    weight = len(gzip.compress(script, 9)) + len(gzip.compress(style, 9))
    assert weight < 24_000  # of the 40 kB that a first open may take
