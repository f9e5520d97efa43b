"""How often stock Voilà could draw its page in a second if kernels cost nothing.

Its own exporter and template over a notebook that was executed before; a new exporter for each
page, as Voilà makes one for each request.
"""

from __future__ import annotations

import asyncio
import logging
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import nbclient
import nbformat
from voila.configuration import VoilaConfiguration
from voila.exporter import VoilaExporter
from voila.paths import collect_template_paths
from voila.utils import get_page_config


def renders_per_second(path: Path, *, seconds: float) -> float:
    notebook = nbformat.read(path, as_version=4)
    client = nbclient.NotebookClient(notebook, resources={"metadata": {"path": str(path.parent)}})
    client.execute(stderr=subprocess.DEVNULL)
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            output["trusted"] = True
    return asyncio.run(_rate(notebook, seconds))


async def _rate(notebook: nbformat.NotebookNode, seconds: float) -> float:
    began = time.perf_counter()
    pages = 0
    while pages == 0 or time.perf_counter() - began < seconds:
        page = await _render(notebook)
        assert "vnd.jupyter.widget-view+json" in page
        pages += 1
    return pages / (time.perf_counter() - began)


async def _render(notebook: nbformat.NotebookNode) -> str:
    settings = VoilaConfiguration()
    page_config = get_page_config("/", {}, logging.getLogger("bench.voila"), settings)
    page_config["jupyterLabTheme"] = settings.theme
    exporter = VoilaExporter(
        template_paths=collect_template_paths(["voila", "nbconvert"], settings.template),
        template_name=settings.template,
        theme=settings.theme,
        base_url="/",
        exclude_input=True,
        exclude_output_prompt=True,
        exclude_input_prompt=True,
    )

    async def kernel_start(_notebook: object) -> str:
        return "00000000-0000-0000-0000-000000000000"

    def cells(executed: nbformat.NotebookNode, _kernel_id: str) -> Iterator[nbformat.NotebookNode]:
        yield from executed.cells

    pieces = exporter.generate_from_notebook_node(
        notebook,
        resources={
            "base_url": "/",
            "theme": settings.theme,
            "template": settings.template,
            "metadata": {"name": "stock"},
            "page_config": page_config,
        },
        extra_context={
            "frontend": "voila",
            "main_js": "voila.js",
            "kernel_start": kernel_start,
            "cell_generator": cells,
            "progressive_rendering": False,
        },
        page_config=page_config,
    )
    return "".join([piece async for piece, _resources in pieces])
