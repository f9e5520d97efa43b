"""Charts of the public figures, as Altair charts and as SVG for a page or a report.

Every function takes a DataFrame of `weike.results` and gives an `alt.Chart`; `svg` draws it without
network. Nothing is told by colour alone, and each chart's `description` says in a sentence what it
shows, for those who cannot see it.
"""

from __future__ import annotations

from weike.results.reporting.charts.completion import completion_over_time
from weike.results.reporting.charts.funnel import funnel
from weike.results.reporting.charts.heat import topic_heatmap
from weike.results.reporting.charts.items import item_map
from weike.results.reporting.charts.lessons import lesson_detail
from weike.results.reporting.charts.look import Look, svg

__all__ = [
    "Look",
    "completion_over_time",
    "funnel",
    "item_map",
    "lesson_detail",
    "svg",
    "topic_heatmap",
]
