"""What a kernel's process begins with: our own Python, and all that it learns of this computer."""

from __future__ import annotations

import os
import sys
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any as Anything

from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.provisioning.factory import KernelProvisionerFactory

PYTHON = "python3"
LIVE = "weike-live"  # the same, forked where that can be done
FORKED = "weike-fork"
PROVISIONER = EntryPoint(  # as in pyproject.toml
    FORKED,
    "weike.server.forking.provisioner:ForkProvisioner",
    KernelProvisionerFactory.GROUP_NAME,
)
COMMAND = [sys.executable, "-P", "-m", "weike.lessons.kernel", "-f", "{connection_file}"]
INHERITED = ("PATH", "PYTHONPATH", "PYTHONHOME", "TZ", "SYSTEMROOT", "LD_LIBRARY_PATH")


class OnePython(KernelSpecManager):
    """The Python that Weike runs in, whatever kernels are installed."""

    def find_kernel_specs(self) -> dict[str, str]:
        return {PYTHON: "", LIVE: ""}

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        provisioner = {"kernel_provisioner": {"provisioner_name": FORKED, "config": {}}}
        return KernelSpec(
            argv=COMMAND,
            display_name="Python",
            language="python",
            metadata=provisioner if kernel_name == LIVE else {},
        )

    def get_all_specs(self) -> dict[str, Anything]:
        spec = self.get_kernel_spec(PYTHON)
        return {PYTHON: {"resource_dir": "", "spec": spec.to_dict()}}


def environment(home: Path) -> dict[str, str]:
    """All that a live lesson learns about this computer."""
    kept = {name: os.environ[name] for name in INHERITED if name in os.environ}
    return kept | {
        "HOME": str(home),
        "TMPDIR": str(home),
        "IPYTHONDIR": f"{home}/ipython",
        "JUPYTER_CONFIG_DIR": f"{home}/jupyter",
        "JUPYTER_DATA_DIR": f"{home}/jupyter",
        "JUPYTER_RUNTIME_DIR": f"{home}/jupyter",
        "JUPYTER_PLATFORM_DIRS": "1",
        "MPLCONFIGDIR": f"{home}/matplotlib",
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "LANG": "C.UTF-8",
        "OPENBLAS_NUM_THREADS": "1",
        "WEIKE_LIVE": "1",
    }
