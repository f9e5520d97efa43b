"""Whose process runs the lessons: an unprivileged user's where the server is root."""

from __future__ import annotations

import logging
import os
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from weike.quizzes.course import Course
from weike.quizzes.errors import WeikeError
from weike.quizzes.i18n import _

log = logging.getLogger("weike.lessons")


@dataclass(frozen=True, slots=True, kw_only=True)
class KernelUser:
    uid: int
    gid: int

    @property
    def popen(self) -> dict[str, Any]:
        """Arguments of `subprocess.Popen` that start a process as this user."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def own(self, path: Path) -> None:
        """From now on the file or folder is this user's; what a link points at stays whose it is.

        The user may have put a link in its place: we are root, and would give away any file.
        """
        os.chown(path, self.uid, self.gid, follow_symlinks=False)


def kernel_user(course: Course, *, warn: bool = True) -> KernelUser | None:
    """The user of `kernel_user`, None where lessons run as this process does.

    The latter is said once, where `warn` is set. Raises `WeikeError` for a name that nobody has.
    """
    found = _find(course.kernel_user)
    if found is None and warn:
        _warn(trust_warning(course))
    return found


def trust_warning(course: Course) -> str:
    """What a start without `kernel_user` has to say, for the log or the terminal."""
    if os.name == "posix" and os.geteuid() == 0:
        advice = _("name an unprivileged system user as kernel_user in weike.toml")
    else:
        advice = _("start as root with kernel_user in weike.toml to keep them apart")
    return _(
        "lessons run with the rights of this process: whoever writes Python in lessons of {title} "
        "is trusted like an administrator; {advice}"
    ).format(title=course.title, advice=advice)


def _find(name: str | None) -> KernelUser | None:
    if not name or sys.platform == "win32":
        return None
    import pwd

    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        raise WeikeError(
            _("kernel_user in weike.toml names {name}, and this computer has no such user").format(
                name=name
            )
        ) from None
    if os.geteuid() != 0:
        return None
    return KernelUser(uid=entry.pw_uid, gid=entry.pw_gid)


@cache
def _warn(text: str) -> None:
    log.warning(text)
