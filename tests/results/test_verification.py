"""A ranking is proved from the log, and whatever was altered is named."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from weike.quizzes.errors import WeikeError
from weike.results import tables
from weike.results.awarding.rankinginputs import Inputs
from weike.results.awarding.rankinglog import inputs_text, seal
from weike.results.awarding.verification import verify
from weike.results.store import Store

from .contest import People, approved, get
from .facts import Facts

pytestmark = pytest.mark.usefixtures("english")


def test_an_untouched_ranking_verifies(store: Store, people: People) -> None:
    found = verify(store, approved(store))
    assert (found.problems, found.notes) == ((), ())
    assert found.sound


def test_erasing_a_person_leaves_a_ranking_verifiable(
    store: Store, people: People, facts: Facts
) -> None:
    id = approved(store)
    gone = tables.identity.c.member_id == people["甲0"].id
    store.writer.run(lambda c: c.execute(delete(tables.identity).where(gone)))
    assert verify(store, id).sound
    assert verify(store, id).notes == ()


def test_what_was_assigned_by_an_erased_post_is_noted_not_held_against_the_ranking(
    store: Store, people: People, facts: Facts
) -> None:
    facts.lesson("dust", "one")
    facts.post(people["甲0"], "电工")
    facts.assign("fire", posts=["电工"])
    id = approved(store)
    gone = tables.identity.c.member_id == people["甲0"].id
    store.writer.run(lambda c: c.execute(delete(tables.identity).where(gone)))
    found = verify(store, id)
    assert found.sound
    assert any(people["甲0"].id in note and "assigned" in note for note in found.notes)


def change(store: Store, id: str, **values: Any) -> None:
    store.writer.run(
        lambda c: c.execute(
            update(tables.ranking).where(tables.ranking.c.id == id).values(**values)
        )
    )


def copied(store: Store, id: str) -> Any:
    """The figures of a ranking, to be altered."""
    return deepcopy(get(store, id).figures)


def seal_anew(store: Store, id: str, figures: Any) -> None:
    """Other figures, with a hash that is made to fit."""
    ranking = get(store, id)
    with store.read() as connection:
        inputs = Inputs.loads(inputs_text(connection, store, ranking))
        told = connection.execute(select(tables.ranking.c.method)).scalar_one()
    hash = seal(ranking.period, ranking.until, told, inputs.sha256, figures)
    change(store, id, figures=figures, hash=hash)


def test_a_figure_altered_in_the_database_is_named(store: Store, people: People) -> None:
    id = approved(store)
    figures = copied(store, id)
    row = next(row for row in figures["branches"] if row["name"] == "乙")
    row["score"] = 99.0
    change(store, id, figures=figures)
    problems = "\n".join(verify(store, id).problems)
    assert "公司/乙: score is stored as 99" in problems
    assert "hash" in problems


def test_an_altered_figure_is_found_even_with_its_hash_made_to_fit(
    store: Store, people: People
) -> None:
    id = approved(store)
    figures = copied(store, id)
    next(row for row in figures["branches"] if row["name"] == "乙")["completion"] = 0.5
    seal_anew(store, id, figures)
    [problem] = verify(store, id).problems
    assert "公司/乙: completion is stored as 0.5, recomputed 1" in problem


def test_a_ranking_from_before_the_numbers_of_the_last_period_were_kept_verifies(
    store: Store, people: People
) -> None:
    id = approved(store)
    figures = copied(store, id)
    for row in figures["branches"]:
        del row["previous_members"], row["previous_attempted"]
    seal_anew(store, id, figures)
    assert verify(store, id).problems == ()


def test_altered_inputs_are_found(store: Store, people: People) -> None:
    id = approved(store)
    key = tables.blob.c.hash == get(store, id).inputs
    with store.read() as connection:
        content = connection.execute(select(tables.blob.c.content).where(key)).scalar_one()
    forged = content.replace(b'"mark":[', b'"mark":[0.125,', 1).replace(b",0.9]", b"]", 1)
    forged = forged if forged != content else b"{}"
    store.writer.run(lambda c: c.execute(update(tables.blob).where(key).values(content=forged)))
    problems = "\n".join(verify(store, id).problems)
    assert "stored inputs" in problems


def test_lost_inputs_are_said_to_be_lost(store: Store, people: People) -> None:
    id = approved(store)
    key = tables.blob.c.hash == get(store, id).inputs
    store.writer.run(lambda c: c.execute(update(tables.blob).where(key).values(content=b"?")))
    assert any("cannot be read" in problem for problem in verify(store, id).problems)


def test_a_grade_that_has_changed_since_is_named_by_member_and_column(
    store: Store, people: People, facts: Facts
) -> None:
    id = approved(store)
    facts.regrade(people["乙3"], 10.0)
    [problem] = verify(store, id).problems
    assert problem == f"{people['乙3'].id}: mark was 0.5, the log says 1"


def test_a_grade_altered_behind_the_back_of_the_figures_is_found(
    store: Store, people: People
) -> None:
    id = approved(store)
    of = tables.grade.c.member_id == people["乙3"].id
    store.writer.run(lambda c: c.execute(update(tables.grade).where(of).values(first_score=10.0)))
    [problem] = verify(store, id).problems
    assert "1 tallies" in problem
    assert "weike rebuild" in problem


def test_somebody_excused_afterwards_is_named(store: Store, people: People, facts: Facts) -> None:
    id = approved(store)
    facts.excuse(people["甲1"])
    problems = verify(store, id).problems
    assert any(people["甲1"].id in problem and "excused" in problem for problem in problems)
    assert any("roster was yes, the log says no" in problem for problem in problems)


def test_a_flag_row_that_names_another_branch_is_found(
    store: Store, people: People, facts: Facts
) -> None:
    id = approved(store)
    other = facts.branch("公司/乙")
    store.writer.run(lambda c: c.execute(update(tables.flag).values(branch_id=other)))
    [problem] = verify(store, id).problems
    assert "flag" in problem
    assert other in problem


def test_no_ranking_of_that_id_is_said_in_a_sentence(store: Store) -> None:
    with pytest.raises(WeikeError, match="no such ranking"):
        verify(store, "0" * 32)
