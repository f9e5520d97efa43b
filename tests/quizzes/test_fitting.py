"""The quick look at a question never says another thing than the check that gives reasons."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from weike.quizzes.fitting import compiled
from weike.quizzes.reading import question_schema
from weike.quizzes.schema import check

from .examples import EXAMPLES

FITS = compiled(question_schema())
NOTHING = [None, True, 0, -2, 0.5, 3.0, 2000, 10**400, float("nan"), "", " ", "x", "a b", "single"]
INSIDE = [[], ["x"], {}, {"text": "x"}, {"text": "x", "weight": 2}, [["a"]], [["a", "b", "c"]]]
ODD = st.sampled_from([*NOTHING, *INSIDE, "material"]).map(copy.deepcopy)


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every container of the data with each of its keys."""
    keys = (
        value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    )
    return [one for key in keys for one in [(value, key), *places(value[key])]]


@settings(max_examples=300)
@given(st.sampled_from(EXAMPLES), st.data())
def test_what_fits_is_what_has_no_problem(example: dict[str, Any], data: st.DataObject) -> None:
    body = copy.deepcopy(example)
    assert FITS(body)
    for _change in range(data.draw(st.integers(1, 2))):
        inside, key = data.draw(st.sampled_from(places(body)), label="place")
        match data.draw(st.sampled_from(["change", "drop", "add"])):
            case "drop":
                del inside[key]
            case "add" if isinstance(inside, dict):
                inside[data.draw(st.sampled_from(["unknown", "min", "weight", "id"]))] = data.draw(
                    ODD
                )
            case _:
                inside[key] = data.draw(ODD)
        if not places(body):
            break
    assert FITS(body) == (check(body, question_schema()) == [])


def test_what_is_no_question_at_all_does_not_fit() -> None:
    for value in (None, [], "x", {}, {"type": "none"}, {"type": ["single"]}, {"type": {}}):
        assert FITS(value) is False
