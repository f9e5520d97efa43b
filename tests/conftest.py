"""What the tests of several parts share."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from xml.sax.saxutils import escape

import pytest
from playwright.sync_api import Browser, sync_playwright
from sqlalchemy import create_engine, text

from weike.quizzes import i18n

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(autouse=True)
def language_as_before() -> Iterator[None]:
    """A command speaks its course's language from then on; here the next test is another task."""
    before = i18n._language.get()
    yield
    i18n._language.set(before)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A browser for one file: while Playwright runs, its thread can run no other event loop."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def new_database() -> Iterator[Callable[[str], str]]:
    """`new_database("weike")` is the URL of an empty PostgreSQL database of this worker's own."""
    if "PGHOST" not in os.environ:
        if os.environ.get("CI") == "true":
            pytest.fail("PostgreSQL is missing; run the tests under pg_virtualenv")
        pytest.skip("no PostgreSQL here; run the tests under pg_virtualenv")
    server = create_engine("postgresql+psycopg://", isolation_level="AUTOCOMMIT")
    made = []

    def new(stem: str) -> str:
        made.append(name := f"{stem}_{os.getpid()}")
        with server.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        return f"postgresql:///{name}"

    yield new
    with server.connect() as connection:
        for name in made:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    server.dispose()


@pytest.fixture(scope="session")
def nobody() -> None:
    """For tests as another user: we are root, and nobody may read the Python that we run in."""
    if os.geteuid() != 0:
        pytest.skip("only root runs a program as somebody else")
    try:
        subprocess.run([sys.executable, "-c", ""], user="nobody", check=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("nobody cannot run this Python")


class WordFile:
    """A .docx put together by hand, so that every oddity of Word can be written down."""

    NAMES = " ".join(
        f'xmlns:{short}="http://schemas.openxmlformats.org/{name}"'
        for short, name in {
            "w": "wordprocessingml/2006/main",
            "r": "officeDocument/2006/relationships",
            "a": "drawingml/2006/main",
            "wp": "drawingml/2006/wordprocessingDrawing",
            "pic": "drawingml/2006/picture",
            "m": "officeDocument/2006/math",
        }.items()
    )
    OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

    def __init__(self) -> None:
        self.body: list[str] = []
        self.relations: list[str] = []
        self.files: dict[str, bytes | str] = {}
        self.numbering = ""
        self.styles = "".join(
            f'<w:style w:type="paragraph" w:styleId="H{n}"><w:name w:val="heading {n}"/></w:style>'
            for n in range(1, 4)
        ) + ('<w:style w:type="paragraph" w:styleId="T"><w:name w:val="Title"/></w:style>')

    def paragraph(self, *runs: str, style: str = "", list: str = "", level: int = 0) -> WordFile:
        """A run is a text or XML that begins with <."""
        said = f'<w:pStyle w:val="{style}"/>' if style else ""
        if list:
            said += f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{list}"/></w:numPr>'
        inside = "".join(run if run.startswith("<") else self.run(run) for run in runs)
        self.body.append(f"<w:p><w:pPr>{said}</w:pPr>{inside}</w:p>")
        return self

    @staticmethod
    def run(text: str, look: str = "") -> str:
        look = "".join(f"<w:{one}/>" for one in look.split())
        pieces = escape(text).split("\n")
        said = "<w:br/>".join(f'<w:t xml:space="preserve">{piece}</w:t>' for piece in pieces)
        return f"<w:r><w:rPr>{look}</w:rPr>{said}</w:r>"

    def picture(self, data: bytes, name: str = "a.png", alt: str = "") -> str:
        """The run that shows it."""
        id = self.relate("image", f"media/{name}")
        self.files[f"word/media/{name}"] = data
        return (
            f'<w:r><w:drawing><wp:inline><wp:extent cx="952500" cy="952500"/>'
            f'<wp:docPr id="1" name="x" descr="{escape(alt)}"/><a:graphic><a:graphicData>'
            f'<pic:pic><pic:blipFill><a:blip r:embed="{id}"/></pic:blipFill></pic:pic>'
            f"</a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"
        )

    def table(self, *rows: list[str]) -> WordFile:
        """A cell is a text, or XML of its own: properties and paragraphs."""
        cells = "".join(
            "<w:tr>"
            + "".join(
                f"<w:tc>{c if c.startswith('<') else f'<w:p>{self.run(c)}</w:p>'}</w:tc>"
                for c in row
            )
            + "</w:tr>"
            for row in rows
        )
        self.body.append(f"<w:tbl>{cells}</w:tbl>")
        return self

    def counts(self, id: str, *levels: tuple[str, str]) -> WordFile:
        """A list, each level with its format and text: ("decimal", "%1、")."""
        written = "".join(
            f'<w:lvl w:ilvl="{n}"><w:start w:val="1"/><w:numFmt w:val="{kind}"/>'
            f'<w:lvlText w:val="{text}"/></w:lvl>'
            for n, (kind, text) in enumerate(levels)
        )
        abstract = f'<w:abstractNum w:abstractNumId="{id}">{written}</w:abstractNum>'
        number = f'<w:num w:numId="{id}"><w:abstractNumId w:val="{id}"/></w:num>'
        self.numbering = f"{abstract}{self.numbering}{number}"
        return self

    def relate(self, kind: str, target: str, mode: str = "") -> str:
        id = f"r{len(self.relations)}"
        mode = f' TargetMode="{mode}"' if mode else ""
        self.relations.append(
            f'<Relationship Id="{id}" Type="{self.OFFICE}/{kind}" Target="{target}"{mode}/>'
        )
        return id

    def data(self, prologue: str = "") -> bytes:
        self.relate("styles", "styles.xml")
        self.relate("numbering", "numbering.xml")
        package = "http://schemas.openxmlformats.org/package/2006/relationships"
        parts: dict[str, bytes | str] = {
            "_rels/.rels": f'<Relationships xmlns="{package}"><Relationship Id="a" '
            f'Type="{self.OFFICE}/officeDocument" Target="word/document.xml"/></Relationships>',
            "word/document.xml": f"{prologue}<w:document {self.NAMES}><w:body>"
            f"{''.join(self.body)}</w:body></w:document>",
            "word/_rels/document.xml.rels": f'<Relationships xmlns="{package}">'
            f"{''.join(self.relations)}</Relationships>",
            "word/styles.xml": f"<w:styles {self.NAMES}>{self.styles}</w:styles>",
            "word/numbering.xml": f"<w:numbering {self.NAMES}>{self.numbering}</w:numbering>",
            **self.files,
        }
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in parts.items():
                archive.writestr(name, content)
        return file.getvalue()


@pytest.fixture
def word() -> WordFile:
    return WordFile()
