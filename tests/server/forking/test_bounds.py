"""What a lesson can do to others by looping, leaking and printing: little, and not for long."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

from weike.server.forking.plan import TOO_LONG, TOO_MUCH_MEMORY, TOO_MUCH_PRINTED

from .conftest import Fork, Kernel, alive, cells, kill

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="kernels are forked on Linux only")
BOUNDS = {"seconds": 1, "memory": 100 << 20, "output": 10_000, "file": 1 << 20, "name": "bounds"}
LESSON = cells("import os, time, subprocess")


@pytest.fixture
def bounded(fork: Fork) -> Kernel:
    return fork(LESSON, **BOUNDS)


def test_a_loop_without_an_end_is_ended(bounded: Kernel) -> None:
    bounded.client.execute("try:\n    while True: pass\nfinally:\n    while True: pass")
    began = time.monotonic()
    assert bounded.ended() == TOO_LONG
    assert time.monotonic() - began < 20


def test_waiting_is_no_looping(bounded: Kernel) -> None:
    bounded.run("for _ in range(8): sum(range(2_000_000))")
    assert bounded.run("time.sleep(1.5); print('still here')") == "still here\n"


def test_printing_without_an_end_is_ended(bounded: Kernel) -> None:
    bounded.client.execute("while True: print('for ever')")
    assert bounded.ended() == TOO_MUCH_PRINTED


def test_printing_little_often_is_no_flood(bounded: Kernel) -> None:
    for _n in range(3):
        assert len(bounded.run("print('x' * 9_000)")) == 9_001


def test_a_leak_ends_the_copy_alone(bounded: Kernel, fork: Fork) -> None:
    neighbour = fork(LESSON, **BOUNDS)
    code = (
        "held = []\ntry:\n    while True: held.append(bytearray(1 << 20))\nexcept MemoryError: pass"
    )
    bounded.client.execute(code)
    assert bounded.ended() == TOO_MUCH_MEMORY
    assert neighbour.run("print('here')") == "here\n"


def test_no_file_grows_without_an_end(bounded: Kernel) -> None:
    code = "try:\n    open('big', 'wb').write(bytes(2 << 20))\nexcept OSError as e: print(e.errno)"
    assert bounded.run(code).strip() == "27"


@pytest.mark.parametrize("end", ["from outside", "by itself"])
def test_what_a_copy_started_ends_with_it(bounded: Kernel, fork: Fork, end: str) -> None:
    """Also what has left its group, and not what belongs to a neighbour."""
    start = "p = [subprocess.Popen(['sleep', '600'], start_new_session=new) for new in (%s)]\n"
    started = bounded.run(start % "False, True" + "print(*(one.pid for one in p))").split()
    neighbour = fork(LESSON, **BOUNDS)
    theirs = int(neighbour.run(start % "False," + "print(p[0].pid)"))
    assert all(alive(int(pid)) for pid in started)
    if end == "by itself":
        bounded.client.execute("os._exit(3)")
    else:
        bounded.manager.shutdown_kernel(now=True)
    until = time.monotonic() + 10
    while any(alive(int(pid)) for pid in started) and time.monotonic() < until:
        time.sleep(0.02)
    assert not any(alive(int(pid)) for pid in started)
    assert alive(theirs)
    assert neighbour.run("print('here')") == "here\n"


def test_a_killed_copy_is_noticed_and_leaves_no_zombie(bounded: Kernel) -> None:
    pid = bounded.pid
    assert bounded.manager.is_alive()
    kill(pid)
    assert bounded.ended() == -9
    assert not bounded.manager.is_alive()
    assert pid not in [copy.pid for copy in bounded.template.copies.values()]
    assert not Path(f"/proc/{pid}").exists()


def test_a_killed_template_takes_its_copies_along_and_the_next_learner_gets_a_new_one(
    fork: Fork, caplog: pytest.LogCaptureFixture
) -> None:
    options = BOUNDS | {"name": "killed"}
    one, other = fork(LESSON, **options), fork(LESSON, **options)
    assert one.template.process is not None
    kill(one.template.process.pid)
    assert one.ended() == other.ended() == -9
    until = time.monotonic() + 5
    while alive(one.pid) and time.monotonic() < until:
        time.sleep(0.01)
    assert not alive(one.pid)
    [line] = [record.message for record in caplog.records if "killed" in record.message]
    assert "code -9 and 2 interactive parts" in line
    assert "dmesg" in line
    again = fork(LESSON, **options)
    assert again.template is not one.template
    assert again.run("print('again')") == "again\n"
