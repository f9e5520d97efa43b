"""Pictures of a quiz that is shown in a notebook: its page cannot fetch files, so they go along."""

from __future__ import annotations

import base64
from pathlib import Path
from urllib.parse import unquote

from weike.quizzes.errors import WeikeError
from weike.quizzes.html import is_remote
from weike.quizzes.i18n import _
from weike.quizzes.quiz import QuizDefinition

LARGEST = 2 * 1024 * 1024
TYPES = {
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
}


def embed_pictures(definition: QuizDefinition, folder: Path) -> QuizDefinition:
    """The quiz with every picture file as a `data:` address. Raises `WeikeError`."""
    return definition.with_pictures(lambda source: data_address(source, folder))


def data_address(source: str, folder: Path) -> str:
    if source.startswith(("data:", "attachment:")) or is_remote(source):
        return source
    file = folder / unquote(source)
    kind = TYPES.get(file.suffix.lower())
    if kind is None:
        raise WeikeError(
            _("{source} is no picture that every browser shows; use {kinds}").format(
                source=source, kinds=" ".join(TYPES)
            )
        )
    try:
        content = file.read_bytes()
    except OSError as error:
        raise WeikeError(
            _("the picture {source} is not in {folder}").format(source=source, folder=folder)
        ) from error
    if len(content) > LARGEST:
        raise WeikeError(
            _("the picture {source} is larger than 2 MB; make it smaller").format(source=source)
        )
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"
