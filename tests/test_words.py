"""Every word of the interface has its translation (terms.md)."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_file
from babel.messages.pofile import read_po

from weike.quizzes.i18n import part_catalogue

ROOT = Path(__file__).parents[1]

PARTS = {
    "quizzes": ["quizzes/weike/quizzes"],
    "results": ["results/weike/results"],
    "widgets": ["widgets/weike/widgets"],
    "lessons": ["lessons/weike/lessons"],
    "server": ["lessons/weike/server", "lessons/weike/commands", "lessons/weike/cli.py"],
}
METHODS = {".py": "python", ".html": "jinja2.ext.babel_extract", ".js": "javascript"}
KEYWORDS = {**DEFAULT_KEYWORDS, "t": None}
# Words that terms.md keeps out of the interface.
FORBIDDEN = ("笔记本", "内核", "单元格", "收缩均值", "用户", "组织员", "尝试")
# "、".join(names), names | join("、"), f"{one}（{two}）"
SET_IN_CODE = re.compile(
    r"""['"][，、；]['"]\.join\(|\bjoin\(['"][，、；]|f"[^"\n]*\}[（｜][^"\n]*|\}\}[（｜]"""
)
PLACEHOLDER = re.compile(r"{(\w+)[^}]*}")


def messages(folder: Path) -> Iterator[tuple[str, str]]:
    """(place, message) for every message marked in a folder."""
    for file in [folder] if folder.is_file() else sorted(folder.rglob("*")):
        method = METHODS.get(file.suffix)
        if method is None or not file.is_file():
            continue
        for line, message, *_ in extract_from_file(method, file, keywords=KEYWORDS):
            assert isinstance(message, str), f"{file}:{line}: plural forms are not used here"
            yield f"{file.relative_to(ROOT)}:{line}", message


def translations(part: str, language: str) -> dict[str, str]:
    file = ROOT / PARTS[part][0] / "locale" / f"{language}.po"
    with file.open("rb") as source:
        return {str(m.id): str(m.string) for m in read_po(source, abort_invalid=True) if m.id}


@pytest.mark.parametrize("part", PARTS)
def test_every_message_is_translated(part: str) -> None:
    known = translations(part, "zh-CN")
    missing = {
        f"{place}: {message}"
        for folder in PARTS[part]
        for place, message in messages(ROOT / folder)
        if not known.get(message)
    }
    assert sorted(missing) == []


@pytest.mark.parametrize("part", PARTS)
def test_no_translation_outlives_its_message(part: str) -> None:
    used = {message for folder in PARTS[part] for _, message in messages(ROOT / folder)}
    assert sorted(translations(part, "zh-CN").keys() - used) == []


def test_a_message_has_one_translation_in_all_parts() -> None:
    """The parts' catalogues are merged: of two translations the order of the parts would choose."""
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for part in PARTS:
        for source, target in translations(part, "zh-CN").items():
            found[source][target].append(part)
    assert {source: dict(targets) for source, targets in found.items() if len(targets) > 1} == {}


@pytest.mark.parametrize("part", PARTS)
def test_no_message_stands_twice_in_a_catalogue(part: str) -> None:
    """Read raw: the reader keeps the last of two, as a merge of two branches leaves them."""
    text = (ROOT / PARTS[part][0] / "locale/zh-CN.po").read_text(encoding="utf-8")
    sources = re.findall(r'^msgid ((?:".*"\n)+)', text, flags=re.MULTILINE)
    assert len(sources) > len(translations(part, "zh-CN"))  # the header's is empty
    said = Counter("".join(re.findall(r'"(.*)"', source)) for source in sources)
    assert [source for source, times in said.items() if times > 1] == []


@pytest.mark.parametrize("part", PARTS)
def test_a_translation_keeps_the_placeholders(part: str) -> None:
    wrong = {
        source
        for source, target in translations(part, "zh-CN").items()
        if set(PLACEHOLDER.findall(source)) != set(PLACEHOLDER.findall(target))
    }
    assert sorted(wrong) == []


@pytest.mark.parametrize("part", ["quizzes", "results", "widgets", "server"])
def test_members_never_read_the_words_of_the_machinery(part: str) -> None:
    wrong = {
        target
        for target in translations(part, "zh-CN").values()
        for word in FORBIDDEN
        if word in target
    }
    assert sorted(wrong) == []


@pytest.mark.parametrize("part", PARTS)
def test_lists_and_asides_are_set_as_the_readers_language_sets_them(part: str) -> None:
    """`listed`, `one_by_one` and translated sentences know both; code that adds signs knows one."""
    papers = ("chinese", "chinesewriter")  # in Chinese, whoever reads them
    files = [
        file
        for folder in map(ROOT.joinpath, PARTS[part])
        for file in ([folder] if folder.is_file() else folder.rglob("*"))
        if file.suffix in METHODS and file.parent.name not in papers and file.stem not in papers
    ]
    assert len(files) > 20
    said = ((f, text) for f in files for text in SET_IN_CODE.findall(f.read_text(encoding="utf-8")))
    assert [f"{file.name}: {text}" for file, text in said] == []


@pytest.mark.parametrize("part", PARTS)
def test_the_quick_reader_of_catalogues_reads_what_babel_reads(part: str) -> None:
    filled = {source: target for source, target in translations(part, "zh-CN").items() if target}
    assert part_catalogue(part, "zh-CN") == filled
