"""Template processes as the server sees them: started when first needed, ended when unused."""

from __future__ import annotations

import json
import logging
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from weike.server.forking import system, wire
from weike.server.forking.plan import Plan
from weike.server.forking.process import ForkedProcess

LOG = logging.getLogger("weike.forking")
MODULE: Final = "weike.server.forking.template"
LOOK: Final = 15.0  # seconds between two looks whether it is still used
UNUSED: Final = 300.0  # seconds after which it is not
HUNG: Final = 8  # looks at which one that was asked for a copy has said nothing since
PER_COPY: Final = ("JPY_SESSION_NAME", "JPY_PARENT_PID", "JPY_INTERRUPT_EVENT")


class CannotForkError(Exception):
    """No copy can be made; the message is the reason.

    `kind` is what is in the way, for programs, `what` names it; `cell` counts the plan's cells.
    """

    def __init__(
        self, why: str, *, kind: str = "", cell: int | None = None, what: str = ""
    ) -> None:
        super().__init__(why)
        self.kind, self.cell, self.what = kind, cell, what


class SlowForkError(CannotForkError):
    """The computer is too busy for a copy; to start a kernel instead would be ten times as much."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """Where a template lives: its folder for files of its own, environment and user."""

    folder: Path
    env: Mapping[str, str]
    popen: Mapping[str, Any]
    python: str = sys.executable


class Template:
    """One template process. A thread starts it, listens to it and sees it end."""

    def __init__(self, plan: Plan, room: Room, *, run: bool = True) -> None:
        self.plan = plan
        self.room = room
        self.runs = run and bool(plan.cells)
        self.used = time.monotonic()
        self.retiring = False
        self.views: Any = None  # for whoever reads `shown`, so that it is read once
        self.copies: dict[str, ForkedProcess] = {}
        self.ready: Future[float] = Future()
        self.ready.set_running_or_notify_cancel()
        self.process: subprocess.Popen[bytes] | None = None
        self.forks: deque[float] = deque(maxlen=1000)  # seconds that the last ones took
        self._waiting: dict[str, Future[ForkedProcess]] = {}
        self._bound: set[str] = set()  # copies that are up
        self._silent = 0  # looks since it was heard of, while it ought to make a copy
        self._lock = threading.Lock()
        self._ours, theirs = wire.pair()
        self.shown = room.folder / "shown.json"
        self._thread = threading.Thread(target=self._live, args=[theirs], name="weike-fork")
        self._thread.daemon = True
        self._thread.start()

    @property
    def alive(self) -> bool:
        return self._thread.is_alive() and not (self.ready.done() and self.ready.exception())

    def fork(self, copy_id: str, request: Mapping[str, Any]) -> Future[ForkedProcess]:
        """A copy whose sockets are bound, some time from now; `abandon` what nobody waits for."""
        self.used = time.monotonic()
        future: Future[ForkedProcess] = Future()
        future.set_running_or_notify_cancel()
        with self._lock:
            self._waiting[copy_id] = future
        try:
            wire.say(self._ours, {**request, "id": copy_id})
        except OSError as failure:
            self._waiting.pop(copy_id, None)
            raise CannotForkError(f"the template of {self.plan.name} is gone") from failure
        return future

    def abandon(self, copy_id: str) -> None:
        """Nobody waits for this copy any more: end it, or as soon as it is there."""
        with self._lock:
            future, copy = self._waiting.get(copy_id), self.copies.get(copy_id)
        if future is not None:
            future.add_done_callback(_end_copy)
        elif copy is not None:  # it was up just before
            copy.kill()

    def end(self) -> None:
        """Now, and all its copies with it."""
        if self.process is not None:
            self.process.kill()

    def join(self) -> None:
        self._thread.join(5.0)

    def _live(self, theirs: socket.socket) -> None:
        """From here, so that the template lives as long as this thread (PR_SET_PDEATHSIG)."""
        try:
            plan = self.room.folder / "plan.json"
            data = {"plan": self.plan.to_json(), "run": self.runs}
            plan.write_text(json.dumps(data), encoding="utf-8")
            if "user" in self.room.popen:
                os.chown(
                    plan, self.room.popen["user"], self.room.popen["group"], follow_symlinks=False
                )
            number = str(theirs.fileno())
            command = [self.room.python, "-P", "-m", MODULE, number, str(os.getpid())]
            self.process = subprocess.Popen(  # noqa: S603
                [*command, plan.name, self.shown.name],  # everybody may read them: no folder
                cwd=self.room.folder,
                pass_fds=[theirs.fileno()],
                env={k: v for k, v in self.room.env.items() if k not in PER_COPY},
                start_new_session=True,
                stdin=subprocess.DEVNULL,
                **self.room.popen,
            )
        except BaseException as failure:
            self.ready.set_exception(CannotForkError(f"the template does not start: {failure}"))
            return
        finally:
            theirs.close()
        self._ours.settimeout(LOOK)
        try:
            while self._listen():
                pass
        except Exception:  # a lesson's code can write there, too
            LOG.exception(
                "the prepared process of %s says what it never says of itself, and is ended: look "
                "for what the lesson does with open files that are not its own",
                self.plan.name,
            )
            self.end()
        self._ended(self.process.wait())

    def _listen(self) -> bool:
        """Hear one message; False when the template is gone, or ended because it is unused."""
        try:
            heard = wire.hear(self._ours)
        except TimeoutError:
            with self._lock:
                asked = self._waiting.keys() - self.copies.keys()
            self._silent = self._silent + 1 if asked else 0
            if self._silent >= HUNG and not self.retiring:
                LOG.error(
                    "the prepared process of %s makes no copies any more and is ended: look for "
                    "what the lesson does when its process is copied (os.register_at_fork)",
                    self.plan.name,
                )
                self.retiring = True
                self.end()
            idle = time.monotonic() - self.used
            needed = self.copies or self._waiting or not self.ready.done()
            if not needed and (self.retiring or idle > UNUSED):
                self.retiring = True
                self.end()
            return True
        if heard is None:
            return False
        self._silent = 0
        message, files = heard
        try:
            self._hear(message, files)
        finally:
            for file in files:
                os.close(file)
        return True

    def _hear(self, message: dict[str, Any], files: list[int]) -> None:
        said, copy_id = message["said"], message.get("id", "")
        if said == "ready":
            self.ready.set_result(float(message["seconds"]))
        elif said == "unsafe":
            self.retiring = True
            why, about = message["why"], {name: message[name] for name in ("kind", "cell", "what")}
            self.ready.set_exception(CannotForkError(why, **about))
        elif copy_id in self._waiting and said == "forked":
            if copy_id not in self.copies and self._is_copy(message["process"], files[0]):
                self.copies[copy_id] = ForkedProcess(message["process"], files.pop())
                self.forks.append(float(message["seconds"]))
        elif copy_id in self._waiting and said == "up":
            self._bound.add(copy_id)
        elif said == "failed":
            self._fail(copy_id, message["why"])
        elif said == "ended":
            self._gone(copy_id, message["code"])
        # A copy may be up before its template has come round to telling that it forked.
        if copy_id in self.copies and copy_id in self._bound:
            self._bound.discard(copy_id)
            with self._lock:
                future = self._waiting.pop(copy_id, None)
            if future is not None:
                future.set_result(self.copies[copy_id])

    def _is_copy(self, process: int, watch: int) -> bool:
        """Whether they are a child of the template, and not what a lesson's code has put there.

        Who is named here will be killed by us. Where we are root, a lesson is not.
        """
        if os.geteuid() != 0:
            return True
        assert self.process is not None
        return system.watched(watch) == process and system.parent(process) == self.process.pid

    def _fail(self, copy_id: str, why: str) -> None:
        with self._lock:
            future = self._waiting.pop(copy_id, None)
        if future is not None:
            future.set_exception(CannotForkError(why))

    def _gone(self, copy_id: str, code: int) -> None:
        self._fail(copy_id, f"the copy ended with code {code} before it was up")
        self._bound.discard(copy_id)
        copy = self.copies.pop(copy_id, None)
        self.used = time.monotonic()
        if copy is not None:
            copy.ended(code)

    def _ended(self, code: int) -> None:
        """The template is gone, and with it, by the system's hand, every copy."""
        self._ours.close()
        shutil.rmtree(self.room.folder, ignore_errors=True)
        if not self.ready.done():
            self.ready.set_exception(CannotForkError(f"the template ended with code {code}"))
        for copy_id in list(self._waiting):
            self._fail(copy_id, f"the template ended with code {code}")
        lost = list(self.copies)
        if code and not self.retiring:
            LOG.error(
                "the prepared process of %s ended with code %d and %d interactive parts with it; "
                "the next member starts a new one: where this comes again, look for memory (dmesg) "
                "and for what the lesson does at import",
                self.plan.name,
                code,
                len(lost),
            )
        for copy_id in lost:
            self._gone(copy_id, -9)


def _end_copy(future: Future[ForkedProcess]) -> None:
    if future.exception() is None:
        future.result().kill()
