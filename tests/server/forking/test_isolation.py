"""A copy knows nothing of its neighbours, although they are processes of the same user."""

from __future__ import annotations

import os
import pwd
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from .conftest import Fork, Kernel, cells

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="kernels are forked on Linux only"),
    pytest.mark.skipif(os.name == "posix" and os.geteuid() != 0, reason="changes the user"),
]

NOBODY = pwd.getpwnam("nobody")
USER: dict[str, Any] = {"user": NOBODY.pw_uid, "group": NOBODY.pw_gid, "extra_groups": []}
LESSON = cells("import os\nsecret = None")


OURS = [path for path in sys.path if path and not path.startswith(sys.base_prefix)]
ENV = {
    "PATH": os.environ["PATH"],
    "PYTHONPATH": ":".join(OURS),
    "HOME": "/nonexistent",
    "IPYTHONDIR": "ipython",
}


@pytest.fixture(scope="module")
def python() -> str:
    """One that an unprivileged user may read, of the same version as ours."""
    ours = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for path in (sys.executable, f"/usr/bin/{ours}"):
        try:
            subprocess.run(
                [path, "-P", "-c", "import zmq, weike.server.forking.template"],
                env=ENV,
                capture_output=True,
                check=True,
                cwd="/",
                **USER,
            )
        except (OSError, subprocess.SubprocessError):
            continue
        return path
    pytest.skip("nobody cannot read any Python of this version")


@pytest.fixture(scope="module")
def pair(python: str, fork: Fork) -> tuple[Kernel, Kernel]:
    one, other = (
        fork(
            LESSON,
            env=ENV | {"MINE": name},
            popen=USER,
            python=python,
            hidden=True,
            name="isolation",
        )
        for name in ("first", "second")
    )
    other.run("secret = 'of the second member'")
    return one, other


def refused(kernel: Kernel, code: str) -> str:
    """The error that the copy gets for what it tries."""
    source = f"try:\n    print('got', {code})\nexcept Exception as failure:\n"
    return kernel.run(source + "    print(type(failure).__name__)").strip()


def test_copies_and_their_template_run_as_the_user(pair: tuple[Kernel, Kernel]) -> None:
    one, _other = pair
    assert one.provisioner.reason is None
    assert one.run("print(os.getuid(), os.getgid(), os.getgroups())").split()[:2] == [
        str(NOBODY.pw_uid),
        str(NOBODY.pw_gid),
    ]
    assert one.template.process is not None
    assert (
        Path(f"/proc/{one.template.process.pid}/status")
        .read_text()
        .count(f"\t{NOBODY.pw_uid}\t{NOBODY.pw_uid}\t")
    )


def test_the_environment_is_the_given_one_and_no_more(
    pair: tuple[Kernel, Kernel], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = pair
    assert one.run("print(os.environ['MINE'])") == "first\n"
    assert other.run("print(os.environ['MINE'])") == "second\n"
    names = set(one.run("print(*os.environ)").split())
    assert not {name for name in names if name.startswith(("WEIKE", "PYTEST", "SECRET"))}


@pytest.mark.parametrize("what", ["mem", "environ", "maps"])
def test_no_copy_reads_anothers_memory_or_environment(
    pair: tuple[Kernel, Kernel], what: str
) -> None:
    one, other = pair
    assert refused(one, f"open('/proc/{other.pid}/{what}', 'rb').read(1)") == "PermissionError"


@pytest.mark.parametrize("what", ["cwd", "fd/1", "root"])
def test_no_copy_finds_out_where_another_lives(pair: tuple[Kernel, Kernel], what: str) -> None:
    one, other = pair
    assert refused(one, f"os.readlink('/proc/{other.pid}/{what}')") == "PermissionError"


def test_no_copy_finds_anothers_folder(pair: tuple[Kernel, Kernel]) -> None:
    one, other = pair
    folder = Path(str(other.provisioner.cwd))
    assert folder.stat().st_mode & 0o777 == 0o700
    assert refused(one, f"os.listdir('{folder.parent}')") == "PermissionError"


def test_no_copy_speaks_to_anothers_kernel_even_where_it_knows_the_address(
    pair: tuple[Kernel, Kernel],
) -> None:
    one, other = pair

    def heard(address: str) -> str:
        """How much a kernel's socket says to a copy that comes to it."""
        return one.run(
            "import socket\nend = socket.socket(socket.AF_UNIX)\nend.settimeout(5)\n"
            f"try:\n    end.connect({address!r})\n    print(len(end.recv(64)))\n"
            "except ConnectionError:\n    print(0)\nend.close()"
        ).strip()

    for port in (other.manager.shell_port, other.manager.control_port, other.manager.iopub_port):
        assert heard(f"{other.manager.ip}-{port}") == "0"
    assert int(heard(f"{one.manager.ip}-{one.manager.control_port}")) > 0, "its own would answer"
    assert other.run("print('here')") == "here\n", "its own server is served"


def sockets(pid: int) -> set[str]:
    return {name for file in Path(f"/proc/{pid}/fd").iterdir() if "socket" in (name := link(file))}


def link(file: Path) -> str:
    try:
        return os.readlink(file)
    except FileNotFoundError:
        return ""


def test_a_copy_cannot_ask_the_template_for_more(pair: tuple[Kernel, Kernel]) -> None:
    one, other = pair
    assert one.template.process is not None
    control = sockets(one.template.process.pid)
    assert control
    assert not control & (sockets(one.pid) | sockets(other.pid))


def test_a_lesson_gives_no_process_of_others_out_as_its_own(python: str, fork: Fork) -> None:
    """Whoever the template names is killed by the server in the end, and that is root."""
    claim = """
import gc, json, os, socket, sys
from weike.widgets.afterfork import after_fork
@after_fork
def claim():
    global claimed
    found = [one for one in gc.get_objects() if isinstance(one, dict) and {"id", "cwd"} <= {*one}]
    copy = found[0]["id"]
    control = socket.socket(fileno=os.dup(int(sys.argv[1])))
    told = {"said": "forked", "id": copy, "process": %d, "seconds": 0}
    socket.send_fds(control, [json.dumps(told).encode()], [os.pidfd_open(%d)])
    claimed = "claimed"
"""
    with subprocess.Popen(["sleep", "60"]) as victim:
        kernel = fork(
            cells(claim % (victim.pid, victim.pid)),
            env=ENV,
            popen=USER,
            python=python,
            hidden=True,
            name="claim",
        )
        assert kernel.pid != victim.pid
        assert kernel.run("print(claimed)") == "claimed\n"
        kernel.manager.shutdown_kernel(now=True)
        assert victim.poll() is None
        victim.kill()


def test_the_server_hides_from_copies(pair: tuple[Kernel, Kernel]) -> None:
    one, _other = pair
    assert refused(one, f"open('/proc/{os.getpid()}/environ', 'rb').read(1)") == "PermissionError"
