"""Markdown cut into its blocks, each with its source and its line."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from mdit_py_plugins.front_matter import front_matter_plugin

from weike.quizzes.html import markdown_parser

_MARKS = {"[": "]", "［": "］", "(": ")", "（": "）"}
_TICKS = {"x", "√", "✓", "✔", "☑"}
_USUAL_MARKS = ("[ ]", "[x]")  # which need no look at their width and case


@dataclass(frozen=True, slots=True)
class Block:
    """One block of the outermost level. `lines` is its source, `line` counts in the whole file."""

    kind: str
    tag: str
    lines: tuple[str, ...]
    line: int
    content: str = ""

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    @property
    def is_list(self) -> bool:
        return self.kind in ("bullet_list", "ordered_list")

    @property
    def is_comment(self) -> bool:
        return self.kind == "html_block" and self.text.lstrip().startswith("<!--")


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One item of a list: its mark such as `[x]` or `( )`, its Markdown, the quote at its end."""

    line: int
    mark: str | None
    text: str
    feedback: str | None

    @property
    def ticked(self) -> bool:
        if self.mark in _USUAL_MARKS:
            return self.mark == "[x]"
        return self._inside in _TICKS and self.is_task

    @property
    def crossed(self) -> bool:
        """`[x]`, which is a cross to whoever ticks with √."""
        return self.mark == "[x]" or (self.ticked and self._inside == "x")

    @property
    def unticked(self) -> bool:
        if self.mark in _USUAL_MARKS:
            return self.mark == "[ ]"
        return self._inside == "" and self.is_task

    @property
    def is_task(self) -> bool:
        return self.mark is not None and self.mark[0] in "[［"

    @property
    def is_round(self) -> bool:
        """`( )`, the mark of a poll."""
        return self.mark is not None and not self.is_task and self._inside == ""

    @property
    def _inside(self) -> str:
        return unicodedata.normalize("NFKC", (self.mark or "[?]")[1:-1]).strip().casefold()


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    parser = markdown_parser().use(front_matter_plugin)
    parser.inline.ruler.before("link", "fill", _fill)
    return parser


@lru_cache(maxsize=1)
def _block_parser() -> MarkdownIt:
    """For texts of which only the blocks matter: what is inside a line is not looked at."""
    parser = markdown_parser().use(front_matter_plugin)
    parser.core.ruler.disable(["inline", "text_join"])
    return parser


def _fill(state: StateInline, silent: bool) -> bool:
    """`[[answer|synonym]]`, on one line."""
    if not state.src.startswith("[[", state.pos):
        return False
    text, nowhere = state.env.get("unfilled", ("", 0))
    if text is state.src and state.pos < nowhere:
        return False  # one before it looked as far, and found no end
    at = state.pos + 2
    while at < state.posMax and not state.src.startswith("]]", at):
        if state.src[at] == "\n":
            break
        at += 2 if state.src[at] == "\\" else 1
    if not state.src.startswith("]]", at, state.posMax):
        state.env["unfilled"] = (state.src, at)
        return False
    if not silent:
        state.push("fill", "", 0).markup = state.src[state.pos : at + 2]
    state.pos = at + 2
    return True


def blocks(text: str, first_line: int = 1) -> list[Block]:
    """The blocks of a text; those of a bank of thousands are found question by question."""
    lines = text.split("\n")
    heads = [n for n, line in enumerate(lines) if n and line.startswith("## ")]
    if text.startswith("---") and not any(
        line[:3] == "---" for line in lines[1 : heads[0] if heads else None]
    ):
        return _parsed(lines, first_line)  # front matter that ends behind a heading
    found: list[Block] = []
    for start, end in pairwise([0, *heads, len(lines)]):
        part = lines[start:end]
        read = common_blocks(part, first_line + start)
        if read is None:
            last = end == len(lines)
            read = (_parsed if last else _closed)(part, first_line + start) if heads else None
        if read is None:
            return _parsed(lines, first_line)
        found += read
    return found


