"""Questions go from bank to bank whole, with their history, and no lesson loses one unnoticed."""

from __future__ import annotations

import errno
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from weike.lessons.questions.library import Shelves
from weike.lessons.questions.moving import Move, Wanted, carry_out, plan
from weike.lessons.questions.saving import Desk
from weike.lessons.questions.versions import history
from weike.lessons.sources import Changed
from weike.quizzes.bank import Bank, formats, load_bank
from weike.quizzes.errors import WeikeError
from weike.quizzes.formats import markdown
from weike.quizzes.question import Question
from weike.results.authoring.revisions import revisions

FIRE = """---
title: Fire
topic: fire
---

## First? {#fire-1}
- [x] Lift
- [ ] Press
  > Later.

## Green [[zone]]! {#fire-2 difficulty=2}

## Look: ![a gauge](media/gauge.png) {#fire-3}
- [x] true
- [ ] false
"""
POWER = "---\ntopic: power\n---\n\n## Off? {#power-1}\n- [x] true\n- [ ] false\n"
NOW = datetime(2026, 11, 2, 8, tzinfo=UTC)


@pytest.fixture
def desk(folder: Any, store: Any) -> Callable[..., Desk]:
    folder.write("quizzes/fire.md", FIRE)
    folder.write("quizzes/power.md", POWER)
    folder.write("quizzes/media/gauge.png", b"x")
    shelves = Shelves(folder.course)

    def make(hours: int = 0) -> Desk:
        now = NOW + timedelta(hours=hours)
        return Desk(course=folder.course, store=store, shelves=shelves, by="L01", now=now)

    return make


def wanted(*items: str, to: str = "quizzes/power.md", **more: Any) -> Wanted:
    return Wanted(items=tuple(("quizzes/fire.md", item) for item in items), target=to, **more)


def ids(desk: Desk, path: str) -> list[str]:
    return [one.id for one in load_bank(desk.course.root / path)]


def done(desk: Desk, wish: Wanted) -> Move:
    made = plan(desk, wish)
    carry_out(desk, made)
    return made


def asks(folder: Any, head: str) -> None:
    cell = f"%%quiz q\n---\n{head}\n---\n"
    folder.lesson(folder.code(cell))


def test_nothing_is_written_before_it_is_carried_out(desk: Any) -> None:
    made = plan(desk(), wanted("fire-1"))
    assert [one.question.id for one, _new in made.goes] == ["fire-1"]
    assert ids(desk(), "quizzes/power.md") == ["power-1"]


def test_what_is_moved_keeps_its_id_its_topic_and_its_history(desk: Any, store: Any) -> None:
    first = desk()
    entry = first.shelves.library().find("quizzes/fire.md", "fire-1")
    changed = Question.from_json({**entry.question.to_json(), "stem": "What first?"})
    hash = first.shelves.library().bank("quizzes/fire.md").hash
    first.save_question("quizzes/fire.md", changed, expected=hash, old="fire-1")
    done(desk(1), wanted("fire-1", "fire-2"))
    assert ids(first, "quizzes/fire.md") == ["fire-3"]
    assert ids(first, "quizzes/power.md") == ["power-1", "fire-1", "fire-2"]
    there = load_bank(first.course.root / "quizzes/power.md").questions[1]
    assert (there.stem, there.topic) == ("What first?", "fire")
    found = history(store, first.course, first.shelves.keeping, "quizzes/power.md", "fire-1")
    assert [one.question and one.question.stem for one in found][-2:] == ["What first?", "First?"]
    assert "2 questions" in revisions(store, "quizzes/fire.md")[0].note
    done(desk(2), Wanted(items=(("quizzes/power.md", "fire-1"),), target="quizzes/fire.md"))
    back = history(store, first.course, first.shelves.keeping, "quizzes/fire.md", "fire-1")
    assert {one.path for one in back} == {"quizzes/fire.md", "quizzes/power.md"}
    assert [one.question for one in back if one.question is None] == []


def test_the_rest_of_both_files_keeps_every_byte(desk: Any) -> None:
    done(desk(), wanted("fire-2"))
    root = desk().course.root
    assert (root / "quizzes/fire.md").read_text("utf-8") == FIRE.replace(
        "## Green [[zone]]! {#fire-2 difficulty=2}\n\n", ""
    )
    assert (root / "quizzes/power.md").read_text("utf-8").startswith(POWER)


def test_lessons_that_would_ask_fewer_or_more_are_named_first(desk: Any, folder: Any) -> None:
    asks(folder, "bank: fire.md")
    made = plan(desk(), wanted("fire-1", "fire-2"))
    assert {use.title: n for use, n in made.fewer.items()} == {"One": 2}
    assert made.more == ()
    copied = plan(desk(), wanted("fire-1", copy=True))
    assert copied.fewer == {}
    back = Wanted(items=(("quizzes/power.md", "power-1"),), target="quizzes/fire.md")
    assert [use.title for use in plan(desk(), back).more] == ["One"]


@pytest.mark.parametrize("items", [("fire-1", "fire-2"), ("fire-1", "fire-2", "fire-3")])
def test_a_lesson_that_draws_keeps_as_many_as_it_draws(
    desk: Any, folder: Any, items: tuple[str, ...]
) -> None:
    asks(folder, "bank: fire.md\ndraw: 2")
    plan(desk(), wanted("fire-1"))
    with pytest.raises(WeikeError, match=r"the lesson One takes 2 questions from fire\.md"):
        plan(desk(), wanted(*items))


