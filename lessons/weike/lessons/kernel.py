"""The process in which a lesson's cells run when it is checked or published.

Started as `python -P -m weike.lessons.kernel`: an IPython kernel with bounded memory that
remembers which files of the course the lesson read.
"""

from __future__ import annotations

import logging
import os
import sys

from weike.lessons import opened
from weike.lessons.hidden import hide

MEMORY = 2 * 1024**3
CONNECTION = "WEIKE_CONNECTION"  # its file: everybody may read a process's command


def limit_memory() -> None:
    """A lesson that needs more ends with a MemoryError, and the server goes on."""
    if sys.platform == "win32":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    most = MEMORY if hard == resource.RLIM_INFINITY else min(MEMORY, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (most, most))


def main() -> None:
    limit_memory()
    hide()
    connection = os.environ.pop(CONNECTION, None)
    named = ["-f", connection] if connection else []
    root = os.environ.pop("WEIKE_COURSE", None)
    if root:
        opened.watch(root)

    if os.environ.get("WEIKE_LIVE"):
        # What the machinery of a member's kernel complains about would be told to the browser,
        # tracebacks with the paths of this computer included.
        logging.disable()

    from weike.lessons.secluded import SecludedApp

    # A lesson may import the modules beside it, as in JupyterLab; we were safe from them with -P.
    sys.path.insert(0, "")
    SecludedApp.clients = (os.getppid(),)
    SecludedApp.launch_instance([*sys.argv[1:], *named])


if __name__ == "__main__":
    main()
