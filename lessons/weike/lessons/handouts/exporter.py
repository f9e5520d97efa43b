"""nbconvert's template machinery with Weike's templates: a notebook in, a page to print out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nbconvert.exporters.templateexporter import TemplateExporter
from nbformat import NotebookNode

HERE = Path(__file__).parent
TEMPLATES = "weike-handout"


class HandoutExporter(TemplateExporter):
    """`template_file` is one of `outline.html.j2`, `handout.html.j2` and `paper.html.j2`.

    Markdown cells hold HTML that is ready to print; a code cell stands for the quiz that its
    metadata names. Everything else that is printed comes in `resources["weike"]`.
    """

    file_extension = ".html"
    output_mimetype = "text/html"
    enabled = True

    def __init__(self, template_file: str) -> None:
        super().__init__(  # type: ignore[no-untyped-call]
            template_name=TEMPLATES,
            template_file=template_file,
            extra_template_basedirs=[str(HERE / "templates")],
        )


def exported(template_file: str, notebook: NotebookNode, values: dict[str, Any]) -> str:
    html, _resources = HandoutExporter(template_file).from_notebook_node(
        notebook, resources={"weike": values}
    )
    assert isinstance(html, str)
    return html
