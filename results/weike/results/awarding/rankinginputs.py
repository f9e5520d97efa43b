"""What a ranking is computed from: its branches, and its members by opaque ids, without names.

Written as canonical JSON, so that whoever has the text can compute the figures again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any, Final, Self

import pandas as pd
from sqlalchemy import Connection

from weike.results.assigning.tasks import load_tasks
from weike.results.people import Branch, Branches, load_branches
from weike.results.periods import Period
from weike.results.scoring.figures import member_figures
from weike.results.scoring.ledger import Ledger
from weike.results.scoring.method import Method
from weike.results.scoring.rollup import COLUMNS, Totals, branch_frame
from weike.results.scoring.snapshot import last_instant
from weike.results.store import Store
from weike.results.types import canonical

FORM: Final = 1
DIGITS: Final = 9  # of a stored fraction; what follows depends on the order of additions
_COUNTS: Final = ("lessons", "assigned", "completed", "submitted", "passed", "passed_first")
MEMBER: Final = ("branch", "mark", *_COUNTS, "started")


@dataclass(frozen=True, kw_only=True)
class Inputs:
    """The tree, the members' figures of the period and those of the one before it.

    Both frames have the columns `MEMBER` by member id and the excused in `attrs`; marks have
    `DIGITS` digits. `lessons` is how many were published.
    """

    tree: Branches
    now: pd.DataFrame
    before: pd.DataFrame
    lessons: int

    @classmethod
    def of_log(
        cls,
        connection: Connection,
        store: Store,
        period: Period,
        until: datetime,
        *,
        top: str | None,
    ) -> Self:
        """As the log has it now; only the subtree of `top`, where there is one."""
        tree = load_branches(connection)
        if top is not None:
            inside = tree.subtree(top)
            kept = {one.id: one for one in tree if one.id in inside}
            tree = Branches({**kept, top: replace(kept[top], parent_id=None)})
        ledger = Ledger.read(connection)
        tasks = load_tasks(connection, period, until, zone=store.zone)
        earlier = last_instant(store, period.before, until)
        before = member_figures(
            ledger, load_tasks(connection, period.before, earlier, zone=store.zone), earlier
        )
        members = member_figures(ledger, tasks, until)
        return cls(
            tree=tree,
            now=_clean(members, tree),
            before=_clean(before, tree),
            lessons=len(tasks.lessons),
        )

    @classmethod
    def loads(cls, text: str) -> Self:
        data = json.loads(text)
        tree = _tree(data["branches"])
        ids = list(tree.by_id)
        now, before = (_frame(data[name], ids) for name in ("now", "before"))
        return cls(tree=tree, now=now, before=before, lessons=data["lessons"])

    @cached_property
    def text(self) -> str:
        """Canonical JSON: column by column, branches by their number."""
        numbers = {id: number for number, id in enumerate(self.tree.by_id)}
        return canonical(
            {
                "form": FORM,
                "lessons": self.lessons,
                "branches": [[one.id, one.parent_id, one.name, one.level] for one in self.tree],
                "now": _columns(self.now, numbers),
                "before": _columns(self.before, numbers),
            }
        )

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()

    def figures(self, method: Method, levels: Sequence[str]) -> dict[str, Any]:
        """What is published: every branch's columns of `branch_scores`, as plain JSON."""
        now, before = (Totals.of(self.tree, members) for members in (self.now, self.before))
        frame = branch_frame(now, before, lessons=self.lessons, levels=levels, method=method)
        rows = frame.reset_index().to_dict("records")
        attrs = frame.attrs
        return {
            "branches": [
                {name: _plain(row[name]) for name in ("branch", *COLUMNS)} for row in rows
            ],
            "no_difference": attrs["no_difference"],
            "tau2": [_plain(value) for value in attrs["tau2"].values()],
            "weights": {name: _plain(value) for name, value in attrs["weights"].items()},
        }

    def differences(self, other: Inputs) -> Iterator[tuple[str, str, Any, Any]]:
        """(what, column, here, there), `what` a member's or a branch's id; empty where all agree.

        The names of branches do not count: a renamed one is the same.
        """
        for id in {**self.tree.by_id, **other.tree.by_id}:
            one, two = self.tree.get(id), other.tree.get(id)
            here, there = (None if b is None else b.parent_id or "" for b in (one, two))
            if here != there:
                yield id, "parent", here, there
        pairs = (("", self.now, other.now), ("before: ", self.before, other.before))
        for prefix, mine, theirs in pairs:
            columns = MEMBER if not prefix else ("branch", "mark")
            for id, column, here, there in _frame_differences(mine, theirs, columns):
                yield id, prefix + column, here, there


