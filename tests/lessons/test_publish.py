"""Publishing: only what changed, never a broken lesson, and a version that names its content."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from weike.lessons import build, record
from weike.lessons.plan import COMMAND
from weike.lessons.publish import PublishReport, publish_changed, unpublish
from weike.lessons.render import render_lesson
from weike.quizzes.errors import WeikeError
from weike.results import catalogue
from weike.results.authoring.revisions import keep_revision
from weike.results.media import media
from weike.results.store import Store
from weike.results.versions import LessonVersion, store_version

from .drawing import DRAWING

NOW = datetime(2026, 10, 12, 1, 30, tzinfo=UTC)
LESSON = "lessons/fire/one.ipynb"
QUIZ = "%%quiz fire-1\n---\nbank: fire.md\ndraw: 1\n---\n"
BANK = (
    "# Fire\n\n## One? ![x](../lessons/fire/a.svg)\n- [x] a\n- [ ] b\n\n## Two?\n- [x] a\n- [ ] b\n"
)


@pytest.fixture
def run(folder: Any, store: Store) -> Callable[..., PublishReport]:
    def publish(**how: Any) -> PublishReport:
        return publish_changed(how.pop("course", folder.course), store, now=NOW, **how)

    return publish


def shown(store: Store) -> dict[str, str]:
    return {one.slug: one.version for one in catalogue.published(store)}


def versions_of(run: Any, store: Store, *changes: Callable[[], Any]) -> list[str]:
    """The versions of lesson `one`: the first, and one after each change."""
    run()
    found = [shown(store)["one"]]
    for change in changes:
        change()
        run()
        found.append(shown(store)["one"])
    return found


def test_a_lesson_is_stored_with_all_that_members_need(folder: Any, run: Any, store: Store) -> None:
    folder.write("lessons/fire/a.svg", DRAWING)
    folder.lesson("# Fire\n\n## Part\n\n![a red gauge](a.svg)", title=None, order=3, audience="all")
    assert run() == PublishReport(published=("one",))
    lesson = catalogue.lesson(store, "one")
    assert lesson is not None
    assert (lesson.title, lesson.topic, lesson.minutes) == ("Fire", "fire", 5)
    assert (lesson.kind, lesson.language, lesson.order, lesson.audience) == (
        "light",
        "en",
        3,
        "all",
    )
    assert lesson.outline == [{"id": "s-part", "level": 2, "title": "Part"}]
    assert lesson.live_notebook is None
    hash = lesson.body_html.partition("../media/")[2][:32]
    kept = media(store, hash)
    assert kept is not None
    assert (kept.type, kept.content) == ("image/svg+xml", DRAWING.encode())


def test_a_quiz_that_draws_from_a_bank_is_stored_with_its_keys_and_pictures(
    folder: Any, run: Any, store: Store
) -> None:
    folder.write("lessons/fire/a.svg", DRAWING)
    folder.write("quizzes/fire.md", BANK)
    folder.lesson("# T", folder.code("%load_ext weike.widgets"), folder.code(QUIZ))
    assert run().published == ("one",)
    (summary,) = catalogue.published(store)
    assert [(quiz.ref, quiz.questions) for quiz in summary.quizzes] == [("one/fire-1", 1)]
    definition = catalogue.definition(store, "one/fire-1")
    assert definition is not None
    assert "](../media/" in definition.questions[0].stem
    before = shown(store)
    folder.write("quizzes/fire.md", BANK.replace("[x] a\n- [ ] b\n\n", "[ ] a\n- [x] b\n\n"))
    assert run().published == ("one",)
    assert shown(store) != before
    assert run().unchanged == ("one",)


def test_only_what_changed_is_run_again(folder: Any, run: Any, store: Store) -> None:
    folder.write("lessons/fire/a.svg", DRAWING)
    folder.lesson("# A\n\n![x](a.svg)", name="lessons/fire/a.ipynb")
    folder.lesson("# B", name="lessons/fire/b.ipynb")
    assert run().published == ("a", "b")
    assert run() == PublishReport(unchanged=("a", "b"))
    folder.lesson("# B, better", name="lessons/fire/b.ipynb")
    report = run()
    assert (report.published, report.unchanged) == (("b",), ("a",))
    folder.write("lessons/fire/a.svg", DRAWING.replace("40", "41"))
    report = run()
    assert (report.published, report.unchanged) == (("a",), ("b",))


def test_a_start_where_nothing_changed_imports_nothing_that_runs_lessons(
    folder: Any, run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.lesson("# A")
    run()
    for module in ("nbclient", "nbformat", "jupyter_client", "weike.lessons.build"):
        monkeypatch.setitem(sys.modules, module, None)
    assert run().unchanged == ("one",)


def test_stored_outputs_are_no_change(folder: Any, run: Any) -> None:
    cell = folder.code("")
    folder.lesson("# A", cell)
    run()
    cell["outputs"] = [folder.printed("from JupyterLab")]
    cell["metadata"]["execution"] = {"iopub.status.busy": "2026"}
    folder.lesson("# A", cell)
    assert run().unchanged == ("one",)


def test_a_file_that_is_touched_without_a_change_is_no_change(folder: Any, run: Any) -> None:
    file: Path = folder.write("lessons/fire/a.svg", DRAWING)
    folder.lesson("# A\n\n![x](a.svg)")
    run()
    os.utime(file, (1, 1))
    assert run().unchanged == ("one",)


def test_captions_that_are_added_later_are_a_change(folder: Any, run: Any) -> None:
    folder.write("lessons/fire/a.mp4", b"film")
    folder.lesson("# A\n\n![x](a.mp4)")
    run()
    folder.write("lessons/fire/a.vtt", "WEBVTT\n")
    assert run().published == ("one",)


def test_the_record_may_be_lost(folder: Any, run: Any, store: Store) -> None:
    folder.lesson("# A")
    run()
    before = shown(store)
    (folder.course.results / record.FILE).unlink()
    assert run().unchanged == ("one",)
    (folder.course.results / record.FILE).write_text("broken")
    assert run().unchanged == ("one",)
    assert shown(store) == before


def test_another_weike_runs_every_lesson_again(
    folder: Any, run: Any, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.lesson("# A")
    run()
    before = shown(store)
    monkeypatch.setattr(record, "fingerprint", lambda: "another")
    monkeypatch.setattr(build, "weike_version", lambda: "99")
    assert run().published == ("one",)
    assert shown(store) != before


def test_a_version_names_text_metadata_media_and_order(folder: Any, run: Any, store: Store) -> None:
    folder.write("lessons/fire/a.svg", DRAWING)
    text = "# A\n\n![x](a.svg)"
    folder.lesson(text)
    found = versions_of(
        run,
        store,
        lambda: folder.lesson(text + "\n\nMore."),
        lambda: folder.lesson(text, minutes=6),
        lambda: folder.lesson(text, audience="drivers"),
        lambda: folder.lesson(text, order=2),
        lambda: folder.lesson(text, title="Other"),
        lambda: folder.write("lessons/fire/a.svg", DRAWING.replace("40", "41")),
        lambda: folder.lesson(text, folder.code("")),
    )
    assert len(set(found)) == len(found) == 8


def test_force_runs_everything_and_publishes_nothing_new(
    folder: Any, run: Any, store: Store
) -> None:
    folder.lesson("# A")
    run()
    counter = catalogue.publication_counter(store)
    assert run(force=True).unchanged == ("one",)
    assert catalogue.publication_counter(store) == counter


def test_a_broken_lesson_keeps_its_old_version_and_stops_no_other(
    folder: Any, run: Any, store: Store
) -> None:
    folder.lesson("# A", name="lessons/fire/a.ipynb")
    run()
    before = shown(store)
    folder.lesson("# A ![x](gone.png)", name="lessons/fire/a.ipynb")
    folder.lesson("# B", name="lessons/fire/b.ipynb")
    report = run()
    assert (report.published, report.failed) == (("b",), ("a",))
    assert [(one.file, one.cell, one.message) for one in report.findings] == [
        ("lessons/fire/a.ipynb", 1, "there is no file gone.png")
    ]
    assert shown(store)["a"] == before["a"]
    assert run().failed == ("a",)


def test_a_notebook_that_is_damaged_keeps_its_old_version(
    folder: Any, run: Any, store: Store
) -> None:
    folder.lesson("# A")
    run()
    folder.write("lessons/fire/one.ipynb", "{")
    report = run()
    assert (report.failed, report.withdrawn) == (("one",), ())
    assert "one" in shown(store)


def test_a_slip_of_ours_in_one_lesson_is_reported_and_stops_no_other(
    folder: Any, run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slip(source: Any, *_rest: Any, **_more: Any) -> Any:
        if source.slug == "a":
            raise KeyError("slip")
        return render_lesson(source, *_rest, **_more)

    monkeypatch.setattr(build, "render_lesson", slip)
    folder.lesson("# A", name="lessons/fire/a.ipynb")
    folder.lesson("# B", name="lessons/fire/b.ipynb")
    report = run()
    assert (report.published, report.failed) == (("b",), ("a",))
    assert report.findings[0].message == "Weike itself failed: KeyError: 'slip'"


def test_a_lesson_whose_notebook_is_gone_is_withdrawn_and_comes_back_with_it(
    folder: Any, run: Any, store: Store
) -> None:
    path: Path = folder.lesson("# A", name="lessons/fire/a.ipynb")
    folder.lesson("# B", name="lessons/fire/b.ipynb")
    run()
    kept = path.read_bytes()
    path.unlink()
    assert run().withdrawn == ("a",)
    assert shown(store).keys() == {"b"}
    path.write_bytes(kept)
    assert run().published == ("a",)


def test_a_lesson_that_moves_to_another_folder_is_not_gone(
    folder: Any, run: Any, store: Store
) -> None:
    path: Path = folder.lesson("# A", name="lessons/fire/a.ipynb")
    folder.lesson("# B", name="lessons/fire/b.ipynb")
    run()
    (folder.root / "lessons/dust").mkdir()
    path.rename(folder.root / "lessons/dust/a.ipynb")
    assert run().withdrawn == ()
    assert shown(store).keys() == {"a", "b"}


def test_a_folder_that_is_missing_withdraws_nothing(folder: Any, run: Any, store: Store) -> None:
    folder.lesson("# A")
    run()
    (folder.root / "lessons").rename(folder.root / "elsewhere")
    assert run() == PublishReport()
    assert shown(store).keys() == {"one"}


def test_a_lesson_that_is_in_the_store_only_stays_there(
    folder: Any, run: Any, store: Store
) -> None:
    version = LessonVersion(
        slug="other", version="1", title="T", language="en", kind="light", body_html=""
    )
    store_version(store, version)
    catalogue.publish(store, "other", "1", COMMAND)
    folder.lesson("# A")
    assert run().withdrawn == ()
    assert shown(store).keys() == {"one", "other"}


def test_a_lesson_begun_in_the_browser_waits_for_its_writer_the_first_time(
    folder: Any, run: Any, store: Store
) -> None:
    def saved(by: str) -> None:
        content = (folder.course.root / LESSON).read_bytes()
        keep_revision(store, LESSON, content, by=by, now=NOW)

    folder.lesson("# A")
    saved("somebody")
    assert run() == PublishReport(drafts=("one",))
    assert run(course=replace(folder.course, review=True)).waiting == ("one",)
    assert run(only=["one"]).published == ("one",)
    folder.lesson("# A, better")
    saved("somebody")
    assert run().published == ("one",)


def test_a_lesson_from_elsewhere_is_published_also_when_it_was_saved_in_the_browser(
    folder: Any, run: Any, store: Store
) -> None:
    for text, by in (("# A", COMMAND), ("# A, better", "somebody")):
        folder.lesson(text)
        content = (folder.course.root / LESSON).read_bytes()
        keep_revision(store, LESSON, content, by=by, now=NOW)
    assert run().published == ("one",)


def test_an_unpublished_lesson_stays_away_until_it_is_named(
    folder: Any, run: Any, store: Store
) -> None:
    folder.lesson("# A")
    run()
    unpublish(store, "one", now=NOW)
    assert shown(store) == {}
    assert run() == PublishReport(left_out=("one",))
    folder.lesson("# A, better")
    assert run().left_out == ("one",)
    assert run(only=["one"]).published == ("one",)
    assert run().unchanged == ("one",)


def test_what_is_not_published_cannot_be_unpublished(store: Store) -> None:
    with pytest.raises(WeikeError, match="no lesson one is published"):
        unpublish(store, "one")


def test_with_review_only_what_is_named_is_published(folder: Any, run: Any, store: Store) -> None:
    folder.lesson("# A", name="lessons/fire/a.ipynb")
    folder.lesson("# B", name="lessons/fire/b.ipynb")
    course = replace(folder.course, review=True)
    assert run(course=course) == PublishReport(waiting=("a", "b"))
    assert shown(store) == {}
    assert run(course=course, only=["a"]).published == ("a",)
    report = run(course=course)
    assert (report.unchanged, report.waiting) == (("a",), ("b",))


def test_a_name_that_no_lesson_has_is_an_error_with_the_nearest(folder: Any, run: Any) -> None:
    folder.lesson("# A", name="lessons/fire/fire-extinguisher.ipynb")
    with pytest.raises(WeikeError, match=r"did you mean fire-extinguisher\?"):
        run(only=["fire-extingisher"])


def test_progress_is_told_lesson_by_lesson(folder: Any, run: Any) -> None:
    folder.lesson("# A", name="lessons/fire/a.ipynb")
    folder.lesson("# B", name="lessons/fire/b.ipynb")
    told: list[tuple[int, int]] = []
    run(progress=lambda _source, done, total: told.append((done, total)))
    assert told == [(1, 2), (2, 2)]
