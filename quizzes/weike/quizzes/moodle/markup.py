"""HTML as Markdown: what people see stays the same, what only decorates goes."""

from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser

import nh3

from weike.quizzes.html import ATTRIBUTES, TAGS, clean
from weike.quizzes.plaintext import markdown_of

_BLOCKS = frozenset(
    [
        "p",
        "div",
        "section",
        "article",
        "header",
        "footer",
        "center",
        "address",
        "figure",
        "figcaption",
    ]
)
_GONE = frozenset(["script", "style", "head", "title", "template", "object", "iframe", "noscript"])
_BOTH = {"strong": "**", "b": "**", "em": "*", "i": "*", "s": "~~", "del": "~~", "strike": "~~"}
_TAGS = {"**": "strong", "*": "em", "~~": "s"}
_KEPT = frozenset(
    [
        "sub",
        "sup",
        "u",
        "small",
        "kbd",
        "abbr",
        "audio",
        "video",
        "source",
        "track",
        "math",
        "ruby",
        "rb",
        "rt",
        "rp",
        "q",
    ]
)
_TABLE = frozenset(["table", "math", "audio", "video", "details"])
_HEADS = {f"h{n}": f"{'#' * max(4, n)} " for n in range(1, 7)}
_MATHS = re.compile(r"\\\((.{1,1000}?)\\\)|\\\[(.{1,1000}?)\\\]|\$\$(.{1,1000}?)\$\$", re.DOTALL)
_LONGEST_WITH_MATHS = 50_000
# Where a tag begins; every other < is a sign that somebody wrote, as in List<String> and x<y.
_NAMES = (
    "a abbr acronym address algebra applet area article aside audio b base bdi bdo big blockquote"
    " body br button canvas caption center cite code col colgroup data dd del details dfn dir div"
    " dl dt em embed fieldset figcaption figure font footer form frame frameset h1 h2 h3 h4 h5 h6"
    " head header hr html i iframe img input ins kbd label legend li link main map mark menu meta"
    " meter nav nobr nolink noscript object ol optgroup option output p param picture pre progress"
    " q rb rp rt ruby s samp script section select small source span strike strong style sub"
    " summary sup svg table tbody td template tex textarea tfoot th thead time title tr track tt u"
    " ul var video wbr xml annotation semantics path g circle rect line"
)
_NO_TAG = re.compile(
    rf"<(?!/?(?:{'|'.join(sorted({*_NAMES.split(), *TAGS}, key=len, reverse=True))})[\s/>]"
    r"|/?[A-Za-z]\w*:\w|!--|!\[)",
    re.IGNORECASE,
)
_BREAK = "\ufdd0"  # <br> until it is known whether anything follows; no text holds it
_SPACE = re.compile(r"[ \t\r\n\f]+")


def markdown_of_markup(html: str, picture: Callable[[str], str | None]) -> str:
    """`picture` gives the address of a picture in a bank; None where it has to go."""
    if "<" not in html and "&" not in html:
        return "\n\n".join(
            filter(None, (_run(part) for part in re.split(r"\n\s*\n", html.strip())))
        )
    reader = _Reader(picture)
    # Well-formed first: the reader below would look for the end of each broken tag again.
    reader.feed(
        nh3.clean(
            _NO_TAG.sub("&lt;", html),
            tags=TAGS | _BLOCKS | _BOTH.keys() | {"br"},
            clean_content_tags=set(_GONE),
            attributes=ATTRIBUTES,
            url_schemes={"data", "http", "https", "mailto", "tel"},
            link_rel=None,
        )
    )
    reader.close()
    return reader.markdown()


def _run(text: str) -> str:
    """Words as Markdown; formulas between \\( \\), \\[ \\] or $$ $$ become ours."""
    ended = any(sign in text for sign in ("\\)", "\\]", "$$"))
    if not ended or len(text) > _LONGEST_WITH_MATHS:
        return _words(text)
    parts, at = [], 0
    for found in _MATHS.finditer(text):
        parts.append(_words(text[at : found.start()]))
        inline, display, dollars = found.groups()
        formula = (inline or display or dollars).strip()
        if not formula or "$" in formula:
            parts.append(_words(found[0]))
        else:
            sign = "$" if inline else "$$"
            parts.append(f"{sign}{formula}{sign}")
        at = found.end()
    parts.append(_words(text[at:]))
    return "".join(parts)


def _words(text: str) -> str:
    core = text.strip()
    if not core:
        return text
    start = text.index(core[0])
    return text[:start] + markdown_of(core) + text[start + len(core) :]


