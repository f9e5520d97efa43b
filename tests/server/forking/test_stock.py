"""The kernelspec of CONTRIBUTING.md under `jupyter server` and Voilà as anybody installs them."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection
from pathlib import Path
from queue import Empty
from typing import Any

import nbformat
import psutil
import pytest
from jupyter_client.blocking.client import BlockingKernelClient

from weike.results import folders
from weike.server.port import bind

from .conftest import SLOW, alive, until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="kernels are forked on Linux only")
GUIDE = Path(__file__).parents[3] / "CONTRIBUTING.md"
TOKEN = "only-here"
PARENT = "print(open(f'/proc/{__import__(\"os\").getppid()}/cmdline').read().split(chr(0)))"
TEMPLATE = "weike.server.forking.template"
THREAD = "import threading\nthreading.Thread(target=threading.Event().wait, daemon=True).start()\n"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A person's folder with the kernel of the guide, and one that cannot be forked."""
    home = tmp_path_factory.mktemp("home")
    (home / "tmp").mkdir()
    (home / "threaded.py").write_text(THREAD, encoding="utf-8")
    found = re.search(r"```json\n(\{\"argv\".*?)```", GUIDE.read_text("utf-8"), re.DOTALL)
    assert found, "the guide shows a kernel.json"
    spec = json.loads(found[1])
    spec["argv"][0] = sys.executable
    write_spec(home, "quick", spec)
    spec["display_name"] = "Python (threads)"
    spec["metadata"]["kernel_provisioner"]["config"]["imports"] = ["threaded"]
    write_spec(home, "threads", spec)
    return home


def write_spec(home: Path, name: str, spec: dict[str, Any]) -> None:
    folder = home / "data" / "kernels" / name
    folder.mkdir(parents=True)
    (folder / "kernel.json").write_text(json.dumps(spec), encoding="utf-8")


class Stock:
    """A program of Jupyter's that answers."""

    def __init__(self, program: str, *options: str, home: Path) -> None:
        [probe] = bind("127.0.0.1", 0)
        self.port: int = probe.getsockname()[1]
        probe.close()
        self.home, self.file = home, home / f"{program}.log"
        settings = {
            "HOME": str(home),
            "PYTHONPATH": str(home),
            "JUPYTER_DATA_DIR": str(home / "data"),
            "JUPYTER_CONFIG_DIR": str(home / "config"),
            "JUPYTER_RUNTIME_DIR": str(home / "run"),
            "TMPDIR": str(home / "tmp"),
        }
        tool = str(Path(sys.executable).with_name(program))
        with self.file.open("wb") as log:
            self.process = subprocess.Popen(
                [tool, *options, "--no-browser", f"--port={self.port}"],
                cwd=home,
                env=os.environ | settings,
                stdout=log,
                stderr=log,
            )

    @property
    def log(self) -> str:
        return self.file.read_text("utf-8")

    def ask(self, method: str, path: str, data: object = None) -> tuple[int, str]:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=SLOW)
        try:
            body = None if data is None else json.dumps(data)
            connection.request(method, path, body, {"Authorization": f"token {TOKEN}"})
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def wait(self, path: str) -> None:
        until = time.monotonic() + SLOW
        while True:
            assert self.process.poll() is None, self.log
            try:
                assert self.ask("GET", path)[0] == 200, self.log
                return
            except OSError:
                assert time.monotonic() < until, self.log
                time.sleep(0.1)


@contextmanager
def stock(program: str, *options: str, home: Path) -> Iterator[Stock]:
    server = Stock(program, *options, home=home)
    try:
        yield server
    finally:
        server.process.terminate()
        server.process.wait(20)


@pytest.fixture(scope="module")
def server(home: Path) -> Iterator[Stock]:
    options = (f"--IdentityProvider.token={TOKEN}", "--allow-root")
    with stock("jupyter-server", *options, home=home) as found:
        found.wait("/api/status")
        yield found


class Remote:
    """A kernel of a server, and a client of it as a front-end has one."""

    def __init__(self, server: Stock, name: str) -> None:
        status, text = server.ask("POST", "/api/kernels", {"name": name})
        assert status == 201, text
        self.server, self.id = server, json.loads(text)["id"]
        file = str(server.home / "run" / f"kernel-{self.id}.json")
        self.client = BlockingKernelClient(connection_file=file)
        self.client.load_connection_file()
        self.client.start_channels()
        self.wait()

    def wait(self) -> None:
        """Until it publishes to us. The client's own way believes it dead when it is slow."""
        asked, until = set(), time.monotonic() + SLOW
        while time.monotonic() < until:
            asked.add(self.client.kernel_info())
            with suppress(Empty):
                said = self.client.get_iopub_msg(timeout=0.1)
                while said["parent_header"].get("msg_id") not in asked:
                    said = self.client.get_iopub_msg(timeout=0.1)
                return
        pytest.fail(self.server.log)

    def run(self, code: str) -> str:
        said: list[dict[str, Any]] = []
        self.client.execute_interactive(code, timeout=SLOW, output_hook=said.append)
        return "".join(
            one["content"].get("text", one["content"].get("ename", ""))
            for one in said
            if one["msg_type"] in ("stream", "error")
        )

    @property
    def pid(self) -> int:
        return int(self.run("import os; print(os.getpid())"))

    def end(self) -> None:
        self.client.stop_channels()
        assert self.server.ask("DELETE", f"/api/kernels/{self.id}")[0] == 204


