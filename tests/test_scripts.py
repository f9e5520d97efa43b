"""No script uses a name that is not there: it would fail on a phone, when its turn comes."""

from __future__ import annotations

from pathlib import Path

import pytest

from .javascript import undeclared

ROOT = Path(__file__).parents[1]
SCRIPTS = sorted(file for part in ROOT.glob("*/weike") for file in part.rglob("*.js"))


@pytest.mark.parametrize("file", SCRIPTS, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_every_name_is_declared(file: Path) -> None:
    assert undeclared(file.read_text(encoding="utf-8")) == set()


FINE = """
import { h, put as lay } from "./dom.js";
const MOST = 3, { a, b: [c] } = h();
export function draw(panel, { t, lang = MOST }) {
  for (const [key, one] of a) if (one?.name) lay(panel, `${t("x")} ${key}`, ...c, { lang });
  try { panel.on((event) => event.stop(), async (x, [y]) => x + y); } catch (error) { throw error; }
}
class View extends Set { get size() { return this.most || MOST; } show(one) { draw(one, {}); } }
const [view] = [new View()].map((one) => one.show(window));
view.show(/nothing "here/.test("neither here"));
"""


def test_what_is_declared_is_not_taken_for_missing() -> None:
    assert undeclared(FINE) == set()


@pytest.mark.parametrize(
    "slip",
    [
        "function key(feedback) { return feedback.map((one) => one.text).join(t('; ')); }",
        "if (t) draw();",
        "const other = { t };",
        "function other() { return `${t('a')}`; }",
        "view.show(...t);",
    ],
)
def test_a_name_that_only_another_function_has_is_found(slip: str) -> None:
    """The first kept members from the feedback to a gap."""
    assert undeclared(f"{FINE}{slip}") == {"t"}
