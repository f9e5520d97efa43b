from __future__ import annotations

import asyncio
import hashlib
import json
import stat
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from weike.results.access import signin
from weike.results.answering.attempts import Attempts
from weike.results.audit import audit
from weike.results.media import Media, digest, media
from weike.results.people import Member
from weike.results.store import Store, open_store
from weike.results.tables import audit as audit_table
from weike.results.tables import metadata, response, session
from weike.results.upkeep.backup import BackupError, backup, restore
from weike.results.upkeep.rebuild import rebuild
from weike.results.versions import LessonVersion, store_version

Publish = Callable[..., object]
AddMember = Callable[..., Member]

NOW = datetime(2026, 10, 12, 1, 30, 0, 123456, tzinfo=UTC)
QUIZ = "---\ntitle: 灭火器\n---\n\n## 每分钟多少次？ {#n1}\n= 110\n"
LONG = bytes(range(256)) * 4100
LEFT_OUT = {"session", "throttle"}


@pytest.fixture
def filled(store: Store, add_member: AddMember, publish_lesson: Publish) -> Store:
    """Something in every table that a course of some days would have."""
    publish_lesson("fire", quiz=QUIZ)
    film = LessonVersion(
        slug="film",
        version="1",
        title="片",
        language="zh-CN",
        kind="light",
        body_html="<p>绿</p>",
        media={digest(LONG): Media("video/mp4", LONG)},
    )
    store_version(store, film, now=NOW)
    member = add_member("A1024", branch="公司党委/储运党支部", roles={"lecturer": None})
    signin.sign_in_with_activation(
        store, "A1024", signin.make_activation(store, NOW, code="A1024"), "482915", NOW
    )

    async def taking() -> None:
        attempts = Attempts(store)
        key = (await attempts.open(member, "fire/quiz", now=NOW))["attempt"]
        body = {
            "response": "110",
            "event": "event-00000001",
            "seq": 1,
            "answered_at": "2026-10-12T01:30:00Z",
        }
        await attempts.answer(member, key, "n1", body, now=NOW)
        await attempts.submit(member, key, now=NOW)

    asyncio.run(taking())
    return store


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Store]:
    """An empty store on SQLite, elsewhere."""
    with open_store(tmp_path / "other" / "weike.db") as opened:
        yield opened


def contents(store: Store) -> dict[str, list[Any]]:
    with store.read() as connection:
        return {
            table.name: sorted(map(tuple, connection.execute(select(table))), key=repr)
            for table in metadata.sorted_tables
            if table.name not in LEFT_OUT
        }


def test_a_backup_brings_everything_back_in_the_other_place(
    filled: Store, other: Store, tmp_path: Path
) -> None:
    file = tmp_path / "backup.zip"
    written = backup(filled, file, NOW)
    restored = restore(other, file)
    assert restored == written
    assert contents(other) == contents(filled)
    found = media(other, digest(LONG))
    assert found is not None
    assert found.file is not None
    assert found.file.read_bytes() == LONG
    assert rebuild(other, dry_run=True).changed == ()


def test_a_backup_moves_back_with_force_and_the_counters_go_on(
    filled: Store, other: Store, tmp_path: Path
) -> None:
    before = contents(filled)
    backup(filled, tmp_path / "one.zip", NOW)
    restore(other, tmp_path / "one.zip")
    backup(other, tmp_path / "two.zip", NOW)
    filled.writer.run(lambda c: c.execute(response.delete()))
    restore(filled, tmp_path / "two.zip", force=True)
    assert contents(filled) == before
    with filled.read() as connection:
        highest = connection.execute(select(func.max(audit_table.c.id))).scalar_one()
    audit(filled, "command", "looked", "x", NOW)
    with filled.read() as connection:
        assert connection.execute(select(func.max(audit_table.c.id))).scalar_one() == highest + 1


def test_nobody_is_signed_in_after_a_restore(filled: Store, other: Store, tmp_path: Path) -> None:
    backup(filled, tmp_path / "backup.zip", NOW)
    restore(other, tmp_path / "backup.zip")
    with other.read() as connection:
        assert connection.execute(select(func.count()).select_from(session)).scalar_one() == 0
    assert signin.sign_in_with_pin(other, "A1024", "482915", NOW)


def test_a_store_in_use_is_never_replaced_without_force(filled: Store, tmp_path: Path) -> None:
    before = contents(filled)
    backup(filled, tmp_path / "backup.zip", NOW)
    with pytest.raises(BackupError, match="--force"):
        restore(filled, tmp_path / "backup.zip")
    assert contents(filled) == before


def test_a_single_decision_is_a_store_in_use(filled: Store, other: Store, tmp_path: Path) -> None:
    backup(filled, tmp_path / "backup.zip", NOW)
    audit(other, "command", "looked", "x", NOW)
    before = contents(other)
    with pytest.raises(BackupError, match="--force"):
        restore(other, tmp_path / "backup.zip")
    assert contents(other) == before


