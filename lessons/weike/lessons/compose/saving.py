"""Lessons of the course folder as the composer opens, saves and restores them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Any, Final

from weike.lessons.catalogue import file_name, lesson_files, read_lesson
from weike.lessons.compose.document import (
    find_cell,
    new_notebook,
    read_document,
    write_document,
)
from weike.lessons.compose.dumping import dump_notebook
from weike.lessons.metadata import SLUG
from weike.lessons.notebook import Notebook, parse_notebook
from weike.lessons.sources import (
    Changed,
    SourceError,
    content_hash,
    read_source,
    save_source,
)
from weike.quizzes.course import Course
from weike.quizzes.errors import WeikeError
from weike.quizzes.i18n import _
from weike.results.authoring.revisions import keep_revision, revision, revisions
from weike.results.authoring.works import claim
from weike.results.periods import local_date
from weike.results.store import Store

Json = dict[str, Any]

COMMAND: Final = "command"
RESTORED: Final = "restored"  # the note of a revision that brought an older one back
ASIDE: Final = "aside"  # of one that met another version and never was the file
_LOOKED_AT: Final = 30  # revisions in which a removed block is looked for


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A lesson in the composer: its file's path in the course, the file's hash, its blocks."""

    path: str
    hash: str
    document: Json


def find_lesson(course: Course, slug: str) -> str | None:
    """The path of the lesson that has this slug, as `read_source` takes it."""
    files = lesson_files(course)
    # Nearly always the file's own name; then no other file has to be read.
    for path in sorted(files, key=lambda path: path.stem != slug):
        source, _said = read_lesson(path, course)
        if source is not None and source.slug == slug:
            return file_name(path, course)
    return None


def open_lesson(course: Course, path: str) -> Opened:
    """Raises `WeikeError` for a file that is no notebook."""
    content, hash = read_source(course, path)
    document = read_document(_parsed(content, path), language=course.language, zone=course.zone)
    return Opened(path=path, hash=hash, document=document)


def save_lesson(
    course: Course,
    store: Store,
    path: str,
    document: Mapping[str, Any],
    *,
    expected: str,
    by: str,
    now: datetime,
) -> Opened:
    """Write what the browser has. Raises `Changed` where somebody else has written meanwhile;
    what the browser has is among the revisions then, so that nothing is lost with its page.

    A save that comes twice, because its answer was lost on the way, is a save that is done.
    """
    content, hash = read_source(course, path)
    written = _written(course, store, path, _parsed(content, path), document)
    if written is None:
        return open_lesson(course, path)
    after = dump_notebook(written, like=content)
    if hash != expected:
        _remember(store, path, content, now)
        keep_revision(store, path, after, by=by, now=now, note=ASIDE)
        raise Changed(path, hash)
    return _save(course, store, path, content, after, by=by, now=now)


def restore_lesson(
    course: Course, store: Store, path: str, id: str, *, expected: str, by: str, now: datetime
) -> Opened:
    """Bring an older revision of the file back; the present one stays in the history."""
    old = revision(store, id)
    if old is None or old.path != path:
        raise WeikeError(_("this revision cannot be found any more"))
    content, hash = read_source(course, path)
    if hash != expected:
        raise Changed(path, hash)
    return _save(course, store, path, content, old.content, by=by, now=now, note=RESTORED)


def create_lesson(
    course: Course, store: Store, about: Mapping[str, Any], *, by: str, now: datetime
) -> str:
    """A new lesson in a folder of its own; its slug. `about` is a document's, without blocks."""
    data = new_notebook({**about, "blocks": []}, language=course.language, zone=course.zone)
    content = dump_notebook(data)
    for slug in _slugs(str(about["title"]), f"{local_date(now, store.zone):%Y%m%d}"):
        path = f"lessons/{slug}/{slug}.ipynb"
        if find_lesson(course, slug) is not None:
            continue
        try:
            save_source(course, path, content, expected=None)
        except Changed:
            continue
        claim(store, slug, by, now)
        keep_revision(store, path, content, by=by, now=now)
        return slug
    raise AssertionError("the numbers have no end")


def revision_notebook(store: Store, path: str, id: str) -> Notebook:
    """A lesson as it was. Raises `WeikeError` where there is no such revision."""
    old = revision(store, id)
    if old is None or old.path != path:
        raise WeikeError(_("this revision cannot be found any more"))
    return parse_notebook(_parsed(old.content, path), path)


def _slugs(title: str, day: str) -> Iterator[str]:
    """Addresses for a title: its letters, where it is written in such letters, else the day."""
    words = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:40].strip("-")
    plain = len(words) >= 3 and not re.search(r"[^\x00-\x7f]", title)
    base = words if plain and words not in _TAKEN else f"lesson-{day}"
    for number in count(1):
        slug = base if number == 1 else f"{base}-{number}"
        assert SLUG.fullmatch(slug), slug
        yield slug


_TAKEN: Final = frozenset({"new", "weike", "banks", "bring"})  # folders and addresses of our own


def _save(
    course: Course,
    store: Store,
    path: str,
    before: bytes,
    after: bytes,
    *,
    by: str,
    now: datetime,
    note: str = "",
) -> Opened:
    _remember(store, path, before, now)
    save_source(course, path, after, expected=content_hash(before))
    keep_revision(store, path, after, by=by, now=now, note=note)
    return open_lesson(course, path)


def _remember(store: Store, path: str, content: bytes, now: datetime) -> None:
    """What JupyterLab or a copy command wrote is kept too: it was nobody's revision yet."""
    last = next((one for one in revisions(store, path) if one.note != ASIDE), None)
    if last is None or last.hash != content_hash(content):
        keep_revision(store, path, content, by=COMMAND, now=now)


def _written(
    course: Course, store: Store, path: str, data: Json, document: Mapping[str, Any]
) -> Json | None:
    def older(key: str) -> Json | None:
        """A cell that was removed, and whose removal was undone."""
        for one in revisions(store, path)[:_LOOKED_AT]:
            old = revision(store, one.id)
            cell = find_cell(_parsed(old.content, path), key) if old else None
            if cell is not None:
                return cell
        return None

    return write_document(data, document, language=course.language, zone=course.zone, older=older)


def _parsed(content: bytes, path: str) -> Json:
    """The notebook in a file's bytes. Raises `WeikeError`."""
    try:
        data = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise SourceError(_("the file is damaged: it is not valid JSON")) from error
    return dict(parse_notebook(data, path).data)
