"""What a file was before is kept; the saves of somebody who is writing take each other's place."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Column, ForeignKey, String, Table, insert

from weike.results.authoring.revisions import RUN, keep_revision, revision, revisions
from weike.results.store import Store
from weike.results.tables import metadata

NOW = datetime(2026, 10, 12, 1, 30, tzinfo=UTC)
PATH = "lessons/消防/fire.ipynb"


def minutes(n: float) -> datetime:
    return NOW + timedelta(minutes=n)


def test_a_revision_gives_back_its_bytes_its_writer_and_its_hash(store: Store) -> None:
    content = b'{"cells": []}\r\n\x00\xff'
    kept = keep_revision(store, PATH, content, by="m1", now=NOW, note="第一稿")
    found = revision(store, kept.id)
    assert found is not None
    assert found.content == content
    assert found.hash == hashlib.sha256(content).hexdigest()
    assert (found.path, found.by, found.at, found.note) == (PATH, "m1", NOW, "第一稿")
    assert revision(store, "0" * 32) is None


def test_the_history_of_a_path_is_its_own_and_the_newest_comes_first(store: Store) -> None:
    for n, text in enumerate((b"a", b"b", b"c")):
        keep_revision(store, PATH, text, by="m1", now=minutes(n * 20))
    keep_revision(store, "quizzes/fire.md", b"z", by="m1", now=NOW)
    contents = [revision(store, one.id) for one in revisions(store, PATH)]
    assert [one and one.content for one in contents] == [b"c", b"b", b"a"]
    assert len(revisions(store, "quizzes/fire.md")) == 1


def test_the_same_content_twice_is_one_revision(store: Store) -> None:
    first = keep_revision(store, PATH, b"a", by="m1", now=NOW)
    again = keep_revision(store, PATH, b"a", by="m2", now=minutes(60))
    assert again == first
    assert revisions(store, PATH) == (first,)


def test_a_content_that_comes_back_later_is_a_new_revision(store: Store) -> None:
    for n, text in enumerate((b"a", b"b", b"a")):
        keep_revision(store, PATH, text, by="m1", now=minutes(n * 20))
    assert len(revisions(store, PATH)) == 3


def test_saves_of_one_member_within_ten_minutes_take_each_others_place(store: Store) -> None:
    for n in range(4):
        keep_revision(store, PATH, b"%d" % n, by="m1", now=minutes(n * 3))
    (only,) = revisions(store, PATH)
    assert (only.begun, only.at) == (NOW, minutes(9))
    assert only.hash == hashlib.sha256(b"3").hexdigest()


def test_an_hour_of_writing_leaves_a_revision_for_each_ten_minutes(store: Store) -> None:
    for n in range(60):
        keep_revision(store, PATH, b"%d" % n, by="m1", now=minutes(n))
    begun = [one.begun for one in revisions(store, PATH)]
    assert begun == [NOW + n * RUN for n in reversed(range(6))]


def test_another_members_save_is_never_replaced(store: Store) -> None:
    keep_revision(store, PATH, b"a", by="m1", now=NOW)
    keep_revision(store, PATH, b"b", by="m2", now=minutes(1))
    keep_revision(store, PATH, b"c", by="m1", now=minutes(2))
    assert [one.by for one in revisions(store, PATH)] == ["m1", "m2", "m1"]


def test_a_revision_with_a_note_stays_also_where_the_note_came_later(store: Store) -> None:
    keep_revision(store, PATH, b"a", by="m1", now=NOW)
    keep_revision(store, PATH, b"a", by="m1", now=minutes(1), note="送审")
    keep_revision(store, PATH, b"b", by="m1", now=minutes(2))
    assert [one.note for one in revisions(store, PATH)] == ["", "送审"]


@pytest.fixture
def naming(store: Store) -> Iterator[Table]:
    """A table whose rows refer to revisions, as a review does."""
    table = Table("naming", metadata, Column("revision_id", String(32), ForeignKey("revision.id")))
    with store.engine.execution_options(weike_write=True).begin() as connection:
        table.create(connection)
    yield table
    with store.engine.execution_options(weike_write=True).begin() as connection:
        table.drop(connection)
    metadata.remove(table)


def test_a_revision_that_another_table_names_is_never_replaced(store: Store, naming: Table) -> None:
    named = keep_revision(store, PATH, b"a", by="m1", now=NOW)
    store.writer.run(lambda c: c.execute(insert(naming).values(revision_id=named.id)))
    keep_revision(store, PATH, b"b", by="m1", now=minutes(1))
    keep_revision(store, PATH, b"c", by="m1", now=minutes(2))
    hashes = [one.hash for one in revisions(store, PATH)]
    assert hashes == [hashlib.sha256(text).hexdigest() for text in (b"c", b"a")]
