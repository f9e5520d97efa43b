"""Sums over branches that are brought up to date equal those that are made at once, exactly."""

from __future__ import annotations

from random import Random

import numpy as np
import pandas as pd
import pytest

from weike.results.people import Branch, Branches
from weike.results.scoring.figures import patched
from weike.results.scoring.rollup import Totals

COUNTS = ("lessons", "assigned", "completed", "submitted", "passed", "passed_first")


def organisation(count: int) -> Branches:
    """A company with parts, and branches beneath them."""
    ids = ["公司", *(f"部{n}" for n in range(3)), *(f"支{n}" for n in range(count))]
    parents = [None, *["公司"] * 3, *(f"部{n % 3}" for n in range(count))]
    levels = [0, *[1] * 3, *[2] * count]
    return Branches(
        by_id={
            id: Branch(id=id, name=id, parent_id=parent, level=level, path=id)
            for id, parent, level in zip(ids, parents, levels, strict=True)
        }
    )


def figures(members: list[str], branches: list[str], rng: Random) -> pd.DataFrame:
    """A table such as `member_figures` makes."""
    size = len(members)
    counts = {name: [rng.randrange(5) for _ in range(size)] for name in COUNTS}
    marks = [rng.choice([float("nan"), rng.random(), 1 / 3]) for _ in range(size)]
    started = [rng.random() < 0.7 for _ in range(size)]
    index = pd.Index(members, name="member")
    columns = {"branch": branches, "mark": marks, **counts, "started": started}
    return pd.DataFrame(columns, index=index)


@pytest.mark.parametrize("seed", range(5))
def test_branches_added_up_again_equal_all_added_up_at_once(seed: int) -> None:
    rng = Random(seed)
    tree = organisation(20)
    members = [f"m{n}" for n in range(300)]
    branches = [rng.choice([f"支{n}" for n in range(19)]) for _ in members]  # one has nobody
    rows = figures(members, branches, rng)
    rows.attrs["excused"] = pd.Series({"e1": "支3", "e2": "部1"})
    totals = Totals.of(tree, rows)
    assert totals.sums["excused"][0] == 2
    for _ in range(3):
        places = np.array(sorted(rng.sample(range(300), 4)))
        newer = figures([members[n] for n in places], [branches[n] for n in places], rng)
        rows = patched(rows, newer, places)
        totals = totals.patched(rows, places)
        afresh = Totals.of(tree, rows)
        for name, sums in afresh.sums.items():
            assert totals.sums[name].tolist() == sums.tolist(), name
        assert afresh.sums["members"][0] == 300


def test_nobody_new_changes_no_sum() -> None:
    tree = organisation(3)
    rows = figures(["m1", "m2"], ["支0", "支2"], Random(1))
    totals = Totals.of(tree, rows)
    same = totals.patched(rows, np.array([], dtype=np.intp))
    assert {name: sums.tolist() for name, sums in same.sums.items()} == {
        name: sums.tolist() for name, sums in totals.sums.items()
    }
