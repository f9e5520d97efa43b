"""The command's own end: sentences and statuses, never a traceback."""

from __future__ import annotations

import errno
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from weike.cli import main, weike
from weike.quizzes.errors import why
from weike.quizzes.i18n import use_language


@pytest.fixture(autouse=True)
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    (tmp_path / "weike.toml").write_text('language = "en"\n', encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    with use_language("en"):  # the command sets the language of its process
        yield tmp_path


def end(monkeypatch: pytest.MonkeyPatch, *words: str, raising: BaseException | None = None) -> int:
    """The status with which the command ends."""
    monkeypatch.setattr(sys, "argv", ["weike", *words])
    if raising is not None:

        def fail(_context: object) -> None:
            raise raising

        monkeypatch.setattr(weike, "invoke", fail)
    with pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0)


def test_what_the_system_refuses_is_a_sentence_with_the_file(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    full = OSError(errno.ENOSPC, "No space left on device", "/results/weike.db")
    assert end(monkeypatch, "doctor", raising=full) == 1
    assert capsys.readouterr().err == "weike: /results/weike.db: the disk is full\n"


def test_ctrl_c_ends_with_a_word_and_the_status_that_shells_know(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert end(monkeypatch, "doctor", raising=KeyboardInterrupt()) == 130
    assert capsys.readouterr().err.strip() == "Stopped."


def test_a_status_and_a_usage_error_reach_the_shell(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert end(monkeypatch, "--version") == 0
    assert end(monkeypatch, "chek") == 2
    assert "No such command 'chek'" in capsys.readouterr().err
    (Path.cwd() / "quizzes").mkdir()
    (Path.cwd() / "quizzes/a.md").write_text("## No key?\n- [ ] a\n- [ ] b\n", encoding="utf-8")
    assert end(monkeypatch, "check") == 1


def test_the_systems_reason_is_said_in_the_readers_language() -> None:
    with use_language("zh-CN"):
        assert why(PermissionError(errno.EACCES, "Permission denied")) == "当前账号没有这个权限"
        assert why(OSError("zip is cut")) == "zip is cut"
