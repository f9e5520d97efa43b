"""A course folder made by `weike new`."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from weike.cli import weike
from weike.commands import course as commands
from weike.lessons.catalogue import read_lessons
from weike.lessons.check import check_course
from weike.quizzes.course import load_course
from weike.quizzes.errors import WeikeError
from weike.quizzes.i18n import LANGUAGES
from weike.results.enrolling.roster import read_roster


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_made_is_without_a_finding(language: str, tmp_path: Path) -> None:
    folder = tmp_path / "safety"
    made = CliRunner().invoke(weike, ["new", str(folder), "--language", language])
    assert made.exit_code == 0, made.output
    course = load_course(folder)
    assert course.language == language
    assert len(read_lessons(course).lessons) == 1
    assert [str(one) for one in check_course(course, run=True).findings] == []
    roster = read_roster(folder / course.roster, levels=course.levels)
    assert not roster.problems
    assert not roster.notes
    roles = {grant[0] for row in roster.rows for grant in row.grants or ()}
    assert {"lecturer", "organizer"} <= roles
    assert "results/" in (folder / ".gitignore").read_text("utf-8")


@pytest.mark.parametrize("occupied", ["file", "folder"])
def test_nothing_of_yours_is_overwritten(occupied: str, tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    if occupied == "file":
        folder.write_text("mine")
    else:
        folder.mkdir()
        (folder / "mine").touch()
    with pytest.raises(WeikeError, match=str(folder)):
        commands.make_course(folder)


def test_a_place_where_nothing_can_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "gone").symlink_to(tmp_path / "nowhere")
    with pytest.raises(WeikeError, match="gone"):
        commands.make_course(tmp_path / "gone")


def test_the_editor_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commands.make_course(tmp_path / "safety")
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    result = CliRunner().invoke(weike, ["author", str(tmp_path / "safety")])
    assert isinstance(result.exception, WeikeError)
    assert "pip install 'weike[author]'" in str(result.exception)


def test_the_editor_listens_here_only_and_learns_no_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commands.make_course(tmp_path / "safety")
    monkeypatch.setenv("WEIKE_DATABASE_URL", "postgresql://secret")
    seen: dict[str, object] = {}

    class Done:
        returncode = 0

    def run(command: list[str], **options: object) -> Done:
        seen.update(options, command=command)
        return Done()

    monkeypatch.setattr(commands.subprocess, "run", run)
    result = CliRunner().invoke(weike, ["author", str(tmp_path / "safety"), "--no-browser"])
    assert result.exit_code == 0
    assert "--ServerApp.ip=127.0.0.1" in seen["command"]  # type: ignore[operator]
    assert "WEIKE_DATABASE_URL" not in seen["env"]  # type: ignore[operator]