def _closed(part: list[str], line: int) -> list[Block] | None:
    """The blocks of a part before a heading; None where they would swallow the heading."""
    read = _parsed([*part, "## end"], line)
    last = read.pop()
    return read if (last.content, last.line) == ("end", line + len(part)) else None


def _parsed(lines: list[str], first_line: int) -> list[Block]:
    found = []
    tokens = _block_parser().parse("\n".join(lines))
    for index, token in enumerate(tokens):
        if token.level or token.nesting < 0 or token.map is None:
            continue
        start, end = token.map
        while end > start + 1 and not lines[end - 1].strip():
            end -= 1
        content = tokens[index + 1].content if token.type == "heading_open" else token.content
        found.append(
            Block(
                kind=token.type.removesuffix("_open"),
                tag=token.tag,
                lines=tuple(lines[start:end]),
                line=first_line + start,
                content=content,
            )
        )
    return found


# How most questions are written. A line of another shape leaves the text to the parser.
_PLAIN = re.compile(r"(?!\d{1,9}[.)](?:\s|$))[0-9A-Za-z\u4e00-\u9fff（《“‘【][^\t]*")
_COMMON_HEAD = re.compile(r"## [^\s#\\][^#\t]*")
_COMMON_ITEM = re.compile(r"- \[[ x]\] \S[^\t]*")
_COMMON_QUOTE = re.compile(rf"> {_PLAIN.pattern}")


def _common_kind(line: str) -> tuple[str, str]:
    """Kind and tag of a line of the common shape, "" of any other."""
    if line.startswith("- ["):
        return ("bullet_list", "ul") if _COMMON_ITEM.fullmatch(line) else ("", "")
    if line.startswith("## "):
        return ("heading", "h2") if _COMMON_HEAD.fullmatch(line) else ("", "")
    if line.startswith("> "):
        return ("blockquote", "blockquote") if _COMMON_QUOTE.fullmatch(line) else ("", "")
    return ("paragraph", "p") if _PLAIN.fullmatch(line) else ("", "")


def common_blocks(lines: list[str], first_line: int) -> list[Block] | None:
    """The blocks of a text of the common shape, found without the parser; None for any other.

    The shape: headings, lists of `- [x]`, quotes and paragraphs of one line, each behind a blank
    line or a heading. A test compares this with what the parser finds.
    """
    found: list[tuple[str, str, int, list[str]]] = []
    last = ""  # the kind of the line before, "" for a blank one
    for place, line in enumerate(lines):
        if not line:
            last = ""
            continue
        kind, tag = _common_kind(line)
        if not kind:
            return None
        if last == kind and kind in ("bullet_list", "blockquote"):
            found[-1][3].append(line)
            continue
        after_list = kind == "bullet_list" and found and found[-1][0] == kind
        if after_list or (last not in ("", "heading") and kind != "heading"):
            return None
        found.append((kind, tag, first_line + place, [line]))
        last = kind
    return [
        Block(kind, tag, tuple(own), line, own[0][3:].strip() if kind == "heading" else "")
        for kind, tag, line, own in found
    ]


def items(block: Block) -> list[Item]:
    """The items of a list block."""
    if all(map(_COMMON_ITEM.fullmatch, block.lines)):
        marked = (_split_mark(line[2:].strip()) for line in block.lines)
        return [
            Item(line=block.line + n, mark=mark, text=rest.strip(), feedback=None)
            for n, (mark, rest) in enumerate(marked)
        ]
    tokens = _block_parser().parse(block.text)
    opened = [t for t in tokens if t.type == "list_item_open" and t.level == 1 and t.map]
    return [_item(block, token) for token in opened]


