from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from weike.quizzes.errors import WeikeError
from weike.results import catalogue, tables
from weike.results.errors import StoreError
from weike.results.media import LARGE, Media, media
from weike.results.store import Store, open_store
from weike.results.tables import blob, item_version, publication, quiz_version
from weike.results.versions import LessonVersion, lesson_version, store_version

Publish = Callable[..., LessonVersion]

NOW = datetime(2026, 10, 12, 1, 30, tzinfo=UTC)
QUIZ = "## 第一步？ {#fire-001}\n- [x] 提起\n- [ ] 放下\n"
SMALL = b"<svg/>"
LONG = bytes(range(256)) * 4100  # a little more than a megabyte


def sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def with_media(*contents: bytes) -> LessonVersion:
    return LessonVersion(
        slug="fire",
        version="m",
        title="灭火器",
        language="zh-CN",
        kind="light",
        body_html="",
        media={sha(one): Media("image/svg+xml", one) for one in contents},
    )


def count(store: Store, table: object) -> int:
    with store.read() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()  # type: ignore[arg-type]


def test_a_published_lesson_reads_back_as_it_was_stored(
    store: Store, publish_lesson: Publish
) -> None:
    stored = publish_lesson("fire", quiz=QUIZ)
    assert catalogue.lesson(store, "fire") == stored
    (summary,) = catalogue.published(store)
    assert (summary.slug, summary.title, summary.since) == ("fire", "微课 fire", NOW)
    assert [(q.ref, q.questions) for q in summary.quizzes] == [("fire/quiz", 1)]


def test_a_stored_version_is_a_draft_until_it_is_published(store: Store) -> None:
    store_version(store, with_media())
    assert catalogue.lesson(store, "fire") is None
    assert catalogue.published(store) == ()
    assert lesson_version(store, "fire", "m") == with_media()


def test_the_same_version_again_changes_nothing(store: Store, publish_lesson: Publish) -> None:
    publish_lesson("fire", quiz=QUIZ)
    counter = catalogue.publication_counter(store)
    publish_lesson("fire", quiz=QUIZ)
    assert count(store, tables.lesson_version) == count(store, publication) == 1
    assert catalogue.publication_counter(store) == counter == 1


def test_a_withdrawn_lesson_is_gone_and_can_come_back(
    store: Store, publish_lesson: Publish
) -> None:
    publish_lesson("fire", quiz=QUIZ)
    publish_lesson("dust", quiz=QUIZ)
    catalogue.withdraw(store, "fire", "command", NOW)
    assert [one.slug for one in catalogue.published(store)] == ["dust"]
    assert catalogue.lesson(store, "fire") is None
    assert catalogue.definition(store, "fire/quiz") is None
    catalogue.publish(store, "fire", "1", "command", NOW)
    assert [one.slug for one in catalogue.published(store)] == ["dust", "fire"]
    assert catalogue.publication_counter(store) == 4


def test_another_process_sees_a_publication_by_its_counter(
    store: Store, url: str, publish_lesson: Publish
) -> None:
    publish_lesson("fire", quiz=QUIZ)
    with open_store(url) as other:
        assert [one.version for one in catalogue.published(other)] == ["1"]
        publish_lesson("fire", version="2", quiz=QUIZ.replace("放下", "扔掉"))
        assert [one.version for one in catalogue.published(other)] == ["2"]
        found = catalogue.definition(other, "fire/quiz")
        assert found is not None
        assert found.questions[0].to_json()["options"][1]["text"] == "扔掉"


def test_quizzes_and_items_are_kept_once_in_each_version(
    store: Store, publish_lesson: Publish
) -> None:
    publish_lesson("fire", quiz=QUIZ)
    publish_lesson("dust", quiz=QUIZ)  # the same quiz in another lesson
    publish_lesson("fire", version="2", quiz=QUIZ.replace("放下", "扔掉"))
    assert count(store, quiz_version) == count(store, item_version) == 2


def test_a_lesson_that_is_not_there_is_named(store: Store) -> None:
    with pytest.raises(WeikeError, match="water"):
        catalogue.publish(store, "water", "1", "command", NOW)
    with pytest.raises(WeikeError, match="water"):
        catalogue.withdraw(store, "water", "command", NOW)
    assert catalogue.definition(store, "water/quiz") is None


def test_small_media_are_rows_and_large_ones_files(store: Store) -> None:
    assert len(LONG) > LARGE
    store_version(store, with_media(SMALL, LONG))
    small, large = (media(store, sha(one)) for one in (SMALL, LONG))
    assert small == Media("image/svg+xml", SMALL)
    assert large is not None
    assert large.file == store.media / sha(LONG)[:32]
    assert large.file.read_bytes() == LONG
    assert media(store, sha(SMALL)[:32]) == small
    assert [file.name for file in store.media.iterdir()] == [sha(LONG)[:32]]


def test_large_media_can_come_from_a_file(store: Store, tmp_path: Path) -> None:
    film = tmp_path / "film.mp4"
    film.write_bytes(LONG)
    version = LessonVersion(
        slug="film",
        version="1",
        title="片",
        language="zh-CN",
        kind="light",
        body_html="",
        media={sha(LONG)[:32]: Media("video/mp4", file=film)},
    )
    store_version(store, version)
    film.unlink()
    found = media(store, sha(LONG))
    assert found is not None
    assert (found.type, found.size) == ("video/mp4", len(LONG))


def test_a_notebook_is_not_media_although_it_is_kept_by_its_hash(
    store: Store, publish_lesson: Publish
) -> None:
    publish_lesson("fire", quiz=QUIZ)
    with store.read() as connection:
        hashes = connection.execute(select(blob.c.hash)).scalars().all()
    assert len(hashes) == 2
    assert [media(store, one) for one in (*hashes, "../weike.db", "")] == [None] * 4


def test_a_missing_file_is_named_with_the_repair(store: Store) -> None:
    store_version(store, with_media(LONG))
    (store.media / sha(LONG)[:32]).unlink()
    with pytest.raises(StoreError, match=sha(LONG)[:32]):
        media(store, sha(LONG))
