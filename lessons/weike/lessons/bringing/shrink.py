"""Pictures as a phone wants them: no wider than its screen shows, of a kind that it can show."""

from __future__ import annotations

import io
import warnings
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from weike.lessons.media import PICTURES
from weike.lessons.picture import PictureError, picture_size
from weike.quizzes.i18n import _

if TYPE_CHECKING:
    from PIL.Image import Image

WIDEST = 1280  # twice what the widest column of text shows
_SMALL = 200_000  # bytes; lighter ones stay as they are
_MOST_PIXELS = 60_000_000
_VECTORS = (".emf", ".wmf", ".emz", ".wmz")


def shrink(data: bytes, name: str) -> tuple[bytes, str]:
    """The picture and its suffix, such as ("…", "jpg"). Raises `PictureError` with the reason.

    Without Pillow a picture of a known kind stays as it is.
    """
    suffix = PurePosixPath(name).suffix.lower()
    if suffix in _VECTORS:
        raise PictureError(
            _("a drawing of the kind {kind}, which browsers cannot show").format(kind=suffix)
        )
    kind = {"jpeg": "jpg", "jpe": "jpg", "jfif": "jpg"}.get(suffix[1:], suffix[1:])
    size = picture_size(data, kind) if kind in PICTURES else None
    if size is not None and size.width * size.height > _MOST_PIXELS:
        raise PictureError(_("a picture of {n} megapixels").format(n=_MOST_PIXELS // 10**6))
    light = len(data) <= _SMALL and (size is None or size.width <= WIDEST)
    if kind in ("svg", "gif") or (kind in PICTURES and light):
        return data, kind
    try:
        from PIL import Image, ImageOps
    except ImportError:
        if kind in PICTURES:
            return data, kind
        raise PictureError(
            _("a picture of the kind {kind}; to read it: pip install 'weike[bring]'").format(
                kind=suffix
            )
        ) from None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of damaged metadata, which is dropped anyway
            with Image.open(io.BytesIO(data)) as opened:
                if opened.width * opened.height > _MOST_PIXELS:
                    raise PictureError(
                        _("a picture of {n} megapixels").format(n=_MOST_PIXELS // 10**6)
                    )
                turned = ImageOps.exif_transpose(opened)
                if turned.width > WIDEST:
                    turned = turned.resize((WIDEST, round(turned.height * WIDEST / turned.width)))
                same = (data, kind) if kind in PICTURES and turned.size == opened.size else None
                return smallest(turned, same, drawn=kind != "jpg")
    except PictureError:
        raise
    except Exception as error:  # Pillow raises whatever its decoders stumble over
        raise PictureError(_("the picture is damaged")) from error


def smallest(
    image: Image, same: tuple[bytes, str] | None = None, *, drawn: bool = True
) -> tuple[bytes, str]:
    """A photo as JPEG, what is `drawn` maybe as PNG; `same` is the picture as it came."""
    found = [same] if same else []
    see_through = "A" in image.getbands() or "transparency" in image.info
    if not see_through:
        found.append((_saved(image.convert("RGB"), "JPEG", quality=85, optimize=True), "jpg"))
    if drawn or see_through:
        flat = image if image.mode in ("1", "L", "LA", "P", "RGB", "RGBA") else image.convert("RGB")
        found.append((_saved(flat, "PNG", optimize=True), "png"))
    return min(found, key=lambda one: len(one[0]))


def _saved(image: Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()
