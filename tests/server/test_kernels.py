"""The processes behind live lessons, as many as a computer can hold."""

from __future__ import annotations

import asyncio
import errno
import os
import pwd
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import zmq

from weike.lessons.kerneluser import KernelUser
from weike.server import kernels as module
from weike.server.kernels import SOCKETS, USUAL_SOCKETS, Kernels, LiveKernel, Running
from weike.server.ownpython import PYTHON, OnePython


@pytest.mark.parametrize(
    ("most", "sockets"), [(4, USUAL_SOCKETS), (400, 400 * SOCKETS), (100_000, 65_535)]
)
def test_there_are_sockets_for_every_kernel_and_never_fewer_than_usual(
    most: int, sockets: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST", most)
    kernels = Kernels(kernel_spec_manager=OnePython())
    try:
        assert kernels.context.get(zmq.MAX_SOCKETS) == sockets
    finally:
        kernels.context.destroy()


def test_many_pages_of_one_member_at_once_get_no_more_kernels_than_one_by_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kernels = Kernels(kernel_spec_manager=OnePython())
    most = 0

    async def start(kernel_id: str, **_options: object) -> None:
        nonlocal most
        most = max(most, len(kernels._running))
        await asyncio.sleep(0)  # while Jupyter starts it, it is in nobody's list
        kernels._kernels[kernel_id] = None

    async def end(kernel_id: str) -> None:
        if kernel_id in kernels:
            kernels.remove_kernel(kernel_id)

    async def pages() -> None:
        await asyncio.gather(*(kernels.start("m", "s") for _page in range(6)))

    monkeypatch.setattr(kernels, "start_kernel", start)
    monkeypatch.setattr(kernels, "end", end)
    monkeypatch.setattr(kernels, "_watch", lambda _kernel_id: None)
    asyncio.run(pages())
    kernels.close()
    kernels.context.destroy()
    assert most == module.EACH


def test_the_server_ends_although_a_kernel_has_ended_just_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kernels = Kernels(kernel_spec_manager=OnePython())
    listed = iter([["gone"], []])
    monkeypatch.setattr(kernels, "list_kernel_ids", lambda: next(listed))
    asyncio.run(kernels.shutdown_all(now=True))
    kernels.context.destroy()


@pytest.fixture
def given(tmp_path: Path) -> Iterator[LiveKernel]:
    """A kernel whose folder is another user's, as after its start."""
    nobody = pwd.getpwnam("nobody")
    kernels = Kernels(kernel_spec_manager=OnePython())
    kernels.user = KernelUser(uid=nobody.pw_uid, gid=nobody.pw_gid)
    kernels._running["k"] = Running(member="m", slug="s", folder=tmp_path)
    kernel = LiveKernel(parent=kernels, kernel_id="k", kernel_name=PYTHON)
    kernel.write_connection_file()
    yield kernel
    kernels.context.destroy()


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() != 0, reason="gives files away")
def test_a_restarted_kernel_is_given_no_file_that_it_points_at(
    given: LiveKernel, tmp_path: Path
) -> None:
    ours = tmp_path / "ours"
    ours.touch()
    file = Path(given.connection_file)
    assert file.stat().st_uid != os.geteuid()
    file.unlink()
    file.symlink_to(ours)
    given.write_connection_file()
    kernels = given.parent
    assert isinstance(kernels, Kernels)
    kernels.give(file)
    assert ours.stat().st_uid == os.geteuid()


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() != 0, reason="gives files away")
def test_nothing_is_read_of_what_a_kernel_puts_in_place_of_its_connection_file(
    given: LiveKernel,
) -> None:
    """A pipe there would keep the whole server."""
    info = given.get_connection_info()
    file = Path(given.connection_file)
    file.unlink()
    os.mkfifo(file)
    given._reconcile_connection_info(info)
    assert given.get_connection_info() == info


def test_a_kernel_whose_start_fails_once_its_process_is_up_leaves_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begun: list[tuple[LiveKernel, Path]] = []

    def no_room(kernel: LiveKernel) -> None:
        assert kernel.provisioner is not None
        begun.append((kernel, Path(kernel.connection_file).parent))
        assert kernel.provisioner.has_process
        raise OSError(errno.EMFILE, "too many open files")

    monkeypatch.setattr(LiveKernel, "_connect_control_socket", no_room)
    kernels = Kernels(kernel_spec_manager=OnePython())
    try:
        with pytest.raises(OSError, match="too many open files"):
            asyncio.run(kernels.start("m1", "fire"))
        [(kernel, folder)] = begun
        assert kernel.provisioner is not None
        assert not kernel.provisioner.has_process, "it is waited for, and gone"
        assert not folder.exists()
        assert (kernels.full, kernels.list_kernel_ids()) == (False, [])
    finally:
        kernels.close()
        kernels.context.destroy()
