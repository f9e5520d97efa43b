from __future__ import annotations

import errno
import json
import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from weike.cli import weike
from weike.quizzes.course import load_course
from weike.quizzes.errors import WeikeError
from weike.quizzes.i18n import use_language
from weike.results import folders
from weike.results.store import open_store
from weike.results.tables import item_grade, member
from weike.results.upkeep.health import examine

NOW = datetime(2026, 10, 12, 1, 30, tzinfo=UTC)


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("WEIKE_DATABASE_URL", raising=False)
    (tmp_path / "weike.toml").write_text('title = "课"\n', encoding="utf-8")
    with use_language("en"):
        yield tmp_path


def weike_does(*arguments: str) -> Result:
    result = CliRunner().invoke(weike, arguments)
    if result.exception is not None and not isinstance(result.exception, SystemExit | WeikeError):
        raise result.exception
    return result


def add_member(key: str) -> None:
    with open_store() as store:
        store.writer.run(lambda c: c.execute(member.insert().values(id=key, created=NOW)))


def unhealthy(now: datetime) -> set[str]:
    return {check.name for check in examine(load_course(), now) if not check.healthy}


def test_backup_and_restore_on_the_command_line(course: Path) -> None:
    add_member("m1")
    done = weike_does("backup", "safe.zip")
    assert done.exit_code == 0
    assert "safe.zip" in done.output
    refused = weike_does("restore", "safe.zip")
    assert isinstance(refused.exception, WeikeError)
    assert "--force" in str(refused.exception)
    add_member("m2")
    restored = weike_does("restore", "safe.zip", "--force")
    assert restored.exit_code == 0
    today = datetime.now(load_course().zone)
    assert f"as they were at {today:%Y-%m-}" in restored.output
    report = json.loads(weike_does("backup", "again.zip", "--json").output)
    assert report["rows"]["member"] == 1


def test_a_backup_without_a_name_gets_the_moment_as_its_name(course: Path) -> None:
    add_member("m1")
    assert weike_does("backup").exit_code == 0
    assert len(list((course / "results").glob("weike-*.zip"))) == 1


def test_rebuild_says_what_it_did(course: Path) -> None:
    add_member("m1")
    assert "0 attempts graded again; 0 changed" in weike_does("rebuild").output
    report = json.loads(weike_does("rebuild", "--json").output)
    assert report == {"attempts": 0, "changed": [], "tallies": 0}


def test_a_healthy_installation_has_a_tick_on_every_line(course: Path) -> None:
    add_member("m1")
    result = weike_does("doctor")
    assert result.exit_code == 0, result.output
    assert {line[0] for line in result.output.splitlines()} == {"✓"}
    report = json.loads(weike_does("doctor", "--json").output)
    assert report["healthy"] is True
    assert {
        "course",
        "kernel",
        "open_files",
        "temporary",
        "database",
        "writable",
        "durable",
        "clock",
        "space",
    } <= {check["name"] for check in report["checks"]}


def test_a_place_for_temporary_files_whose_name_is_too_long_is_found(
    course: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folders, "MOST", 2)
    monkeypatch.setattr(folders, "SHORT", ())
    result = weike_does("doctor")
    assert result.exit_code == 1
    assert f"✗ temporary files are in {tempfile.gettempdir()}\n  → set TMPDIR to a" in result.output


def test_before_the_first_start_nothing_is_wrong_and_nothing_is_made(course: Path) -> None:
    assert weike_does("doctor").exit_code == 0
    assert not (course / "results").exists()


def test_a_file_that_others_can_read_is_found_with_its_repair(course: Path) -> None:
    add_member("m1")
    (course / "results" / "weike.db").chmod(0o644)
    result = weike_does("doctor")
    assert result.exit_code == 1
    assert "✗" in result.output
    assert "chmod 600" in result.output


def test_an_address_of_the_database_that_lessons_can_read_is_found(course: Path) -> None:
    with (course / "weike.toml").open("a", encoding="utf-8") as settings:
        settings.write('\ndatabase_url = "sqlite:///results/weike.db"\n')
    (course / "weike.toml").chmod(0o644)
    result = weike_does("doctor")
    assert result.exit_code == 1
    assert "set WEIKE_DATABASE_URL for the service" in result.output
    (course / "weike.toml").chmod(0o600)
    assert "WEIKE_DATABASE_URL" not in weike_does("doctor").output