@pytest.fixture(scope="module")
def quick(server: Stock) -> Iterator[Remote]:
    found = Remote(server, "quick")
    yield found
    found.end()


def test_jupyter_server_forks_the_kernel_of_the_guide(quick: Remote) -> None:
    assert TEMPLATE in quick.run(PARENT)
    assert quick.run("import sys; print('pandas' in sys.modules, __name__)") == "True __main__\n"


def test_two_notebooks_of_jupyter_server_are_copies_of_one_process(
    server: Stock, quick: Remote
) -> None:
    other = Remote(server, "quick")
    parent = "import os; print(os.getppid())"
    assert other.run(parent) == quick.run(parent)
    assert other.pid != quick.pid
    pid = other.pid
    other.end()
    assert until(lambda: not alive(pid))
    assert alive(quick.pid)


def test_jupyter_server_interrupts_it_and_its_state_stays(server: Stock, quick: Remote) -> None:
    quick.run("kept = 7")
    request = quick.client.execute("print('on')\nwhile True: pass")
    while True:
        message = quick.client.get_iopub_msg(timeout=SLOW)
        if message["msg_type"] == "stream":
            break
    assert server.ask("POST", f"/api/kernels/{quick.id}/interrupt")[0] == 204
    while True:
        reply = quick.client.get_shell_msg(timeout=SLOW)
        if reply["parent_header"]["msg_id"] == request:
            break
    assert reply["content"]["ename"] == "KeyboardInterrupt"
    assert quick.run("print(kept)") == "7\n"


def test_jupyter_server_restarts_it_as_a_new_copy(server: Stock, quick: Remote) -> None:
    before = quick.pid
    quick.run("lost = 1")
    assert server.ask("POST", f"/api/kernels/{quick.id}/restart")[0] == 200
    quick.wait()
    assert quick.run("print(lost)") == "NameError"
    assert TEMPLATE in quick.run(PARENT)
    assert quick.pid != before
    assert not alive(before)


def test_what_cannot_be_forked_starts_as_usual_and_the_log_says_why(server: Stock) -> None:
    threads = Remote(server, "threads")
    assert TEMPLATE not in threads.run(PARENT)
    assert "Python (threads) starts without being forked: there are 2 threads" in server.log
    assert threads.run("import threaded; print(6 * 7)") == "42\n"
    pid = threads.pid
    threads.end()
    assert until(lambda: not alive(pid))


@pytest.fixture(scope="module")
def killed(home: Path) -> tuple[str, str]:
    """The page that a Voilà showed before it was killed, and its log."""
    notebook = nbformat.v4.new_notebook(  # type: ignore[no-untyped-call]
        metadata={"kernelspec": {"name": "quick", "display_name": "quick", "language": "python"}},
        cells=[nbformat.v4.new_code_cell(PARENT)],  # type: ignore[no-untyped-call]
    )
    nbformat.write(notebook, home / "page.ipynb")  # type: ignore[no-untyped-call]
    with stock("voila", "page.ipynb", home=home) as voila:
        voila.wait("/voila/static/voila.js")
        status, page = voila.ask("GET", "/")
        voila.process.kill()
    assert status == 200, voila.log
    return page, voila.log


def test_voila_forks_a_kernel_for_a_notebook_that_names_it(killed: tuple[str, str]) -> None:
    page, log = killed
    assert TEMPLATE in page, log


def test_of_a_killed_voila_no_process_stays_and_the_next_server_clears_its_folder(
    quick: Remote, killed: tuple[str, str], home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = _tree(quick.server.process.pid)
    assert until(lambda: processes(str(home)) <= ours)
    monkeypatch.setattr(folders.tempfile, "tempdir", str(home / "tmp"))
    assert len(list((home / "tmp").glob("weike-fork-*"))) == 2
    assert len(folders.clear_stale()) == 1
    [alive] = (home / "tmp").glob("weike-fork-*")
    assert any(alive.iterdir()), "that of the server that runs"


def processes(place: str) -> set[int]:
    """Those whose environment names this place."""
    found = Path("/proc").glob("[0-9]*/environ")
    return {int(one.parent.name) for one in found if _has(one, place.encode())}


def _has(file: Path, text: bytes) -> bool:
    try:
        return text in file.read_bytes()
    except OSError:
        return False


def _tree(pid: int) -> set[int]:
    process = psutil.Process(pid)
    return {pid} | {child.pid for child in process.children(recursive=True)}
