"""XML as a tree with lines, read within bounds and without entities."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape
from html.entities import html5
from xml.parsers import expat

from weike.quizzes import encoding
from weike.quizzes.errors import BankError, Problem
from weike.quizzes.i18n import _

MAX_BYTES = 20 * 1024 * 1024
MAX_DEPTH = 60
_DECLARATION = re.compile(r"\s*<\?xml[^>]*\?>")
_DECLARED = re.compile(rb"<\?xml[^>]*encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']")
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_NUMBERED = re.compile(r"&#(?:x([0-9A-Fa-f]{1,6})|([0-9]{1,7}));")
_NAMED = re.compile(r"&(?:([A-Za-z][A-Za-z0-9]{1,31});)?")
_OPAQUE = (("<![CDATA[", "]]>"), ("<!--", "-->"))
_OPENING = re.compile(r"<!\[CDATA\[|<!--")
_DECLARES = re.compile(r"<!(?:DOCTYPE|ENTITY|ELEMENT|ATTLIST|NOTATION)\b", re.IGNORECASE)
_VOID = frozenset({"br", "hr", "img", "col", "input", "source", "track", "wbr"})
_OWN = frozenset({"amp", "lt", "gt", "quot", "apos"})
# Tags of Moodle's whose values somebody wrote without quotes, which HTML allows and XML does not.
_TAG = re.compile(
    r"<(?:question|questiontext|generalfeedback|answer|feedback|subquestion|hint|file)"
    r"(?:\s+\w+\s*=\s*(?:\"[^\"<>]*\"|'[^'<>]*'|[\w.+-]+))+\s*/?>"
)
_VALUE = re.compile(r"\"[^\"]*\"|'[^']*'|=\s*([\w.+-]+)(?=[\s/>])")


@dataclass(slots=True)
class Node:
    """`source` is the element as it stood in the file, where `keep` asked for it."""

    name: str
    line: int
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Node] = field(default_factory=list)
    pieces: list[str | Node] = field(default_factory=list)
    source: str = ""

    @property
    def own(self) -> str:
        """Its text without that of its children."""
        return "".join(piece for piece in self.pieces if isinstance(piece, str))

    @property
    def content(self) -> str:
        """Its text, with children as the HTML that somebody wrote without <![CDATA[ ]]>."""
        if not self.children:
            return self.own
        return "".join(
            escape(piece) if isinstance(piece, str) else piece.markup for piece in self.pieces
        )

    @property
    def markup(self) -> str:
        named = "".join(f' {name}="{escape(value)}"' for name, value in self.attributes.items())
        if self.name in _VOID:
            return f"<{self.name}{named}>"
        return f"<{self.name}{named}>{self.content}</{self.name}>"

    def all(self, name: str) -> Iterator[Node]:
        return (child for child in self.children if child.name == name)

    def get(self, name: str) -> Node | None:
        return next(self.all(name), None)

    def value(self, name: str) -> str:
        """The text of a child, "" where there is none."""
        child = self.get(name)
        if child is None:
            return ""
        inner = child.get("text")
        return (inner.content if inner else child.own).strip()


class _TooDeepError(Exception):
    pass


class _DoctypeError(Exception):
    pass


def read_tree(data: bytes, name: str, *, keep: str) -> Node:
    """The document under a root of its own, so that several elements may stand beside each other.

    Raises `BankError` for what is too large, no XML, nested too deeply, or declares entities.
    """
    if len(data) > MAX_BYTES:
        raise _refused(name, _("the file is larger than 20 MB"), _("export it in parts"))
    try:
        return _Builder(_mended(_decoded(data, name)), keep).tree()
    except _DoctypeError:
        raise _refused(
            name,
            _("the file declares a document type or entities; it is not read"),
            _("export it from Moodle again, or delete the line with <!DOCTYPE"),
        ) from None
    except (_TooDeepError, RecursionError):
        raise _refused(name, _("the XML is nested too deeply"), "") from None
    except expat.ExpatError as error:
        reason = expat.ErrorString(error.code) or ""
        raise BankError(
            name,
            [
                Problem(
                    line=error.lineno,
                    message=_("this is no XML: {reason}").format(reason=reason),
                    repair=_("export it from Moodle again as “Moodle XML”"),
                )
            ],
        ) from error


def _refused(name: str, message: str, repair: str) -> BankError:
    return BankError(name, [Problem(message=message, repair=repair)])


class _Builder:
    def __init__(self, text: str, keep: str) -> None:
        self.keep = keep
        self.data = f"<weike>{text}</weike>".encode()
        self.root = Node("", 1)
        self.open: list[tuple[Node, int]] = [(self.root, 0)]
        self.parser = expat.ParserCreate("utf-8")
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.EntityDeclHandler = self._doctype
        self.parser.ExternalEntityRefHandler = self._doctype
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text

    def tree(self) -> Node:
        self.parser.Parse(self.data, True)
        return self.root.children[0]

    def _doctype(self, *_args: object) -> int:
        raise _DoctypeError

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self.open) > MAX_DEPTH:
            raise _TooDeepError
        node = Node(name.strip().casefold(), self.parser.CurrentLineNumber, attributes)
        self.open[-1][0].children.append(node)
        self.open[-1][0].pieces.append(node)
        self.open.append((node, self.parser.CurrentByteIndex))

    def _end(self, _name: str) -> None:
        node, start = self.open.pop()
        if node.name == self.keep:
            end = self.data.find(b">", self.parser.CurrentByteIndex) + 1
            node.source = self.data[start:end].decode("utf-8", "replace")

    def _text(self, text: str) -> None:
        self.open[-1][0].pieces.append(text)


def _decoded(data: bytes, name: str) -> str:
    declared = _DECLARED.match(data.lstrip()[:200])
    said = declared[1].decode().lower() if declared else "utf-8"
    # A file that was saved again by another program says one thing and is another.
    text = encoding.decoded(data, ["gb18030" if said in ("gbk", "gb2312") else said])
    if text is None:
        raise _refused(name, _("the file is not UTF-8"), _("save it again as UTF-8"))
    return text


def _mended(text: str) -> str:
    """What people's programs leave in, and XML forbids: control characters, names of HTML signs."""
    text = _DECLARATION.sub("", text, count=1) if text.lstrip().startswith("<?xml") else text
    return "".join(_parts(_FORBIDDEN.sub("", text)))


