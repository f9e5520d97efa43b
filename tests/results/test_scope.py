"""What a dashboard may ask: the public figures of its organizer's branches, and nothing else."""

from __future__ import annotations

import json
import pickle
import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import select

from weike.quizzes.course import Course
from weike.quizzes.errors import WeikeError
from weike.results import branch_scores
from weike.results.analysis.items import quiz_items
from weike.results.dashboards.demostore import small_demo
from weike.results.dashboards.remote import LENGTH, Remote, answer
from weike.results.dashboards.scope import FIGURES, Scope
from weike.results.people import branches
from weike.results.scores import find_branch
from weike.results.store import Store
from weike.results.tables import identity, membership, response

NOW = datetime(2026, 11, 20, 6, tzinfo=UTC)
OWN = "公司党委/生产党总支"


def course(root: Path) -> Course:
    return Course(root=root, demo=True)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with small_demo(course(tmp_path_factory.mktemp("demo")), seed=1, now=NOW) as store:
        yield store


@pytest.fixture(scope="module")
def scope(demo: Store) -> Scope:
    tree = branches(demo)
    return Scope(store=demo, duty=tree.subtree(find_branch(tree, OWN).id), now=lambda: NOW)


def everything(scope: Scope) -> Iterator[tuple[dict[str, str], bytes]]:
    """Every question that the selectors of a dashboard can lead to, and the answer's bytes."""
    choices = scope.choices()
    yield {}, answer(scope, json.dumps({"figure": "choices"}).encode())
    for branch, _words in choices.branches:
        for period, _words in choices.periods:
            place = {"period": period, "branch": branch}
            sheet = scope.lesson_sheet(**place)
            for figure in FIGURES - {"choices"}:
                of_lesson = figure in ("lesson_branch_sheet", "lesson_items")
                for row in sheet.rows if of_lesson else [None]:
                    asked = {"figure": figure, **place}
                    if row is not None:
                        asked["lesson"] = row["lesson"]
                    yield asked, answer(scope, json.dumps(asked).encode())


def test_no_answer_holds_an_id_code_name_or_answer_of_another_subtrees_people(
    demo: Store, scope: Scope
) -> None:
    with demo.read() as connection:
        people = connection.execute(
            select(
                identity.c.member_id, identity.c.code, identity.c.name, membership.c.branch_id
            ).join(membership, membership.c.member_id == identity.c.member_id)
        ).all()
        events = connection.execute(select(response.c.event, response.c.attempt_id)).all()
    inside = set(scope.duty or ())
    own_names = {one.name for one in people if one.branch_id in inside}
    strangers = {
        text
        for one in people
        if one.branch_id not in inside
        for text in (one.member_id, one.code, one.name)
    } - own_names
    others = {
        text
        for one in branches(demo)
        if one.id not in inside and not OWN.startswith(one.path)
        for text in (one.id, one.name)
    }
    assert len(strangers) > 100
    assert len(others) > 10
    secrets = [text.encode() for text in strangers | others]
    secrets += [text.encode() for row in events for text in row]
    asked = 0
    for question, found in everything(scope):
        assert pickle.loads(found[LENGTH:])[0] is True, (question, found)
        assert [one for one in secrets if one in found] == [], question
        asked += 1
    assert asked > 50


def test_a_dashboards_figures_are_those_of_the_pages(demo: Store, scope: Scope) -> None:
    top = scope.choices().branch
    whole = branch_scores(demo, period="2026-Q4", now=NOW)
    found = scope.branch_scores(period="2026-Q4", branch=top)
    pd.testing.assert_frame_equal(found, whole[whole.index.isin(found.index)])
    assert set(found.index) == set(scope.duty or ())
    items = scope.lesson_items(period="2026-Q4", branch=top, lesson="fire")
    own = quiz_items(demo, "fire/quiz", period="2026-Q4", branch=top, now=NOW).items
    pd.testing.assert_frame_equal(items[list(own.columns)], own, check_index_type=False)


