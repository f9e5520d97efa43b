"""What the server looks at once a minute, so that the log says what to do before it is too late."""

from __future__ import annotations

import logging
import os
import shutil
from datetime import timedelta
from pathlib import Path

from weike.results.upkeep.health import LATELY, SKEW, SPACE, newest_of
from weike.server.site import Site

LOG = logging.getLogger("weike.server")
AGAIN = timedelta(hours=1)


def free_bytes(folder: Path) -> int:
    """Where answers are saved, or would be."""
    there = next(one for one in (folder, *folder.parents) if os.path.exists(one))
    return shutil.disk_usage(there).free


def look_after(site: Site) -> None:
    """For a thread."""
    now, said = site.now(), site.said
    free = free_bytes(site.course.results)
    if free < SPACE and _is_time(site, "space"):
        LOG.error(
            "only %d MB are free for %s: answers need them to be saved; free some space",
            free >> 20,
            site.course.results,
        )
    elif free >= SPACE:
        said.pop("space", None)
    if "clock" in said:
        return
    with site.store.read() as connection:
        newest = newest_of(connection, LATELY)
    said["clock"] = now  # once: afterwards the server's own clock does not go back
    if newest is not None and newest - now > SKEW:
        LOG.error(
            "the clock says %s, but somebody was here at %s: set the clock, and let it follow a"
            " time server; until then, timed quizzes that were begun before give more time",
            now.astimezone(site.course.zone).isoformat(" ", "minutes"),
            newest.astimezone(site.course.zone).isoformat(" ", "minutes"),
        )


def _is_time(site: Site, what: str) -> bool:
    last = site.said.get(what)
    if last is not None and site.now() - last < AGAIN:
        return False
    site.said[what] = site.now()
    return True
