"""What notebooks take from `weike.results`, and that taking a store alone costs nothing more."""

from __future__ import annotations

import inspect
import subprocess
import sys

import pytest

import weike.results


@pytest.mark.parametrize("name", weike.results.__all__)
def test_every_name_of_the_front_door_is_there_and_says_what_it_gives(name: str) -> None:
    assert inspect.getdoc(getattr(weike.results, name))


def test_another_name_is_missing_as_in_any_module() -> None:
    with pytest.raises(AttributeError, match=r"'weike\.results' has no attribute 'means'"):
        weike.results.means  # type: ignore[attr-defined]  # noqa: B018


def test_opening_a_store_waits_for_no_pandas_and_a_figure_brings_it_along() -> None:
    program = """
import sys
from weike.results import Store, open_store
heavy = {"pandas", "numpy", "altair", "openpyxl"}
print(sorted(heavy & set(sys.modules)))
from weike.results import branch_scores
print("pandas" in sys.modules)
"""
    made = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    assert made.stdout.split("\n")[:2] == ["[]", "True"]
