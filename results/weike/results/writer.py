"""One thread writes, and operations that wait at once share one commit.

A durable commit costs a flush to the disk, whatever it holds. So the thread takes everything that
waits, does it in one transaction, commits, and only then says so to everyone. Each operation runs
in a savepoint of its own: a bad one fails alone.

The hot path has a shortcut: `submit_row(insert, row)`. Neighbouring rows with the same `insert` go
to it in one call; if that call fails, they are tried again one by one. Where nothing else waits,
that is the whole transaction: each further statement would let go of the interpreter, and the
thread of the event loop gives it back late.

A database that is away for a moment, as when it is started anew, is waited for; nobody notices.
One that stays away, is locked or full is told to all who wait, and the next who comes tries again.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextvars import copy_context
from dataclasses import dataclass
from itertools import groupby
from typing import Any, TypeVar, cast

from sqlalchemy import Connection, Engine, RootTransaction
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from weike.quizzes.i18n import _
from weike.results.errors import StoreUnavailableError
from weike.results.outage import Outage, kind_of, reason

T = TypeVar("T")
R = TypeVar("R")
_SLICE = 0.05  # seconds after which those who are done need not wait for the others
# Seconds from one beginning to the next while rows come in. A row that comes alone never waits; in
# a stream, a commit for each takes so much of the processor that everybody waits longer.
_PACE = 0.003
_REST = 1.0  # seconds without work after which the connection goes back to its pool
_GRACE = 5.0  # seconds that a database may be away before anybody is told
_PAUSES = (0.05, 0.1, 0.2, 0.4, 0.8)  # between tries; the last one again and again

Operation = Callable[[Connection], T]
Insert = Callable[[Connection, Sequence[object]], Sequence[object]]


@dataclass(slots=True, eq=False)
class _Job:
    """One waiting operation, or one row for `insert`, and whom to tell."""

    future: asyncio.Future[object] | Future[object]
    operation: Operation[object] | None = None
    insert: Insert | None = None
    row: object = None
    result: object = None
    error: BaseException | None = None

    def settle(self) -> None:
        if self.future.done():  # the one who waited has gone away
            return
        if self.error is not None:
            self.future.set_exception(self.error)
        else:
            self.future.set_result(self.result)


class Writer:
    """Writes for everyone in this process. `limit` bounds how many may wait."""

    def __init__(
        self,
        engine: Engine,
        *,
        limit: int = 10_000,
        batch: int = 1_000,
        outage: Outage | None = None,
    ) -> None:
        self._engine = engine
        self.outage = outage or Outage("nothing can be saved", "saving works again")
        self._limit = limit
        self._batch = batch
        self._jobs: deque[_Job] = deque()
        self._wake = threading.Condition()
        self._closing = False
        self._shut = False  # not even a transaction could be begun, the last time
        self._connection: Connection | None = None
        self._thread = threading.Thread(target=self._work, name="weike-writer", daemon=True)
        self._thread.start()

    async def submit(self, operation: Operation[T]) -> T:
        """Do `operation(connection)` in the writer's thread; return once it is committed.

        Raises what the operation raised, or `StoreUnavailableError`: then nothing was written.
        """
        future: asyncio.Future[object] = asyncio.get_running_loop().create_future()
        self._add(_Job(future, operation=operation))
        return cast(T, await future)

    async def submit_row(
        self, insert: Callable[[Connection, Sequence[R]], Sequence[T]], row: R
    ) -> T:
        """Give `row` to `insert(connection, rows)` with its neighbours; return its own result."""
        future: asyncio.Future[object] = asyncio.get_running_loop().create_future()
        self._add(_Job(future, insert=cast(Insert, insert), row=row))
        return cast(T, await future)

    def run(self, operation: Operation[T]) -> T:
        """`submit` for a thread without an event loop; what is refused is said in its language."""
        assert threading.current_thread() is not self._thread, "the writer would wait for itself"
        context = copy_context()
        return self.post(lambda connection: context.run(operation, connection)).result()

    def post(self, operation: Operation[T]) -> Future[T]:
        """`run` for someone who does not wait, or not yet."""
        future: Future[Any] = Future()
        self._add(_Job(future, operation=operation))
        return future

    @property
    def waiting(self) -> int:
        return len(self._jobs)

    def close(self) -> None:
        """Write what waits, then stop. Later calls are refused."""
        with self._wake:
            self._closing = True
            self._wake.notify()
        self._thread.join()

    def _add(self, job: _Job) -> None:
        with self._wake:
            if self._closing:
                raise StoreUnavailableError(_("the store is closed"))
            if len(self._jobs) >= self._limit:
                raise StoreUnavailableError(
                    _("too much waits to be saved at the moment; try again in a few seconds")
                )
            self._jobs.append(job)
            self._wake.notify()

    def _work(self) -> None:
        begun = 0.0
        while True:
            with self._wake:
                called = self._wake.wait_for(self._called, _REST)
            if not called:  # the pool looks whether a connection that rested still lives
                self._disconnect()
            with self._wake:
                self._wake.wait_for(self._called)
                stream = bool(self._jobs) and self._jobs[0].insert is not None
            if stream and not self._closing:
                time.sleep(max(0.0, begun + _PACE - time.monotonic()))
            begun = time.monotonic()
            with self._wake:
                jobs = [self._jobs.popleft() for _n in range(min(len(self._jobs), self._batch))]
            if not jobs:
                break
            done = self._write(jobs)
            _tell(jobs[:done])
            with self._wake:
                self._jobs.extendleft(reversed(jobs[done:]))
        self._disconnect()

    def _write(self, jobs: list[_Job], *, again: bool = True) -> int:
        """As many jobs as fit into a slice of time, in one transaction; how many those were.

        If the transaction breaks, all of them carry the error. Rows whose connection was cut are
        tried `again`: an insert that meets its own row does nothing.
        """
        done = 0
        try:
            runs = list(_runs(jobs))
            connection, transaction = self._begin()
            if len(runs) == 1:
                done = len(jobs)
                if _together(connection, transaction, jobs):
                    self._judge(jobs)
                    return done
                done = 0
                connection, transaction = self._begin()
                runs = [[job] for job in jobs]
            until = time.monotonic() + _SLICE
            with transaction:
                for run in runs:
                    done += len(run)
                    _do(connection, run)
                    if time.monotonic() > until:
                        break
        except BaseException as error:  # the thread must go on for the others
            if again and done and _is_cut(error) and all(job.insert for job in jobs[:done]):
                self._disconnect()
                for job in jobs[:done]:
                    job.error = None
                return self._write(jobs, again=False)
            self._shut = not done
            if not done:  # it could not even begin: who came meanwhile has waited as long
                with self._wake:
                    jobs.extend(self._jobs)
                    self._jobs.clear()
                done = len(jobs)
            told = _explain(error)
            for job in jobs[:done]:
                job.error = job.error or told
            self._disconnect()
        self._judge(jobs[:done])
        return done

    def _begin(self) -> tuple[Connection, RootTransaction]:
        """A transaction in which nothing was done; if the last did not begin, at once or never."""
        until, pauses, hurry = time.monotonic() + _GRACE, iter(_PAUSES), self._shut
        pause = _PAUSES[-1]
        while True:
            try:
                if self._connection is None:
                    options = {"weike_hurry": hurry}
                    self._connection = self._engine.connect().execution_options(**options)
                return self._connection, self._connection.begin()
            except (OperationalError, InterfaceError):
                self._disconnect()
                pause = next(pauses, pause)
                if hurry or self._closing or time.monotonic() + pause > until:
                    raise
                time.sleep(pause)

    def _judge(self, jobs: Sequence[_Job]) -> None:
        """Whether that was an outage, or the end of one."""
        refused = [job.error for job in jobs if isinstance(job.error, StoreUnavailableError)]
        if refused and len(refused) == len(jobs):
            self.outage.failed(refused[0].__cause__ or refused[0], waiting=len(refused))
            return
        self.outage.worked()
        if self._shut:  # the connection was made in a hurry
            self._shut = False
            self._disconnect()

    def _called(self) -> bool:
        return bool(self._jobs) or self._closing

    def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            try:
                connection.close()
            except DBAPIError:
                connection.invalidate()


def _runs(jobs: list[_Job]) -> Iterator[list[_Job]]:
    """Jobs in the order of arrival: neighbours that share an insert together, others alone."""
    for insert, run in groupby(jobs, key=lambda job: job.insert):
        if insert is None:
            yield from ([job] for job in run)
        else:
            yield list(run)


def _together(connection: Connection, transaction: RootTransaction, run: list[_Job]) -> bool:
    """One run as a transaction; False where each of its jobs is to be tried by itself."""
    try:
        with transaction:
            _call(connection, run)
    except Exception:
        if len(run) == 1:
            raise
        return False
    return True


def _do(connection: Connection, run: list[_Job]) -> None:
    """Do one run among others; a failure stays with the job that caused it."""
    savepoint = connection.begin_nested()
    try:
        _call(connection, run)
    except Exception as error:
        try:
            savepoint.rollback()
        except DBAPIError:  # the whole transaction is gone, as after SQLite's "disk is full"
            raise error from None
        if len(run) == 1:
            run[0].error = _explain(error)
        else:
            for job in run:
                _do(connection, [job])
    else:
        savepoint.commit()


def _call(connection: Connection, run: list[_Job]) -> None:
    insert = run[0].insert
    if insert is None:
        assert run[0].operation is not None
        run[0].result = run[0].operation(connection)
        return
    for job, result in zip(run, insert(connection, [job.row for job in run]), strict=True):
        job.result = result


def _is_cut(error: BaseException) -> bool:
    return isinstance(error, DBAPIError) and error.connection_invalidated


def _explain(error: BaseException) -> BaseException:
    """A cut connection, a full disk or a lock is nobody's mistake: say that nothing was saved."""
    if isinstance(error, OperationalError | InterfaceError):
        told = StoreUnavailableError(
            _("nothing was saved just now: {reason}").format(reason=reason(kind_of(error)))
        )
        told.__cause__ = error
        return told
    return error


def _tell(jobs: list[_Job]) -> None:
    """Settle the futures, those of one event loop with one call into it."""
    loops: dict[asyncio.AbstractEventLoop, list[_Job]] = {}
    for job in jobs:
        if isinstance(job.future, asyncio.Future):
            loops.setdefault(job.future.get_loop(), []).append(job)
        else:
            job.settle()
    for loop, settled in loops.items():
        try:
            loop.call_soon_threadsafe(_settle, settled)
        except RuntimeError:
            continue  # that loop has been closed meanwhile; nobody waits there


def _settle(jobs: list[_Job]) -> None:
    for job in jobs:
        job.settle()
