"""Pictures of pages to look at: WEIKE_SCREENSHOTS names a folder, else nothing happens."""

from __future__ import annotations

import os
from pathlib import Path

from playwright.sync_api import Page

FOLDER = os.environ.get("WEIKE_SCREENSHOTS")


def look(page: Page, name: str, *, whole: bool = True) -> None:
    """Keep a picture of the page; `whole` shows all of it, else what is on the screen."""
    if FOLDER is None:
        return
    folder = Path(FOLDER)
    folder.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=folder / f"{name}.png", full_page=whole)
