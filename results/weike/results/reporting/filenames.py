"""Names of files that people get: what it is, of whom, of when."""

from __future__ import annotations

import re

_LONGEST = 24  # letters of one part; a name has 255 bytes, a Chinese letter takes three
_NO_SYSTEM_TAKES = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|\s]+')


def file_name(*parts: object, suffix: str) -> str:
    """The parts joined by "-", without what Windows or a chat app would refuse.

    >>> file_name("支部学习报告", "甲/乙 班", "2026-Q4", suffix="pdf")
    '支部学习报告-甲_乙_班-2026-Q4.pdf'
    """
    plain = (_NO_SYSTEM_TAKES.sub("_", str(part)).strip("._ ")[:_LONGEST] for part in parts)
    return f"{'-'.join(part for part in plain if part) or 'weike'}.{suffix}"
