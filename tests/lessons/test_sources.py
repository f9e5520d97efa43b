"""Files of the course are written whole, where they may be, and never over another's work."""

from __future__ import annotations

import hashlib
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from weike.lessons.sources import Changed, SourceError, read_source, save_source
from weike.quizzes.course import Course

PATH = "lessons/消防/one.ipynb"


@pytest.fixture
def course(tmp_path: Path) -> Course:
    root = tmp_path / "course"
    (root / "lessons/weike").mkdir(parents=True)
    (root / "weike.toml").write_text("")
    (tmp_path / "outside.md").write_text("outside")
    return Course(root=root)


def test_what_is_saved_is_read_again_with_its_hash(course: Course) -> None:
    content = '{"title": "灭火"}\r\n'.encode()
    hash = save_source(course, PATH, content, expected=None)
    assert hash == hashlib.sha256(content).hexdigest()
    assert read_source(course, PATH) == (content, hash)
    assert save_source(course, PATH, b"2", expected=hash) == hashlib.sha256(b"2").hexdigest()
    assert (course.root / PATH).read_bytes() == b"2"


@pytest.mark.parametrize(
    "path",
    [
        "../outside.md",
        "lessons/../../outside.md",
        "lessons/../weike.md",
        "lessons/./one.ipynb",
        "lessons//one.ipynb",
        "/lessons/one.ipynb",
        "lessons",
        "lessons/",
        "weike.toml",
        "results/weike.md",
        "lessons/weike/one.ipynb",
        "quizzes/weike/one.md",
        "lessons/.hidden/one.ipynb",
        "lessons/_draft.ipynb",
        "lessons/one.py",
        "lessons/one.toml",
        "lessons/one",
        "lessons\\one.ipynb",
        "lessons/..\\one.ipynb",
        "lessons/a\x00.ipynb",
        "lessons/a\n.ipynb",
        "lessons/\u202egnp.ipynb",
        "lessons/c:one.ipynb",
        "lessons/one. /a.ipynb",
        "lessons/" + "长" * 70 + ".ipynb",
        "",
    ],
)
def test_no_path_leads_out_of_lessons_and_banks_or_into_code(course: Course, path: str) -> None:
    with pytest.raises(SourceError):
        save_source(course, path, b"x", expected=None)
    with pytest.raises(SourceError):
        read_source(course, path)


def test_no_link_is_followed_for_reading_or_writing(course: Course, tmp_path: Path) -> None:
    (course.root / "lessons/link.md").symlink_to(tmp_path / "outside.md")
    (course.root / "lessons/folder").symlink_to(tmp_path)
    (course.root / "quizzes").symlink_to(tmp_path)
    for path in ("lessons/link.md", "lessons/folder/outside.md", "quizzes/outside.md"):
        with pytest.raises(SourceError, match="copy the file into the course"):
            read_source(course, path)
        with pytest.raises(SourceError):
            save_source(course, path, b"x", expected=None)
    assert (tmp_path / "outside.md").read_text() == "outside"


def test_a_file_that_changed_elsewhere_is_not_written_over(course: Course) -> None:
    seen = save_source(course, PATH, b"mine", expected=None)
    (course.root / PATH).write_bytes(b"theirs")
    with pytest.raises(Changed, match="changed elsewhere") as refused:
        save_source(course, PATH, b"mine too", expected=seen)
    assert refused.value.hash == hashlib.sha256(b"theirs").hexdigest()
    assert (course.root / PATH).read_bytes() == b"theirs"


def test_a_new_file_takes_nobodys_place(course: Course) -> None:
    save_source(course, PATH, b"theirs", expected=None)
    with pytest.raises(Changed):
        save_source(course, PATH, b"mine", expected=None)
    assert (course.root / PATH).read_bytes() == b"theirs"


def test_a_file_that_is_gone_is_not_written_again_unasked(course: Course) -> None:
    seen = save_source(course, PATH, b"mine", expected=None)
    (course.root / PATH).unlink()
    with pytest.raises(Changed, match="gone") as refused:
        save_source(course, PATH, b"mine too", expected=seen)
    assert refused.value.hash is None
    assert not (course.root / PATH).exists()


def test_of_writers_at_the_same_moment_one_wins_and_the_others_are_told(course: Course) -> None:
    seen = save_source(course, PATH, b"first", expected=None)

    def write(n: int) -> bool:
        try:
            save_source(course, PATH, b"%d" % n, expected=seen)
        except Changed:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(write, range(40))) == 1


def test_a_save_that_fails_leaves_the_old_file_and_no_rest(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = save_source(course, PATH, b"old", expected=None)

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(SourceError, match="the disk is full"):
        save_source(course, PATH, b"new", expected=seen)
    assert (course.root / PATH).read_bytes() == b"old"
    assert os.listdir((course.root / PATH).parent) == ["one.ipynb"]


@pytest.mark.skipif(os.name == "nt", reason="there are no such permissions")
def test_others_may_read_a_saved_file_as_before(course: Course) -> None:
    seen = save_source(course, PATH, b"old", expected=None)
    file = course.root / PATH
    assert file.stat().st_mode & 0o777 == 0o644
    file.chmod(0o664)
    save_source(course, PATH, b"new", expected=seen)
    assert file.stat().st_mode & 0o777 == 0o664


def test_a_file_that_is_not_there_is_named(course: Course) -> None:
    with pytest.raises(SourceError, match=r"lessons/none\.ipynb cannot be read"):
        read_source(course, "lessons/none.ipynb")
