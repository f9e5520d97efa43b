"""Dashboards: notebooks about the figures of the branches that an organizer answers for."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from weike.quizzes.course import Course
from weike.quizzes.i18n import _, language
from weike.results.dashboards import scope
from weike.server.base import Refused
from weike.server.desk import Desk, can_serve
from weike.server.drawing import Drawing, Drawn, cleaned
from weike.server.organizing import Organizing

NAME: Final = r"(?P<name>[a-z0-9][a-z0-9-]{0,63})"
# In a wheel they lie beside the package's modules, in the repository two folders further up.
_SHIPPED: Final = (
    Path(scope.__file__).parent,
    Path(scope.__file__).parents[3] / "dashboards",
)
_ORDER: Final = ("branches", "completion", "topics", "lesson", "questions")


@dataclass(frozen=True, slots=True, kw_only=True)
class Notebook:
    """A dashboard's file, with its title and first paragraph in the reader's language."""

    name: str
    title: str
    about: str
    text: str


class Dashboards(Organizing):
    """`/organize/dashboards`: what there is to look at."""

    async def get(self) -> None:
        self.page(
            "dashboards.html",
            tab="dashboards",
            branch=self.wished_branch(),
            notebooks=await self.work(notebooks, self.site.course),
            possible=possible(),
        )


class Dashboard(Organizing, Drawing):
    """`/organize/dashboards/<name>`: one of them, in a kernel of the organizer's own.

    `?period=` and `?branch=` are what its selectors start with.
    """

    async def get(self, name: str) -> None:
        files = await self.work(notebooks, self.site.course)
        found = next((one for one in files if one.name == name), None)
        if found is None:
            raise Refused(404, "not_found", _("There is nothing here, or it is not for you."))
        branch, period = self.wished_branch(), self.the_period()
        if not possible():
            raise Refused(503, "no_dashboards", missing())
        if self.site.kernels.full_of_dashboards:
            raise Refused(
                503,
                "busy",
                _("Just now many people use dashboards. Try again in a minute."),
                headers={"Retry-After": "60"},
            )
        page = Drawn(
            title=found.title,
            language=language(),
            notebook=found.text,
            cells=_in_language,
            back=self.address("organize/dashboards", branch=branch.id),
            back_words=_("Dashboards"),
            busy=_("One moment: the charts are being drawn. It takes some seconds."),
        )
        desk = Desk(self.site, self.member.id, period=str(period), branch=branch.id)
        await self.draw(
            page, self.site.kernels.start(self.member.id, f"dashboard {name}", desk=desk)
        )


def possible() -> bool:
    """Whether what draws the charts is installed, on a system that has the sockets for it."""
    return can_serve() and all(find_spec(name) for name in ("altair", "vl_convert"))


def missing() -> str:
    return _("Dashboards need two more packages on the server: pip install 'weike[dashboards]'")


def notebooks(course: Course) -> list[Notebook]:
    """Those that come with Weike, and the course's own in `results/dashboards/`, which win."""
    files: dict[str, Path] = {}
    for folder in (*_SHIPPED, course.results / "dashboards"):
        files |= {file.stem: file for file in sorted(folder.glob("*.ipynb"))}
    known = [name for name in _ORDER if name in files]
    order = [*known, *(name for name in sorted(files) if name not in known)]
    return [_notebook(name, files[name].read_text("utf-8")) for name in order]


def _notebook(name: str, text: str) -> Notebook:
    cells: Sequence[Mapping[str, Any]] = json.loads(text)["cells"]
    words = next((_source(one) for one in _in_language(cells) if one["cell_type"] != "code"), "")
    lines = [line.strip() for line in words.splitlines() if line.strip()]
    title = next((line.lstrip("# ") for line in lines if line.startswith("#")), name)
    about = next((line for line in lines if not line.startswith("#")), "")
    return Notebook(name=name, title=title, about=about, text=text)


def _in_language(cells: Sequence[Any]) -> list[Any]:
    """The cells for this reader: text may stand there once in each language, marked by `lang`."""
    mine = [one for one in cells if one["metadata"].get("lang", language()) == language()]
    return [cleaned(one) if hasattr(one, "cell_type") else one for one in mine]


def _source(cell: Mapping[str, Any]) -> str:
    source: str | list[str] = cell["source"]
    return source if isinstance(source, str) else "".join(source)
