"""What cells show in a template, where no kernel is there to say it."""

from __future__ import annotations

import base64
import json
import sys
from typing import Any

import pytest

from .conftest import Fork, Kernel, cells

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="kernels are forked on Linux only")

LESSON = cells(
    "import sys\nprint('one')\nprint('two')\nprint('wrong', file=sys.stderr)\n6 * 7",
    "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nprint('drawn')",
    "import pandas\npandas.DataFrame({'stem': ['a', 'b']})",
    """
import ipywidgets
from IPython.display import HTML, clear_output, display
outer, inner = ipywidgets.Output(), ipywidgets.Output()
with outer:
    print("outside")
    with inner:
        print("inside")
        display(HTML("<b>bold</b>"))
    print("outside again")
display(outer, inner)
""",
    "print('gone')\nclear_output(wait=True)\nprint('stays')",
    "handle = display('first', display_id=True)\nhandle.update('second')",
    "@ipywidgets.interact(n=(0, 9))\ndef square(n=3):\n    print(n * n)",
    "8 * 8;",
)


@pytest.fixture(scope="module")
def kernel(fork: Fork) -> Kernel:
    found = fork(LESSON, name="capture")
    assert found.template.runs, "it ran in the template"
    return found


@pytest.fixture(scope="module")
def shown(kernel: Kernel) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = json.loads(kernel.template.shown.read_text("utf-8"))
    return found


def test_prints_and_results_come_in_order(shown: dict[str, list[dict[str, Any]]]) -> None:
    assert [one.get("text") for one in shown["1"][:2]] == ["one\ntwo\n", "wrong\n"]
    assert shown["1"][2]["data"] == {"text/plain": "42"}
    assert shown["1"][2]["execution_count"] == 1


def test_a_figure_is_a_picture_and_drawn_once(shown: dict[str, list[dict[str, Any]]]) -> None:
    pictures = [one for one in shown["2"] if "image/png" in one.get("data", {})]
    assert len(pictures) == 1
    assert base64.b64decode(pictures[0]["data"]["image/png"]).startswith(b"\x89PNG")


def test_a_table_has_its_html(shown: dict[str, list[dict[str, Any]]]) -> None:
    assert "<th>stem</th>" in shown["3"][0]["data"]["text/html"]


def test_output_widgets_hold_what_was_shown_in_them(
    kernel: Kernel, shown: dict[str, list[dict[str, Any]]]
) -> None:
    assert len(shown["4"]) == 2, "the two widgets, and nothing of what is in them"
    code = "print([o.get('text') or o['data']['text/html'] for o in {}.outputs], {}.msg_id)"
    assert kernel.run(code.format("outer", "outer")) == "['outside\\noutside again\\n'] \n"
    assert kernel.run(code.format("inner", "inner")) == "['inside\\n', '<b>bold</b>'] \n"


def test_what_is_cleared_is_gone(shown: dict[str, list[dict[str, Any]]]) -> None:
    assert [one["text"] for one in shown["5"]] == ["stays\n"]


def test_a_display_can_be_updated(shown: dict[str, list[dict[str, Any]]]) -> None:
    assert [one["data"]["text/plain"] for one in shown["6"]] == ["'second'"]
    assert "_display" not in shown["6"][0]


def test_interact_shows_its_first_result_and_goes_on_in_the_copy(
    kernel: Kernel, shown: dict[str, list[dict[str, Any]]]
) -> None:
    assert len(shown["7"]) >= 1
    assert kernel.run("print(square.widget.children[-1].outputs[0]['text'], end='')") == "9\n"


def test_a_semicolon_keeps_quiet(shown: dict[str, list[dict[str, Any]]]) -> None:
    assert shown.get("8", []) == []
