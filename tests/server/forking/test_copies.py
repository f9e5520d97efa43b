"""A copy is a kernel like any other: every row of what a fork can break, one by one."""

from __future__ import annotations

import json
import sys
import time

import pytest

from weike.server.forking import system

from .conftest import Fork, Kernel, cells

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="kernels are forked on Linux only")

LESSON = cells(
    """
import ipywidgets, random, numpy, tempfile, asyncio, os
from IPython.display import display
slider = ipywidgets.IntSlider(description="v")
label = ipywidgets.Label()
slider.observe(lambda change: setattr(label, "value", f"v={change.new}"), "value")
out = ipywidgets.Output()
display(slider, label, out)
""",
    """
free, seeded = random.Random(), random.Random(7)
free_numpy, seeded_numpy = numpy.random.default_rng(), numpy.random.default_rng(7)
folder_then, home_then = os.getcwd(), os.environ["HOME"]
state = {"steps": []}
""",
)


@pytest.fixture(scope="module")
def first(fork: Fork) -> Kernel:
    return fork(LESSON, hidden=True)


@pytest.fixture(scope="module")
def second(first: Kernel, fork: Fork) -> Kernel:
    return fork(LESSON, hidden=True)


def test_copies_share_a_template_and_start_in_milliseconds(first: Kernel, second: Kernel) -> None:
    assert first.provisioner.reason is None
    assert first.template is second.template
    assert first.pid != second.pid
    assert max(first.template.forks) < 0.1


def test_the_lesson_has_run_before_the_copy_was_made(first: Kernel) -> None:
    shown = json.loads(first.template.shown.read_text("utf-8"))
    views = [one["data"]["application/vnd.jupyter.widget-view+json"] for one in shown["1"]]
    assert len(views) == 3
    assert first.run("print(slider.model_id)").strip() == views[0]["model_id"]


def test_comms_made_before_there_was_a_kernel_speak_afterwards(first: Kernel) -> None:
    said = first.messages("slider.value = 5")
    updates = [one["content"]["data"] for one in said if one["msg_type"] == "comm_msg"]
    assert [one["state"] for one in updates] == [{"value": 5}, {"value": "v=5"}]


def test_a_front_end_sets_a_value_and_hears_what_follows(second: Kernel) -> None:
    model = second.run("print(slider.model_id)").strip()
    data = {"method": "update", "state": {"value": 9}, "buffer_paths": []}
    second.client.session.send(
        second.client.shell_channel.socket, "comm_msg", {"comm_id": model, "data": data}
    )
    states = []
    until = time.monotonic() + 20
    while {"value": "v=9"} not in states and time.monotonic() < until:
        message = second.client.get_iopub_msg(timeout=10)
        if message["msg_type"] == "comm_msg":
            states.append(message["content"]["data"].get("state"))
    assert {"value": "v=9"} in states


@pytest.mark.parametrize("target", ["jupyter.widget", "jupyter.widget.control"])
def test_front_ends_find_the_comm_targets_of_widgets(first: Kernel, target: str) -> None:
    assert first.run(f"print({target!r} in get_ipython().kernel.comm_manager.targets)") == "True\n"


def test_the_shell_is_the_one_that_ran_the_lesson_and_knows_its_kernel(first: Kernel) -> None:
    code = "s = get_ipython(); print(s.kernel.shell is s, s.execution_count, 'slider' in s.user_ns)"
    assert first.run(code).split()[::2] == ["True", "True"]
    assert int(first.run(code).split()[1]) > len(LESSON)


def test_the_session_was_made_in_the_copy(first: Kernel) -> None:
    code = "s = get_ipython().kernel.session; import os; print(s.pid == os.getpid())"
    assert first.run(code) == "True\n"


def test_the_template_has_one_thread(first: Kernel) -> None:
    process = first.template.process
    assert process is not None
    with open(f"/proc/{process.pid}/status", encoding="ascii") as status:
        assert "Threads:\t1\n" in status.readlines()


def test_the_event_loop_is_new(fork: Fork) -> None:
    kernel = fork(
        cells("import asyncio\nawait asyncio.sleep(0)\nthen = asyncio.get_running_loop()")
    )
    assert kernel.provisioner.reason is None
    assert kernel.template.runs
    code = "now = asyncio.get_running_loop(); print(then is now, then.is_closed())"
    assert kernel.run("await asyncio.sleep(0.01)\n" + code) == "False True\n"


