"""The pages of a PDF as pictures that a chat app can keep (extra `pdf`)."""

from __future__ import annotations

import io

from weike.lessons.bringing.pages import PDFIUM
from weike.quizzes.errors import WeikeError
from weike.quizzes.i18n import _

WIDTH = 1080  # pixels; a phone's own screen


def page_pictures(pdf: bytes, *, width: int = WIDTH) -> list[bytes]:
    """Every page as a PNG of this width. Raises `WeikeError` where the extra is missing."""
    try:
        import pypdfium2  # type: ignore[import-untyped]
    except ModuleNotFoundError as error:
        raise WeikeError(_("page pictures need PDFium: pip install 'weike[pdf]'")) from error
    with PDFIUM:
        document = pypdfium2.PdfDocument(pdf)
        try:
            return [_drawn(page, width) for page in document]
        finally:
            document.close()


def _drawn(page: object, width: int) -> bytes:
    scale = width / page.get_width()  # type: ignore[attr-defined]
    picture = page.render(scale=scale).to_pil().convert("RGB")  # type: ignore[attr-defined]
    # Text on paper has few colours: a palette makes it a third as large.
    target = io.BytesIO()
    picture.quantize(128, dither=0).save(target, "PNG", optimize=True)
    return target.getvalue()