def _clean(members: pd.DataFrame, tree: Branches) -> pd.DataFrame:
    """Only what the figures ask of members of the tree, in the order of their ids, rounded."""
    inside = members[members["branch"].isin(tree.by_id)].sort_index()
    found = inside[list(MEMBER)].copy()
    found["mark"] = found["mark"].astype(float).round(DIGITS)
    found[list(_COUNTS)] = found[list(_COUNTS)].astype(int)
    excused = members.attrs["excused"]
    found.attrs = {"excused": excused[excused.isin(tree.by_id)].sort_index()}
    return found


def _columns(members: pd.DataFrame, numbers: Mapping[str, int]) -> dict[str, Any]:
    excused = members.attrs["excused"]
    return {
        "member": list(members.index),
        "branch": [numbers[id] for id in members["branch"]],
        "mark": [_plain(mark) for mark in members["mark"]],
        **{name: members[name].tolist() for name in (*_COUNTS, "started")},
        "excused": [[member, numbers[id]] for member, id in excused.items()],
    }


def _frame(data: Mapping[str, Any], ids: Sequence[str]) -> pd.DataFrame:
    columns: dict[str, Any] = {name: data[name] for name in (*_COUNTS, "started")}
    columns["branch"] = [ids[number] for number in data["branch"]]
    columns["mark"] = pd.Series(data["mark"], index=data["member"], dtype=float)
    found = pd.DataFrame(columns, index=pd.Index(data["member"], dtype=object))[list(MEMBER)]
    excused = {member: ids[number] for member, number in data["excused"]}
    found.attrs = {"excused": pd.Series(excused, dtype=object)}
    return found


def _tree(rows: Sequence[Sequence[Any]]) -> Branches:
    found: dict[str, Branch] = {}
    for id, parent, name, level in rows:
        above = found.get(parent)
        path = f"{above.path}/{name}" if above else name
        found[id] = Branch(id=id, name=name, parent_id=parent, level=level, path=path)
    return Branches(found)


def _frame_differences(
    mine: pd.DataFrame, theirs: pd.DataFrame, columns: Sequence[str]
) -> Iterator[tuple[str, str, Any, Any]]:
    """Who is missing on one side, who is excused on one, and every cell that differs."""
    for id in mine.index.symmetric_difference(theirs.index):
        yield id, "roster", id in mine.index, id in theirs.index
    excused = [frame.attrs["excused"] for frame in (mine, theirs)]
    for id in excused[0].index.symmetric_difference(excused[1].index):
        yield id, "excused", id in excused[0].index, id in excused[1].index
    both = mine.index.intersection(theirs.index)
    for column in columns:
        one, two = mine.loc[both, column], theirs.loc[both, column]
        if column == "mark":
            apart = ~((one - two).abs() <= 2 * 10**-DIGITS) & ~(one.isna() & two.isna())
        else:
            apart = one != two
        for id in both[apart.to_numpy()]:
            yield id, column, _plain(one[id]), _plain(two[id])


def _plain(value: Any) -> Any:
    """A cell as JSON has it, rounded; None where there is nothing."""
    if pd.isna(value):
        return None
    value = value.item() if hasattr(value, "item") else value
    return round(value, DIGITS) + 0.0 if isinstance(value, float) else value
