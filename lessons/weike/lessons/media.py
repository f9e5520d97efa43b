"""The pictures, sounds and films of one lesson: found, checked, and named by their content."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

from weike.lessons.picture import PictureError, Size, picture_size
from weike.quizzes.i18n import _
from weike.results.media import LARGE, Media, digest

TYPES = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "webp": "image/webp",
    "svg": "image/svg+xml",
    "mp3": "audio/mpeg",
    "m4a": "audio/mp4",
    "ogg": "audio/ogg",
    "wav": "audio/wav",
    "mp4": "video/mp4",
    "webm": "video/webm",
    "vtt": "text/vtt",
    "pdf": "application/pdf",
}
PICTURES = frozenset({"png", "jpg", "jpeg", "gif", "webp", "svg"})
SOUNDS = frozenset({"mp3", "m4a", "ogg", "wav"})
FILMS = frozenset({"mp4", "webm"})
DATA_URL = re.compile(r"data:image/([a-z+]+);base64,", re.IGNORECASE)
DATA_KINDS = {"png": "png", "jpeg": "jpg", "gif": "gif", "webp": "webp", "svg+xml": "svg"}
MB = 1_000_000
MOST_PIXELS = 8 * MB


class MediaError(ValueError):
    """A file that a lesson names and cannot have. Shown with its repair."""

    def __init__(self, message: str, repair: str) -> None:
        self.message = message
        self.repair = repair
        super().__init__(message)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A file that goes with the lesson: where a page finds it, and what is known of it.

    `source` is None where the bytes came out of the notebook itself.
    """

    url: str
    suffix: str
    bytes: int
    size: Size | None = None
    source: Path | None = None

    @property
    def heavy(self) -> bool:
        """Whether a member on a slow network will wait for it."""
        return self.bytes > (MB if self.suffix in PICTURES else _most(self.suffix) // 2)

    @property
    def huge(self) -> bool:
        """Whether a cheap phone runs out of memory over it: unpacked, a pixel takes 4 bytes."""
        if self.size is None or self.suffix == "svg":
            return False
        return self.size.width * self.size.height > MOST_PIXELS


@dataclass(slots=True, kw_only=True)
class Shelf:
    """Collects the media of one lesson. `root` is the course folder: nothing outside is taken.

    `sources` are the files that were taken; `absent` those that would have been, such as
    captions, had they been there.
    """

    root: Path
    files: dict[str, Media] = field(default_factory=dict)
    sources: set[Path] = field(default_factory=set)
    absent: set[Path] = field(default_factory=set)

    def keep_file(self, address: str, folder: Path) -> Kept:
        """The file that an address written in `folder` names. Raises `MediaError`."""
        if DATA_URL.match(address):
            return self._keep_data(address)
        path = self.find(address, folder)
        suffix = path.suffix.lower().lstrip(".")
        if suffix not in TYPES:
            raise MediaError(
                _("{file} is of a kind that pages cannot show").format(file=path.name),
                _("use one of these kinds: {kinds}").format(kinds=" ".join(TYPES)),
            )
        most = _most(suffix)
        if path.stat().st_size > most:
            raise MediaError(
                _("{file} is larger than {n} MB").format(file=path.name, n=most // MB),
                _("make it shorter or smaller, or cut it into parts"),
            )
        self.sources.add(path)
        if suffix not in PICTURES and path.stat().st_size > LARGE:
            return self._keep(Media(TYPES[suffix], file=path), digest(path), suffix, path)
        return self.keep(path.read_bytes(), suffix, source=path)

    def find(self, address: str, folder: Path) -> Path:
        """The file inside the course folder that an address names. Raises `MediaError`."""
        parts = urlsplit(address)
        if parts.scheme.lower() in ("http", "https") or parts.netloc:
            raise MediaError(
                _("{address} lies on another computer").format(address=address[:100]),
                _("download the file, put it beside the lesson and name it by its relative path"),
            )
        if parts.scheme:
            raise MediaError(
                _("{address} is no file of this course").format(address=address[:100]),
                _("put the file beside the lesson and name it by its relative path"),
            )
        name = unquote(parts.path)
        if "\\" in name:
            raise MediaError(
                _("{address} is written with backslashes").format(address=name),
                _("write {address}").format(address=name.replace("\\", "/")),
            )
        path = Path(folder, name) if name else folder
        try:
            inside = path.resolve().is_relative_to(self.root.resolve())
            missing = not path.is_file()
        except (OSError, ValueError):
            inside, missing = True, True
        if name.startswith("/") or not inside:
            raise MediaError(
                _("{address} leads out of the course folder").format(address=name),
                _("copy the file beside the lesson and name it by its relative path"),
            )
        if missing:
            raise MediaError(
                _("there is no file {address}").format(address=name),
                _similar(path) or _("put the file there, or correct the path"),
            )
        return path.resolve()

    def keep(self, data: bytes, suffix: str, *, source: Path | None = None) -> Kept:
        """Keep bytes as a file of their own. Raises `MediaError` for a damaged picture."""
        size = None
        if suffix in PICTURES:
            try:
                size = picture_size(data, suffix)
            except PictureError as flaw:
                named = f"{source.name}: {flaw}" if source else str(flaw)
                raise MediaError(
                    named, _("save the picture again with a drawing program, or use a PNG")
                ) from flaw
        return self._keep(Media(TYPES[suffix], data), digest(data), suffix, source, size)

    def _keep(
        self, media: Media, name: str, suffix: str, source: Path | None, size: Size | None = None
    ) -> Kept:
        self.files[name] = media
        suffix = "jpg" if suffix == "jpeg" else suffix
        return Kept(
            url=f"../media/{name}.{suffix}",
            suffix=suffix,
            bytes=media.size,
            size=size,
            source=source,
        )

    def _keep_data(self, address: str) -> Kept:
        head, _comma, body = address.partition(",")
        kind = DATA_KINDS.get(head[len("data:image/") :].partition(";")[0].lower())
        try:
            data = base64.b64decode(unquote(body), validate=True)
        except (binascii.Error, ValueError):
            data = b""
        if kind is None or not data:
            raise MediaError(
                _("a picture inside the text is damaged"),
                _("save it as a file beside the lesson and name it by its relative path"),
            )
        return self.keep(data, kind)


def suffix_of(address: str) -> str:
    """The kind of file that an address names, in lower case: "png"."""
    return unquote(urlsplit(address).path).rpartition(".")[2].lower()


def _most(suffix: str) -> int:
    """The most bytes that a file of a kind may have."""
    if suffix in PICTURES:
        return 10 * MB
    return MB if suffix == "vtt" else 50 * MB


def _similar(path: Path) -> str | None:
    """Windows does not tell Fire.PNG from fire.png; a server does."""
    try:
        names = [other.name for other in path.parent.iterdir()]
    except OSError:
        return None
    for name in names:
        if name.casefold() == path.name.casefold():
            return _("the file is called {name}; small and capital letters differ").format(
                name=name
            )
    return None
