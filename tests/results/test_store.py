from __future__ import annotations

import os
import stat
import threading
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import insert, inspect, select, text
from sqlalchemy.exc import DBAPIError, StatementError

from weike.results import migrations
from weike.results.errors import StoreError
from weike.results.people import branches, find_member
from weike.results.store import HEAD, Store, open_store, revision
from weike.results.tables import grade, item_grade, member, metadata, tally
from weike.results.types import canonical

BEIJING = timezone(timedelta(hours=8))


def test_the_migrations_end_in_the_tables_of_the_code(store: Store) -> None:
    with store.read() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_the_code_names_the_newest_migration() -> None:
    assert migrations.head() == HEAD


def test_opening_again_changes_nothing_and_keeps_the_data(url: str, store: Store) -> None:
    moment = datetime(2026, 10, 12, 9, tzinfo=BEIJING)
    store.writer.run(lambda c: c.execute(insert(member).values(id="m1", created=moment)))
    store.close()
    with open_store(url) as again, again.read() as connection:
        assert connection.execute(select(member.c.created)).scalar_one() == moment


def test_an_upgrade_keeps_the_data_of_the_first_schema(url: str, store: Store) -> None:
    with store.engine.execution_options(weike_write=True).begin() as connection:
        metadata.drop_all(connection)
        connection.execute(text("DROP TABLE alembic_version"))
        migrations.upgrade(connection, "0001")
        moment = "2026-01-01 00:00:00" if store.sqlite else "2026-01-01 00:00:00+00:00"
        for statement in (
            "INSERT INTO branch (id, parent_id, name, position, created)"
            f" VALUES ('b1', NULL, '公司党委', 0, '{moment}')",
            "INSERT INTO branch (id, parent_id, name, position, created)"
            f" VALUES ('b2', 'b1', '储运党支部', 0, '{moment}')",
            f"INSERT INTO member (id, created) VALUES ('m1', '{moment}')",
            "INSERT INTO identity (member_id, code, name) VALUES ('m1', 'A1024', '学员甲')",
            f"INSERT INTO lesson (slug, created) VALUES ('fire', '{moment}')",
            "INSERT INTO quiz (ref, slug) VALUES ('fire/quiz', 'fire')",
            "INSERT INTO quiz_version (version, definition) VALUES ('v1', '{}')",
            "INSERT INTO attempt (id, member_id, quiz, number, quiz_version, lesson_version, mode,"
            " paper, started)"
            f" VALUES ('a1', 'm1', 'fire/quiz', 1, 'v1', '1', 'quiz', '[]', '{moment}')",
            "INSERT INTO grade (id, attempt_id, member_id, slug, quiz, number, submitted_at, score,"
            " first_score, max, first_max, passed, ungraded) VALUES"
            f" (7, 'a1', 'm1', 'fire', 'fire/quiz', 1, '{moment}', 3, 2, 4, 4, true, 0)",
            "INSERT INTO item_grade (attempt_id, item, item_version, answered, max, score)"
            " VALUES ('a1', 'q1', 'i1', true, 1, 0.5)",
        ):
            connection.execute(text(statement))
    with open_store(url) as upgraded:
        found = find_member(upgraded, code="A1024", now=datetime(2026, 10, 12, tzinfo=BEIJING))
        paths = [one.path for one in branches(upgraded)]
        with upgraded.read() as connection:
            graded = connection.execute(select(grade.c.id, grade.c.first_score)).one()
            marks = connection.execute(select(item_grade.c.item, item_grade.c.score)).one()
            tallied = connection.execute(select(tally.c.mark)).scalar_one()
    assert found is not None
    assert found.name == "学员甲"
    assert paths == ["公司党委", "公司党委/储运党支部"]
    assert (graded, marks, tallied) == ((7, 2.0), ("q1", 0.5), 5 * 10**14)


def test_an_empty_database_is_brought_to_head_by_two_at_once(url: str, store: Store) -> None:
    with store.engine.execution_options(weike_write=True).begin() as connection:
        metadata.drop_all(connection)
        connection.execute(text("DROP TABLE alembic_version"))
    errors: list[BaseException] = []

    def opening() -> None:
        try:
            open_store(url).close()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=opening) for _n in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    with store.read() as connection:
        assert revision(connection) == HEAD
        assert set(inspect(connection).get_table_names()) == {*metadata.tables, "alembic_version"}


