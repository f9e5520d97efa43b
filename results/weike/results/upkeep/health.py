"""Is this installation's store healthy? Each check says what it found, and the repair."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Connection, func, select, text
from sqlalchemy.exc import DBAPIError

from weike.quizzes.course import SETTINGS, Course
from weike.quizzes.errors import WeikeError
from weike.quizzes.i18n import _, one_by_one
from weike.results.outage import kind_of
from weike.results.store import HEAD, Store, locate, revision
from weike.results.tables import attempt, blob, item_grade, response, session, submission

SPACE = 500 << 20  # bytes that should be free
SKEW = timedelta(minutes=2)
_FACTS = (response.c.received_at, attempt.c.started)
# Nearly as new, and found without reading a large table.
LATELY = (session.c.created, submission.c.submitted_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One finding. `name` is for programs; `repair` is empty where all is well."""

    name: str
    text: str
    repair: str = ""

    @property
    def healthy(self) -> bool:
        return not self.repair


def examine(course: Course, now: datetime) -> Iterator[Check]:
    """Every check of the store. Nothing is changed, and no database is made."""
    yield _space(course)
    yield from _private(course)
    url = locate(None, course)
    if url.get_backend_name() == "sqlite" and not os.path.isfile(url.database or ""):
        yield _none_yet(Path(url.database or "").parent)
        return
    store = Store(url, zone=course.zone, levels=course.levels, media=course.results / "media")
    try:
        for check in (_reachable, _writable, _whole, _clock, _media, _graded):
            found = check(store, now)
            yield found
            if check is _reachable and not found.healthy:
                return
    finally:
        store.close()


def _none_yet(folder: Path) -> Check:
    """Nothing was served from here; or the folder is shut, which looks the same from outside."""
    there = next(one for one in (folder, *folder.parents) if os.path.exists(one))
    may = os.access(there, os.R_OK | os.W_OK | os.X_OK)
    return Check(
        name="database",
        text=_("no database yet; weike serve makes it"),
        repair=""
        if may
        else _("give the account that runs Weike the right to read and write {folder}").format(
            folder=there
        ),
    )


def _reachable(store: Store, now: datetime) -> Check:
    try:
        with store.read() as connection:
            at = revision(connection)
    except DBAPIError as error:
        return Check(
            name="database",
            text=_("the database does not answer: {reason}").format(reason=error.orig),
            repair=_("stop the server and restore the last backup")
            if store.sqlite
            else _("start it, or correct its address"),
        )
    name = "SQLite" if store.sqlite else "PostgreSQL"
    found = _("{name} answers; its tables are at {revision}").format(name=name, revision=at)
    repair = ""
    if at is not None and at > HEAD:
        repair = _("upgrade Weike to the version that made it")
    elif at != HEAD:
        repair = _("start weike serve, which brings it up to date")
    return Check(name="database", text=found, repair=repair)


def _writable(store: Store, now: datetime) -> Check:
    """Takes the lock and writes, and undoes it."""
    try:
        with store.engine.execution_options(weike_write=True).connect() as connection:
            transaction = connection.begin()
            connection.execute(text("UPDATE throttle SET failures = failures"))
            transaction.rollback()
    except (DBAPIError, WeikeError) as error:
        return Check(
            name="writable",
            text=_("nothing can be written: {reason}").format(
                reason=getattr(error, "orig", None) or error
            ),
            repair=_("let the program that holds the database locked finish, or end it")
            if kind_of(error) == "locked"
            else _("free space, or give the account that runs Weike the right to write"),
        )
    return Check(name="writable", text=_("the database can be written"))


def _whole(store: Store, now: datetime) -> Check:
    if not store.sqlite:
        with store.read() as connection:
            durable = connection.execute(text("SHOW fsync")).scalar()
        return Check(
            name="durable",
            text=_("PostgreSQL flushes to the disk: {answer}").format(answer=durable),
            repair="" if durable == "on" else _("set fsync = on in postgresql.conf"),
        )
    with store.read() as connection:
        mode = connection.exec_driver_sql("PRAGMA journal_mode").scalar()
        answer = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
    repair = ""
    if answer != "ok":
        repair = _("stop the server and restore the last backup")
    elif mode != "wal":
        repair = _("keep the database on a disk of this computer, not on a network share")
    return Check(
        name="durable",
        text=_("the file is whole ({answer}), its journal is {mode}").format(
            answer=answer, mode=mode
        ),
        repair=repair,
    )