def _parts(text: str) -> Iterator[str]:
    """What stands between CDATA and comments is mended, these stay as they are."""
    at = 0
    while found := _OPENING.search(text, at):
        yield _named(text[at : found.start()])
        closing = dict(_OPAQUE)[found[0]]
        end = text.find(closing, found.end())
        at = len(text) if end < 0 else end + len(closing)
        yield text[found.start() : at]
    yield _named(text[at:])


def _named(text: str) -> str:
    if _DECLARES.search(text):
        raise _DoctypeError
    text = _TAG.sub(lambda tag: _VALUE.sub(_quoted, tag[0]), text)
    if "&" not in text:
        return text
    text = _NUMBERED.sub(_numbered, text)
    return _NAMED.sub(_sign, text)


def _quoted(found: re.Match[str]) -> str:
    return f'="{found[1]}"' if found[1] else found[0]


def _numbered(found: re.Match[str]) -> str:
    code = int(found[1], 16) if found[1] else int(found[2])
    allowed = code in (9, 10, 13) or 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD
    return f"&#{code};" if allowed or 0x10000 <= code <= 0x10FFFF else ""


def _sign(found: re.Match[str]) -> str:
    name = found[1]
    if name is None:
        # Not the beginning of &#38; which the step before has left right.
        after = found.string[found.end() : found.end() + 1]
        return found[0] if after == "#" else "&amp;"
    if name in _OWN:
        return found[0]
    sign = html5.get(f"{name};")
    return "".join(f"&#{ord(char)};" for char in sign) if sign else f"&amp;{name};"
