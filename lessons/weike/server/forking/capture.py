"""What cells show while there is no kernel yet: outputs, and those of `Output` widgets."""

from __future__ import annotations

import io
import itertools
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ipykernel.zmqshell import ZMQInteractiveShell
from jupyter_client.session import Session

_KINDS = ("execute_result", "display_data", "stream", "error")
MOST = 20_000_000  # characters of one lesson


class TooMuchError(Exception):
    """A lesson shows more than anybody will read."""


class Outputs:
    """The outputs of cells by their number, in nbformat's shape."""

    def __init__(self) -> None:
        self.cells: dict[int, list[dict[str, Any]]] = {}
        self.current = 0
        self._size = 0
        self._clear: set[int] = set()  # lists to be emptied by the next output

    def take(self, kind: str, content: dict[str, Any]) -> None:
        widget = _capturing()
        at = self.cells.setdefault(self.current, []) if widget is None else list(widget.outputs)
        place = id(at if widget is None else widget)
        if kind == "clear_output":
            if content.get("wait"):
                self._clear.add(place)
            else:
                at.clear()
        elif kind == "update_display_data":
            self._update(content)
            return
        elif kind in _KINDS:
            if place in self._clear:
                self._clear.discard(place)
                at.clear()
            self._append(at, kind, content)
        if widget is not None:
            widget.outputs = tuple(at)

    def _append(self, at: list[dict[str, Any]], kind: str, content: dict[str, Any]) -> None:
        self._size += len(content.get("text", "")) + sum(
            len(value) for value in content.get("data", {}).values() if isinstance(value, str)
        )
        if self._size > MOST:
            raise TooMuchError(f"the lesson shows more than {MOST // 1_000_000} MB")
        last = at[-1] if at else {}
        if kind == "stream" and last.get("name") == content["name"]:
            at[-1] = last | {"text": last["text"] + content["text"]}
            return
        output = {"output_type": kind, **content}
        transient = output.pop("transient", None) or {}
        if "display_id" in transient:
            output["_display"] = transient["display_id"]
        at.append(output)

    def _update(self, content: dict[str, Any]) -> None:
        wanted = (content.get("transient") or {}).get("display_id")
        for outputs in self.cells.values():
            for output in outputs:
                if wanted is not None and output.get("_display") == wanted:
                    output["data"], output["metadata"] = content["data"], content["metadata"]

    def plain(self) -> dict[str, list[dict[str, Any]]]:
        """By number as text, for JSON; without the names of updatable displays."""
        return {
            str(number): [{k: v for k, v in one.items() if k != "_display"} for one in outputs]
            for number, outputs in self.cells.items()
        }


class Recorder(Session):
    """Stands where the session of a kernel will be: what is sent is kept."""

    outputs: Any = None

    def send(
        self, stream: Any, msg_or_type: Any, content: Any = None, *_rest: Any, **_: Any
    ) -> Any:
        if isinstance(msg_or_type, dict):
            self.outputs.take(msg_or_type["header"]["msg_type"], msg_or_type["content"])
        else:
            self.outputs.take(msg_or_type, content or {})
        return None


class Writer(io.TextIOBase):
    """stdout or stderr of the cells; later, for those who kept it, whatever has that name then."""

    def __init__(self, name: str, outputs: Outputs) -> None:
        self.name = name
        self.outputs: Outputs | None = outputs

    def write(self, text: str) -> int:
        if self.outputs is not None:
            if text:
                self.outputs.take("stream", {"name": self.name, "text": text})
            return len(text)
        now = getattr(sys, self.name)
        return now.write(text) if now is not None and now is not self else len(text)

    def writable(self) -> bool:
        return True

    def flush(self) -> None:
        if self.outputs is None and (now := getattr(sys, self.name)) not in (None, self):
            now.flush()


class _Kernel:
    """What widgets look for at a kernel while there is none."""

    def __init__(self) -> None:
        import comm

        self.comm_manager = comm.get_comm_manager()
        self._numbers = itertools.count(1)

    def get_parent(self) -> dict[str, Any]:
        """Each call is told apart, so that the innermost of nested `Output` widgets is known."""
        return {"header": {"msg_id": f"template-{next(self._numbers)}"}}


@contextmanager
def captured(shell: ZMQInteractiveShell, outputs: Outputs) -> Iterator[None]:
    """Cells run in here leave what they show in `outputs`."""
    recorder = Recorder(key=b"")
    recorder.outputs = outputs
    writers = Writer("stdout", outputs), Writer("stderr", outputs)
    kept = sys.stdout, sys.stderr
    shell.kernel = kernel = _Kernel()
    shell.__dict__["get_parent"] = kernel.get_parent
    hook: Any = shell.displayhook
    publisher: Any = shell.display_pub
    hook.session = publisher.session = recorder
    sys.stdout, sys.stderr = writers
    try:
        yield
    finally:
        sys.stdout, sys.stderr = kept
        for writer in writers:
            writer.outputs = None
        hook.session = publisher.session = None
        del shell.__dict__["get_parent"]
        shell.set_parent({})  # type: ignore[no-untyped-call]
        shell.kernel = None


def _capturing() -> Any:
    """The innermost `Output` widget that is entered now."""
    module = sys.modules.get("ipywidgets.widgets.widget")
    output = sys.modules.get("ipywidgets.widgets.widget_output")
    if module is None or output is None:
        return None
    entered = [
        widget
        for widget in module._instances.values()
        if isinstance(widget, output.Output) and widget.msg_id.startswith("template-")
    ]
    return max(entered, key=lambda widget: int(widget.msg_id.split("-")[1]), default=None)