def test_a_bank_that_nobody_uses_may_go_whole(desk: Any, store: Any) -> None:
    made = done(desk(), wanted("fire-1", "fire-2", "fire-3", to="quizzes/new.md", new=True))
    assert [one.path for one in made.writes if one.after is None] == ["quizzes/fire.md"]
    assert not (desk().course.root / "quizzes/fire.md").exists()
    assert revisions(store, "quizzes/fire.md")
    assert ids(desk(), "quizzes/new.md") == ["fire-1", "fire-2", "fire-3"]
    with pytest.raises(WeikeError, match=r"no longer in fire\.md"):
        plan(desk(), wanted("fire-1"))


def test_a_copy_is_another_question_and_may_come_from_a_lesson(desk: Any, folder: Any) -> None:
    done(desk(), wanted("fire-1", copy=True))
    assert ids(desk(), "quizzes/fire.md")[0] == "fire-1"
    _one, copy = ids(desk(), "quizzes/power.md")
    assert copy.startswith("q-")
    (_again, why), *_none = plan(desk(), wanted("fire-1", copy=True)).stays
    assert why == "this bank asks the same already"
    cell = "%%quiz q\n## Written here? {#own}\n- [x] true\n- [ ] false\n"
    folder.lesson(folder.code(cell))
    own = (("lessons/fire/one.ipynb", "own"),)
    moved = plan(desk(), Wanted(items=own, target="quizzes/power.md"))
    assert [why for _one, why in moved.stays] == [
        "it is written in the lesson One; it can only be copied"
    ]
    done(desk(), Wanted(items=own, target="quizzes/power.md", copy=True))
    assert load_bank(desk().course.root / "quizzes/power.md").questions[-1].stem == "Written here?"


def test_pictures_are_found_from_another_folder(desk: Any) -> None:
    done(desk(), wanted("fire-3", to="quizzes/deep/er/new.md", new=True))
    text = (desk().course.root / "quizzes/deep/er/new.md").read_text("utf-8")
    assert "](../../media/gauge.png)" in text


FORMS = ("json", "excel", "gift", "chinese", "moodle", "word")


@pytest.mark.parametrize("form", FORMS)
def test_banks_of_every_format_give_and_take(desk: Any, folder: Any, form: str) -> None:
    module = formats()[form]
    path = f"quizzes/other{module.SUFFIXES[0]}"
    other = FIRE.replace("fire-", "other-").replace("?", " then?").replace("Green", "Red")
    data = module.dumps(markdown.loads(other.replace("Look", "See")))
    folder.write(path, data)
    there = ids(desk(), path)
    made = plan(desk(), wanted("fire-1", "fire-2", to=path))
    went = [one.id for _entry, one in made.goes]
    assert went == ["fire-1", "fire-2"], made.stays
    carry_out(desk(), made)
    assert ids(desk(), path) == [*there, "fire-1", "fire-2"]
    if form == "excel":
        assert any("feedback" in one or "options" in one for one in made.losses)
    if form not in ("json",):
        assert any("written anew" in one for one in made.losses)
    back = plan(desk(1), Wanted(items=((path, "fire-2"),), target="quizzes/power.md"))
    carry_out(desk(1), back)
    assert ids(desk(), path) == [*there, "fire-1"]
    assert ids(desk(), "quizzes/power.md")[-1] == "fire-2"


def test_what_a_format_cannot_hold_stays_and_says_why(desk: Any, folder: Any) -> None:
    folder.write("quizzes/a.aiken", "Which?\nA) one\nB) two\nANSWER: A\n")
    made = plan(desk(), wanted("fire-1", "fire-2", to="quizzes/a.aiken"))
    assert made.goes == ()
    assert [one.question.id for one, _why in made.stays] == ["fire-1", "fire-2"]
    assert "cannot keep its id" in made.stays[0][1]
    assert made.writes == ()


def test_a_file_that_changed_meanwhile_is_not_written_over(desk: Any, folder: Any) -> None:
    made = plan(desk(), wanted("fire-1"))
    folder.write("quizzes/fire.md", FIRE + "\n## More?\n= 1\n")
    with pytest.raises(Changed):
        carry_out(desk(), made)
    assert ids(desk(), "quizzes/power.md") == ["power-1"], "the target is as it was"
    assert plan(desk(), wanted("fire-1")).seen != made.seen


def test_where_an_emptied_file_cannot_go_away_nothing_was_moved(
    desk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = plan(desk(), Wanted(items=(("quizzes/power.md", "power-1"),), target="quizzes/fire.md"))

    def refuse(_path: Path) -> None:
        raise PermissionError(errno.EACCES, "no")

    monkeypatch.setattr(Path, "unlink", refuse)
    with pytest.raises(WeikeError, match=r"power\.md cannot be written: this account"):
        carry_out(desk(), made)
    assert ids(desk(), "quizzes/fire.md") == ["fire-1", "fire-2", "fire-3"]
    assert ids(desk(), "quizzes/power.md") == ["power-1"]


def test_nothing_is_lost_whatever_is_moved(desk: Any) -> None:
    before = Bank(questions=markdown.loads(FIRE).questions + markdown.loads(POWER).questions)
    done(desk(), wanted("fire-3", "fire-1"))
    done(desk(1), Wanted(items=(("quizzes/power.md", "power-1"),), target="quizzes/fire.md"))
    paths = ("quizzes/fire.md", "quizzes/power.md")
    after = {one.id: one for path in paths for one in load_bank(desk().course.root / path)}
    assert {id: (one.stem, one.body()) for id, one in after.items()} == {
        one.id: (one.stem, one.body()) for one in before
    }
