"""Dashboards in a notebook: two selectors, a chart, the table beside it, and both to take along.

    from weike.results.dashboards.dashboard import View, dashboard

    def by_size(figures, chosen):
        frame = figures.branch_scores(period=chosen.period, branch=chosen.branch)
        sheet = figures.branch_sheet(period=chosen.period, branch=chosen.branch)
        return View(partial(charts.funnel, frame), sheet)

    dashboard(by_size)

Charts are drawn to SVG in the notebook's own process: the front end of Voilà 0.5 knows no current
Vega-Lite, a closed network has no other, and a phone gets a narrower drawing instead of a smaller
one.
"""

from __future__ import annotations

import atexit
import base64
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias
from zoneinfo import ZoneInfo

import ipywidgets  # type: ignore[import-untyped]

from weike.quizzes.errors import WeikeError
from weike.quizzes.i18n import _, set_default_language
from weike.results.dashboards.remote import FIGURES, Remote
from weike.results.folders import Folders
from weike.results.reporting.charts import Look, svg
from weike.results.reporting.sheet import (
    Column,
    Sheet,
    Value,
    cell_value,
    flag_word,
    sheet_csv,
    workbook,
)

WIDE, NARROW = 720, 358
MANY: Final = 20_000  # members' lessons attempted; questions of more are analysed lesson by lesson
PHONE: Final = 600  # px of the page; under it the narrow drawing is shown
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_MADE_UP: Final = '<p class="made-up">{}</p>'
STYLE: Final = files("weike.results.dashboards") / "dashboard.css"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What the selectors say: a period such as "2026-Q4", a branch's id, a lesson's slug or ""."""

    period: str
    branch: str
    lesson: str = ""


@dataclass(frozen=True, slots=True)
class View:
    """A chart, drawn for any look, and its table. `columns` are the keys shown on the screen, all
    of them where none is named; a file has them all."""

    chart: Callable[..., Any]
    sheet: Sheet
    columns: Sequence[str] = ()


Lessons: TypeAlias = Literal["none", "one", "all"]
Draw: TypeAlias = Callable[[Any, Chosen], View]


def open_figures() -> Any:
    """The figures that this notebook may ask: those the server lets it, else those of the store
    that `WEIKE_DATABASE_URL` names, else made-up ones."""
    path = os.environ.get(FIGURES)
    return Remote(Path(path)) if path else _own_figures()


@cache
def _own_figures() -> Any:
    from weike.results.dashboards.scope import Scope
    from weike.results.store import ENVIRONMENT as DATABASE
    from weike.results.store import open_store

    if os.environ.get(DATABASE):
        return Scope(store=open_store())
    from weike.quizzes.course import Course
    from weike.results.dashboards.demostore import small_demo

    folders = Folders("demo")
    atexit.register(folders.close)
    now = datetime.now(UTC)
    with ThreadPoolExecutor(1) as beside:  # a notebook's own thread has a loop that runs already
        course = Course(root=folders.make(), demo=True)
        store = beside.submit(small_demo, course, seed=1, now=now).result()
    return Scope(store=store, made_up=True)


def dashboard(draw: Draw, *, lessons: Lessons = "none", figures: Any = None) -> Any:
    """A widget that shows `draw(figures, chosen)` and draws it again when the choice changes.

    With `lessons`, "one" of those that somebody in the branch has to do is chosen too, or "all"
    (`chosen.lesson` is "") where these are not too many attempts to wait for.
    """
    return _Dashboard(draw, open_figures() if figures is None else figures, lessons).box


class _Dashboard:
    def __init__(self, draw: Draw, figures: Any, lessons: Lessons) -> None:
        choices = figures.choices()
        set_default_language(choices.language)
        self.draw = draw
        self.offering = False  # new options change the value by themselves
        self.figures = figures
        self.zone = ZoneInfo(choices.timezone)
        self.period = _selector(_("Period"), choices.periods, choices.period)
        self.branch = _selector(_("Branch"), choices.branches, choices.branch)
        self.lessons = lessons
        self.lesson = _selector(_("Lesson"), [], None) if lessons != "none" else None
        self.status, self.picture, self.table, self.files = (ipywidgets.HTML() for _n in range(4))
        made_up = _MADE_UP.format(_("These figures are made up.")) if choices.made_up else ""
        selectors = [one for one in (self.period, self.branch, self.lesson) if one is not None]
        self.box = ipywidgets.VBox(
            [
                ipywidgets.HTML(f"<style>{STYLE.read_text()}</style>{made_up}"),
                ipywidgets.Box(selectors, layout={"flex_flow": "row wrap"}),
                self.status,
                self.picture,
                self.table,
                self.files,
            ]
        )
        self.box.add_class("weike-dashboard")
        self._refresh()
        for selector in selectors:
            selector.observe(self._refresh, "value")

    def _refresh(self, change: Any = None) -> None:
        """Draw again; a person's mistake is said where the progress was."""
        if self.offering:
            return
        if change is not None:
            self._say(_("One moment…"))
        try:
            if self.lesson is not None and (change is None or change["owner"] is not self.lesson):
                self._offer_lessons(self.lesson)
            view = self.draw(self.figures, self.chosen)
            self.picture.value = picture(view.chart)
            self.table.value = table_html(view.sheet, view.columns, zone=self.zone)
            self.files.value = files_html(view.sheet, self._file_name(view.sheet), zone=self.zone)
            self._say("")
        except WeikeError as error:
            self.picture.value = self.table.value = self.files.value = ""
            self._say(str(error))

    @property
    def chosen(self) -> Chosen:
        lesson = "" if self.lesson is None else self.lesson.value or ""
        return Chosen(period=self.period.value, branch=self.branch.value, lesson=lesson)

    def _offer_lessons(self, selector: Any) -> None:
        """Those of the branch and the period; the one that was chosen stays, if it is there."""
        sheet = self.figures.lesson_sheet(period=self.period.value, branch=self.branch.value)
        if not sheet.rows:
            raise WeikeError(_("Nothing is assigned here in this period."))
        options = [(row["title"], row["lesson"]) for row in sheet.rows]
        if self.lessons == "all" and sum(row["attempted"] for row in sheet.rows) <= MANY:
            options.insert(0, (_("All lessons"), ""))
        known = [slug for _title, slug in options]
        kept = selector.value if selector.value in known else known[0]
        self.offering = True
        selector.options = options
        selector.value = kept
        self.offering = False

    def _file_name(self, sheet: Sheet) -> str:
        return f"{self.branch.label.strip()} {self.period.value} {sheet.title}"

    def _say(self, text: str) -> None:
        self.status.value = f'<p role="status">{escape(text)}</p>'