def test_a_backup_is_for_its_owner_only_and_replaces_no_file(filled: Store, tmp_path: Path) -> None:
    file = tmp_path / "backup.zip"
    backup(filled, file, NOW)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with pytest.raises(BackupError, match=r"backup\.zip"):
        backup(filled, file, NOW)
    assert {one.name for one in tmp_path.iterdir() if one.name.startswith(".weike")} == set()


def rewritten(file: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """The same backup with other contents."""
    with zipfile.ZipFile(file) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    change(files)
    target = file.with_name("changed.zip")
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return target


def damaged(files: dict[str, bytes]) -> None:
    files["tables/response.jsonl"] = files["tables/response.jsonl"].replace(b"110", b"111")


def missing(files: dict[str, bytes]) -> None:
    del files["tables/member.jsonl"]


def additional(files: dict[str, bytes]) -> None:
    files["../../outside"] = b"x"


def listed_outside(files: dict[str, bytes]) -> None:
    manifest = json.loads(files["manifest.json"])
    manifest["files"]["media/../../outside"] = "0" * 64
    files["media/../../outside"] = b"x"
    files["manifest.json"] = json.dumps(manifest).encode()


def without_manifest(files: dict[str, bytes]) -> None:
    del files["manifest.json"]


def newer(files: dict[str, bytes]) -> None:
    manifest = json.loads(files["manifest.json"])
    files["manifest.json"] = json.dumps(manifest | {"revision": "9999"}).encode()


def of_no_revision(files: dict[str, bytes]) -> None:
    manifest = json.loads(files["manifest.json"])
    files["manifest.json"] = json.dumps(manifest | {"revision": ""}).encode()


def nested(files: dict[str, bytes]) -> None:
    files["manifest.json"] = b"[" * 100_000


def other_media(files: dict[str, bytes]) -> None:
    listed(files, f"media/{'0' * 32}", b"a film under the name of another")


def listed(files: dict[str, bytes], name: str, data: bytes) -> None:
    """Put a file into the archive and into its manifest."""
    files[name] = data
    manifest = json.loads(files["manifest.json"])
    manifest["files"][name] = hashlib.sha256(data).hexdigest()
    files["manifest.json"] = json.dumps(manifest).encode()


@pytest.mark.parametrize(
    "change",
    [
        *(damaged, missing, additional, listed_outside, without_manifest, newer),
        *(of_no_revision, nested, other_media),
    ],
)
def test_a_backup_that_is_not_whole_changes_nothing(
    filled: Store, tmp_path: Path, change: Callable[[dict[str, bytes]], None]
) -> None:
    before = contents(filled)
    backup(filled, tmp_path / "backup.zip", NOW)
    with pytest.raises(BackupError):
        restore(filled, rewritten(tmp_path / "backup.zip", change), force=True)
    assert contents(filled) == before
    assert not (tmp_path.parent / "outside").exists()


@pytest.mark.parametrize(
    "line",
    [
        *("{", "[]", "1", '{"nobody": 1}', '{"id": "a", "created": "today"}', "[" * 100_000, "{}"),
        *('{"id": "a", "created": 5}', '{"id": "\\ud800", "created": "2026-01-01T00:00:00+00:00"}'),
    ],
)
@pytest.mark.filterwarnings("ignore:Column 'member.id'")
def test_rows_that_are_none_change_nothing(filled: Store, tmp_path: Path, line: str) -> None:
    before = contents(filled)
    backup(filled, tmp_path / "backup.zip", NOW)

    def change(files: dict[str, bytes]) -> None:
        listed(files, "tables/member.jsonl", line.encode() + b"\n")

    with pytest.raises(BackupError, match=r"changed\.zip"):
        restore(filled, rewritten(tmp_path / "backup.zip", change), force=True)
    assert contents(filled) == before


def test_an_encrypted_archive_is_no_backup(filled: Store, tmp_path: Path) -> None:
    backup(filled, tmp_path / "backup.zip", NOW)
    data = bytearray((tmp_path / "backup.zip").read_bytes())
    at = data.find(b"PK\x01\x02")
    data[at + 8] |= 1
    (tmp_path / "locked.zip").write_bytes(data)
    with pytest.raises(BackupError, match=r"locked\.zip"):
        restore(filled, tmp_path / "locked.zip", force=True)


def test_a_file_that_is_no_backup_is_named(store: Store, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no zip")
    for name in ("notes.txt", "nothing.zip"):
        with pytest.raises(BackupError, match=name):
            restore(store, tmp_path / name)


def test_a_restore_that_fails_half_way_leaves_the_store_as_it_was(
    filled: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = contents(filled)
    backup(filled, tmp_path / "backup.zip", NOW)

    def step(done: int, total: int) -> None:
        if done == total // 2:
            raise RuntimeError("the power went")

    with pytest.raises(RuntimeError, match="power"):
        restore(filled, tmp_path / "backup.zip", force=True, step=step)
    assert contents(filled) == before
