"""Every script and style that a phone is sent runs on Chromium 86 and iOS 14, without HTTPS."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SHIPPED = sorted(ROOT.glob("*/weike"))
# JupyterLab's own page, on a lecturer's PC: Lab needs a younger browser than this.
NOT_FOR_PHONES = frozenset({"launcher.js"})
SCRIPTS = [
    file
    for part in SHIPPED
    for file in sorted(part.rglob("*.js"))
    if file.name not in NOT_FOR_PHONES
]
STYLES = [file for part in SHIPPED for file in sorted(part.rglob("*.css"))]

# Each pattern stands with an example of its own, so that the test of the test can show it bites.
TOO_YOUNG = {
    r"(\?\?|\|\||&&)=": "a ??= b",
    r"\.at\(": "list.at(-1)",
    r"\bstructuredClone\b": "structuredClone(a)",
    r"\bfindLast(Index)?\b": "list.findLast(f)",
    r"\bObject\.(hasOwn|groupBy)\b": "Object.hasOwn(a, b)",
    r"\bArray\.fromAsync\b": "Array.fromAsync(a)",
    r"\.(toSorted|toReversed|toSpliced)\(": "list.toSorted()",
    r"\.replaceChildren\(": "el.replaceChildren()",
    r"\.(checkVisibility|scrollIntoViewIfNeeded|getHTML|setHTML\w*)\(": "el.checkVisibility()",
    r"\brequestSubmit\b": "form.requestSubmit()",
    r"\b(showPicker|showPopover|togglePopover|showModal|closedBy)\b": "input.showPicker()",
    r"\bPromise\.(any|withResolvers|try)\b": "Promise.any([])",
    r"\bAbortSignal\.(timeout|any)\b": "AbortSignal.timeout(1)",
    r"\bthrowIfAborted\b": "signal.throwIfAborted()",
    r"\b(BroadcastChannel|WeakRef|FinalizationRegistry|inert|navigation)\b": "new WeakRef(a)",
    r"\b(scheduler|requestIdleCallback|createImageBitmap|OffscreenCanvas)\b": "scheduler.yield()",
    r"\bIntl\.(ListFormat|Segmenter|DurationFormat|DisplayNames)\b": "new Intl.Segmenter('zh')",
    r"\b(dateStyle|timeStyle)\b": "{ dateStyle: 'short' }",
    r"\bURL\.(canParse|parse)\b": "URL.canParse(a)",
    r"^\s*static\b|\bthis\.#": "  static count = 0;",
    r"^await ": "await import('x')",
    r"^export \* as ": "export * as all from './a.js'",
    r"\(\?<[=!]": "/(?<=a)b/",
    r"/[a-z]*[dv][a-z]*\.(test|exec)\b": "/a/v.test(b)",
    r"\bimport\.meta\b": "import.meta.url",
    r"<dialog|\"dialog\"": 'h("dialog")',
}
# On the plain-http address of an intranet these are missing in every browser.
NEEDS_HTTPS = {
    r"\brandomUUID\b": "crypto.randomUUID()",
    r"\bcrypto\.subtle\b": "crypto.subtle.digest(a)",
    r"\bnavigator\.(clipboard|share|locks|wakeLock|serviceWorker|storage)\b": "navigator.share(a)",
}
TOO_YOUNG_CSS = {
    r":(has|is|where)\(": "a:has(b) {}",
    r"\binset(-\w+)*\s*:": "inset: 0;",
    r"\d(dvh|svh|lvh|dvw|cqw|cqi)\b": "height: 100dvh;",
    r"@(container|layer|property|scope|starting-style)\b": "@layer a {}",
    r"\baspect-ratio\s*:": "aspect-ratio: 1;",
    r"\b(color-mix|light-dark|oklch|oklab|lab|lch)\(": "color: color-mix(in srgb, red, blue);",
    r"\b(margin|padding|inset|border)-(inline|block)\b": "margin-inline: 0;",
    r"\btext-wrap\b": "text-wrap: balance;",
    r"&": "&:hover {}",
    r"(?<!-)\b(row-|column-)?gap\s*:": "gap: 1rem;",  # in flex boxes iOS 14.5; grid-gap is older
    r"\burl\(": "background: url(x.png);",  # joined styles have another address than their files
}


def lines(file: Path) -> Iterator[tuple[str, str]]:
    for number, line in enumerate(file.read_text("utf-8").splitlines(), start=1):
        if not line.lstrip().startswith(("//", "/*", "* ")):
            yield f"{file.relative_to(ROOT)}:{number}", line


def found(pattern: str, files: Iterable[Path]) -> list[str]:
    return [
        f"{place}: {line.strip()}"
        for file in files
        for place, line in lines(file)
        if re.search(pattern, line)
    ]


def test_no_folder_with_scripts_is_forgotten() -> None:
    folders = {file.parent.relative_to(ROOT).as_posix() for file in SCRIPTS}
    static = "lessons/weike/server/static"
    assert folders >= {"widgets/weike/widgets/quiz", static, f"{static}/live", f"{static}/compose"}
    assert len(STYLES) > 20


@pytest.mark.parametrize("pattern", [*TOO_YOUNG, *NEEDS_HTTPS])
def test_the_scripts_run_on_chromium_86_and_ios_14_without_https(pattern: str) -> None:
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
def test_the_styles_are_understood_by_chromium_86_and_ios_14(pattern: str) -> None:
    assert found(pattern, STYLES) == []


@pytest.mark.parametrize(
    ("pattern", "example"),
    [*TOO_YOUNG.items(), *NEEDS_HTTPS.items(), *TOO_YOUNG_CSS.items()],
)
def test_each_forbidden_pattern_bites(pattern: str, example: str) -> None:
    assert re.search(pattern, example)
