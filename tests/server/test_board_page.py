"""What the board and a ranking show of a branch whose past has to stay untold."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import update

from weike.results import tables
from weike.results.awarding.rankings import draft, find_ranking, post
from weike.results.people import branches
from weike.results.scoring.board import branch_board
from weike.results.upkeep.demoactivity import demo_activity
from weike.server.handlers import branches as page

from .conftest import Running, serving

LARGE = "公司党委"
KEPT_BACK = "为保护小支部，不显示"


@pytest.fixture(scope="module")
def active(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with serving(tmp_path_factory.mktemp("standing"), "demo = true\n") as running:
        demo_activity(running.store, running.course, seed=4, now=datetime.now(UTC))
        yield running


def row(text: str, name: str) -> str:
    """The table row of a branch."""
    return next(one for one in re.findall(r"<tr.*?</tr>", text, re.DOTALL) if f">{name}<" in one)


def test_the_board_keeps_back_a_score_and_shows_the_mean_beside_it(
    active: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    def board(*asked: Any) -> dict[str, Any]:
        body = branch_board(*asked)
        of_past = ("change", "improvement", "score", "score_range", "rank", "leading")
        for one in body["branches"]:
            if one["name"] == LARGE:
                one |= {**dict.fromkeys(of_past), "score_hidden": True}
        return body

    member = active.signed_in("M01")
    told = row(member.get("/branches?level=0").text, LARGE)
    assert 'class="number big"' in told
    assert KEPT_BACK not in told
    mean = re.search(r'data-label="校正平均分">(\d[^<]+)<', told)
    assert mean is not None
    monkeypatch.setattr(page, "branch_board", board)
    told = row(member.get("/branches?level=0").text, LARGE)
    assert told.count(KEPT_BACK) == 1
    assert mean[0] in told, "what the past does not tell stays"
    for gone in ('class="number big"', 'class="interval"', "进步", "badge lead"):
        assert gone not in told


@pytest.mark.parametrize(("first", "words"), [(1, {"第一梯队"}), (2, {"第一梯队（并列）"})])
def test_nobody_shares_the_leading_group_with_themselves(
    active: Running, monkeypatch: pytest.MonkeyPatch, first: int, words: set[str]
) -> None:
    def board(*asked: Any) -> dict[str, Any]:
        body = branch_board(*asked)
        level = [one for one in body["branches"] if one["level"] == 2]
        for n, one in enumerate(level, 1):
            one |= {"rank": n, "leading": n <= first, "eligible": True, "score": 60.0}
        return body | {"no_difference_levels": []}

    monkeypatch.setattr(page, "branch_board", board)
    text = active.signed_in("M01").get("/branches?level=2").text
    told = re.findall(r'class="badge lead">([^<]+)<', text)
    assert (len(told), set(told)) == (first, words)


def test_a_ranking_without_the_numbers_of_the_past_keeps_scores_back_from_members(
    active: Running,
) -> None:
    store, now = active.store, datetime.now(UTC)
    id = draft(store, period=None, by="command", now=now)
    made = find_ranking(store, id)
    assert made is not None
    untold = ("previous_members", "previous_attempted")
    past = {"previous": 0.3, "change": 0.05, "improvement": 0.6}
    rows = [{k: v for k, v in one.items() if k not in untold} | past for one in made.rows]
    figures = {**made.figures, "branches": rows}
    of = tables.ranking.c.id == id
    store.writer.run(lambda c: c.execute(update(tables.ranking).where(of).values(figures=figures)))
    post(store, id, by="command", now=now)
    told = row(active.signed_in("M01").get(f"/rankings/{id}").text, LARGE)
    assert told.count(KEPT_BACK) == 1
    assert re.search(r'data-label="校正平均分">\d', told)
    for gone in ('class="number big"', 'class="interval"'):
        assert gone not in told
    told = row(active.signed_in("A01").get(f"/rankings/{id}").text, LARGE)
    assert KEPT_BACK not in told, "who answers for all of them sees all"
    assert 'class="number big"' in told


def test_members_read_below_which_branch_a_ranking_compares(active: Running) -> None:
    store, now = active.store, datetime.now(UTC)
    top = next(one for one in branches(store) if one.name == "机关党总支")
    id = draft(store, period=None, branch=top.id, by="command", now=now)
    post(store, id, by="command", now=now)
    member = active.signed_in("M01")
    for path in ("/branches", "/rankings"):
        told = member.get(path).text
        assert "机关党总支" in told[told.index(f"rankings/{id}") :][:400]
    assert '<p class="help">机关党总支</p>' in member.get(f"/rankings/{id}").text
