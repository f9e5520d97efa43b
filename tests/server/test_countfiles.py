"""Figures of several processes: a disk that fills up ends none of them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from weike.server.countfiles import KINDS, ROOM, reserve, shrink
from weike.server.metrics import FOLDER

ROUTES = 150  # more than there are
STATUSES = ("200", "204", "206", "303", "304", "400", "401", "403", "404", "409", "500", "503")
CODE = f"""
import os
from weike.server import metrics
for n in range({ROUTES}):
    metrics.SECONDS.labels("ThisIsARoute%d" % n).observe(1)
    for status in {STATUSES}:
        metrics.REQUESTS.labels("ThisIsARoute%d" % n, status).inc()
assert b"ThisIsARoute1" in metrics.exposed()
print(os.getpid())
"""


def counted(folder: Path) -> tuple[int, str]:
    """The process that has counted all there is to count, and what it said."""
    run = subprocess.run(
        [sys.executable, "-c", CODE],
        env=os.environ | {FOLDER: str(folder)},
        capture_output=True,
        text=True,
        check=True,
    )
    return int(run.stdout), run.stderr


def test_there_is_room_for_everything_before_anything_is_counted(tmp_path: Path) -> None:
    pid, said = counted(tmp_path)
    files = [tmp_path / f"{kind}_{pid}.db" for kind in KINDS]
    assert sorted(tmp_path.iterdir()) == sorted(files)
    assert {file.stat().st_size for file in files} == {ROOM}, "none has grown"
    assert said == ""
    shrink(tmp_path, pid)
    sizes = {file.name.partition("_")[0]: file.stat().st_size for file in files}
    assert ROOM / 8 < sizes["counter"] < ROOM
    assert ROOM / 8 < sizes["histogram"] < ROOM
    assert sizes["gauge"] < 4096
    kept = files[0].read_bytes()
    reserve(tmp_path, pid)  # the system may give a number again
    assert files[0].read_bytes() == kept.ljust(ROOM, b"\0")


def test_without_room_a_process_counts_for_itself_alone(tmp_path: Path) -> None:
    _pid, said = counted(tmp_path / "nowhere")
    assert "/metrics tells of one process only" in said


def test_half_a_reservation_is_taken_back(tmp_path: Path) -> None:
    (tmp_path / f"{KINDS[-1]}_7.db").mkdir()  # where a file cannot be
    with pytest.raises(OSError, match=KINDS[-1]):
        reserve(tmp_path, 7)
    assert [one.name for one in tmp_path.iterdir()] == [f"{KINDS[-1]}_7.db"]
