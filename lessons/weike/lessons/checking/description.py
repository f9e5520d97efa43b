"""Descriptions of pictures that are there and say nothing."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from weike.quizzes.i18n import _
from weike.quizzes.text import normalise

_WORDS = re.compile(
    r"(?:这是)?(?:一?张)?(?:图片?|照片|图像|截图|示意图|插图|配图)\s*\d*"
    r"|(?:an? )?(?:picture|image|photo|figure|screenshot|img|pic|diagram|drawing|alt text)\s*\d*"
    r"|(?:img|dsc|wx|微信图片|屏幕截图|qq截图)[\s_-]*\d[\d_-]*",
)
_ENDING = re.compile(r"\.(?:png|jpe?g|gif|webp|svg)$")


def says_nothing(description: str, address: str) -> bool:
    """Whether a description is only “图片”, “image 3” or the name of the file."""
    said = normalise(description)
    bare = _ENDING.sub("", said)
    if _WORDS.fullmatch(bare) or bare != said:
        return True
    stem = (
        "" if address.startswith("data:") else PurePosixPath(unquote(urlsplit(address).path)).stem
    )
    return stem.isascii() and said == normalise(stem) and " " not in said and len(said) > 8


def empty_description(description: str) -> str:
    return _("the description “{text}” does not say what the picture shows").format(
        text=description.strip()[:60]
    )
