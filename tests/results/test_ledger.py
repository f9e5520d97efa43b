from __future__ import annotations

from random import Random

import numpy as np
import pytest

from weike.results.scoring.ledger import Column, unpacked

MOMENTS = ("begun", "submitted", "passed", "passed_first")


def column(rows: dict[int, int]) -> Column:
    """By the member's number, something to tell the rows apart."""
    ints = np.array(list(rows.values()), dtype=np.int64)
    return Column.of(list(rows), ints, *(ints + n for n in range(1, 5)))


def rows(found: Column) -> dict[int, tuple[float, ...]]:
    columns = (getattr(found, name).tolist() for name in ("mark", *MOMENTS))
    return dict(zip(found.members.tolist(), zip(*columns, strict=True), strict=True))


@pytest.mark.parametrize("seed", range(20))
def test_members_are_replaced_or_added_where_they_belong(seed: int) -> None:
    rng = Random(seed)
    before = {n: rng.randrange(10**6) for n in rng.sample(range(40), rng.randrange(20))}
    newer = {n: rng.randrange(10**6) for n in rng.sample(range(50), rng.randrange(1, 12))}
    old = column(before)
    found = old.updated(column(newer))
    assert rows(found) == rows(column(before | newer))
    assert found.members.tolist() == sorted(before | newer)
    assert rows(old) == rows(column(before))  # a ledger that somebody else has never changes


def test_numbers_come_out_of_either_databases_packing() -> None:
    numbers = [-1, 0, 1 << 62, 10**15]
    assert unpacked("-1,0,4611686018427387904,1000000000000000").tolist() == numbers
    assert (
        unpacked(b"".join(n.to_bytes(8, "big", signed=True) for n in numbers)).tolist() == numbers
    )