@pytest.mark.parametrize(
    "question",
    [
        {"figure": "branch_scores", "period": "2026-Q4", "branch": "OTHER"},
        {"figure": "branch_scores", "period": "2026-Q4", "branch": "公司党委"},
        {"figure": "branch_scores", "period": "2026-Q4"},
        {"figure": "branch_scores", "period": ["2026-Q4"], "branch": "OTHER"},
        {"figure": "store"},
        {"figure": "_inside", "branch": "OTHER"},
        {"figure": "ask"},
        {"figure": None},
        {"figure": "choices", "store": "weike.db"},
        {},
        ["choices"],
        "choices",
    ],
)
def test_whatever_else_is_asked_gets_a_sentence(
    demo: Store, scope: Scope, question: object
) -> None:
    other = find_branch(branches(demo), "电气党支部").id
    line = json.dumps(question).replace("OTHER", other).encode()
    good, said = pickle.loads(answer(scope, line)[LENGTH:])
    assert good is False
    assert isinstance(said, str)


@pytest.mark.parametrize("line", [b"", b"\xff\xfe\n", b"{", b"[" * 5000])
def test_noise_is_answered_too(scope: Scope, line: bytes) -> None:
    assert pickle.loads(answer(scope, line)[LENGTH:])[0] is False


def test_who_answers_for_nothing_gets_no_choices(demo: Store) -> None:
    with pytest.raises(WeikeError):
        Scope(store=demo, duty=frozenset(), now=lambda: NOW).choices()


def test_the_same_seed_gives_the_same_demo(demo: Store, tmp_path: Path) -> None:
    with small_demo(course(tmp_path), seed=1, now=NOW) as again:
        frames = [
            branch_scores(store, period="2026-Q4", now=NOW).set_index("path").drop(columns="parent")
            for store in (demo, again)
        ]
    pd.testing.assert_frame_equal(*frames)


def test_selectors_offer_no_period_from_before_the_first_roster(scope: Scope) -> None:
    choices = scope.choices()
    assert [value for value, _words in choices.periods] == ["2026-Q4", "2026-11", "2026-10"]
    assert choices.period == "2026-Q4"


def test_an_unusual_period_that_was_asked_for_is_offered_too(demo: Store) -> None:
    choices = Scope(store=demo, now=lambda: NOW, period="2026").choices()
    assert choices.period == "2026"
    assert choices.periods[0][0] == "2026"


def served(path: Path, scope: Scope) -> threading.Thread:
    """Answers one question at a socket, as the server does."""
    place = socket.socket(socket.AF_UNIX)
    place.bind(str(path))
    place.listen(1)

    def once() -> None:
        connection, _address = place.accept()
        with place, connection:
            connection.sendall(answer(scope, connection.makefile("rb").readline()))

    thread = threading.Thread(target=once)
    thread.start()
    return thread


@pytest.mark.parametrize("figure", sorted(FIGURES - {"choices"}))
def test_a_figure_is_the_same_through_the_socket(scope: Scope, tmp_path: Path, figure: str) -> None:
    chosen = {"period": "2026-Q4", "branch": scope.choices().branch}
    if figure in ("lesson_branch_sheet", "lesson_items"):
        chosen["lesson"] = "fire"
    thread = served(tmp_path / "s", scope)
    found: Any = getattr(Remote(tmp_path / "s"), figure)(**chosen)
    thread.join(10)
    own = getattr(scope, figure)(**chosen)
    if isinstance(own, pd.DataFrame):
        pd.testing.assert_frame_equal(found, own)
        assert found.attrs == own.attrs
    else:
        assert found == own


def test_a_refusal_comes_through_the_socket_as_a_sentence(scope: Scope, tmp_path: Path) -> None:
    thread = served(tmp_path / "s", scope)
    with pytest.raises(WeikeError, match="不是给您看的"):
        Remote(tmp_path / "s").branch_scores(period="2026-Q4", branch="elsewhere")
    thread.join(10)


def test_without_a_server_the_sentence_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(WeikeError, match="重新打开"):
        Remote(tmp_path / "nobody").choices()
