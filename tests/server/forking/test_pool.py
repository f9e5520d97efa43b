"""Templates: one per plan, as long as it is used; and what happens where there is none."""

from __future__ import annotations

import asyncio
import errno
import json
import os
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest
from jupyter_client.manager import AsyncKernelManager

from weike.server.forking import pool as pools
from weike.server.forking import system, templates
from weike.server.forking.plan import Plan
from weike.server.forking.pool import Pool
from weike.server.forking.process import ForkedProcess
from weike.server.forking.provisioner import ForkProvisioner
from weike.server.forking.templates import CannotForkError, Room, Template

from .conftest import Fork, Specs, alive, cells, until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="kernels are forked on Linux only")


def pid(template: Template) -> int:
    assert template.process is not None
    return template.process.pid


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("import threading; threading.Thread(target=threading.Event().wait, daemon=True).start()",
         "2 threads"),
        ("import socket; kept = socket.socket()", "cell 1: connections are left open"),
        ("kept = open('log.txt', 'w')", "cell 1: files are left open for writing: /"),
        ("import subprocess; kept = subprocess.Popen(['sleep', '60'])",
         "cell 1: processes are left running"),
        ("import sys, types; torch = types.ModuleType('torch'); sys.modules['torch'] = torch\n"
         "torch.cuda = types.SimpleNamespace(is_initialized=lambda: True)",
         "cell 1: the graphics card is in use: torch.cuda"),
        ("import asyncio; task = asyncio.get_event_loop_policy()\nawait asyncio.sleep(0)\n"
         "task = asyncio.create_task(asyncio.sleep(60))", "1 asyncio tasks"),
    ],
)  # fmt: skip
def test_a_lesson_that_cannot_be_copied_runs_in_each_copy_and_says_why(
    fork: Fork, pool: Pool, code: str, reason: str
) -> None:
    kernel = fork(cells(code, "print('ran')\nhere = 1"), name=reason)
    assert kernel.provisioner.reason is None
    assert not kernel.template.runs
    assert reason in pool.reasons[reason]
    assert kernel.run("print(here)") == "1\n"
    shown = json.loads(Path(str(kernel.provisioner.cwd), "shown.json").read_text("utf-8"))
    assert shown["2"][0]["text"] == "ran\n"


def test_a_lesson_that_fails_in_the_template_says_which_cell(fork: Fork, pool: Pool) -> None:
    code = "import os\nassert 'weike-fork' not in os.getcwd(), 'not here'"
    kernel = fork(cells("fine = 1", code), name="fails")
    assert "cell 2: AssertionError: not here" in pool.reasons["fails"]
    assert kernel.run("print(fine)") == "1\n"