class _Reader(HTMLParser):
    """Blocks are gathered as Markdown; `lead` is the indentation inside lists."""

    def __init__(self, picture: Callable[[str], str | None]) -> None:
        super().__init__(convert_charrefs=True)
        self.picture = picture
        self.blocks: list[str] = []
        self.line: list[str] = []
        self.lists: list[list[object]] = []  # each [ordered, number]
        self.item = ""  # what the next block of a list begins with
        self.raw = 0  # inside a table or a formula, which stay HTML
        self.code = 0
        self.marks: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if self.raw:
            self.raw += tag in _TABLE
            self.line.append(self._tag(tag, values))
        elif tag in _TABLE:
            self.flush()
            self.raw = 1
            self.line.append(self._tag(tag, values))
        elif tag == "img":
            self.line.append(self._image(values))
        elif tag == "br":
            self.line.append(_BREAK)
        elif tag in ("ul", "ol"):
            self.flush()
            if len(self.lists) < 8:
                self.lists.append([tag == "ol", 0])
        elif tag == "li":
            self.flush()
            self.item = self._marker()
        elif tag in _HEADS:
            self.flush()
            self.item = _HEADS[tag]
        elif tag == "hr" or tag in _BLOCKS or tag in ("blockquote", "dl", "dt", "dd"):
            self.flush()
        elif tag == "pre":
            self.flush()
            self.code = 1
        elif tag in _BOTH and not self.code:
            self.marks.append(_BOTH[tag])
            self.line.append(_BOTH[tag])
        elif tag == "a" and not self.code:
            self.line.append(self._tag(tag, values))
        elif tag in _KEPT and not self.code:
            self.line.append(self._tag(tag, {}))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in ("img", "br", "hr", "source", "track", "input", "meta", "link"):
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.raw:
            self.line.append(f"</{tag}>")
            self.raw -= tag in _TABLE
            if not self.raw:
                self._keep_html()
        elif tag in ("ul", "ol"):
            self.flush()
            if self.lists:
                self.lists.pop()
        elif tag == "pre":
            self._keep_code()
        elif tag in _BLOCKS or tag in _HEADS or tag in ("li", "blockquote", "dl", "dt", "dd"):
            self.flush()
        elif tag in _BOTH and _BOTH[tag] in self.marks:
            self._close(_BOTH[tag])
        elif (tag == "a" or tag in _KEPT) and not self.code:
            self.line.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if self.raw:
            self.line.append(data.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))
        elif self.code:
            self.line.append(data)
        else:
            self.line.append(_run(_SPACE.sub(" ", data.replace("\xa0", " "))))

    def markdown(self) -> str:
        if self.raw:
            self._keep_html()
        if self.code:
            self._keep_code()
        self.flush()
        return "\n\n".join(self.blocks).strip()

    def flush(self) -> None:
        for mark in reversed(self.marks):
            self._close(mark)
        text = "".join(self.line).strip(f" \t\n{_BREAK}")
        text = re.sub(rf" *{_BREAK} *", "\\\\\n", text)
        self.line.clear()
        if not text:
            return
        self._add(text)

    def _add(self, text: str) -> None:
        lead = "   " * max(0, len(self.lists) - 1)
        first = lead + self.item if self.item else lead + ("   " if self.lists else "")
        rest = lead + "   " if self.lists else ""
        lines = text.split("\n")
        block = "\n".join([first + lines[0], *(f"{rest}{line}".rstrip() for line in lines[1:])])
        tight = bool(self.item) and self.blocks and self.lists and self._is_item(self.blocks[-1])
        self.item = ""
        if tight:
            self.blocks[-1] += f"\n{block}"
        else:
            self.blocks.append(block)

    @staticmethod
    def _is_item(block: str) -> bool:
        return re.match(r" *(?:-|\d+\.) ", block) is not None

    def _marker(self) -> str:
        if not self.lists:
            return "- "
        ordered, number = self.lists[-1]
        assert isinstance(number, int)
        self.lists[-1][1] = number + 1
        return f"{number + 1}. " if ordered else "-  "

    def _close(self, mark: str) -> None:
        """Ends an emphasis; spaces go outside, and one around nothing goes away."""
        at = len(self.line) - 1 - self.line[::-1].index(mark) if mark in self.line else -1
        place = len(self.marks) - 1 - self.marks[::-1].index(mark)
        del self.marks[place]
        if at < 0:
            return
        inside = "".join(self.line[at + 1 :])
        core = inside.strip()
        del self.line[at:]
        if not core or "\n\n" in core:
            self.line.append(inside)
            return
        before = inside[: len(inside) - len(inside.lstrip())]
        after = inside[len(inside.rstrip()) :]
        plain = core[0].isalnum() and core[-1].isalnum()
        # Beside punctuation ** would not end: CommonMark knows no Chinese.
        tag = _TAGS[mark]
        self.line += [before, f"{mark}{core}{mark}" if plain else f"<{tag}>{core}</{tag}>", after]

    def _image(self, values: dict[str, str | None]) -> str:
        source = self.picture(values.get("src") or "")
        said = _SPACE.sub(" ", values.get("alt") or "").strip()
        if source is None:
            return markdown_of(said)
        alt = re.sub(r"([\\\[\]`*_<$])", r"\\\1", said)
        target = f"<{source}>" if re.search(r"[\s()]", source) else source
        return f"![{alt}]({target})"

    def _tag(self, tag: str, values: dict[str, str | None]) -> str:
        for name in ("src", "poster", "href"):
            if values.get(name, "").startswith("@@"):  # type: ignore[union-attr]
                values = {**values, name: self.picture(values[name] or "")}
        shown = "".join(
            ' {}="{}"'.format(name, (value or "").replace("&", "&amp;").replace('"', "&quot;"))
            for name, value in values.items()
            if value is not None
            and name
            in (
                "src",
                "poster",
                "alt",
                "colspan",
                "rowspan",
                "scope",
                "controls",
                "href",
                "display",
            )
        )
        return f"<{tag}{shown}>"

    def _keep_html(self) -> None:
        self.raw = 0
        html = clean("".join(self.line))
        self.line.clear()
        # A blank line would end the HTML block.
        self._add(re.sub(r"\n\s*\n+", "\n", html).strip())

    def _keep_code(self) -> None:
        self.code = 0
        text = "".join(self.line).strip("\n")
        self.line.clear()
        if text.strip():
            fence = "`" * max(3, *(len(run) + 1 for run in re.findall(r"`+", text) or [""]))
            self._add(f"{fence}\n{text}\n{fence}")