def _selector(words: str, choices: Sequence[tuple[str, str]], value: str | None) -> Any:
    found = ipywidgets.Dropdown(
        options=[(name, id) for id, name in choices],
        value=value,
        description=words,
        style={"description_width": "auto"},
        layout={"width": "auto", "min_width": "11rem", "max_width": "100%", "height": "auto"},
    )
    found.add_class("weike-choice")
    return found


def picture(chart: Callable[..., Any]) -> str:
    """The chart for a page and for a phone; its `description` is the text for both."""
    wide, narrow = (chart(look=Look(width=width)) for width in (WIDE, NARROW))
    said = escape(str(wide.to_dict().get("description", "")))
    return (
        f'<figure><picture><source media="(max-width: {PHONE}px)" srcset="{_svg_address(narrow)}">'
        f'<img src="{_svg_address(wide)}" alt="{said}"></picture></figure>'
    )


def _svg_address(chart: Any) -> str:
    return _address(svg(chart).encode(), "image/svg+xml")


def _address(body: bytes, kind: str) -> str:
    return f"data:{kind};base64,{base64.b64encode(body).decode()}"


def table_html(sheet: Sheet, keys: Sequence[str], *, zone: ZoneInfo) -> str:
    """The sheet as a table that scrolls inside its frame."""
    columns = [one for one in sheet.columns if not keys or one.key in keys]
    short = short_paths([str(row["path"]) for row in sheet.rows if "path" in row])
    head = "".join(
        f'<th scope="col" class="{_class(one)}">{escape(one.title)}</th>' for one in columns
    )
    body = "".join(
        "<tr>"
        + "".join(
            f'<td class="{_class(one)}">'
            f"{escape(short.get(words := cell_words(cell_value(row, one, zone), one), words))}</td>"
            for one in columns
        )
        + "</tr>"
        for row in sheet.rows
    )
    return (
        f'<div class="frame" tabindex="0" role="region" aria-label="{escape(sheet.title)}"><table>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
        f'<p class="note">{escape(sheet.note)}</p>'
    )


def short_paths(paths: Sequence[str]) -> dict[str, str]:
    """Paths without what all of them begin with; the branch on top keeps its name."""
    parts = [path.split("/") for path in paths]
    same = 0
    while parts and all(len(one) > same and one[same] == parts[0][same] for one in parts):
        same += 1
    return {path: "/".join(one[same:] or one[-1:]) for path, one in zip(paths, parts, strict=True)}


def _class(column: Column) -> str:
    return "text" if column.kind in ("text", "flag") else "number"


def cell_words(value: Value, column: Column) -> str:
    """The cell as people read it."""
    match value:
        case None:
            return "–"
        case bool():
            return flag_word(value)
        case int() | float() if column.kind == "share":
            return f"{value:.0%}"
        case int() | float() if column.kind in ("points", "number"):
            return f"{value:.1f}"
        case datetime():
            return f"{value:%Y-%m-%d %H:%M}"
        case _:
            return str(value)


def files_html(sheet: Sheet, name: str, *, zone: ZoneInfo) -> str:
    """The whole sheet as files that are part of the page: nothing is fetched for them."""
    files = (
        ("xlsx", _("Take along as Excel"), XLSX, workbook([sheet], zone=zone)),
        ("csv", _("As CSV"), "text/csv;charset=utf-8", sheet_csv(sheet, zone=zone)),
    )
    return "".join(
        f'<a class="file" download="{escape(name)}.{suffix}" href="{_address(body, kind)}">'
        f"{escape(words)}</a>"
        for suffix, words, kind, body in files
    )