def _item(block: Block, token: Token) -> Item:
    assert token.map is not None
    start, end = token.map
    marker = len(token.info) + len(token.markup)
    lines = _dedent(list(block.lines[start:end]), marker)
    line = block.line + start
    text, quote = split_quote("\n".join(lines), line)
    mark, rest = _split_mark(text)
    return Item(line=line, mark=mark, text=rest.strip(), feedback=quote)


def _dedent(lines: list[str], marker: int) -> list[str]:
    """The content of a list item; a lazy line that is indented less keeps what it has."""
    indent = len(lines[0]) - len(lines[0].lstrip())
    content = lines[0][indent + marker :]
    offset = len(lines[0]) - len(content.lstrip()) if content.strip() else indent + marker + 1
    rest = [line[min(offset, len(line) - len(line.lstrip())) :] for line in lines[1:]]
    return [content.strip(), *rest]


def split_quote(text: str, line: int) -> tuple[str, str | None]:
    """A text without the quote at its end, and the quote's own Markdown."""
    parts = blocks(text, line)
    first = len(parts)
    while first > 0 and parts[first - 1].kind == "blockquote":
        first -= 1
    if first == len(parts):
        return text, None
    before = "\n".join(text.split("\n")[: parts[first].line - line])
    return before.rstrip(), unquote(parts[first:])


def unquote(quotes: list[Block]) -> str | None:
    """The Markdown inside quotes; several in a row count as one."""
    return "\n\n".join(filter(None, map(_unquoted, quotes))) or None


def _unquoted(quote: Block) -> str:
    lines = []
    for line in quote.lines:
        inside = line.lstrip()
        lines.append(inside[1:].removeprefix(" ") if inside.startswith(">") else line)
    return "\n".join(lines).strip("\n").rstrip()


def _split_mark(text: str) -> tuple[str | None, str]:
    """`[x] text` → `[x]` and the text. A link such as `[x](y)` is no mark."""
    close = _MARKS.get(text[:1])
    end = text.find(close, 1, 4) if close else -1
    if end < 0 or len(text[1:end].strip()) > 1 or text[end + 1 : end + 2] in ("(", "["):
        return None, text
    return text[: end + 1], text[end + 1 :].strip()


def find_inline(text: str, kind: str) -> list[tuple[int, int]]:
    """Where inline tokens of one kind (`gap`, `fill`) stand in the source.

    Tokens carry no position, so each is looked for behind the one before it; code and formulas
    are stepped over.
    """
    if "____" not in text and "[[" not in text:
        return []
    return [(start, end) for found, start, end in _inlines(text) if found == kind]


@lru_cache(maxsize=256)  # a question's text is asked for several times, by each type of question
def _inlines(text: str) -> list[tuple[str, int, int]]:
    starts = [0]
    for line in text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    found: list[tuple[str, int, int]] = []
    cursor = 0
    for token in _parser().parse(text):
        if token.type != "inline":
            continue
        cursor = max(cursor, starts[token.map[0]] if token.map else 0)
        for child in token.children or ():
            if child.type in ("gap", "fill"):
                at = _find_unescaped(text, child.markup, cursor)
                found.append((child.type, at, at + len(child.markup)))
                cursor = at + len(child.markup)
            elif child.type in ("code_inline", "math_inline", "math_inline_double"):
                at = text.find(child.content, cursor)
                cursor = at + len(child.content) if at >= 0 else cursor
    return found


def _find_unescaped(text: str, raw: str, start: int) -> int:
    at = text.index(raw, start)
    while (at - len(text[:at].rstrip("\\"))) % 2:
        at = text.index(raw, at + 1)
    return at


def replace_spans(text: str, spans: list[tuple[int, int]], parts: list[str]) -> str:
    """The text with each span replaced by the part that belongs to it."""
    edges = [(0, 0), *spans, (len(text), len(text))]
    kept = [text[left[1] : right[0]] for left, right in pairwise(edges)]
    return "".join(a + b for a, b in zip(kept, [*parts, ""], strict=True))
