"""A PDF as a lesson: one picture for each page, and the page's words under it to read and find."""

from __future__ import annotations

import html
import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from threading import Lock
from typing import Any

from weike.lessons.bringing.brought import Brought, code_cell, text_cell
from weike.lessons.bringing.finishing import SETUP, finished
from weike.lessons.bringing.shrink import WIDEST, smallest
from weike.lessons.finding import Finding, warning
from weike.quizzes.errors import WeikeError
from weike.quizzes.i18n import _, use_language
from weike.quizzes.plaintext import markdown_of

MOST_PAGES = 100
_TALLEST = 4000
_MOST_NAMED = 3
PDFIUM = Lock()  # the library is not made for threads
_CHINESE = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
_MADE_BY = re.compile(r"^Microsoft (?:PowerPoint|Word) - |\.(?:pptx?|docx?|pdf)$|^untitled$", re.I)


def lesson_of_pdf(name: str, data: bytes, slug: str, language: str) -> Brought:
    """Raises `WeikeError` for a file that is no PDF, is locked, or has too many pages."""
    try:
        import PIL  # noqa: F401 - needed to write the pictures

        pypdfium2: Any = importlib.import_module("pypdfium2")  # it has no types to check
    except ImportError as error:
        raise WeikeError(
            _("to read PDF files: {command}").format(command="pip install 'weike[bring]'")
        ) from error
    with PDFIUM:
        try:
            document = pypdfium2.PdfDocument(data)
        except pypdfium2.PdfiumError as error:
            raise WeikeError(_refusal(name, str(error))) from error
        try:
            return _lesson(document, name, slug, language)
        except (pypdfium2.PdfiumError, MemoryError) as error:
            raise WeikeError(_refusal(name, str(error))) from error
        finally:
            document.close()


def _refusal(name: str, reason: str) -> str:
    if "assword" in reason:
        return _("{file} is protected by a password; save it without one").format(file=name)
    return _("{file} cannot be read as a PDF; open it and save it as PDF again").format(file=name)


def _lesson(document: Any, name: str, slug: str, language: str) -> Brought:
    count = len(document)
    if count > MOST_PAGES:
        raise WeikeError(
            _(
                "{file} has {n} pages, more than {most}; split it into several lessons (in a PDF"
                " reader: Print, pages 1-{most}, Save as PDF)"
            ).format(file=name, n=count, most=MOST_PAGES)
        )
    cells, media = [code_cell(SETUP)], dict[str, bytes]()
    texts, silent = [], []
    for number in range(1, count + 1):
        page = document[number - 1]
        picture, suffix = _picture(page)
        text = _text(page)
        texts.append(text)
        address = f"media/{slug}-{number}.{suffix}"
        media[address] = picture
        with use_language(language):
            cells.append(text_cell(_page(number, text, address)))
        if not text:
            silent.append(number)
        page.close()
    findings = list(_silent(silent, count, name))
    title = _title(document, texts, name)
    cells[1]["source"] = f"# {markdown_of(title)}\n\n{cells[1]['source']}"
    return finished(
        cells, slug=slug, name=name, title=title, topic="", media=media, findings=findings
    )


def _picture(page: Any) -> tuple[bytes, str]:
    width, height = page.get_size()
    scale = min(WIDEST / max(width, 1), _TALLEST / max(height, 1))
    image: Any = page.render(scale=scale).to_pil()
    return smallest(image)


def _text(page: Any) -> str:
    """The page's words; lines that the page's width has broken are joined again."""
    layer = page.get_textpage()
    raw = layer.get_text_bounded().replace("\r\n", "\n").replace("\r", "\n")
    layer.close()
    raw = re.sub(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]", "", raw)
    lines = [" ".join(line.split()) for line in raw.split("\n") if line.strip()]
    longest = max(map(len, lines), default=0)
    paragraphs: list[str] = []
    open_end = False
    for line in lines:
        if open_end and not re.match(
            r"[•·●■◆▪➢\-–—*]|\d{1,2}[.、)）]|[（(]?[一二三四五六七八九十]", line
        ):
            both = _CHINESE.match(paragraphs[-1][-1]) and _CHINESE.match(line)
            paragraphs[-1] += line if both else f" {line}"
        else:
            paragraphs.append(line)
        open_end = len(line) > 0.8 * longest and len(line) > 12 and line[-1] not in "。！？!?：:；;"
    return "\n\n".join(paragraphs)


def _silent(pages: list[int], count: int, name: str) -> Iterator[Finding]:
    """What to do about pages without words: one sentence for a document that was scanned."""
    if count > 1 and len(pages) == count:
        yield warning(
            _("all {n} pages are pictures without text, as a scanner makes them").format(n=count),
            _(
                "bring the Word or PowerPoint file that was printed, or let WPS recognise the text"
                " first; else nothing can be found, read aloud or made larger"
            ),
            file=name,
        )
        return
    for number in pages[:_MOST_NAMED]:
        yield warning(
            _("page {n} is a picture without text").format(n=number),
            _("say in its description what it shows, for those who cannot see it"),
            file=name,
            cell=number + 1,
        )
    if rest := pages[_MOST_NAMED:]:
        yield warning(
            _("pages {pages} are pictures without text too").format(pages=_ranges(rest)),
            _("say in their descriptions what they show, for those who cannot see them"),
            file=name,
        )


def _ranges(numbers: list[int]) -> str:
    """`4-6, 9`"""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(f"{run[0]}-{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)


def _page(number: int, text: str, address: str) -> str:
    first = text.split("\n")[0][:60] if text else ""
    said = _("page {n}: {title}").format(n=number, title=first) if first else ""
    shown = f"![{markdown_of(said)}]({address})"
    if not text:
        return shown
    words = "\n\n".join(html.escape(markdown_of(part), quote=False) for part in text.split("\n\n"))
    summary = _("Words on this page")
    return f"{shown}\n\n<details>\n<summary>{summary}</summary>\n\n{words}\n\n</details>"


def _title(document: Any, texts: list[str], name: str) -> str:
    """The first line of the first page, as slides have it, else what the file says of itself."""
    first = texts[0].split("\n")[0].strip() if texts else ""
    if 2 <= len(first) <= 40:
        return first
    said = _MADE_BY.sub("", str(document.get_metadata_dict().get("Title", "")).strip()).strip()
    return said[:80] or Path(name).stem