def test_chance_differs_between_learners_unless_the_author_seeded_it(
    first: Kernel, second: Kernel
) -> None:
    def draws(code: str) -> tuple[str, str]:
        return first.run(f"print({code})"), second.run(f"print({code})")

    for code in ("random.random()", "numpy.random.rand()", "free.random()", "free_numpy.random()"):
        one, other = draws(code)
        assert one != other, code
    for code in ("seeded.random()", "seeded_numpy.random()"):
        one, other = draws(code)
        assert one == other, code


def test_no_history_is_kept(first: Kernel) -> None:
    assert first.run("print(get_ipython().history_manager.enabled)") == "False\n"


def test_memory_of_the_template_is_frozen_and_shared(first: Kernel) -> None:
    frozen, debugger = first.run(
        "import gc, sys; print(gc.get_freeze_count() > 50_000, 'debugpy' in sys.modules)"
    ).split()
    assert (frozen, debugger) == ("True", "False")
    with open(f"/proc/{first.pid}/smaps_rollup", encoding="ascii") as rollup:
        private = sum(int(line.split()[1]) for line in rollup if line.startswith("Private_Dirty"))
    assert private < 25 * 1024, f"{private} kB are this copy's own"


def test_low_level_output_is_not_captured_by_a_thread(first: Kernel) -> None:
    assert first.run("print(get_ipython().kernel.parent.capture_fd_output)") == "False\n"


def test_linear_algebra_has_one_thread(first: Kernel) -> None:
    assert first.run("print(os.environ['OPENBLAS_NUM_THREADS'])") == "1\n"


def test_two_learners_have_two_states(first: Kernel, second: Kernel) -> None:
    first.run("state['steps'].append('mine')")
    assert second.run("print(state['steps'])") == "[]\n"


def test_folder_and_environment_are_the_copys_own(first: Kernel, second: Kernel) -> None:
    code = "print(os.getcwd(), os.environ['HOME'], tempfile.gettempdir())"
    one, other = first.run(code).split(), second.run(code).split()
    assert one[0] == one[1] == str(first.provisioner.cwd)
    assert other[0] == other[1] == str(second.provisioner.cwd)
    assert first.run("print(folder_then, home_then)") == second.run("print(folder_then, home_then)")


def test_printing_reaches_the_client_and_what_kept_stdout_does_too(fork: Fork) -> None:
    kernel = fork(cells("import sys\nkept = sys.stdout\nprint('early')"))
    assert json.loads(kernel.template.shown.read_text("utf-8"))["1"] == [
        {"output_type": "stream", "name": "stdout", "text": "early\n"}
    ]
    assert kernel.run("print('late')") == "late\n"
    assert kernel.run("kept.write('by the old name\\n'); kept.flush()") == "by the old name\n"


def test_an_error_in_the_copy_is_shown(first: Kernel) -> None:
    [error] = [one for one in first.messages("1 / 0") if one["msg_type"] == "error"]
    assert error["content"]["ename"] == "ZeroDivisionError"


def test_a_copy_can_be_interrupted(first: Kernel) -> None:
    first.client.execute("import time; time.sleep(60)", stop_on_error=False)
    time.sleep(0.5)
    first.manager.interrupt_kernel()
    assert first.client.get_shell_msg(timeout=10)["content"]["ename"] == "KeyboardInterrupt"
    assert first.run("print('here')") == "here\n"


def test_what_a_lesson_puts_off_is_done_by_each_learner(fork: Fork) -> None:
    source = """
import os
from weike.widgets.afterfork import after_fork
done = []
@after_fork
def open_it():
    done.append(os.getpid())
"""
    one, other = fork(cells(source)), fork(cells(source))
    assert one.run("print(done)") == f"[{one.pid}]\n"
    assert other.run("print(done)") == f"[{other.pid}]\n"
    assert one.run("after_fork(lambda: done.append(2)); print(done[1:])") == "[2]\n"


def test_this_computer_can_fork() -> None:
    assert system.why_not() is None