def test_a_damaged_database_is_found(course: Path) -> None:
    (course / "results").mkdir()
    (course / "results" / "weike.db").write_bytes(b"not a database at all" * 400)
    (course / "results" / "weike.db").chmod(0o600)
    assert unhealthy(NOW) == {"database"}
    assert "restore the last backup" in weike_does("doctor").output


def test_a_folder_that_cannot_be_written_is_found_before_the_first_start(
    course: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    may = os.access
    monkeypatch.setattr("os.access", lambda path, mode: path != course and may(path, mode))
    assert unhealthy(NOW) == {"database"}
    assert f"read and write {course}" in weike_does("doctor").output


def test_a_results_folder_that_is_shut_is_a_finding_and_no_traceback(
    course: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_member("m1")
    real = os.stat

    def shut(path: Any, **options: Any) -> os.stat_result:
        if str(path).startswith(f"{course / 'results'}{os.sep}"):
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return real(path, **options)

    monkeypatch.setattr("os.stat", shut)
    monkeypatch.setattr("os.access", lambda path, _mode: path != course / "results")
    assert unhealthy(NOW) == {"database"}


def test_a_kernel_user_whom_nobody_knows_is_found(course: Path) -> None:
    with (course / "weike.toml").open("a", encoding="utf-8") as settings:
        settings.write('kernel_user = "nobody-of-that-name"\n')
    result = weike_does("doctor")
    assert result.exit_code == 1
    assert "nobody-of-that-name" in result.output


def test_a_database_that_does_not_answer_is_found(
    course: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WEIKE_DATABASE_URL", "postgresql://127.0.0.1:1/weike")
    assert unhealthy(NOW) == {"database"}


def test_a_database_that_another_program_keeps_locked_is_found(
    course: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_member("m1")
    monkeypatch.setattr("weike.results.store._LOCK_WAIT", 0.05)
    with closing(sqlite3.connect(course / "results" / "weike.db", isolation_level=None)) as shell:
        shell.execute("BEGIN IMMEDIATE")
        report = json.loads(weike_does("doctor", "--json").output)
    [found] = [check for check in report["checks"] if not check["healthy"]]
    assert found["name"] == "writable"
    assert "finish, or end it" in found["repair"]


def test_too_few_open_files_for_a_company_are_found(
    course: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("weike.commands.store.open_files", lambda: 1024)
    result = weike_does("doctor")
    assert result.exit_code == 1
    assert "1024" in result.output
    assert "LimitNOFILE" in result.output


def test_a_clock_that_was_set_back_is_found(course: Path) -> None:
    with open_store() as store:
        store.writer.run(
            lambda c: [
                c.exec_driver_sql(statement)
                for statement in (
                    "PRAGMA defer_foreign_keys = ON",
                    "INSERT INTO member VALUES ('m1', '2026-10-12 00:00:00.000000')",
                    "INSERT INTO lesson VALUES ('fire', '2026-10-12 00:00:00.000000')",
                    "INSERT INTO quiz VALUES ('fire/quiz', 'fire')",
                    "INSERT INTO quiz_version VALUES ('v', '{}')",
                    "INSERT INTO attempt VALUES ('a1', 'm1', NULL, 'fire/quiz', 1, 'v', '1',"
                    " 'quiz', '{}', '2026-10-12 01:30:00.000000', NULL)",
                )
            ]
        )
    assert unhealthy(NOW) == set()
    assert unhealthy(NOW - timedelta(hours=1)) == {"clock"}
    with open_store() as store:
        store.writer.run(
            lambda c: c.execute(
                item_grade.insert().values(
                    attempt_id="a1",
                    item="fire-001",
                    item_version="v",
                    answered=True,
                    max=0.0,
                    ungraded="no right answer",
                )
            )
        )
    (graded,) = [one for one in examine(load_course(), NOW) if not one.healthy]
    assert "fire-001 (no right answer, 1×)" in graded.text
