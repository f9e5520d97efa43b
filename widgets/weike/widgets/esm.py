"""Join ES modules into one, so that a browser needs a single file and nobody needs a bundler.

Every module becomes a function that returns what it exports; imports become its results. Names
inside a module stay its own. What the entry exports, the joined module exports.

Only plain forms are understood, each at the beginning of a line: `import { a, b as c } from
"./x.js";`, `import "./x.js";`, `export` before a declaration, `export { a, b };`,
`export default …;` in the entry. Anything else fails loudly.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

_IMPORT = re.compile(r'^import\s+(?:\{([^}]*)\}\s+from\s+)?"(\.{1,2}/[^"]+)";\n', re.MULTILINE)
_DECLARED = re.compile(
    r"^export (?=(?:async function|function|class|const|let) (\w+))", re.MULTILINE
)
_LISTED = re.compile(r"^export \{([^}]*)\};\n", re.MULTILINE)
_DEFAULT = re.compile(r"^export default ", re.MULTILINE)
_COMMENT = re.compile(r"^[ \t]*(?://.*|/\*\*(?:[^*]|\*(?!/))*\*/)\n", re.MULTILINE)
_INDENTATION = re.compile(r"^[ \t]+", re.MULTILINE)
_LEFT_OVER = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)


def join(entry: Path, plugins: Path | None = None) -> str:
    """The modules that `entry` imports and those in `plugins`, as one module.

    `plugins` is `<entry>/types/` if it is not given: `quiz.js` takes every module of `quiz/types/`
    along without naming it, and that is all it takes to add a question type. Indentation and
    comments on lines of their own stay behind.
    """
    order: list[Path] = []
    _visit(entry.resolve(), order, ())
    modules = order[:-1]
    for plugin in sorted((plugins or entry.parent / entry.stem / "types").glob("*.js")):
        _visit(plugin.resolve(), modules, ())
    names = {path: f"$m{number}" for number, path in enumerate([*modules, order[-1]])}
    parts = [_wrap(path, names) for path in names]
    return "\n".join([*parts, _exports(order[-1], names)])


def asset(text: str) -> str:
    """The hash under which a text can be cached for ever."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _visit(path: Path, order: list[Path], above: tuple[Path, ...]) -> None:
    """Append `path` after everything that it imports."""
    assert path not in above, f"{path.name} imports itself by way of {above[-1].name}"
    if path in order:
        return
    for _names, where in _IMPORT.findall(path.read_text(encoding="utf-8")):
        _visit((path.parent / where).resolve(), order, (*above, path))
    order.append(path)


def _wrap(path: Path, names: dict[Path, str]) -> str:
    def imported(match: re.Match[str]) -> str:
        module = names[(path.parent / match[2]).resolve()]
        return f"const {{{match[1].replace(' as ', ': ')}}} = {module};\n" if match[1] else ""

    source = path.read_text(encoding="utf-8")
    exported = _exported(source)
    body = _COMMENT.sub("", source)
    body = _IMPORT.sub(imported, body)
    body = _DECLARED.sub("", body)
    body = _LISTED.sub("", body)
    body = _DEFAULT.sub("const $default = ", body)
    left = _LEFT_OVER.search(body)
    assert left is None, f"{path.name}: cannot join {left and left[0]!r}"
    if "`" not in body:  # a template may mean its spaces
        body = _INDENTATION.sub("", body)
    returns = ", ".join("default: $default" if name == "default" else name for name in exported)
    return f"const {names[path]} = (() => {{\n{body.strip()}\nreturn {{ {returns} }};\n}})();"


def _exported(source: str) -> list[str]:
    found = _DECLARED.findall(source)
    for listed in _LISTED.findall(source):
        found += [name.strip() for name in listed.split(",") if name.strip()]
    return found + ["default"] * len(_DEFAULT.findall(source))


def _exports(entry: Path, names: dict[Path, str]) -> str:
    exported = _exported(entry.read_text(encoding="utf-8"))
    shared = ", ".join(name for name in exported if name != "default")
    lines = [f"export const {{ {shared} }} = {names[entry]};"] if shared else []
    if "default" in exported:
        lines.append(f"export default {names[entry]}.default;")
    return "\n".join([*lines, ""])