def test_a_lesson_that_speaks_in_its_templates_name_ends_it_and_nothing_else(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Not the thread that listens: whoever waits would wait for long."""
    cell = "import os, sys\nos.write(int(sys.argv[1]), b'no message')"
    room = Room(folder=tmp_path, env=os.environ, popen={})
    template = Template(Plan(name="speaks", cells=cells(cell)), room)
    with pytest.raises(CannotForkError):
        template.ready.result(20)
    template.join()
    assert not template.alive
    assert any("speaks says what it never says" in one.message for one in caplog.records)


def test_a_template_that_makes_no_copies_any_more_is_ended_and_the_next_member_gets_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was asked again and again for as long as the server lived."""
    monkeypatch.setattr(templates, "LOOK", 0.05)
    monkeypatch.setattr(templates, "HUNG", 2)
    cell = "import os, time\nos.register_at_fork(before=lambda: time.sleep(600))"
    room = Room(folder=tmp_path, env=os.environ, popen={})
    template = Template(Plan(name="hangs", cells=cells(cell)), room)
    template.ready.result(20)
    copy = template.fork("k", {})
    with pytest.raises(CannotForkError):
        copy.result(20)
    assert template.retiring, "the pool makes another one"
    template.join()
    assert not template.alive


def test_where_nothing_can_be_forked_a_kernel_starts_as_usual_with_the_lesson_run(
    fork: Fork, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(system, "why_not", lambda: "this is a toaster")
    kernel = fork(cells("print('ran')\nhere = 2"), name="toaster")
    assert kernel.provisioner.reason == "this is a toaster"
    assert pool.reasons["toaster"] == "this is a toaster"
    assert kernel.run("print(here)") == "2\n"
    shown = json.loads(Path(str(kernel.provisioner.cwd), "shown.json").read_text("utf-8"))
    assert shown["1"][0]["text"] == "ran\n"


def test_a_plan_without_cells_is_forked_after_its_imports(fork: Fork) -> None:
    one = fork(imports=("ipywidgets", "json", "no_such_module"), name="imports")
    other = fork(imports=("ipywidgets", "json", "no_such_module"), name="imports")
    assert one.template is other.template
    assert one.run("import sys; print('ipywidgets' in sys.modules)") == "True\n"


def test_an_unused_template_ends_by_itself(fork: Fork, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(templates, "LOOK", 0.1)
    monkeypatch.setattr(templates, "UNUSED", 0.2)
    kernel = fork(cells("x = 1"), name="unused")
    template = kernel.template
    time.sleep(0.6)
    assert template.alive, "it is in use"
    kernel.manager.shutdown_kernel(now=True)
    assert until(lambda: not template.alive)
    assert not alive(pid(template))
    assert not template.room.folder.exists()


def test_a_changed_lesson_gets_a_new_template_and_the_old_one_ends_with_its_last_copy(
    fork: Fork, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(templates, "LOOK", 0.1)
    old = fork(cells("version = 1"), name="changing")
    new = fork(cells("version = 2"), name="changing")
    pool.retire("changing", keep=new.template.plan.key)
    time.sleep(0.4)
    assert old.run("print(version)") == "1\n"
    assert fork(cells("version = 2"), name="changing").template is new.template
    old.manager.shutdown_kernel(now=True)
    assert until(lambda: not old.template.alive)
    assert new.template.alive


def test_templates_without_copies_are_few(
    fork: Fork, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pools, "MOST", 1)
    first = fork(cells("x = 10"), name="few")
    first.manager.shutdown_kernel(now=True)
    assert until(lambda: not first.template.copies)
    fork(cells("x = 11"), name="few")
    assert until(lambda: not first.template.alive)


def test_a_copy_that_comes_up_as_its_server_gives_up_is_ended(fork: Fork) -> None:
    kernel = fork(cells("given = 'up'"), name="late")
    [copy_id] = kernel.template.copies
    kernel.template.abandon(copy_id)
    assert kernel.ended() == -9


def test_a_copy_whose_kernel_does_not_come_about_is_ended(
    pool: Pool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As for any server of Jupyter's: this one has no socket left for it."""

    def no_room() -> None:
        raise OSError(errno.EMFILE, "too many open files")

    manager = AsyncKernelManager(
        kernel_spec_manager=Specs(),
        transport="ipc",
        ip=str(tmp_path / "s"),
        connection_file=str(tmp_path / "kernel.json"),
    )
    monkeypatch.setattr(manager, "_connect_control_socket", no_room)
    plan = Plan(name="late", cells=cells("given = 'up'"))
    with pytest.raises(OSError, match="too many open files"):
        asyncio.run(manager.start_kernel(plan=plan, cwd=str(tmp_path)))
    assert isinstance(manager.provisioner, ForkProvisioner)
    assert manager.provisioner.template is not None, manager.provisioner.reason
    process = manager.provisioner.process
    assert isinstance(process, ForkedProcess)
    assert process.wait(10) == -9


def test_templates_and_copies_end_with_their_server(tmp_path: Path) -> None:
    """Although it is killed, and nobody is left to tell them."""
    script = textwrap.dedent(
        """
        import sys, time
        from jupyter_client.manager import KernelManager
        from tests.server.forking.conftest import Specs
        from weike.server.forking.plan import Plan
        manager = KernelManager(kernel_spec_manager=Specs(), transport="ipc", ip=sys.argv[1] + "/s",
                                connection_file=sys.argv[1] + "/kernel.json")
        manager.start_kernel(plan=Plan(cells=((1, "x = 1"),)))
        print(manager.provisioner.pid, manager.provisioner.template.process.pid, flush=True)
        time.sleep(60)
        """
    )
    root = Path(__file__).parents[3]
    with subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE, text=True, cwd=root
    ) as server:
        assert server.stdout is not None
        pids = [int(word) for word in server.stdout.readline().split()]
        assert len(pids) == 2
        assert all(alive(one) for one in pids)
        server.kill()
    assert until(lambda: not any(alive(one) for one in pids))
