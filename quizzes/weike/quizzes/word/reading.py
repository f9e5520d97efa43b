"""From a .docx file to the `Document` in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from xml.etree.ElementTree import Element

from weike.quizzes.archive import open_archive
from weike.quizzes.errors import WeikeError
from weike.quizzes.i18n import _
from weike.quizzes.word.formula import M, latex
from weike.quizzes.word.letters import is_known_sign, letters
from weike.quizzes.word.model import (
    Block,
    Cell,
    Document,
    Figure,
    Formula,
    Inline,
    Mark,
    Paragraph,
    Table,
    Text,
    Unread,
)
from weike.quizzes.word.numbering import Numbering
from weike.quizzes.word.package import Package, R, W, value
from weike.quizzes.word.styles import Styles, is_on

_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
_VML = "{urn:schemas-microsoft-com:vml}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_OFFICE = "{urn:schemas-microsoft-com:office:office}"
_DC = "{http://purl.org/dc/elements/1.1/}"
_EMU = 9525  # to a CSS pixel
_DEPTH = 20
_NEAR = 24  # letters that say where something stood
# Gone by a tracked change, or no text: its inside is not read.
_GONE = frozenset({f"{W}del", f"{W}moveFrom", f"{W}rPrChange", f"{W}pPrChange", f"{W}instrText"})


def read_word(data: bytes, name: str, *, notes: bool = False) -> Document:
    """Read a document; `name` is what messages call it. Raises `WeikeError`.

    Footnotes are read where `notes` are wanted, else named as unread.
    """
    if data[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise WeikeError(
            _(
                "{file} is protected by a password or an old .doc file; open it in Word or WPS"
                " and save it as .docx without a password"
            ).format(file=name)
        )
    with open_archive(data, name, _damaged) as archive:
        return _Reader(Package(archive, name), with_notes=notes).document()


def _damaged(name: str) -> WeikeError:
    return WeikeError(
        _("{file} cannot be read as a Word document; open it and save it again as .docx").format(
            file=name
        )
    )


@dataclass(slots=True)
class _Look:
    bold: bool = False
    italic: bool = False
    link: str | None = None


@dataclass
class _Reader:
    package: Package
    with_notes: bool
    pictures: dict[str, bytes] = field(default_factory=dict)
    unread: list[Unread] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    texts: dict[str, dict[str, str]] = field(default_factory=dict)  # footnotes, endnotes by id
    near: str = ""

    def document(self) -> Document:
        root = self.package.xml(self.package.main)
        body = None if root is None else root.find(f"{W}body")
        if body is None:
            raise _damaged(self.package.name)
        self.styles = Styles.of(self.package.related("styles"))
        self.numbering = Numbering.of(self.package.related("numbering"))
        self.relations = self.package.relations(self.package.main)
        blocks = tuple(self._blocks(body, 0))
        title, subject = self._core()
        return Document(
            title=title,
            subject=subject,
            blocks=blocks,
            pictures=self.pictures,
            unread=tuple(dict.fromkeys(self.unread)),
            notes=tuple(self.notes),
        )

    def _miss(self, what: str) -> None:
        self.unread.append(Unread(what=what, near=self.near))

    def _core(self) -> tuple[str, str]:
        for kind, target in self.package.relations("").values():
            if kind == "core-properties" and (root := self.package.xml(target)) is not None:
                said = [root.findtext(f"{_DC}{name}") or "" for name in ("title", "subject")]
                return said[0].strip(), said[1].strip()
        return "", ""

    def _blocks(self, parent: Element, depth: int) -> Iterator[Block]:
        if depth > _DEPTH:
            raise _damaged(self.package.name)
        for element in parent:
            if element.tag == f"{W}p":
                yield from self._paragraph(element, depth)
            elif element.tag == f"{W}tbl":
                yield self._table(element, depth)
            elif element.tag == f"{W}sdt" and _is_contents(element):
                continue
            elif element.tag in (f"{W}sdt", f"{W}sdtContent", f"{W}ins", f"{W}customXml"):
                yield from self._blocks(element, depth + 1)
            elif element.tag == f"{W}altChunk":
                self._miss(_("a document inside the document"))

    def _table(self, element: Element, depth: int) -> Table:
        rows = []
        for row in _rows(element):
            cells = []
            for cell in _cells(row):
                properties = cell.find(f"{W}tcPr")
                span = value(properties, "gridSpan") or "1"
                merge = value(properties, "vMerge")
                cells.append(
                    Cell(
                        blocks=tuple(self._blocks(cell, depth + 1)),
                        columns=min(int(span), 100) if span.isdigit() else 1,
                        continued=merge in ("", "continue"),
                    )
                )
            rows.append(tuple(cells))
        return Table(rows=tuple(rows))

    def _paragraph(self, element: Element, depth: int) -> Iterator[Block]:
        properties = element.find(f"{W}pPr")
        if self.styles.is_contents(properties):
            return
        said = "".join(one.text or "" for one in element.iter(f"{W}t")).strip()
        self.near = said[:_NEAR] or self.near
        boxes: list[Block] = []
        inlines = tuple(_joined(self._inlines(element, _Look(), boxes, depth)))
        look = self.styles.look(properties, element)
        yield Paragraph(
            inlines=inlines,
            heading=self.styles.heading(properties) if inlines else None,
            mark=self._mark(properties) if inlines else None,
            centred=value(properties, "jc") == "center",
            size=look.size,
            font=look.font,
            bold=look.bold,
        )
        yield from boxes

    def _mark(self, properties: Element | None) -> Mark | None:
        name = depth = None
        for one in self.styles.chain(properties):
            name = name if name is not None else value(one, "numPr/numId")
            depth = depth if depth is not None else value(one, "numPr/ilvl")
        if not name or name == "0":
            return None
        return self.numbering.next(name, int(depth) if depth and depth.isdigit() else 0)

    def _inlines(
        self, parent: Element, look: _Look, boxes: list[Block], depth: int
    ) -> Iterator[Inline]:
        for element in parent:
            tag = element.tag
            if tag == f"{W}r":
                yield from self._run(element, look, boxes, depth)
            elif tag in _GONE or tag == f"{W}pPr":
                continue
            elif tag == f"{W}hyperlink":
                _kind, target = self.relations.get(element.get(f"{R}id", ""), ("", ""))
                web = target if re.match(r"https?://|mailto:", target) else look.link
                yield from self._inlines(element, replace(look, link=web), boxes, depth)
            elif tag in (f"{M}oMath", f"{M}oMathPara"):
                yield from self._formulas(element)
            else:  # insertions, fields, smart tags, content controls
                yield from self._inlines(element, look, boxes, depth)

    def _formulas(self, element: Element) -> Iterator[Inline]:
        whole = element.tag == f"{M}oMathPara"
        for one in element.findall(f"{M}oMath") if whole else [element]:
            written = latex(one)
            if written is not None:
                yield Formula(latex=written, alone=whole)
                continue
            said = "".join(part.text or "" for part in one.iter(f"{M}t"))
            self._miss(_("the equation {text}, kept as letters").format(text=said[:40]))
            yield Text(text=said)

    def _run(self, run: Element, look: _Look, boxes: list[Block], depth: int) -> Iterator[Inline]:
        properties = run.find(f"{W}rPr")
        if is_on(properties, "vanish"):
            self._miss(_("hidden text"))
            return
        raised = value(properties, "vertAlign") or ""
        underlined = is_on(properties, "u")
        style = Text(
            text="",
            bold=look.bold or is_on(properties, "b") or self.styles.is_bold(properties),
            italic=look.italic or is_on(properties, "i"),
            struck=is_on(properties, "strike") or is_on(properties, "dstrike"),
            raised="sub" if raised == "subscript" else "sup" if raised == "superscript" else "",
            link=look.link,
        )
        for element in run:
            text = letters(element)
            if text is not None:
                if underlined and len(text) > 1 and not text.strip(" \u00a0\u3000\t"):
                    text = "____"  # how a blank is drawn in Word
                if element.tag == f"{W}sym" and not is_known_sign(element):
                    self._miss(_("a sign of the font {font}").format(font=_font(element)))
                yield replace(style, text=text)
            elif element.tag in (f"{W}drawing", f"{W}pict", f"{W}object"):
                yield from self._drawing(element, boxes, depth)
            elif element.tag == f"{_MC}AlternateContent":
                inside = element.find(f"{_MC}Choice")
                for one in () if inside is None else inside:
                    yield from self._drawing(one, boxes, depth)
            elif element.tag in (f"{W}footnoteReference", f"{W}endnoteReference"):
                yield from self._note(element, style)
            elif element.tag == f"{W}commentReference":
                self._miss(_("comments at the margin"))
            elif element.tag == f"{W}instrText" and (element.text or "").strip()[:3] == "EQ ":
                self._miss(_("an equation that is a field"))

    def _note(self, element: Element, style: Text) -> Iterator[Inline]:
        """The number of a footnote; its text comes at the end."""
        kind = element.tag.removeprefix(W).removesuffix("Reference")
        if not self.with_notes:
            self._miss(_("footnotes"))
            return
        if kind not in self.texts:
            root = self.package.related(f"{kind}s")
            found = () if root is None else root.findall(f"{W}{kind}")
            self.texts[kind] = {one.get(f"{W}id", ""): _said(one) for one in found}
        text = self.texts[kind].get(element.get(f"{W}id", ""), "")
        if not text:
            self._miss(_("footnotes"))
            return
        self.notes.append(text)
        yield replace(style, text=f"[{len(self.notes)}]", raised="sup")

    def _drawing(self, element: Element, boxes: list[Block], depth: int) -> Iterator[Inline]:
        within: set[Element] = set()  # boxes, whose own drawings are read with them
        for inside in element.iter(f"{W}txbxContent"):
            if inside not in within:
                within.update(inside.iter())
                boxes.extend(self._blocks(inside, depth + 1))
        described = element.find(f".//{_WP}docPr")
        said = "" if described is None else described.get("descr", "")
        extent = element.find(f".//{_WP}extent")
        wide = "" if extent is None else extent.get("cx", "")
        width = round(int(wide) / _EMU) if wide.isdigit() else None
        blips = [one for one in element.iter(f"{_A}blip") if one not in within]
        ids = [one.get(f"{R}embed", "") for one in blips]
        for one in element.iter(f"{_VML}imagedata"):
            if one in within:
                continue
            ids.append(one.get(f"{R}id", ""))
            said = said or one.get(f"{_OFFICE}title", "")
        for id in ids:
            part = self.relations.get(id, ("", ""))[1]
            data = self.package.read(part)
            if data is None:
                self._miss(_("a picture that lies elsewhere"))
                continue
            self.pictures[part] = data
            yield Figure(part=part, description=" ".join(said.split()), width=width or None)
        if not ids and not within:
            self._miss(_("a drawing, chart or object: {name}").format(name=_kind(element)))


def _is_contents(element: Element) -> bool:
    """A table of contents: Word has made it of the headings, and so does the page."""
    gallery = value(element, "sdtPr/docPartObj/docPartGallery") or ""
    return gallery == "Table of Contents"


def _said(element: Element) -> str:
    """The letters of a footnote in one line."""
    lines = (
        "".join(one.text or "" for one in paragraph.iter(f"{W}t"))
        for paragraph in element.iter(f"{W}p")
    )
    return " ".join(" ".join(lines).split())


def _font(element: Element) -> str:
    return element.get(f"{W}font", "?")


def _rows(table: Element) -> list[Element]:
    """The rows of a table itself, also those inside a content control."""
    found = []
    for element in table:
        if element.tag == f"{W}tr":
            found.append(element)
        elif element.tag in (f"{W}sdt", f"{W}sdtContent", f"{W}ins"):
            found += _rows(element)
    return found


def _cells(row: Element) -> list[Element]:
    found = []
    for element in row:
        if element.tag == f"{W}tc":
            found.append(element)
        elif element.tag in (f"{W}sdt", f"{W}sdtContent"):
            found += _cells(element)
    return found


def _kind(element: Element) -> str:
    """How an unread drawing calls itself, or which program has made it."""
    for one in element.iter(f"{_OFFICE}OLEObject"):
        return one.get("ProgID", "") or "OLE"
    described = element.find(f".//{_WP}docPr")
    name = "" if described is None else described.get("name", "")
    return name or element.tag.rpartition("}")[2]


def _joined(inlines: Iterator[Inline]) -> Iterator[Inline]:
    """Word cuts a sentence into many runs; those of one look become one."""
    last: Text | None = None
    for one in inlines:
        if isinstance(one, Text):
            if last is not None and replace(last, text="") == replace(one, text=""):
                last = replace(last, text=last.text + one.text)
                continue
            if last is not None and last.text:
                yield last
            last = one
            continue
        if last is not None and last.text:
            yield last
        last = None
        yield one
    if last is not None and last.text:
        yield last
