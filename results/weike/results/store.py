"""Opening the store: where it is, which database it is, and that its tables are up to date."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import get_ident
from types import TracebackType
from typing import Any, Generic, Self, TypeVar
from weakref import WeakKeyDictionary
from zoneinfo import ZoneInfo

from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError

from weike.quizzes.course import Award, Course, Weights, find_course, load_course
from weike.quizzes.errors import why
from weike.quizzes.i18n import _
from weike.results.errors import StoreError, StoreUnavailableError
from weike.results.outage import MOVED, Outage
from weike.results.writer import Writer

T = TypeVar("T")

HEAD = "0008"  # the newest migration; a test holds it to the chain
ENVIRONMENT = "WEIKE_DATABASE_URL"
_LOCK_WAIT = 10  # seconds that one process waits for another's transaction
_HURRY = 1  # the same while there is an outage, and for what would hold up the event loop
# Pages in the log before they go to the file: most are written again soon, and each then goes once.
_CHECKPOINT = 4_000
# A network or a machine that is gone does not say so; without these a thread waits for hours.
_GONE = {"keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3}
_GONE |= {"connect_timeout": 5, "tcp_user_timeout": 30_000}
# Moments come in UTC, as they are given on. To compile a query costs more than any of ours takes.
_POSTGRESQL = f"-c lock_timeout={_LOCK_WAIT}s -c timezone=UTC -c jit=off"


class Kept(Generic[T]):
    """Something that a module keeps in memory for each open store, such as a cache."""

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._kept: WeakKeyDictionary[Store, T] = WeakKeyDictionary()

    def __call__(self, store: Store) -> T:
        kept = self._kept.get(store)
        if kept is None:
            kept = self._kept.setdefault(store, self._make())
        return kept


class Store:
    """One database, read by anyone and written by one thread.

    `zone` is the organisation's; days (membership, periods) are days there.
    `levels` are its words for the levels of branches, from the top.
    `media` is the folder for files that are too large for a row.
    `weights` and `award` are the course's rules for branch learning scores and rankings.
    """

    weights: Weights = Weights()
    award: Award = Award()

    def __init__(self, url: URL, *, zone: ZoneInfo, levels: tuple[str, ...], media: Path) -> None:
        self.url = url
        self.zone = zone
        self.levels = levels
        self.media = media
        self.engine = _engine(url)
        self.sqlite = self.engine.dialect.name == "sqlite"
        self._threads: ThreadPoolExecutor | None = None
        self._reader: tuple[int, Connection] | None = None
        self._writer: Writer | None = None
        where = str(url.database) if self.sqlite else url.render_as_string(hide_password=True)
        self.saving = Outage("nothing can be saved", "saving works again", where)
        self.reading = Outage("the database cannot be read", "reading works again", where)

    @property
    def writer(self) -> Writer:
        """Started at the first use: a command that only reads has no second thread."""
        if self._writer is None:
            engine = self.engine.execution_options(weike_write=True)
            self._writer = Writer(engine, outage=self.saving)
        return self._writer

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that sees one unchanging state of the database."""
        options = {} if self.sqlite else {"isolation_level": "REPEATABLE READ"}
        with self.engine.connect() as connection:
            yield connection.execution_options(**options)

    async def fetch(self, read: Callable[[Connection], T], *, alone: bool = False) -> T:
        """`read(connection)` without holding up the event loop for another machine.

        `alone` promises that whatever it reads is right by itself, as one statement is: it then
        needs no transaction to see one state.
        """
        if self.sqlite:  # shorter than going to a thread and back
            return self._read_here(read, alone=alone)
        if self._threads is None:
            self._threads = ThreadPoolExecutor(8, thread_name_prefix="weike-reader")
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._read, read)

    def _read_here(self, read: Callable[[Connection], T], *, alone: bool) -> T:
        """`read` on a connection that this thread keeps: to take one each time costs as much."""
        reader = self._reader
        if reader is None or reader[0] != get_ident():
            if reader is not None:
                return self._read(read)
            reader = self._reader = get_ident(), self._resident()
        connection = reader[1]
        try:
            if alone:
                return read(connection)
            driver: Any = connection.connection.dbapi_connection
            driver.execute("BEGIN")
            try:
                return read(connection)
            finally:
                driver.rollback()  # does nothing where the transaction is gone already
        except (DBAPIError, sqlite3.Error):
            self._reader = None
            connection.invalidate()
            connection.close()
            raise

    def _resident(self) -> Connection:
        """A connection that only reads, and whose transactions `_read_here` makes.

        To begin and end one of SQLAlchemy's takes as long as the statement in it.
        """
        connection = self.engine.connect().execution_options(weike_resident=True)
        _wait_for_locks(connection, _HURRY)
        connection.begin()
        return connection

    def _read(self, read: Callable[[Connection], T]) -> T:
        """Twice where the connection was cut: what only reads can be done again."""
        try:
            with self.read() as connection:
                return read(connection)
        except DBAPIError as error:
            if not error.connection_invalidated:
                raise
        with self.read() as connection:
            return read(connection)

    def close(self) -> None:
        """Write what waits, then let go of the database."""
        if self._writer is not None:
            self._writer.close()
        if self._threads is not None:
            self._threads.shutdown()
        if self._reader is not None:
            self._reader[1].close()
        self.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def open_store(where: str | Path | None = None, *, course: Course | None = None) -> Store:
    """Open a database and bring its tables up to date.

    `where` is a file, a database URL, or nothing: then `WEIKE_DATABASE_URL`, the course's
    `database_url` or its `results/weike.db` is taken. Raises `StoreError`.
    """
    if course is None:
        course = _course(where)
    url = locate(where, course)
    if url.get_backend_name() == "sqlite":
        media = _make_file(url).parent / "media"
    else:
        media = (course.results if course else Path.cwd() / "results") / "media"
    zone = course.zone if course else ZoneInfo("Asia/Shanghai")
    levels = course.levels if course else ("党委", "党总支", "支部")
    store = Store(url, zone=zone, levels=levels, media=media)
    if course:
        store.weights, store.award = course.weights, course.award
    try:
        _bring_to_head(store.engine)
    except DBAPIError as error:
        store.close()
        raise StoreError(
            _("the database {url} cannot be used: {reason}; weike doctor knows more").format(
                url=url.database
                if url.get_backend_name() == "sqlite"
                else url.render_as_string(hide_password=True),
                reason=error.orig,
            )
        ) from error
    except BaseException:
        store.close()
        raise
    return store


