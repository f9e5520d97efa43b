"""Temporary folders end with their process, however it ends."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from weike.results import folders
from weike.results.folders import MOST

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no locks of this kind there")
CODE = """
import time
from weike.results.folders import Folders
folders = Folders("live")
print(folders.make(), flush=True)
time.sleep(60)
"""


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(folders.tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(folders, "MOST", len(os.fsencode(tmp_path)))
    return tmp_path


@pytest.fixture
def killed(temporary: Path) -> Path:
    """The folder of a process that was killed; while it lives, nothing is cleared away."""
    code = f"from weike.results import folders\nfolders.MOST = {folders.MOST}\n{CODE}"
    with subprocess.Popen(
        [sys.executable, "-c", code],
        env=os.environ | {"TMPDIR": str(temporary)},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        folder = Path(process.stdout.readline().strip())
        (folder / "left").write_text("", encoding="utf-8")
        assert folders.clear_stale() == []
        assert folder.is_dir()
        process.send_signal(signal.SIGKILL)
    return folder


def test_what_a_killed_process_left_is_cleared_away(killed: Path) -> None:
    assert folders.clear_stale() == [killed.parent]
    assert not killed.parent.exists()


def test_what_lives_in_this_process_stays(killed: Path) -> None:
    with folders.Folders("run") as mine:
        folder = mine.make()
        assert folders.clear_stale() == [killed.parent]
        assert folder.is_dir()
    assert not folder.parent.exists()


def test_what_is_not_known_to_be_ours_is_not_touched(temporary: Path) -> None:
    for name in ("weike", "weike-notes", "weike-live-x"):
        (temporary / name).mkdir()
    (temporary / "weike-file").write_text("", encoding="utf-8")
    target = temporary / "other"
    target.mkdir()
    (target / "lock").write_text("", encoding="utf-8")
    (temporary / "weike-link").symlink_to(target)
    assert folders.clear_stale() == []
    assert (target / "lock").exists()


def test_another_users_folder_is_not_touched(killed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folders.os, "getuid", lambda: os.geteuid() + 1)
    assert folders.clear_stale() == []
    assert killed.is_dir()


def test_a_system_without_such_locks_has_folders_too(
    temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folders, "fcntl", None)
    monkeypatch.delattr(folders.os, "getuid")
    with folders.Folders("lab") as mine:
        folder = mine.make()
        assert list(folder.parent.iterdir()) == [folder], "nothing that Windows would not rename"
        assert folders.clear_stale() == []
    assert list(temporary.iterdir()) == []


def test_where_the_systems_place_has_too_long_a_name_another_is_taken(
    temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    short = temporary / "t"
    short.mkdir()
    monkeypatch.setattr(folders, "MOST", len(os.fsencode(temporary)) + 2)
    long = temporary / "longer"
    long.mkdir()
    monkeypatch.setattr(folders.tempfile, "tempdir", str(long))
    monkeypatch.setattr(folders, "SHORT", (str(temporary / "x"), str(short)))
    with folders.Folders("live") as mine:
        assert mine.make().parent.parent == short
        assert not folders.no_sockets()
        assert folders.clear_stale() == []
    left = short / "weike-live-x"
    left.mkdir()
    (left / "lock").write_text("", encoding="utf-8")
    assert folders.clear_stale() == [left], "it is found again where it was made"
    monkeypatch.setattr(folders, "SHORT", ())
    assert folders.place() == str(long)
    assert folders.no_sockets()


def test_a_socket_has_room_in_the_longest_place_that_is_taken() -> None:
    with tempfile.TemporaryDirectory(prefix="w", dir="/tmp") as base:
        whole = Path(base, "x" * (MOST - len(os.fsencode(base)) - 1))
        whole.mkdir()
        assert len(os.fsencode(whole)) == MOST
        folder = Path(tempfile.mkdtemp(dir=tempfile.mkdtemp(prefix="weike-run-", dir=whole)))
        kernel = Path(tempfile.mkdtemp(prefix="k", dir=folder))
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind(str(kernel / "s-5"))
