"""What a kernel's process begins with: our own Python, and all that it learns of this computer."""

from __future__ import annotations

import sys
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any as Anything

from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.provisioning.factory import KernelProvisionerFactory

from weike.lessons.surroundings import surroundings

PYTHON = "python3"
LIVE = "weike-live"  # the same, forked where that can be done
FORKED = "weike-fork"
PROVISIONER = EntryPoint(  # as in pyproject.toml
    FORKED,
    "weike.server.forking.provisioner:ForkProvisioner",
    KernelProvisionerFactory.GROUP_NAME,
)
COMMAND = [sys.executable, "-P", "-m", "weike.lessons.kernel", "-f", "{connection_file}"]


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
    """What a live lesson learns of this computer."""
    return surroundings(home) | {"WEIKE_LIVE": "1"}
