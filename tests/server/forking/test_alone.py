"""Kernels on computers where none can be forked, or that tell nothing of memory."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from weike.server.forking import provisioner
from weike.server.forking.plan import Plan

from .conftest import cells


@pytest.mark.skipif(sys.platform == "win32", reason="it bounds nothing")
def test_where_the_system_does_not_tell_how_much_memory_there_is_none_is_bounded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on macOS: a kernel starts there, too."""
    import resource

    from weike.server.forking import system

    bounds: dict[int, int] = {}
    monkeypatch.setattr(system, "STATUS", tmp_path / "nothing")
    monkeypatch.setattr(resource, "setrlimit", lambda kind, two: bounds.update({kind: two[0]}))
    assert system.limit(memory=1 << 20, file=1 << 20) == 0
    assert bounds == {resource.RLIMIT_FSIZE: 1 << 20, resource.RLIMIT_CORE: 0}


@pytest.mark.parametrize("asked", [True, False])
def test_its_command_names_files_as_seen_from_its_folder_and_none_outside(
    tmp_path: Path, asked: bool
) -> None:
    """Where nobody asks what cells show, `show` would put a file in the place of /dev/null."""
    plan, shown = Plan(name="alone", cells=cells("1")), tmp_path / "shown.json" if asked else None
    command = provisioner._alone(["python", "-f", "k.json", "-x"], plan, shown, {"cwd": tmp_path})
    assert command[4:] == ["plan.json", "shown.json" if asked else "", "-f", "k.json", "-x"]
    assert Plan.from_json(json.loads((tmp_path / "plan.json").read_text("utf-8"))) == plan
