"""A PDF becomes a lesson of page pictures, each with its words to read and to find."""

from __future__ import annotations

import io
import json
import sys
from typing import Any

import pytest
from PIL import Image
from pypdf import PdfWriter

from weike.lessons.bringing.bring import bring, keep
from weike.lessons.bringing.brought import Brought
from weike.lessons.publish import publish_changed
from weike.quizzes.errors import WeikeError
from weike.results import catalogue
from weike.results.store import Store


def pdf(*pages: list[str], size: str = "0 0 960 540") -> bytes:
    """A PDF whose pages hold these lines, in letters that every viewer has."""
    objects = ["", "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
    kids = []
    for lines in pages:
        text = " ".join(f"({line}) Tj T*" for line in lines)
        stream = f"BT /F1 32 Tf 40 TL 60 440 Td {text} ET"
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
        objects.append(
            f"<< /Type /Page /Parent 1 0 R /MediaBox [{size}] /Contents {len(objects)} 0 R "
            "/Resources << /Font << /F1 2 0 R >> >> >>"
        )
        kids.append(f"{len(objects)} 0 R")
    objects[0] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>"
    objects.append("<< /Type /Catalog /Pages 1 0 R >>")
    data, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(data))
        data += f"{number} 0 obj\n{body}\nendobj\n".encode()
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    tail = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}trailer\n"
    tail += (
        f"<< /Size {len(objects) + 1} /Root {len(objects)} 0 R >>\nstartxref\n{len(data)}\n%%EOF"
    )
    return data + tail.encode()


def cells(lesson: Brought) -> list[str]:
    return ["".join(cell["source"]) for cell in json.loads(lesson.notebook)["cells"]]


SLIDES = pdf(["Fire safety", "What to do first"], ["Raise the alarm", "Then leave."])


def test_each_page_is_a_picture_of_a_phones_width_with_its_words(folder: Any) -> None:
    lesson = bring(folder.course, "slides.pdf", SLIDES)
    first, second = cells(lesson)[1:]
    assert first.startswith("# Fire safety\n\n![page 1: Fire safety](media/slides-1.")
    assert "<details>\n<summary>Words on this page</summary>" in second
    assert "Raise the alarm" in second
    assert "Then leave." in second
    for data in lesson.media.values():
        assert Image.open(io.BytesIO(data)).size == (1280, 720)


def test_a_page_without_text_asks_for_a_description(folder: Any) -> None:
    lesson = bring(folder.course, "scan.pdf", pdf(["One"], []))
    assert [f.message for f in lesson.findings if f.cell] == ["page 2 is a picture without text"]
    assert cells(lesson)[2].startswith("![](media/scan-2.")


def test_a_scanned_document_is_one_finding_and_many_silent_pages_are_few(folder: Any) -> None:
    scan = bring(folder.course, "scan.pdf", pdf(*[[]] * 5, size="0 0 960 9"))
    (found,) = [one for one in scan.findings if "text" in one.message]
    assert found.message.startswith("all 5 pages are pictures without text")
    assert "Word or PowerPoint file" in found.repair
    pages = [["One"], *[[]] * 4, ["Last"], []]
    mixed = bring(folder.course, "scan.pdf", pdf(*pages, size="0 0 960 460"))
    said = [one.message for one in mixed.findings if "without text" in one.message]
    assert said[2:] == [
        "page 4 is a picture without text",
        "pages 5, 7 are pictures without text too",
    ]


def test_a_locked_file_is_refused_and_one_that_only_forbids_changes_is_read(folder: Any) -> None:
    for password, owner in (("secret", "x"), ("", "owner")):
        writer = PdfWriter(clone_from=io.BytesIO(SLIDES))
        writer.encrypt(password, owner, algorithm="RC4-128")
        locked = io.BytesIO()
        writer.write(locked)
        if password:
            with pytest.raises(WeikeError, match="protected by a password; save it without one"):
                bring(folder.course, "a.pdf", locked.getvalue())
        else:
            assert len(cells(bring(folder.course, "a.pdf", locked.getvalue()))) == 3


def test_the_words_on_a_page_are_only_words(folder: Any) -> None:
    lesson = bring(folder.course, "a.pdf", pdf(["# 1 <script>", "* a_b_c"]))
    assert "&lt;script&gt;" in cells(lesson)[1] or "\\<script\\>" in cells(lesson)[1]
    assert "<script>" not in cells(lesson)[1]


def test_the_lesson_publishes_and_its_words_are_found(folder: Any, store: Store) -> None:
    keep(folder.course, bring(folder.course, "slides.pdf", SLIDES))
    assert publish_changed(folder.course, store).published == ("slides",)
    lesson = catalogue.lesson(store, "slides")
    assert lesson is not None
    assert "Raise the alarm" in lesson.body_html
    assert lesson.body_html.count("<img") == 2


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"junk", "cannot be read as a PDF"),
        (b"", "cannot be read as a PDF"),
        (SLIDES[:300], "cannot be read as a PDF"),
        (pdf(*[["x"]] * 101), "has 101 pages, more than 100; split it"),
    ],
)
def test_what_cannot_be_read_is_refused(folder: Any, data: bytes, expected: str) -> None:
    with pytest.raises(WeikeError, match=expected):
        bring(folder.course, "a.pdf", data)


def test_a_page_of_absurd_size_becomes_a_picture_of_bounded_size(folder: Any) -> None:
    lesson = bring(folder.course, "a.pdf", pdf(["x"], size="0 0 14000 3"))
    (data,) = lesson.media.values()
    assert max(Image.open(io.BytesIO(data)).size) <= 4000


def test_without_the_library_the_command_to_install_it_is_said(
    folder: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pypdfium2", None)
    with pytest.raises(WeikeError, match=r"pip install 'weike\[bring\]'"):
        bring(folder.course, "a.pdf", SLIDES)