def test_a_database_of_a_newer_weike_is_refused_with_the_repair(url: str, store: Store) -> None:
    with store.engine.execution_options(weike_write=True).begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'zzzz'"))
    try:
        with pytest.raises(StoreError, match=r"newer|更新"):
            open_store(url)
    finally:
        with store.engine.execution_options(weike_write=True).begin() as connection:
            connection.execute(text(f"UPDATE alembic_version SET version_num = '{HEAD}'"))


def test_a_moment_without_a_zone_is_never_stored(store: Store) -> None:
    naive = datetime(2026, 10, 12, 9)
    with pytest.raises(StatementError, match="without a time zone"):
        store.writer.run(lambda c: c.execute(insert(member).values(id="m1", created=naive)))


def test_a_moment_comes_back_aware_and_in_utc(store: Store) -> None:
    moment = datetime(2026, 10, 12, 8, 0, 0, 123456, tzinfo=BEIJING)
    store.writer.run(lambda c: c.execute(insert(member).values(id="m1", created=moment)))
    with store.read() as connection:
        kept = connection.execute(select(member.c.created)).scalar_one()
    assert kept == moment
    assert kept.utcoffset() == timedelta(0)


def test_a_reader_sees_one_state_from_beginning_to_end(store: Store) -> None:
    with store.read() as connection:
        before = connection.execute(select(member.c.id)).all()
        store.writer.run(
            lambda c: c.execute(insert(member).values(id="m1", created=datetime.now(BEIJING)))
        )
        assert connection.execute(select(member.c.id)).all() == before == []


def test_sqlite_is_durable_and_holds_its_foreign_keys(tmp_path: Path) -> None:
    with open_store(tmp_path / "weike.db") as store, store.read() as connection:
        pragma = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    assert pragma == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_an_error_of_the_database_quotes_nothing_that_people_wrote(store: Store) -> None:
    with store.read() as connection, pytest.raises(DBAPIError) as caught:
        connection.execute(text("SELECT :answer FROM nowhere"), {"answer": "what a member wrote"})
    assert "nowhere" in str(caught.value)
    assert "what a member wrote" not in str(caught.value)


def test_the_database_file_is_for_its_owner_only(tmp_path: Path) -> None:
    open_store(tmp_path / "weike.db").close()
    assert stat.S_IMODE((tmp_path / "weike.db").stat().st_mode) == 0o600


def test_without_an_address_the_course_says_where_the_store_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("WEIKE_DATABASE_URL", raising=False)
    Path("weike.toml").write_text('timezone = "Asia/Urumqi"\n')
    with open_store() as store:
        assert str(store.zone) == "Asia/Urumqi"
        assert store.media == tmp_path / "results" / "media"
    assert (tmp_path / "results" / "weike.db").is_file()
    monkeypatch.setenv("WEIKE_DATABASE_URL", f"sqlite:///{tmp_path / 'other.db'}")
    open_store().close()
    assert (tmp_path / "other.db").is_file()


@pytest.mark.parametrize(
    ("address", "hint"),
    [("mysql://host/weike", "mysql"), ("postgresql://127.0.0.1:1/weike", "127.0.0.1")],
)
def test_an_address_that_cannot_be_used_is_named_without_its_password(
    address: str, hint: str
) -> None:
    secret = address.replace("://", "://me:Geheim-77@")
    with pytest.raises(StoreError, match=hint) as caught:
        open_store(secret)
    assert "Geheim-77" not in str(caught.value)


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "weike.db").write_bytes(os.urandom(4096))
    with pytest.raises(StoreError):
        open_store(tmp_path / "weike.db")


def test_without_its_driver_postgresql_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "psycopg", None)
    with pytest.raises(StoreError, match=r"pip install 'weike\[postgres\]'"):
        open_store("postgresql:///weike")


def test_json_is_kept_in_one_way_of_writing_it() -> None:
    assert canonical({"b": [1, "绿"], "a": None}) == '{"a":null,"b":[1,"绿"]}'
