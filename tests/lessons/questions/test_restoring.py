"""An older version comes back as a new one; nothing is overwritten and no lesson is surprised."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from weike.lessons.questions import moving
from weike.lessons.questions.library import Shelves
from weike.lessons.questions.restoring import Restoring, carry_out, plan, summary
from weike.lessons.questions.saving import Desk
from weike.lessons.questions.versions import history
from weike.quizzes.bank import Bank, formats, load_bank
from weike.quizzes.errors import WeikeError
from weike.quizzes.formats import markdown
from weike.results.authoring.revisions import revisions

FIRE = """---
title: Fire
---

## First? {#fire-1}
- [x] Lift
- [ ] Press

## Green [[zone]]! {#fire-2}
"""
NOW = datetime(2026, 11, 2, 8, tzinfo=UTC)
PATH = "quizzes/fire.md"


@pytest.fixture
def desk(folder: Any, store: Any) -> Callable[..., Desk]:
    folder.write(PATH, FIRE)
    shelves = Shelves(folder.course)

    def make(hours: int = 0) -> Desk:
        now = NOW + timedelta(hours=hours)
        return Desk(course=folder.course, store=store, shelves=shelves, by="L01", now=now)

    return make


def save(desk: Desk, text: str, path: str = PATH) -> None:
    before = (desk.course.root / path).read_bytes()
    desk.write(path, before, text.encode(), "")


def text(desk: Desk, path: str = PATH) -> str:
    return (desk.course.root / path).read_text("utf-8")


def oldest(desk: Desk, path: str = PATH) -> str:
    return revisions(desk.store, path)[-1].id


def back(desk: Desk, **more: Any) -> Restoring:
    found = plan(desk, PATH, oldest(desk), **more)
    carry_out(desk, found, moment="then")
    return found


def test_a_whole_bank_comes_back_byte_for_byte_as_a_new_version(desk: Any) -> None:
    save(desk(1), FIRE.replace("First?", "What first?").replace("title: Fire", "title: Other"))
    found = back(desk(2))
    assert text(desk()) == FIRE
    assert ([one.id for one, _lines in found.changed], found.head) == (["fire-1"], True)
    kept = revisions(desk().store, PATH)
    assert [one.number for one in kept] == [3, 2, 1]
    assert kept[0].note == "as on then"
    assert kept[0].hash == kept[2].hash


def test_one_question_comes_back_and_the_others_stay_as_they_are(desk: Any) -> None:
    save(desk(1), FIRE.replace("First?", "What first?").replace("Green", "Red"))
    found = back(desk(2), item="fire-1")
    assert text(desk()) == FIRE.replace("Green", "Red")
    assert (found.back, found.gone) == ((), ())
    keeping = desk().shelves.keeping
    stems = [
        one.question and one.question.stem
        for one in history(desk().store, desk().course, keeping, PATH, "fire-1")
    ]
    assert stems == ["First?", "What first?", "First?"]


def test_what_was_taken_out_comes_back(desk: Any) -> None:
    save(desk(1), FIRE.partition("## Green")[0])
    found = back(desk(2), item="fire-2")
    assert [one.id for one in found.back] == ["fire-2"]
    assert load_bank(desk().course.root / PATH) == markdown.loads(FIRE)


def test_what_would_go_is_named_with_the_lessons_that_ask_it(desk: Any, folder: Any) -> None:
    save(desk(1), FIRE + "\n## New? {#fire-3}\n= 1\n")
    cell = folder.code("%%quiz q\n---\nbank: fire.md\ndraw: 2\n---\n")
    folder.lesson(cell)
    found = plan(desk(), PATH, oldest(desk()))
    assert [one.id for one in found.gone] == ["fire-3"]
    assert [use.title for use in found.lessons] == ["One"]
    folder.lesson(folder.code("%%quiz q\n---\nbank: fire.md\ndraw: 3\n---\n"))
    with pytest.raises(WeikeError, match=r"takes 3 questions from fire\.md; 2 would"):
        plan(desk(), PATH, oldest(desk()))


def test_what_was_moved_since_stays_where_it_is(desk: Any) -> None:
    away = moving.Wanted(items=((PATH, "fire-2"),), target="quizzes/new.md", new=True)
    moving.carry_out(desk(1), moving.plan(desk(1), away))
    save(desk(2), text(desk()).replace("First?", "What first?"))
    found = plan(desk(3), PATH, oldest(desk()))
    assert [(one.id, path) for one, path in found.elsewhere] == [("fire-2", "quizzes/new.md")]
    carry_out(desk(3), found, moment="then")
    assert [one.id for one in load_bank(desk().course.root / PATH)] == ["fire-1"]
    with pytest.raises(WeikeError, match=r"fire-2 is in new\.md by now"):
        plan(desk(), PATH, oldest(desk()), "fire-2")
    # Its own history, from before it was moved, still leads back.
    keeping, path = desk().shelves.keeping, "quizzes/new.md"
    save(desk(4), text(desk(), path).replace("Green", "Red"), path)
    old = history(desk().store, desk().course, keeping, path, "fire-2")[-1]
    again = plan(desk(5), path, old.revision, "fire-2")
    carry_out(desk(5), again, moment="then")
    assert "Green" in text(desk(), path)


@pytest.mark.parametrize("form", ["json", "excel", "gift", "chinese", "moodle", "word"])
def test_banks_of_every_format_come_back(desk: Any, folder: Any, form: str) -> None:
    module, bank = formats()[form], markdown.loads(FIRE.replace("fire-", "other-"))
    path = f"quizzes/other{module.SUFFIXES[0]}"
    first = module.dumps(replace(bank, questions=bank.questions[:1]))
    whole = module.dumps(bank)
    before, after = (one.encode() if isinstance(one, str) else one for one in (first, whole))
    folder.write(path, before)
    desk(1).write(path, before, after, "")
    found = plan(desk(), path, oldest(desk(), path))
    assert len(found.gone) == 1
    carry_out(desk(2), found, moment="then")
    assert (desk().course.root / path).read_bytes() == before
    newest = revisions(desk().store, path)[1].id
    question = bank.questions[1].id
    one = plan(desk(3), path, newest, question)
    carry_out(desk(3), one, moment="then")
    assert [q.id for q in load_bank(desk().course.root / path)][1] == question


def test_what_is_no_version_is_a_sentence(desk: Any) -> None:
    with pytest.raises(WeikeError, match="no such version"):
        plan(desk(), PATH, "0" * 32)
    save(desk(1), FIRE + "\n")
    newest = revisions(desk().store, PATH)[0].id
    with pytest.raises(WeikeError, match="the same as now"):
        plan(desk(), PATH, newest)


def test_versions_are_summed_up() -> None:
    bank = markdown.loads(FIRE)
    other = markdown.loads(FIRE.replace("Green", "Red") + "\n## New?\n= 1\n")
    assert summary(bank, other) == (1, 1, 0)
    assert summary(other, bank) == (0, 1, 1)
    assert summary(None, bank) == (2, 0, 0)
    assert summary(bank, Bank()) == (0, 0, 2)
