"""`%%quiz` in IPython: a quiz is shown, and a mistake is a sentence with the line in the cell."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from weike.quizzes.errors import BankError, WeikeError
from weike.quizzes.i18n import set_default_language
from weike.widgets import registry


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[InteractiveShell]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    monkeypatch.delenv("WEIKE_LIVE", raising=False)
    registry.forget()
    shell = InteractiveShell()
    shell.history_manager.enabled = False
    shell.run_cell("%load_ext weike.widgets")
    yield shell
    registry.forget()
    set_default_language("zh-CN")
    shell.history_manager.end_session()


def run(shell: InteractiveShell, cell: str) -> tuple[Any, str]:
    with capture_output() as captured:
        result = shell.run_cell(cell)
    return result, captured.stdout + captured.stderr


def test_a_cell_of_markdown_becomes_a_registered_quiz(shell: InteractiveShell) -> None:
    result, _said = run(
        shell, "%%quiz fire-check\n---\ntitle: Fire\npass: 80%\n---\n\n## 1 + 1?\n= 2\n"
    )
    assert result.success
    definition = registry.registered()["fire-check"].definition
    assert (definition.title, definition.rules.passing) == ("Fire", 0.8)


def test_a_cell_may_name_a_bank_and_its_own_rules(shell: InteractiveShell, tmp_path: Path) -> None:
    (tmp_path / "sums.md").write_text(
        "---\npass: 50%\n---\n" + "".join(f"## {n} + 1?\n= {n + 1}\n\n" for n in range(9))
    )
    result, _said = run(shell, "%%quiz sums\n---\nbank: sums.md\ndraw: 4\nattempts: 2\n---\n")
    assert result.success
    rules = registry.registered()["sums"].definition.rules
    assert (rules.draw, rules.attempts, rules.passing) == (4, 2, 0.5)


def test_a_mistake_is_shown_with_its_line_in_the_cell_and_no_traceback(
    shell: InteractiveShell,
) -> None:
    result, said = run(shell, "%%quiz fire-check\n\n## First?\n- [ ] One\n- [ ] Two\n")
    assert isinstance(result.error_in_exec, BankError)
    assert "line 3: no right answer" in said
    assert "Traceback" not in said
    assert "weike" not in said
    assert registry.registered() == {}


def test_a_mistake_shows_the_line_that_is_meant_and_the_repair(shell: InteractiveShell) -> None:
    _result, said = run(
        shell, "%%quiz fire-check\n\n## First?\n- [ ] One\n- [ ] Two\n\n## Second?\n= x\n"
    )
    plain = re.sub(r"\x1b\[\d+m", "", said)
    assert plain.strip().splitlines() == [
        "this cell has 2 problems:",
        "  line 3: no right answer; mark one with [x]",
        "    3 │ ## First?",
        "  line 8: x is no number; write = 110, = 110 ± 10, = 3..5 or = 12%, and a unit behind it",
        "    8 │ = x",
    ]


def test_all_mistakes_are_shown_at_once(shell: InteractiveShell) -> None:
    _result, said = run(
        shell, "%%quiz x\n---\npas: 80%\n---\n## First?\n- [ ] One\n- [ ] Two\n\n## Second?\n= x\n"
    )
    assert "line 3: unknown key pas" in said
    assert "line 5:" in said
    assert "line 10:" in said


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("%%quiz a b\n## 1?\n= 1\n", "takes one name"),
        ("%%quiz a\n---\nbank: gone.md\n---\n", "no question bank gone.md"),
        ("%%quiz a\n---\nbank: gone.md\n---\n## 1?\n= 1\n", "keep one of them"),
        ("%%quiz a/b\n## 1?\n= 1\n", "cannot be the name of a quiz"),
        ("%%quiz a\n\n", "no questions"),
    ],
)
def test_whatever_is_wrong_is_a_sentence(shell: InteractiveShell, cell: str, reason: str) -> None:
    result, said = run(shell, cell)
    assert isinstance(result.error_in_exec, WeikeError)
    assert reason in said
    assert "Traceback" not in said


def test_quiz_objects_have_readable_mistakes_too(shell: InteractiveShell) -> None:
    _result, said = run(shell, "from weike.widgets import Quiz\nQuiz('x', bank='gone.md')\n")
    assert "no question bank gone.md" in said
    assert "Traceback" not in said


def test_the_publisher_gets_the_definitions_in_silence(shell: InteractiveShell) -> None:
    run(shell, "%%quiz a\n## 1 + 1?\n= 2\n")
    expression = '__import__("weike.widgets.registry", fromlist=["export"]).export()'
    answer = shell.user_expressions({"quizzes": expression})["quizzes"]
    assert answer["status"] == "ok"
    [quiz] = answer["data"][registry.MIME]["quizzes"]
    assert quiz["definition"]["id"] == "a"


def test_in_the_live_part_a_cell_only_says_where_its_quiz_is(
    shell: InteractiveShell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WEIKE_LIVE", "1")
    _result, said = run(shell, "%%quiz a\n## 1 + 1?\n= 2\n")
    assert said.strip() == "The quiz is answered on the lesson's page."
    assert registry.registered() == {}
