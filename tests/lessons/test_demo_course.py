"""The course in this repository: what a trainer, and the other tests, may rely on."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from weike.lessons.check import check_course
from weike.quizzes import Bank, load_bank
from weike.quizzes.course import load_course
from weike.quizzes.formats.markdown import loads
from weike.quizzes.types.single import Single

ROOT = Path(__file__).parents[2]
LESSONS = ROOT / "lessons"
STARTER = LESSONS / "weike" / "server" / "starter"
FILES = sorted(p for p in LESSONS.glob("*/*.ipynb") if p.parent.name not in ("weike", "guide"))
GUIDES = sorted(LESSONS.glob("guide/*.ipynb"))
BANK = ROOT / "quizzes" / "fire.md"
ADDRESS = re.compile(
    r"!\[(?P<alt>[^\]]*)\]\((?P<file>[^)\s]+)\)|(?:src|poster)=\"(?P<tag>[^\"]+)\""
)
IN_README = re.compile(r"\((lessons/[a-z-]+/media/[^)]+)\)")
EVERY = pytest.mark.parametrize("path", [*FILES, *GUIDES], ids=lambda path: path.stem)


@cache
def notebook(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content


def sources(path: Path, kind: str) -> Iterator[str]:
    for cell in notebook(path)["cells"]:
        if cell["cell_type"] == kind:
            yield "".join(cell["source"])


def quizzes(path: Path) -> Iterator[Bank]:
    for source in sources(path, "code"):
        first, _, body = source.partition("\n")
        if first.startswith("%%quiz "):
            yield loads(body, source=path.name)


def media(path: Path) -> Iterator[tuple[str | None, Path]]:
    """Description and file of every picture, film and caption that a lesson names."""
    for source in sources(path, "markdown"):
        plain = re.sub(r"```.*?```", "", source, flags=re.DOTALL)
        for match in ADDRESS.finditer(plain):
            yield match["alt"], path.parent / (match["file"] or match["tag"])


def all_code() -> str:
    return "\n".join(source for path in FILES for source in sources(path, "code"))


def test_the_repository_is_a_course_that_serves_itself() -> None:
    course = load_course(ROOT)
    assert course.demo
    assert course.levels == ("党委", "党总支", "支部")


def test_the_course_passes_its_own_check_without_a_warning() -> None:
    report = check_course(load_course(ROOT))
    assert (report.lessons, report.banks, report.findings) == (9, 1, ())


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_the_course_that_weike_new_makes_passes_it_too(language: str) -> None:
    report = check_course(load_course(STARTER / language), run=False)
    assert (report.lessons, report.findings) == (1, ())


def test_there_are_seven_lessons_six_in_chinese_and_one_in_english() -> None:
    languages = Counter(notebook(path)["metadata"]["weike"]["language"] for path in FILES)
    assert languages == {"zh-CN": 6, "en": 1}


def test_the_lessons_have_an_order_without_gaps() -> None:
    orders = sorted(notebook(path)["metadata"]["weike"]["order"] for path in FILES)
    assert orders == list(range(1, 8))


@EVERY
def test_a_lesson_says_what_it_is_and_takes_five_minutes(path: Path) -> None:
    about = notebook(path)["metadata"]["weike"]
    assert about.keys() == {"title", "topic", "minutes", "audience", "language", "order"}
    assert all(about.values())
    assert about["minutes"] == 5


@EVERY
def test_a_lesson_begins_by_loading_the_component(path: Path) -> None:
    assert next(sources(path, "code")) == "%load_ext weike.widgets"
    assert notebook(path)["cells"][0]["cell_type"] == "code"


@EVERY
def test_no_output_is_committed(path: Path) -> None:
    for cell in notebook(path)["cells"]:
        if cell["cell_type"] == "code":
            assert cell["outputs"] == []
            assert cell["execution_count"] is None


@EVERY
def test_cells_keep_their_names(path: Path) -> None:
    names = [cell["id"] for cell in notebook(path)["cells"]]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z-]+", name) for name in names), "the names are given by hand"


@EVERY
def test_a_lesson_ends_with_its_sources(path: Path) -> None:
    last = list(sources(path, "markdown"))[-1]
    assert last.startswith(("## 资料来源\n", "## Sources\n"))
    assert last.count("\n- ") >= 3


@EVERY
def test_paragraphs_fit_a_phone(path: Path) -> None:
    for source in sources(path, "markdown"):
        for paragraph in re.sub(r"```.*?```", "", source, flags=re.DOTALL).split("\n\n"):
            if not paragraph.startswith(("!", "<", "|", "-", "1.")):
                assert len(paragraph) <= 260, paragraph


@EVERY
def test_every_quiz_can_be_read_and_teaches(path: Path) -> None:
    found = list(quizzes(path))
    assert found, "a lesson has a quiz"
    for quiz in found:
        assert quiz.title
        assert quiz.bank or 4 <= len(quiz.questions) <= 6
        for question in quiz.questions:
            assert question.explanation, question.stem
            assert question.topic, question.stem


@EVERY
def test_every_picture_exists_and_is_described(path: Path) -> None:
    named = list(media(path))
    assert len(named) >= 2
    for alt, file in named:
        assert file.is_file(), file
        assert alt is None or len(alt) >= 15, file


def test_no_medium_is_left_over() -> None:
    used = {file for path in (*FILES, *GUIDES) for _alt, file in media(path)}
    for readme in ROOT.glob("README*.md"):
        used |= {ROOT / name for name in IN_README.findall(readme.read_text(encoding="utf-8"))}
    assert {file for file in LESSONS.glob("*/media/*") if file.is_file()} <= used


def test_drawings_carry_their_own_light_card_and_no_small_print() -> None:
    for drawing in LESSONS.glob("*/media/*.svg"):
        text = drawing.read_text(encoding="utf-8")
        assert re.search(r'viewBox="0 0 360 \d+"', text), drawing
        assert '<rect width="360"' in text, drawing
        assert all(int(size) >= 16 for size in re.findall(r'font-size="(\d+)', text)), drawing


def test_the_film_is_short_and_has_captions() -> None:
    film = LESSONS / "fire" / "media" / "pass.mp4"
    assert film.stat().st_size <= 600_000
    captions = film.with_suffix(".vtt").read_text(encoding="utf-8")
    assert captions.startswith("WEBVTT\n")
    assert captions.count(" --> ") == 6


def test_one_lesson_shows_a_table_one_a_plot_and_one_is_live() -> None:
    code = all_code()
    assert "pd.DataFrame" in code
    assert "plt.show()" in code
    assert "widgets.FloatSlider" in code


def test_one_quiz_is_a_test_with_a_pass_mark() -> None:
    rules = [quiz.rules for path in FILES for quiz in quizzes(path)]
    assert [rule.passing for rule in rules if rule.behaviour == "test"] == [0.8]


def test_one_quiz_draws_five_of_the_twenty_questions_of_the_bank() -> None:
    (quiz,) = (quiz for path in FILES for quiz in quizzes(path) if quiz.bank)
    assert quiz.rules.draw == 5
    bank = load_bank(BANK)
    assert len(bank.questions) == 20
    kinds = {"single", "multiple", "boolean", "blank", "numeric"}
    assert {question.type for question in bank.questions} == kinds
    for question in bank.questions:
        assert question.explanation, question.stem
        assert question.topic
        assert question.difficulty in (1, 2, 3)


def test_the_right_option_is_not_given_away_by_its_place_or_its_length() -> None:
    banks = [load_bank(BANK), *(quiz for path in (*FILES, *GUIDES) for quiz in quizzes(path))]
    singles = [q for bank in banks for q in bank.questions if isinstance(q, Single)]
    places, longest = Counter[int](), 0
    for question in singles:
        right = [option.right for option in question.options].index(True)
        lengths = [len(option.text) for option in question.options]
        places[right] += 1
        longest += lengths[right] == max(lengths) and lengths.count(max(lengths)) == 1
    assert max(places.values()) <= 0.4 * len(singles)
    assert longest <= 0.4 * len(singles)
