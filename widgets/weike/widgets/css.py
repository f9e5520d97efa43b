"""Join stylesheets into one, as `weike.widgets.esm` joins modules: small sources, one request.

An entry names its parts in the order in which they count, each on a line of its own:
`@import "./quiz/card.css";`. Any other import fails loudly.
"""

from __future__ import annotations

import re
from pathlib import Path

_IMPORT = re.compile(r'^@import "(\.{1,2}/[^"]+)";\n', re.MULTILINE)


def join(entry: Path) -> str:
    """What `entry` says, each import replaced by its file, and behind it `<entry>/types/*.css`.

    `quiz.css` takes the style of every question type along without naming it, as `quiz.js` takes
    its module.
    """
    types = sorted((entry.parent / entry.stem / "types").glob("*.css"))
    return "\n".join(_read(path, ()) for path in (entry, *types))


def _read(path: Path, above: tuple[Path, ...]) -> str:
    path = path.resolve()
    assert path not in above, f"{path.name} imports itself by way of {above[-1].name}"
    style = path.read_text(encoding="utf-8")
    left = _IMPORT.sub("", style)
    assert "@import" not in left, f'{path.name}: an import is written @import "./part.css";'
    return _IMPORT.sub(lambda match: _read(path.parent / match[1], (*above, path)) + "\n", style)
