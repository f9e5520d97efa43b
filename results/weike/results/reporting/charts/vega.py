"""Altair, imported without what it does not need; it draws with vl-convert."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from weike.quizzes.errors import WeikeError
from weike.quizzes.i18n import _


@contextmanager
def _without(module: str) -> Iterator[None]:
    """Let an import believe that an optional module is not installed."""
    if module in sys.modules:
        yield
        return
    sys.modules[module] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules[module]


try:
    # Altair's jsonschema would build a grammar of web addresses, which takes longer than all else.
    with _without("rfc3987_syntax"):
        import altair as alt
    import vl_convert  # noqa: F401 - what Altair draws SVG with
except ModuleNotFoundError as error:
    raise WeikeError(_("charts need two more packages: pip install 'weike[dashboards]'")) from error

__all__ = ["alt"]
