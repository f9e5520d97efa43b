"""The parts of a .docx archive and how they refer to each other."""

from __future__ import annotations

import posixpath
import zipfile
from dataclasses import dataclass
from functools import cached_property
from xml.etree import ElementTree as ET
from xml.etree.ElementTree import Element

from weike.quizzes.archive import has_doctype
from weike.quizzes.errors import WeikeError
from weike.quizzes.i18n import _

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_RELATIONS = "{http://schemas.openxmlformats.org/package/2006/relationships}"
# The same names under the addresses of "Strict Open XML".
_STRICT = {
    b"http://purl.oclc.org/ooxml/wordprocessingml/main": W,
    b"http://purl.oclc.org/ooxml/officeDocument/relationships": R,
    b"http://purl.oclc.org/ooxml/officeDocument/math": (
        "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
    ),
    b"http://purl.oclc.org/ooxml/drawingml/main": (
        "{http://schemas.openxmlformats.org/drawingml/2006/main}"
    ),
    b"http://purl.oclc.org/ooxml/drawingml/wordprocessingDrawing": (
        "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
    ),
}
_MOST_XML = 40_000_000


@dataclass(frozen=True)
class Package:
    archive: zipfile.ZipFile
    name: str

    @cached_property
    def parts(self) -> dict[str, zipfile.ZipInfo]:
        return {member.filename.lstrip("/"): member for member in self.archive.infolist()}

    @cached_property
    def main(self) -> str:
        """The part that holds the text."""
        for kind, target in self.relations("").values():
            if kind == "officeDocument":
                return target
        return "word/document.xml"

    def xml(self, part: str) -> Element | None:
        """The root of a part, None where there is no such part."""
        member = self.parts.get(part)
        if member is None:
            return None
        if member.file_size > _MOST_XML:
            raise WeikeError(
                _("{file} is larger than {size} MB; split it").format(
                    file=self.name, size=_MOST_XML // 1_000_000
                )
            )
        if has_doctype(self.archive, member):
            raise WeikeError(_("{file} holds XML entities; it is not read").format(file=self.name))
        data = self.archive.read(member)
        for strict, usual in _STRICT.items():
            data = data.replace(b'"' + strict + b'"', b'"' + usual[1:-1].encode() + b'"')
        return ET.fromstring(data)  # noqa: S314 - no document type, so no entities

    def relations(self, part: str) -> dict[str, tuple[str, str]]:
        """Kind and target of each relation of a part, by its id; "" is the package itself."""
        folder, _slash, file = part.rpartition("/")
        root = self.xml(posixpath.join(folder, "_rels", f"{file}.rels"))
        found = {}
        for one in () if root is None else root.iter(f"{_RELATIONS}Relationship"):
            target = one.get("Target", "")
            if one.get("TargetMode") != "External":
                target = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
            kind = one.get("Type", "").rpartition("/")[2]
            found[one.get("Id", "")] = (kind, target)
        return found

    def related(self, kind: str) -> Element | None:
        """The root of the main part's first relation of a kind, such as its styles."""
        for known, target in self.relations(self.main).values():
            if known == kind:
                return self.xml(target)
        return None

    def read(self, part: str) -> bytes | None:
        member = self.parts.get(part)
        return None if member is None else self.archive.read(member)


def value(element: Element | None, path: str, name: str = "val") -> str | None:
    """The attribute of a child: `value(properties, "numPr/ilvl")`."""
    if element is None:
        return None
    child = element.find("/".join(f"{W}{step}" for step in path.split("/")))
    return None if child is None else child.get(f"{W}{name}", "")