def _course(where: str | Path | None) -> Course | None:
    """The course of a database: above its file, or else above the current folder."""
    if where is None:
        return load_course()
    named = None if isinstance(where, str) and "://" in where else Path(where).absolute().parent
    root = find_course(named)
    return load_course(root) if root else None


def revision(connection: Connection) -> str | None:
    """The migration that the database stands at; None for an empty one."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def locate(where: str | Path | None, course: Course | None) -> URL:
    """The address of the database that `open_store` would open. Raises `StoreError`."""
    if where is None:
        assert course is not None
        where = os.environ.get(ENVIRONMENT) or course.database_url or course.results / "weike.db"
    if isinstance(where, Path) or "://" not in where:
        return URL.create("sqlite", database=str(Path(where).absolute()))
    try:
        url = make_url(where)
    except ArgumentError as error:
        raise StoreError(_("the database address cannot be read; write postgresql://…")) from error
    if url.drivername in ("postgresql", "postgres"):
        return url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() not in ("postgresql", "sqlite"):
        raise StoreError(
            _("{name} is no database that Weike knows; use SQLite or postgresql://…").format(
                name=url.get_backend_name()
            )
        )
    return url


def _make_file(url: URL) -> Path:
    """The database's file, made for its owner only: it holds people and answer keys."""
    file = Path(url.database or "weike.db")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise StoreError(
            _("the database {url} cannot be used: {reason}; weike doctor knows more").format(
                url=file, reason=why(error)
            )
        ) from error
    return file


def _engine(url: URL) -> Engine:
    try:
        if url.get_backend_name() == "sqlite":
            engine = create_engine(
                url, pool_size=16, hide_parameters=True, connect_args={"timeout": _LOCK_WAIT}
            )
            same = _SameFile(os.path.abspath(url.database or ""))
            event.listen(engine, "do_connect", same.look)
            event.listen(engine, "connect", _prepare_sqlite)
            event.listen(engine, "begin", same.begin)
            event.listen(engine, "commit", _commit_sqlite)
            return engine
        return create_engine(
            url,
            pool_size=16,
            pool_pre_ping=True,
            hide_parameters=True,  # an error in the log names no person and quotes no answer
            connect_args={"options": _POSTGRESQL, **_GONE},
        )
    except ModuleNotFoundError as error:
        raise StoreError(
            _("for PostgreSQL, install its driver: pip install 'weike[postgres]'")
        ) from error


def _prepare_sqlite(connection: Any, record: object) -> None:
    connection.isolation_level = None  # transactions are begun below, not guessed by the driver
    for pragma in (
        "journal_mode = WAL",
        f"wal_autocheckpoint = {_CHECKPOINT}",
        "synchronous = FULL",
        "foreign_keys = ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


class _SameFile:
    """Nothing is written to a file that has lost its name: nobody would find it there again.

    A connection keeps the file that it has opened, wherever that was moved and even when it was
    deleted. To connect anew would make an empty file of that name.
    """

    def __init__(self, file: str) -> None:
        self._file = file
        self._opened: tuple[int, int] | None = None

    def look(self, *_of_connecting: object) -> None:
        try:
            stat = os.stat(self._file)
            found = stat.st_dev, stat.st_ino
        except OSError:
            found = None
        if self._opened is None:
            self._opened = found
        elif found != self._opened:
            raise OperationalError("BEGIN", {}, sqlite3.OperationalError(MOVED))

    def begin(self, connection: Connection) -> None:
        """A writer takes the lock at once: to upgrade a read lock may fail at any statement."""
        options = connection.get_execution_options()
        if options.get("weike_write", False):
            self.look()
            _wait_for_locks(connection, _HURRY if options.get("weike_hurry") else _LOCK_WAIT)
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        elif not options.get("weike_resident", False):
            # Takes no lock, so nothing can fail that SQLAlchemy would have to explain.
            driver: Any = connection.connection.dbapi_connection
            driver.execute("BEGIN")


def _wait_for_locks(connection: Connection, seconds: float) -> None:
    if connection.info.get("weike_wait") != seconds:
        driver: Any = connection.connection.dbapi_connection
        driver.execute(f"PRAGMA busy_timeout = {seconds * 1000:.0f}")
        connection.info["weike_wait"] = seconds


def _commit_sqlite(connection: Connection) -> None:
    """The driver commits nothing in silence where SQLite has given up the transaction by itself."""
    driver: Any = connection.connection.dbapi_connection
    if not driver.in_transaction:
        raise StoreUnavailableError(_("the database has given up the transaction"))


def _bring_to_head(engine: Engine) -> None:
    with engine.connect() as connection:
        if revision(connection) == HEAD:
            return
    from weike.results.migrations import upgrade  # Alembic is slow to import and rarely needed

    with engine.execution_options(weike_write=True).begin() as connection:
        upgrade(connection)
