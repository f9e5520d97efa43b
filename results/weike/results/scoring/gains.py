"""What a lesson added: its post-test against its pre-test, member by member."""

from __future__ import annotations

from datetime import datetime
from math import nan, sqrt
from statistics import fmean, variance
from typing import Final

import pandas as pd
from sqlalchemy import Connection, select

from weike.results.assigning.tasks import load_tasks
from weike.results.people import load_branches
from weike.results.periods import Period
from weike.results.scores import find_branch
from weike.results.scoring.shrinkage import Z95
from weike.results.scoring.snapshot import last_instant, the_period
from weike.results.store import Store
from weike.results.tables import grade

COLUMNS: Final = ("n", "pre", "post", "gain", "error", "low", "high")
LEAST: Final = 5  # members with both tests; below, the interval says nothing


def gains(
    store: Store,
    *,
    period: str | Period | None = None,
    branch: str | None = None,
    now: datetime,
) -> pd.DataFrame:
    """Every published lesson with both tests and somebody who took them, by slug.

    Members of the period's roster, excused ones aside, in the subtree of `branch` (id, path or
    name; without one, everybody) who have both: `n` of them, their mean marks `pre` and `post` in
    first attempts (shares of 1), the mean `gain` per member, its standard error s/√n and its 95 %
    interval `low` to `high` by Student's t; NaN under `LEAST` members.
    """
    span = the_period(store, period, now)
    until = last_instant(store, span, now)
    with store.read() as connection:
        tree = load_branches(connection)
        tasks = load_tasks(
            connection, span, until, zone=store.zone, begun=until >= span.start(store.zone)
        )
        members = tasks.roster
        if branch is not None:
            members = members[members.isin(tree.subtree(find_branch(tree, branch).id))]
        marks = _first_marks(connection, list(tasks.lessons.versions), until)
    marks = marks[marks["member"].isin(members.index)]
    both = marks.pivot(index=["slug", "member"], columns="test", values="mark")
    both = both.reindex(columns=["pre", "post"]).dropna()
    rows = {slug: _gain(of_lesson) for slug, of_lesson in both.groupby(level="slug")}
    found = pd.DataFrame.from_dict(rows, orient="index", columns=list(COLUMNS))
    found.index.name = "slug"
    return found.astype({"n": int})


def _first_marks(connection: Connection, slugs: list[str], until: datetime) -> pd.DataFrame:
    """Marks of first attempts at pre- and post-tests: slug, test, member, mark."""
    refs = [f"{slug}/{test}" for slug in slugs for test in ("pre", "post")]
    rows = connection.execute(
        select(
            grade.c.slug, grade.c.quiz, grade.c.member_id, grade.c.first_score, grade.c.first_max
        )
        .where(grade.c.quiz.in_(refs), grade.c.number == 1, grade.c.submitted_at <= until)
        .where(grade.c.first_max > 0)
    )
    return pd.DataFrame(
        [
            (row.slug, row.quiz.rpartition("/")[2], row.member_id, row.first_score / row.first_max)
            for row in rows
        ],
        columns=["slug", "test", "member", "mark"],
    )


def _gain(both: pd.DataFrame) -> tuple[float, ...]:
    gained = (both["post"] - both["pre"]).tolist()
    n, mean = len(gained), fmean(gained)
    error = sqrt(variance(gained) / n) if n >= LEAST else nan
    reach = student_95(n - 1) * error if n >= LEAST else nan
    pre, post = float(both["pre"].mean()), float(both["post"].mean())
    return n, pre, post, mean, error, mean - reach, mean + reach


def student_95(freedom: int) -> float:
    """The 97.5 % quantile of Student's t, within 0.001 for 4 degrees of freedom and more.

    Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.5.
    """
    assert freedom >= LEAST - 1, "the expansion is for larger samples"
    z, v = Z95, float(freedom)
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return z + sum(term / v**power for power, term in enumerate(terms, start=1))
