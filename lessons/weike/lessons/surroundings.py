"""What the process of a lesson learns of this computer, whoever starts it: no secret is in it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

INHERITED: Final = ("PATH", "PYTHONPATH", "PYTHONHOME", "TZ", "SYSTEMROOT", "LD_LIBRARY_PATH")


def surroundings(home: Path) -> dict[str, str]:
    """The environment of a process that lives in `home`, and knows nothing of any other."""
    kept = {name: os.environ[name] for name in INHERITED if name in os.environ}
    return kept | {
        "HOME": str(home),
        "TMPDIR": str(home),
        "PYTHONNOUSERSITE": "1",
        "IPYTHONDIR": f"{home}/ipython",
        "JUPYTER_CONFIG_DIR": f"{home}/jupyter",
        "JUPYTER_DATA_DIR": f"{home}/jupyter",
        "JUPYTER_RUNTIME_DIR": f"{home}/jupyter",
        "JUPYTER_PLATFORM_DIRS": "1",
        "MPLCONFIGDIR": f"{home}/matplotlib",
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "LANG": "C.UTF-8",
        "OPENBLAS_NUM_THREADS": "1",
    }
