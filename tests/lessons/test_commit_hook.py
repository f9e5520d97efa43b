"""The hook for pre-commit: its entry is called with the staged files, from the repository's top."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
(HOOK,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
QUIZ = "%%quiz a\n## What?\n- [ ] x\n- [ ] y\n"


@pytest.fixture
def commit(folder: Any) -> Any:
    """Commit files of a repository in which the course is a folder, as pre-commit does it."""

    def run(*names: str) -> subprocess.CompletedProcess[str]:
        staged = [
            name
            for name in (f"{folder.root.name}/{name}" for name in names)
            if re.search(HOOK["files"], name) and not re.search(HOOK["exclude"], name)
        ]
        entry = shlex.split(HOOK["entry"])
        entry[0] = str(Path(sys.executable).with_name(entry[0]))
        return subprocess.run(
            [*entry, *staged], cwd=folder.root.parent, capture_output=True, text=True, timeout=60
        )

    return run


def test_the_hook_says_what_pre_commit_needs_to_know() -> None:
    assert HOOK["id"] == "weike-check"
    assert HOOK["language"] == "python"
    assert HOOK["require_serial"], "clashes between files are only seen by one process"


def test_a_broken_lesson_or_bank_stops_the_commit(folder: Any, commit: Any) -> None:
    folder.lesson("# A", folder.code("%load_ext weike.widgets"), folder.code(QUIZ))
    folder.write("quizzes/fire.md", "## Which?\n- [ ] x\n- [ ] y\n")
    result = commit("lessons/fire/one.ipynb", "quizzes/fire.md")
    assert result.returncode == 1
    assert "cell 3, line 2: no right answer" in result.stdout
    assert "quizzes/fire.md" in result.stdout
    assert result.stderr == ""


def test_nothing_is_run_and_only_staged_files_count(folder: Any, commit: Any) -> None:
    folder.lesson("# A", folder.code("import os\nos._exit(3)"), name="lessons/fire/a.ipynb")
    folder.lesson("# B\n\n![x](gone.png)", name="lessons/fire/b.ipynb")
    result = commit("lessons/fire/a.ipynb")
    assert (result.returncode, result.stderr) == (0, "")
    assert "1 lessons and 0 banks: 0 errors" in result.stdout


def test_other_files_of_a_course_and_of_the_repository_pass(folder: Any, commit: Any) -> None:
    names = ["lessons/fire/a.png", "lessons/fire/a.transcript.md", "quizzes/_draft.md"]
    for name in [*names, "lessons/weike/x.ipynb", "README.md"]:
        folder.write(name, "x")
    (folder.root.parent / "lessons").mkdir()
    (folder.root.parent / "lessons/x.ipynb").write_text("no course above it")
    result = commit(*names, "lessons/weike/x.ipynb", "README.md", "../lessons/x.ipynb")
    assert (result.returncode, result.stderr) == (0, "")
