"""Sockets of a kernel have names that do not tell where it lives."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

import pytest

from weike.lessons import hidden

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nobody is told of them")


def test_a_socket_is_bound_in_a_folder_by_a_name_that_does_not_tell_it(tmp_path: Path) -> None:
    place, folder = hidden.unnamed(tmp_path / "s")
    try:
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind(str(place))
            assert tmp_path.name not in listening.getsockname()
            assert (tmp_path / "s").is_socket()
    finally:
        os.close(folder)


def test_where_no_way_leads_by_open_files_the_socket_keeps_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise no kernel would start there."""
    monkeypatch.setattr(hidden, "_FILES", tmp_path)
    before = os.listdir("/proc/self/fd")
    assert hidden.unnamed(tmp_path / "s") == (tmp_path / "s", -1)
    assert os.listdir("/proc/self/fd") == before
