"""Findings beside the composer and the bank's form: at once, and about the one file."""

from __future__ import annotations

from typing import Any

import pytest

from weike.lessons.quick import quick_findings
from weike.quizzes.errors import WeikeError

BANK = "## What comes first? {#first}\n- [x] Alarm\n- [ ] Fight\n"
QUIZ = "%%quiz fire-1\n## And then? {#first}\n- [x] Leave\n- [ ] Fight\n"


def test_one_file_is_checked_without_running_it(folder: Any) -> None:
    folder.lesson("# A\n\n![x](gone.png)", folder.code("1 / 0"), name="lessons/fire/a.ipynb")
    folder.lesson("# B\n\n![x](lost.png)", name="lessons/fire/b.ipynb")
    (found,) = quick_findings(folder.course, "lessons/fire/a.ipynb")
    assert (found.message, found.cell, found.line) == ("there is no file gone.png", 1, 3)
    assert found.repair


def test_a_clash_with_another_file_is_found_too(folder: Any) -> None:
    folder.write("quizzes/fire.md", BANK)
    folder.lesson("# A", folder.code("%load_ext weike.widgets"), folder.code(QUIZ))
    (found,) = quick_findings(folder.course, "lessons/fire/one.ipynb")
    assert found.message == "the id first belongs to another question in quizzes/fire.md, line 1"
    assert quick_findings(folder.course, "quizzes/fire.md") == []


@pytest.mark.parametrize("path", ["weike.toml", "lessons/../weike.toml", "lessons/none.ipynb"])
def test_a_file_that_is_no_lesson_and_no_bank_is_refused(folder: Any, path: str) -> None:
    with pytest.raises(WeikeError):
        quick_findings(folder.course, path)


LONG = 20_000  # signs; where all that follows is looked at for every sign, that takes minutes


@pytest.mark.parametrize("sign", ["<video ", "<", " "])
def test_a_long_line_of_one_sign_is_checked_at_once(folder: Any, sign: str) -> None:
    signs = sign * (LONG // len(sign))
    folder.lesson(
        f"# A\n\n{signs}",
        folder.code("%load_ext weike.widgets"),
        folder.code(f"x = 1{signs.replace(sign, chr(10))}y = 2\n#| alt: a{' ' * LONG}b"),
        folder.code(f"%%quiz fire-1\n---\nbank: fire.md{' ' * LONG}x\n---\n"),
    )
    found = quick_findings(folder.course, "lessons/fire/one.ipynb")
    assert any("fire.md" in one.message for one in found)