def _clock(store: Store, now: datetime) -> Check:
    """A clock that was set back shows in facts from the future."""
    with store.read() as connection:
        newest = newest_of(connection, _FACTS) or now
        theirs = None if store.sqlite else connection.execute(select(func.now())).scalar()
    form = "%Y-%m-%d %H:%M %Z"
    said = now.astimezone(store.zone).strftime(form)
    if newest - now > SKEW:
        return Check(
            name="clock",
            text=_("the clock says {now}, but the newest answer is of {newest}").format(
                now=said, newest=newest.astimezone(store.zone).strftime(form)
            ),
            repair=_("set the clock, and let it follow a time server"),
        )
    if theirs is not None and abs(theirs - now) > SKEW:
        return Check(
            name="clock",
            text=_("the clock says {now}, that of the database {theirs}").format(
                now=said, theirs=theirs.astimezone(store.zone).strftime(form)
            ),
            repair=_("set the clock, and let it follow a time server"),
        )
    return Check(name="clock", text=_("the clock says {now}").format(now=said))


def newest_of(connection: Connection, columns: Iterable[Column[Any]]) -> datetime | None:
    """When what was written last in any of these was written."""
    found = [connection.execute(select(func.max(column))).scalar() for column in columns]
    return max((moment for moment in found if moment is not None), default=None)


def _media(store: Store, now: datetime) -> Check:
    with store.read() as connection:
        large = connection.execute(
            select(blob.c.hash, blob.c.size).where(blob.c.content.is_(None))
        ).all()
    lost = [
        row.hash
        for row in large
        if not (store.media / row.hash).is_file()
        or (store.media / row.hash).stat().st_size != row.size
    ]
    return Check(
        name="media",
        text=_("{n} of {total} large media files are missing or cut short").format(
            n=len(lost), total=len(large)
        ),
        repair=_("restore {folder} from a backup, or publish with --force").format(
            folder=store.media
        )
        if lost
        else "",
    )


def _graded(store: Store, now: datetime) -> Check:
    with store.read() as connection:
        rows = connection.execute(
            select(item_grade.c.item, func.max(item_grade.c.ungraded), func.count())
            .where(item_grade.c.ungraded.is_not(None))
            .group_by(item_grade.c.item)
            .order_by(item_grade.c.item)
        ).all()
    if not rows:
        return Check(name="graded", text=_("every question could be graded"))
    shown = one_by_one(f"{item} ({reason}, {count}×)" for item, reason, count in rows[:5])
    return Check(
        name="graded",
        text=_("{n} questions could not be graded: {items}").format(n=len(rows), items=shown),
        repair=_("correct their keys and publish again; nobody has lost a point"),
    )


def _space(course: Course) -> Check:
    folders = (course.results, *course.results.parents)
    folder = next(one for one in folders if os.path.exists(one))
    free = shutil.disk_usage(folder).free
    return Check(
        name="space",
        text=_("{free} MB are free for results").format(free=free >> 20),
        repair="" if free >= SPACE else _("free some space: answers need it to be saved"),
    )


def _private(course: Course) -> Iterator[Check]:
    """Files that hold people, keys and secrets are for their owner only."""
    files = [course.results / name for name in ("weike.db", "secret")]
    open_to = [file for file in files if os.path.exists(file) and file.stat().st_mode & 0o077]
    names = ", ".join(str(file) for file in open_to)
    yield Check(
        name="private",
        text=_("others on this computer can read {files}").format(files=names)
        if open_to
        else _("nobody else on this computer can read the results"),
        repair=_("run: chmod 600 {files}").format(files=names.replace(", ", " "))
        if open_to
        else "",
    )
    settings = course.root / SETTINGS
    # Lessons must read the settings, whichever user runs them.
    if course.database_url and settings.stat().st_mode & 0o077:
        yield Check(
            name="database_url",
            text=_(
                "others on this computer, lessons too, can read where the database is in {file}"
            ).format(file=settings),
            repair=_("set WEIKE_DATABASE_URL for the service, and delete database_url there"),
        )
