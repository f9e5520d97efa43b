"""Modules are joined without a bundler, and what cannot be joined fails loudly."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from weike.widgets.esm import asset, join

Write = Callable[[str, str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(name: str, text: str) -> Path:
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file

    return write


def test_a_module_stands_once_and_behind_what_it_needs(write: Write) -> None:
    write("app/low.js", "export const low = 1;\n")
    write("app/mid.js", 'import { low } from "./low.js";\nexport function mid() { return low; }\n')
    entry = write(
        "app.js",
        'import { low } from "./app/low.js";\nimport { mid as middle } from "./app/mid.js";\n'
        "export const all = low + middle();\n",
    )
    joined = join(entry)
    assert joined.count("const low = 1;") == 1
    assert joined.index("const low = 1;") < joined.index("function mid()")
    assert "const { mid: middle } = $m1;" in joined
    assert joined.endswith("export const { all } = $m2;\n")


def test_names_inside_a_module_stay_its_own(write: Write) -> None:
    write("app/one.js", "const same = 1;\nexport const one = same;\n")
    write("app/two.js", "const same = 2;\nexport const two = same;\n")
    entry = write(
        "app.js", 'import { one } from "./app/one.js";\nimport { two } from "./app/two.js";\n'
    )
    assert join(entry).count("(() => {") == 3


def test_modules_in_the_types_folder_come_along_unnamed(write: Write) -> None:
    write("app/types.js", "export const known = [];\n")
    write("app/types/poll.js", 'import { known } from "../types.js";\nknown.push("poll");\n')
    entry = write("app.js", 'import { known } from "./app/types.js";\nexport default { known };\n')
    joined = join(entry)
    assert joined.index('known.push("poll")') < joined.index("$default = { known };")
    assert joined.endswith("export default $m2.default;\n")


def test_comments_on_lines_of_their_own_stay_in_the_source(write: Write) -> None:
    entry = write(
        "app.js", '// Why.\n/** What. */\nexport const a = "// no comment";\n  // inside\n'
    )
    joined = join(entry)
    assert "Why" not in joined
    assert "What" not in joined
    assert "inside" not in joined
    assert '"// no comment"' in joined


@pytest.mark.parametrize(
    "line",
    [
        'import * as all from "./low.js";',
        'import low from "./low.js";',
        'export { low } from "./low.js";',
        'import { x } from "package";',
        'export * from "./low.js";',
    ],
)
def test_a_form_that_is_not_understood_fails(write: Write, line: str) -> None:
    write("low.js", "export const low = 1;\n")
    with pytest.raises(AssertionError, match="cannot join"):
        join(write("app.js", line + "\n"))


def test_modules_that_import_each_other_fail(write: Write) -> None:
    write("a.js", 'import { b } from "./b.js";\nexport const a = 1;\n')
    entry = write("b.js", 'import { a } from "./a.js";\nexport const b = 1;\n')
    with pytest.raises(AssertionError, match="imports itself"):
        join(entry)


def test_a_name_changes_with_its_content_only() -> None:
    assert asset("a") == asset("a")
    assert asset("a") != asset("b")
