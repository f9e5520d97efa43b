"""The part of the report about pages and answers, and the tables of all parts."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from .charts import draw_charts
from .figures import Figure
from .load import Outcome
from .machine import Usage
from .phone import Transfer
from .results import Results
from .stock import PREHEATED

BINDS = 0.9  # a generator busier than this measures itself
MARKS = {True: "✓", False: "✗", None: ""}


def write_pages(results: Results, folder: Path) -> Path:
    """The part about pages and answers: `pages.md`, `pages.json` and its charts."""
    charts = draw_charts(results, folder)
    data = json.dumps(results.to_json(), ensure_ascii=False, indent=1)
    (folder / "pages.json").write_text(data, encoding="utf-8")
    report = folder / "pages.md"
    parts = [
        "## Pages and answers beside stock Voilà",
        figure_table(results.figures),
        _answers(results),
        *(f"![{title}]({file})" for title, file in charts),
        "### Under load",
        _under_load(results),
        "### What the phone asks Weike for",
        _requests(results.weike.openings.typical.transfers),
        "### What the phone asks Weike for on a live lesson",
        _requests(results.weike.live.typical.transfers),
        _conditions(results),
    ]
    report.write_text("\n\n".join(parts) + "\n", encoding="utf-8")
    return report


def figure_table(figures: Sequence[Figure]) -> str:
    """Columns in which nothing stands are left out."""
    rows = [_figure(figure) for figure in figures]
    kept = [n for n in range(len(_HEAD)) if n == 0 or any(row[n] for row in rows)]
    return table([_HEAD[n] for n in kept], [[row[n] for n in kept] for row in rows])


_HEAD = (
    "what", "Weike", "range", "budget", "", "stock Voilà", "range", "preheated", "better by"
)  # fmt: skip


def _figure(figure: Figure) -> tuple[str, ...]:
    sign = "≤" if figure.better == "less" else "≥"
    budget = "" if figure.budget is None else f"{sign} {number(figure.budget)}"
    return (
        f"{figure.name}, {figure.unit}" if figure.unit else figure.name,
        number(figure.weike),
        _range(figure.low, figure.high),
        budget,
        MARKS[figure.met],
        "" if figure.stock is None else number(figure.stock),
        _range(figure.stock_low, figure.stock_high),
        "" if figure.preheated is None else number(figure.preheated),
        "" if figure.ratio is None else f"{number(figure.ratio)} ×",
    )


def _range(low: float | None, high: float | None) -> str:
    return "" if low is None or high is None else f"{number(low)}–{number(high)}"


def number(value: float) -> str:
    if value >= 100 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def _answers(results: Results) -> str:
    weike = results.weike
    return (
        f"Answers acknowledged: {weike.acknowledged:,}. Found in the store after the server was"
        f" killed (SIGKILL): {weike.stored:,}."
    )


def _under_load(results: Results) -> str:
    head = ("load", "done", "1/s", "p50 ms", "p95 ms", "p99 ms", "longest ms")
    cost = ("server CPU", "1/s per server core", "threads", "generator CPU", "others", "memory MiB")
    return "\n\n".join(
        [
            table(
                (*head, *cost),
                [_load(name, outcome) for name, outcome in results.weike.loads.items()],
            ),
            "CPU is in shares of one core. The rate per server core divides by the CPU that the"
            " server got, so it also holds on a busy machine. “Others” is everything else that ran"
            " on this machine meanwhile.",
            *(
                f"**{name}: the generator was busy {_percent(outcome.usage.load)} of the time,"
                " so this figure may be its own.**"
                for name, outcome in results.weike.loads.items()
                if outcome.usage.load > BINDS
            ),
        ]
    )


def _load(name: str, outcome: Outcome) -> tuple[str, ...]:
    usage = outcome.usage
    latencies = (number(outcome.percentile(share) * 1000) for share in (0.5, 0.95, 0.99, 1.0))
    per_core = outcome.rate / usage.server if usage.server else 0.0
    return (
        name,
        f"{outcome.counted:,}",
        number(outcome.rate),
        *latencies,
        _percent(usage.server),
        number(per_core),
        _threads(usage),
        _percent(usage.load),
        _percent(usage.others),
        number(usage.memory_mib),
    )


def _threads(usage: Usage) -> str:
    ranked = sorted(usage.threads.items(), key=lambda thread: -thread[1])[:3]
    return ", ".join(f"{name.split()[0]} {_percent(share)}" for name, share in ranked)


def _percent(share: float) -> str:
    return f"{share * 100:.0f} %"


def _requests(transfers: Sequence[Transfer]) -> str:
    rows = [
        (
            urlsplit(transfer.url).path,
            transfer.kind,
            f"{transfer.begin:.2f}–{transfer.end:.2f}",
            f"{transfer.transferred:,}",
            f"{transfer.body:,}",
        )
        for transfer in transfers
    ]
    return table(("path", "kind", "seconds", "bytes transferred", "uncompressed"), rows)


def _conditions(results: Results) -> str:
    size = results.size
    phone = size.phone
    return "\n".join(
        [
            "### How it was measured",
            "",
            f"- Phone: Chromium, 390×844 with touch, {phone.megabits} Mbit/s,"
            f" {phone.latency_ms:.0f} ms, processor slowed {phone.slowdown:.0f} times, nothing"
            f" cached, {size.phone_openings} first opens each; the median and the range."
            " Time runs from the navigation to the first frame with a field that takes an answer."
            " Other hosts are out of reach, as on a closed network. The lesson's own pictures and"
            " films do not count as requests and bytes.",
            "- Sliders: tapped as soon as they are drawn. “Usable” is when the text that follows"
            " from the value has changed, counted from the navigation: on Weike's page that takes a"
            " process of the member's own, which the tap asks for.",
            "- Stock: `voila` on a notebook with one anywidget quiz and a slider, started plain;"
            f" {size.stock_opens} opens, {size.stock_at_once} at once, a kernel for each. Its"
            " figure beside “page alone” is the rendering alone, without kernels.",
            f"- Preheated: the same with `{' '.join(PREHEATED)}`; on the phone, kernels are ready"
            " before each open; under load, those that were ready have just been given away. Each"
            " is replaced, so memory and CPU for each reader stay those of stock.",
            f"- Loads: one `weike serve` process on one core, the generator on another;"
            f" {size.connections} connections kept alive, {size.seconds:.0f} s after"
            f" {size.warm_up:.0f} s. Every status and body is checked. Newcomers are members whom"
            " the server has never seen: session, attempt and paper are made for each.",
            f"- Whole lessons: {size.throng:,} members whom the server has never seen come at"
            f" random moments of {size.throng_seconds:.0f} s; each opens the page and the attempt"
            " (“open”), answers every question without a pause, and hands in. The memory is the"
            " server's and that of its children.",
            f"- Offered: {size.offered:,} answers at random moments, on average"
            f" {size.offered_rate:,.0f} a second; latency counts from the moment at which each was"
            " due.",
        ]
    )


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    align = [":--", *["--:"] * (len(head) - 1)]
    return "\n".join("| " + " | ".join(row) + " |" for row in (head, align, *rows))
