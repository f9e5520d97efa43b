"""Learning figures per branch (rules of the field, §5), as a pandas DataFrame.

Every figure comes from the members of a branch and of everything beneath it, never from the mean
of its children. Nothing is stored: whoever has the log can compute the same numbers again.
"""

from __future__ import annotations

from datetime import UTC, datetime

import pandas as pd
from sqlalchemy import select

from weike.quizzes.errors import WeikeError
from weike.quizzes.i18n import _
from weike.results.enrolling.enrolment import path_key
from weike.results.enrolling.rosterrow import branch_path, same_name
from weike.results.people import Branch, Branches
from weike.results.periods import Period
from weike.results.scoring.snapshot import current_snapshot, last_instant, the_period
from weike.results.store import Store
from weike.results.tables import identity


def branch_scores(
    store: Store,
    *,
    period: str | Period | None = None,
    branch: str | None = None,
    now: datetime | None = None,
) -> pd.DataFrame:
    """The figures of every branch, by branch id, parents before their children.

    `period` is "2026-Q4", "2026-11", …; without one, the current quarter. The roster is that of
    the period's first day, the figures stand as of its end or of `now`, whichever is earlier.
    `branch` (an id, a path or a name) keeps that branch and what is beneath it; its figures stay
    the same, adjusted among all branches of its level.

    Columns: `path`, `name`, `level` (0 at the top), `level_name`, `parent` (id or None); counts:
    `members` of the roster, `excused` besides them, `attempted` of them, lessons `assigned` and
    `completed`, members `not_started`; as shares of 1, NaN where undefined: `coverage`,
    `completion`, `mean` and the `variance` of its marks, `adjusted` with its standard `error` and
    95 % interval `low` to `high`, `pass_rate` (make-up tests included) and `pass_rate_first`
    (without); `previous`, the mean of the period before, with the `previous_members` and
    `previous_attempted` of its roster, the adjusted `change` since with its
    `change_error`, and `improvement`.

    `score` (0-100, see `composite`) with its range `score_low` to `score_high`; `band`: "small" or
    "full"; whether the branch is `eligible` and among the `leading` of its level, and its `rank`
    there (1, 2, 2, 4; NA where not eligible).

    `attrs`: `period`, `until` (ISO), `lessons` (how many are assigned), `mu`, `s2` and `tau2` by
    level (None where undefined), `no_difference`: whether the lowest level that can be compared
    shows no more than chance; `weights` as applied and `rule`, the version of the method.
    """
    snapshot = current_snapshot(store)
    when = now or datetime.now(UTC)
    frame = snapshot.figures(store, period, when).frame
    if branch is not None:
        inside = snapshot.tree.subtree(find_branch(snapshot.tree, branch).id)
        frame = frame[frame.index.isin(inside)]
    found = frame.copy()
    until = last_instant(store, the_period(store, period, when), when)
    found.attrs["until"] = until.isoformat()
    return found


def member_scores(
    store: Store,
    *,
    branch: str | None = None,
    period: str | Period | None = None,
    now: datetime | None = None,
) -> pd.DataFrame:
    """The rows behind the figures of a branch, by member id: who counts there, and with what.

    Columns: `code`, `name`, `branch` (path), and those of `figures.member_figures`. For people
    with a duty for the branch, and for recomputing.
    """
    when = now or datetime.now(UTC)
    span = the_period(store, period, when)
    snapshot = current_snapshot(store)
    tree, figures = snapshot.tree, snapshot.members(store, span, when)
    if branch is not None:
        inside = tree.subtree(find_branch(tree, branch).id)
        figures = figures[figures["branch"].isin(inside)]
    with store.read() as connection:
        people = {
            row.member_id: (row.code, row.name)
            for row in connection.execute(
                select(identity.c.member_id, identity.c.code, identity.c.name)
            )
        }
    figures = figures.copy()
    unknown = (None, None)  # erased: the facts stay, the person does not
    figures.insert(0, "code", [people.get(id, unknown)[0] for id in figures.index])
    figures.insert(1, "name", [people.get(id, unknown)[1] for id in figures.index])
    figures["branch"] = [tree.by_id[id].path for id in figures["branch"]]
    return figures.sort_values(["branch", "code"])


def find_branch(tree: Branches, wanted: str) -> Branch:
    """The branch with this id, this path, or this name if only one has it; else `WeikeError`."""
    if found := tree.get(wanted):
        return found
    key = path_key(branch_path(wanted))
    by_path = [one for one in tree if path_key(one.path.split("/")) == key]
    by_name = [one for one in tree if same_name(one.name) == same_name(wanted)]
    for candidates in (by_path, by_name):
        if len(candidates) == 1:
            return candidates[0]
    if by_name:
        raise WeikeError(
            _("several branches are called {name}: {paths}; write the path").format(
                name=wanted, paths=", ".join(one.path for one in by_name)
            )
        )
    raise WeikeError(
        _("there is no branch {name}; write a path such as {example}").format(
            name=wanted, example=next((one.path for one in reversed(list(tree))), "A/B")
        )
    )
