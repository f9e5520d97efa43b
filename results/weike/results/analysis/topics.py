"""What the members of each branch know, topic by topic."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import numpy as np
import pandas as pd
from sqlalchemy import Connection, func, select

from weike.results.assigning.tasks import Tasks, load_tasks
from weike.results.people import Branches, Member, load_branches
from weike.results.periods import Period
from weike.results.scores import find_branch
from weike.results.scoring.snapshot import last_instant, the_period
from weike.results.scoring.withholding import withheld
from weike.results.store import Store
from weike.results.tables import grade, item_grade, item_version, lesson_version, publication

COLUMNS: Final = (
    *("branch", "name", "path", "level", "parent", "topic"),
    *("n", "answers", "facility", "hidden"),
)
LEAST_ANSWERED = 5  # members; a topic that fewer have met is nobody's weakest


def topic_scores(
    store: Store,
    *,
    period: str | Period | None,
    branch: str | None = None,
    now: datetime,
    viewer: Member | None = None,
) -> pd.DataFrame:
    """A row for each branch and each topic that anybody there was asked.

    The roster, the lessons and the instant that count are those of `branch_scores`, so are the
    answers: first ones, of first attempts. A question's topic is its own, else its lesson's.
    Columns: `branch` id, `name`, `path`, `level`, `parent`, `topic` ("" for none), `n` members who
    answered, `answers`, `facility` (the share of the points, 0-1), `hidden`.

    `branch` (an id, a path or a name) keeps that branch and what is beneath it. For a `viewer` the
    figures of groups under five are NaN and `hidden`, unless the viewer has a duty for the branch;
    so is a second one, where the first could be worked out from the others and their sum.
    """
    span = the_period(store, period, now)
    until = last_instant(store, span, now)
    with store.read() as connection:
        tree = load_branches(connection)
        tasks = load_tasks(
            connection, span, until, zone=store.zone, begun=until >= span.start(store.zone)
        )
        topics = lesson_topics(connection)
        inside = None if branch is None else tree.subtree(find_branch(tree, branch).id)
        answers = _answers(connection, tasks, until, topics, inside)
    frame = _rolled_up(tree, answers)
    if inside is not None:
        frame = frame[frame["branch"].isin(inside)].reset_index(drop=True)
    return frame if viewer is None else _for(viewer, frame)


def weakest(frame: pd.DataFrame, branch: str, *, count: int = 3) -> pd.DataFrame:
    """The topics of one branch (its id) in `topic_scores`, the weakest first.

    Without a name, or answered by fewer than five members, a topic is not among them.
    """
    rows = frame[
        (frame["branch"] == branch)
        & (frame["topic"] != "")
        & (frame["n"] >= LEAST_ANSWERED)
        & frame["facility"].notna()
    ]
    return rows.sort_values(["facility", "topic"], kind="stable").head(count)


def lesson_topics(connection: Connection) -> dict[str, str]:
    """The topic of every lesson by its slug, as it was published last; "" where it names none."""
    last = select(func.max(publication.c.id)).where(publication.c.version.is_not(None))
    query = (
        select(publication.c.slug, lesson_version.c.topic)
        .join(
            lesson_version,
            (lesson_version.c.slug == publication.c.slug)
            & (lesson_version.c.version == publication.c.version),
        )
        .where(publication.c.id.in_(last.group_by(publication.c.slug)))
        .order_by(lesson_version.c.position, publication.c.slug)
    )
    return {row.slug: row.topic or "" for row in connection.execute(query)}


def _answers(
    connection: Connection,
    tasks: Tasks,
    until: datetime,
    topics: dict[str, str],
    inside: frozenset[str] | None,
) -> pd.DataFrame:
    """`member`, `branch`, `topic`, `answers`, `points`, `most`: added up in the database."""
    refs = [ref for quizzes in tasks.lessons.quizzes.values() for ref in quizzes]
    roster = tasks.roster if inside is None else tasks.roster[tasks.roster.isin(inside)]
    query = (
        select(
            grade.c.member_id,
            grade.c.slug,
            item_version.c.topic,
            func.count(),
            func.sum(item_grade.c.first_score),
            func.sum(item_grade.c.max),
        )
        .join(item_grade, item_grade.c.attempt_id == grade.c.attempt_id)
        .join(
            item_version,
            (item_version.c.item == item_grade.c.item)
            & (item_version.c.version == item_grade.c.item_version),
        )
        .where(
            grade.c.number == 1,
            grade.c.submitted_at <= until,
            grade.c.quiz.in_(refs),
            item_grade.c.first_score.is_not(None),
            item_grade.c.max > 0,
        )
        .group_by(grade.c.member_id, grade.c.slug, item_version.c.topic)
    )
    if len(roster) <= _FEW:
        query = query.where(grade.c.member_id.in_(list(roster.index)))
    columns = ["member", "slug", "own", "answers", "points", "most"]
    rows = map(tuple, connection.execute(query)) if refs and len(roster) else []
    found = pd.DataFrame(rows, columns=columns)
    of = dict(zip(tasks.roster.index, tasks.of, strict=True))
    has_to = [
        id in roster.index and slug in tasks.sets[int(of[id])]
        for id, slug in zip(found["member"], found["slug"], strict=True)
    ]
    found = found[np.array(has_to, dtype=bool)]
    own = found["own"].where(found["own"].notna(), found["slug"].map(topics))
    return found.assign(branch=found["member"].map(roster), topic=own.fillna("").astype(str))


def _rolled_up(tree: Branches, answers: pd.DataFrame) -> pd.DataFrame:
    """From members to branches, and up to everything above them."""
    by_member = answers.groupby(["branch", "topic", "member"])[["answers", "points", "most"]].sum()
    by_branch = by_member.groupby(level=["branch", "topic"]).sum()
    by_branch["n"] = by_member.groupby(level=["branch", "topic"]).size()
    sums: dict[tuple[str, str], np.ndarray] = {}
    for key, row in zip(by_branch.index, by_branch.to_numpy(dtype=float), strict=True):
        branch, topic = key
        sums[str(branch), str(topic)] = row
    for one in reversed(list(tree)):  # parents stand before their children
        if one.parent_id is None:
            continue
        for topic in [topic for id, topic in sums if id == one.id]:
            above = (one.parent_id, topic)
            sums[above] = sums.get(above, np.zeros(4)) + sums[one.id, topic]
    rows = [
        (
            *(one.id, one.name, one.path, one.level, one.parent_id, topic),
            *(int(n), int(count), points / most if most else np.nan, False),
        )
        for one in tree
        for (id, topic), (count, points, most, n) in _of(sums, one.id)
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _of(
    sums: dict[tuple[str, str], np.ndarray], branch: str
) -> Sequence[tuple[tuple[str, str], np.ndarray]]:
    return sorted(
        ((key, row) for key, row in sums.items() if key[0] == branch), key=lambda one: one[0][1]
    )


def _for(viewer: Member, frame: pd.DataFrame) -> pd.DataFrame:
    """The frame as this viewer may see it."""
    hidden = np.zeros(len(frame), dtype=bool)
    for _topic, rows in frame.groupby("topic"):
        groups = [
            (str(id), parent if isinstance(parent, str) else None, int(n))
            for id, parent, n in zip(rows["branch"], rows["parent"], rows["n"], strict=True)
        ]
        known = {id for id, _parent, _n in groups if viewer.can_see_branch(id)}
        hidden[rows.index[rows["branch"].isin(withheld(groups, known=known))]] = True
    shown = frame.assign(hidden=hidden)
    shown["facility"] = shown["facility"].mask(hidden)
    shown["answers"] = shown["answers"].astype(float).mask(hidden)
    return shown


_FEW = 5_000  # members that a query names one by one; more are read with everybody else
