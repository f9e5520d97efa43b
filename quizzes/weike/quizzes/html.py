"""Markdown to HTML that is safe to put into a page: the one way an author's words get there."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from html import escape
from typing import Any

import nh3
from latex2mathml.converter import convert
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererProtocol
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from mdit_py_plugins.dollarmath import dollarmath_plugin

GAP = "____"  # stands in a stem for a blank to fill in; a longer run means the same
_FORMULA_LIMIT = 2000

_TEXT = "a abbr b br code del dd dl dt em hr i kbd li ol p pre q s small span strong sub sup ul"
_BLOCKS = "blockquote details div figcaption figure h1 h2 h3 h4 h5 h6 ruby rb rp rt summary"
_TABLES = "caption col colgroup table tbody td tfoot th thead tr"
_MEDIA = "audio img source track video"
_MATHS = (
    "math menclose mfrac mi mmultiscripts mn mo mover mpadded mphantom mprescripts mroot mrow ms"
    " mspace msqrt mstyle msub msubsup msup mtable mtd mtext mtr munder munderover"
)
TAGS = set(" ".join((_TEXT, _BLOCKS, _TABLES, _MEDIA, _MATHS)).split())
_SIZES = {"width", "height"}
_CELLS = {"align", "colspan", "rowspan", "scope"}
_MATHS_ATTRIBUTE_NAMES = (
    "accent accentunder columnalign columnlines columnspacing columnspan depth display"
    " displaystyle fence form height largeop linethickness lspace mathvariant maxsize minsize"
    " movablelimits notation rowlines rowspacing rowspan rspace scriptlevel separator stretchy"
    " symmetric voffset width"
)
_MATHS_ATTRIBUTES = set(_MATHS_ATTRIBUTE_NAMES.split())
ATTRIBUTES: dict[str, set[str]] = {
    "*": {"class", "dir", "lang", "title"},
    "a": {"href"},
    "audio": {"controls", "preload", "src"},
    "details": {"open"},
    "img": {"alt", "src"} | _SIZES,
    "ol": {"start", "type"},
    "source": {"src", "type"},
    "span": {"data-blank"},
    "td": _CELLS,
    "th": _CELLS,
    "track": {"default", "kind", "label", "src", "srclang"},
    "video": {"controls", "playsinline", "poster", "preload", "src"} | _SIZES,
} | dict.fromkeys(_MATHS.split(), _MATHS_ATTRIBUTES)
_CLASS = re.compile(r"(?:weike|language)-[\w-]+|dataframe")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)


def clean(html: str) -> str:
    """HTML without anything that runs, styles, or loads from another host.

    Only our own classes stay. A picture from elsewhere keeps its description and loses its
    address.
    """
    return nh3.clean(
        html,
        tags=TAGS,
        attributes=ATTRIBUTES,
        attribute_filter=_attribute,
        url_schemes={"data", "http", "https", "mailto", "tel"},
    )


def is_remote(address: str) -> bool:
    """Whether a picture at this address would be loaded from somewhere else."""
    # Browsers drop tabs and newlines from addresses and take \ for /.
    plain = re.sub(r"[\x00-\x20]", "", address).replace("\\", "/").lower()
    if plain.startswith("data:image/"):
        return False
    return plain.startswith("//") or _SCHEME.match(plain) is not None


def _attribute(tag: str, name: str, value: str) -> str | None:
    if name == "class":
        return " ".join(filter(_CLASS.fullmatch, value.split())) or None
    if name in ("src", "poster") and is_remote(value):
        return None
    if name == "href" and value.strip().lower().startswith("data:"):
        return None
    return value


def render(markdown: str, *, inline: bool = False) -> str:
    """Cleaned HTML of a Markdown text; `inline` leaves out the <p> around a single paragraph."""
    # A text with a picture inside it is not worth its memory.
    draw = _render if len(markdown) < 20_000 else _render.__wrapped__
    return draw(markdown, inline)


@lru_cache(maxsize=8192)
def _render(markdown: str, inline: bool) -> str:
    parser = _parser()
    tokens = parser.parse(markdown)
    if inline and [token.type for token in tokens][::2] == ["paragraph_open", "paragraph_close"]:
        tokens = tokens[1:2]
    return clean(str(parser.renderer.render(tokens, parser.options, {})).strip())


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    parser = markdown_parser()
    parser.add_render_rule("gap", _gap_html)
    parser.core.ruler.push("weike_tables", _align_without_style)
    parser.core.ruler.push("weike_gaps", _number_gaps)
    return parser


def markdown_parser() -> MarkdownIt:
    """The dialect of all our texts: CommonMark, tables, strikethrough, $maths$ and ____ gaps."""
    parser = MarkdownIt("commonmark", {"html": True, "maxNesting": 40})
    parser.enable(["table", "strikethrough"])
    usual = parser.validateLink
    # A drawing inside <img> runs nothing; a link to one loses its address in `clean`.
    parser.validateLink = (  # type: ignore[method-assign]
        lambda url: usual(url) or url.lower().startswith("data:image/svg+xml")
    )
    parser.use(
        dollarmath_plugin,
        allow_labels=False,
        allow_space=False,
        allow_digits=False,
        double_inline=True,
        renderer=_formula,
    )
    parser.inline.ruler.before("emphasis", "gap", _gap)
    hr = next(rule for rule in parser.block.ruler.__rules__ if rule.name == "hr")
    parser.block.ruler.at("hr", _hr_but_no_gap(hr.fn), {"alt": hr.alt})
    return parser


def _gap(state: StateInline, silent: bool) -> bool:
    end = state.pos
    while end < state.posMax and state.src[end] == "_":
        end += 1
    if end - state.pos < len(GAP):
        return False
    if not silent:
        state.push("gap", "", 0).markup = state.src[state.pos : end]
    state.pos = end
    return True


def _hr_but_no_gap(rule: Callable[..., bool]) -> Callable[..., bool]:
    """A line of underscores is a gap on a line of its own, not a rule across the page."""

    def hr(state: Any, start: int, end: int, silent: bool) -> bool:
        first = state.src[state.bMarks[start] + state.tShift[start] :][:1]
        return first != "_" and rule(state, start, end, silent)

    return hr


def _number_gaps(state: Any) -> None:
    number = 0
    for token in state.tokens:
        for child in token.children or ():
            if child.type == "gap":
                number += 1
                child.meta["number"] = number


def _align_without_style(state: Any) -> None:
    for token in state.tokens:
        style = str(token.attrs.pop("style", "")) if token.type in ("th_open", "td_open") else ""
        if style.startswith("text-align:"):
            token.attrs["align"] = style.removeprefix("text-align:")


def _gap_html(
    renderer: RendererProtocol,
    tokens: Sequence[Token],
    index: int,
    options: OptionsDict,
    env: EnvType,
) -> str:
    number = tokens[index].meta.get("number", 1)
    return f'<span class="weike-blank" data-blank="{number}">{GAP}</span>'


def _formula(latex: str, options: dict[str, Any]) -> str:
    """MathML, or the source where it cannot be read: a slip in a formula must not stop a lesson."""
    display = "block" if options.get("display_mode") else "inline"
    if len(latex) <= _FORMULA_LIMIT and _balanced(latex):
        try:
            return convert(latex, display=display)
        except Exception:  # noqa: S110 - whatever it stumbles over, the source is shown
            pass
    return f"<code>{escape(latex.strip())}</code>"


def _balanced(latex: str) -> bool:
    depth = 0
    for brace in re.findall(r"\\.|[{}]", latex):
        depth += {"{": 1, "}": -1}.get(brace, 0)
        if depth < 0:
            return False
    return depth == 0
