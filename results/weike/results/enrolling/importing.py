"""An import plan, carried out: in one transaction, with a note of who did it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import TypeVar
from uuid import uuid4

from sqlalchemy import Connection, Table, bindparam, delete, insert, select, update

from weike.quizzes.errors import WeikeError
from weike.quizzes.i18n import _
from weike.results.audit import record
from weike.results.enrolling.enrolment import Change, ImportPlan, PathKey, grant_keys, path_key
from weike.results.enrolling.rosterrow import RosterRow
from weike.results.people import load_branches
from weike.results.store import Store
from weike.results.tables import branch, identity, member, membership, role_grant

T = TypeVar("T")
_AT_ONCE = 1_000


def apply_import(
    store: Store,
    plan: ImportPlan,
    *,
    now: datetime,
    by: str = "command",
    progress: Callable[[int], object] = lambda _done: None,
) -> None:
    """Do what the plan says, all of it or nothing. `progress` hears how many people are done."""
    if plan.rows == 0:
        raise WeikeError(_("{file}: nobody was imported").format(file=plan.source))

    def everything(connection: Connection) -> None:
        importer = _Importer(connection, plan=plan, now=now, by=by)
        importer.make_branches()
        for rows in _batches(plan.new):
            importer.join(rows)
            progress(len(rows))
        for changes in _batches(plan.changes):
            importer.change(changes)
            progress(len(changes))
        record(connection, by, "imported the roster", plan.source, now, detail=counts(plan))

    store.writer.run(everything)


def counts(plan: ImportPlan) -> dict[str, int]:
    """How many people each kind of change meets; a person may be in several."""
    return {
        "new": len(plan.new),
        "moved": len(plan.moved),
        "renamed": len(plan.renamed),
        "posts": len(plan.reposted),
        "roles": len(plan.regranted),
        "left": len(plan.leaving),
        "unchanged": plan.unchanged,
        "missing": len(plan.missing),
        "branches": len(plan.branches),
    }


class _Importer:
    """One transaction's hand."""

    def __init__(self, connection: Connection, *, plan: ImportPlan, now: datetime, by: str) -> None:
        self.connection = connection
        self.plan = plan
        self.now = now
        self.by = by
        self.branch_ids: dict[PathKey, str] = {
            path_key(one.path.split("/")): one.id for one in load_branches(connection)
        }

    def make_branches(self) -> None:
        last = max(self.connection.execute(select(branch.c.position)).scalars(), default=0)
        for position, path in enumerate(self.plan.branches, start=last + 1):
            key = path_key(path)
            self.branch_ids[key] = new_id()
            self.connection.execute(
                insert(branch).values(
                    id=self.branch_ids[key],
                    parent_id=self.branch_ids.get(key[:-1]),
                    name=path[-1],
                    position=position,
                    created=self.now,
                )
            )

    def join(self, rows: Sequence[RosterRow]) -> None:
        ids = [new_id() for _row in rows]
        people = list(zip(ids, rows, strict=True))
        self._insert(member, ({"id": id, "created": self.now} for id in ids))
        self._insert(
            identity,
            (
                {"member_id": id, "code": row.code, "name": row.name, "post": row.post or None}
                for id, row in people
            ),
        )
        self._insert(
            membership,
            (
                self._entry(id, self.plan.since, self.branch_ids[path_key(row.branch)])
                for id, row in people
            ),
        )
        self._insert(
            membership, (self._entry(id, row.left, None) for id, row in people if row.left)
        )
        self._insert(
            role_grant,
            (
                self._grant(id, role, scope)
                for id, row in people
                for role, scope in grant_keys(row.grants or ())
            ),
        )

    def change(self, changes: Sequence[Change]) -> None:
        self._update_identity("name", [(c.person.id, c.name) for c in changes if c.name])
        self._update_identity(
            "post", [(c.person.id, c.post or None) for c in changes if c.post is not None]
        )
        entries = [
            self._entry(c.person.id, c.since, self.branch_ids[path_key(c.branch)])
            for c in changes
            if c.branch is not None and c.since is not None
        ]
        entries += [self._entry(c.person.id, c.leaves, None) for c in changes if c.leaves]
        if entries:
            # A second entry of one day corrects the first.
            self.connection.execute(
                delete(membership).where(
                    membership.c.member_id == bindparam("of"),
                    membership.c.since == bindparam("day"),
                ),
                [{"of": entry["member_id"], "day": entry["since"]} for entry in entries],
            )
        self._insert(membership, entries)
        for one in changes:
            if one.grants is not None:
                self._regrant(one)

    def _regrant(self, change: Change) -> None:
        assert change.grants is not None
        for role, scope in change.person.grants - change.grants:
            scope_id = self.branch_ids[scope] if scope else None
            self.connection.execute(
                update(role_grant)
                .where(
                    role_grant.c.member_id == change.person.id,
                    role_grant.c.role == role,
                    role_grant.c.branch_id == scope_id
                    if scope_id
                    else role_grant.c.branch_id.is_(None),
                    role_grant.c.revoked_at.is_(None),
                )
                .values(revoked_at=self.now)
            )
        self._insert(
            role_grant,
            (
                self._grant(change.person.id, role, scope)
                for role, scope in change.grants - change.person.grants
            ),
        )

    def _entry(self, id: str, since: date | None, branch_id: str | None) -> dict[str, object]:
        assert since is not None
        return {"member_id": id, "since": since, "branch_id": branch_id, "recorded": self.now}

    def _grant(self, id: str, role: str, scope: PathKey | None) -> dict[str, object]:
        return {
            "id": new_id(),
            "member_id": id,
            "role": role,
            "branch_id": self.branch_ids[scope] if scope else None,
            "granted_at": self.now,
            "granted_by": self.by,
        }

    def _insert(self, table: Table, rows: Iterable[dict[str, object]]) -> None:
        if found := list(rows):
            self.connection.execute(insert(table), found)

    def _update_identity(self, column: str, values: Sequence[tuple[str, str | None]]) -> None:
        if values:
            self.connection.execute(
                update(identity)
                .where(identity.c.member_id == bindparam("of"))
                .values({column: bindparam("to")}),
                [{"of": id, "to": value} for id, value in values],
            )


def new_id() -> str:
    return uuid4().hex


def _batches(things: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(things), _AT_ONCE):
        yield things[start : start + _AT_ONCE]
