"""HTML on paper and in pictures, drawn by Chromium through Playwright (extra `pdf`).

The page may come from anywhere: no script runs in it, and nothing is fetched for it. Pictures are
part of the page as `data:` addresses; fonts are the computer's own.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from html import escape
from threading import Lock
from typing import TYPE_CHECKING

from weike.quizzes.errors import WeikeError
from weike.quizzes.i18n import _, language

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Error, Page, Playwright

ENVIRONMENT = "WEIKE_CHROMIUM"
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_FLAGS = (
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",  # a container's is too small for a long report
    "--font-render-hinting=none",  # letters stand where the layout put them
)
_PATIENCE = 120_000  # milliseconds for one page
_ENVIRONMENT_KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "TEMP", "SYSTEMROOT")
_FOOTER = (
    '<div style="width:100%;margin:0 14mm;font:7.5pt sans-serif;color:#5c6a6a;display:flex;'
    'justify-content:space-between"><span>{words}</span>'
    '<span><span class="pageNumber"></span> / <span class="totalPages"></span></span></div>'
)

# A browser takes a core and some hundred megabytes: never two at once in one process.
_one_at_a_time = Lock()


@dataclass(frozen=True, slots=True)
class Press:
    """A browser that is running; it prints one page after the other."""

    _context: BrowserContext

    def pdf(self, html: str, *, footer: str = "") -> bytes:
        """The page as PDF, on the paper that its `@page` rule names. With `footer`, these words
        and the page's number stand at the foot of every page: leave 14 mm for them."""
        with self._shown(html) as page:
            return page.pdf(
                prefer_css_page_size=True,
                print_background=True,
                display_header_footer=bool(footer),
                header_template="<span></span>",
                footer_template=_FOOTER.format(words=escape(footer)),
                tagged=True,
            )

    def png(self, html: str, *, width: int, height: int) -> bytes:
        """The upper left corner of the page as a picture of so many pixels."""
        with self._shown(html) as page:
            page.set_viewport_size({"width": width, "height": height})
            return page.screenshot(type="png", animations="disabled")

    @contextmanager
    def _shown(self, html: str) -> Iterator[Page]:
        page = self._context.new_page()
        try:
            page.set_content(html, wait_until="load")
            yield page
        finally:
            page.close()


def pdf(html: str, *, footer: str = "") -> bytes:
    """One page of HTML as PDF. Raises `WeikeError` where there is nothing to print with."""
    with press() as running:
        return running.pdf(html, footer=footer)


def png(html: str, *, width: int, height: int) -> bytes:
    """One page of HTML as a picture. Raises `WeikeError` where there is nothing to draw with."""
    with press() as running:
        return running.png(html, width=width, height=height)


@contextmanager
def press() -> Iterator[Press]:
    """A browser for several pages; others wait until it is put away.

    Call it from a thread without a running event loop. Raises `WeikeError` with the repair where
    Playwright, a browser or Chinese letters are missing.
    """
    try:
        from playwright.sync_api import Error, sync_playwright
    except ModuleNotFoundError as error:
        raise WeikeError(_("PDF and posters need Playwright: pip install 'weike[pdf]'")) from error
    if language() == "zh-CN" and not has_chinese_letters():
        raise WeikeError(
            _(
                "this computer has no Chinese font; install one, on Debian: apt install {package}"
            ).format(package="fonts-noto-cjk")
        )
    with _one_at_a_time, sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(
                executable_path=chromium(playwright),
                args=[*_FLAGS, *_sandbox()],
                env=_environment(os.environ),
            )
        except Error as error:
            raise WeikeError(
                _("Chromium does not start: {reason}").format(reason=_reason(error))
            ) from error
        try:
            context = browser.new_context(
                java_script_enabled=False, offline=True, service_workers="block"
            )
            context.set_default_timeout(_PATIENCE)
            context.route("**/*", lambda route: route.abort())
            yield Press(context)
        except Error as error:
            raise WeikeError(
                _("Chromium cannot print this: {reason}").format(reason=_reason(error))
            ) from error
        finally:
            browser.close()


def chromium(playwright: Playwright) -> str:
    """The browser to print with: what `WEIKE_CHROMIUM` names, what is on the PATH, what
    `playwright install chromium` brought. Raises `WeikeError` with the repair."""
    named = os.environ.get(ENVIRONMENT)
    if named:
        found = shutil.which(named)
        if found is None:
            raise WeikeError(
                _("{variable} names {file}, which is no program; correct it").format(
                    variable=ENVIRONMENT, file=named
                )
            )
        return found
    for name in _NAMES:
        if found := shutil.which(name):
            return found
    own = playwright.chromium.executable_path
    if os.path.exists(own):
        return own
    raise WeikeError(
        _(
            "PDF and posters need Chromium, and there is none; on Debian: apt install chromium,"
            " elsewhere: playwright install chromium; or name a browser in {variable}"
        ).format(variable=ENVIRONMENT)
    )


@cache
def has_chinese_letters() -> bool:
    """Whether a font for Chinese is installed; True where the system keeps no list of its fonts."""
    if (program := shutil.which("fc-list")) is None:
        return True
    listing = subprocess.run(  # noqa: S603 - a fixed command
        [program, ":lang=zh", "family"], capture_output=True, check=False, timeout=30
    )
    return listing.returncode != 0 or bool(listing.stdout.strip())


def _reason(error: Error) -> str:
    """The first line; what follows are call stacks and the command's many flags."""
    return error.message.strip().splitlines()[0]


def _sandbox() -> tuple[str, ...]:
    """Chromium refuses to run as root with its sandbox; no page here runs a script."""
    return ("--no-sandbox",) if getattr(os, "geteuid", lambda: 1)() == 0 else ()


def _environment(every: Mapping[str, str]) -> dict[str, str | float | bool]:
    """What a browser needs to start; the database's address is nothing of its business."""
    return {name: every[name] for name in _ENVIRONMENT_KEPT if name in every}
