"""The report of a run: Markdown for people, JSON for programs, a table for the terminal."""

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

BINDS = 0.9  # a generator busier than this measures itself
_MARKS = {True: "✓", False: "✗", None: ""}


def write_report(results: Results, folder: Path) -> Path:
    charts = draw_charts(results, folder)
    data = json.dumps(results.to_json(), ensure_ascii=False, indent=1)
    (folder / "report.json").write_text(data, encoding="utf-8")
    report = folder / "report.md"
    parts = [
        f"# Weike beside stock Voilà, {results.date}",
        _machine(results),
        *(f"**This run is void:** {failure}" for failure in results.failures),
        "## Figures",
        figure_table(results.figures),
        _answers(results),
        *(f"![{title}]({file})" for title, file in charts),
        "## Under load",
        _under_load(results),
        "## What the phone asks Weike for",
        _requests(results.weike.openings.typical.transfers),
        _conditions(results),
    ]
    if results.profiles:
        parts += [
            "## Budgets missed: what binds",
            *(f"- {name}: [{file}]({file})" for name, file in results.profiles.items()),
        ]
    report.write_text("\n\n".join(parts) + "\n", encoding="utf-8")
    return report


def summary(results: Results) -> str:
    """The figures as a table for the terminal."""
    rows = [_HEAD, *(_figure(figure) for figure in results.figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEAD))]
    lines = [
        "  ".join(
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
    return "\n".join([*lines, _answers(results), *results.failures])


def figure_table(figures: Sequence[Figure]) -> str:
    return _table(_HEAD, [_figure(figure) for figure in figures])


_HEAD = ("what", "Weike", "range", "budget", "", "stock Voilà", "range", "better by")


def _figure(figure: Figure) -> tuple[str, ...]:
    sign = "≤" if figure.better == "less" else "≥"
    budget = "" if figure.budget is None else f"{sign} {_number(figure.budget)}"
    return (
        f"{figure.name}, {figure.unit}" if figure.unit else figure.name,
        _number(figure.weike),
        _range(figure.low, figure.high),
        budget,
        _MARKS[figure.met],
        "" if figure.stock is None else _number(figure.stock),
        _range(figure.stock_low, figure.stock_high),
        "" if figure.ratio is None else f"{_number(figure.ratio)} ×",
    )


def _range(low: float | None, high: float | None) -> str:
    return "" if low is None or high is None else f"{_number(low)}–{_number(high)}"


def _number(value: float) -> str:
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
            _table(
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
    latencies = (_number(outcome.percentile(share) * 1000) for share in (0.5, 0.95, 0.99, 1.0))
    per_core = outcome.rate / usage.server if usage.server else 0.0
    return (
        name,
        f"{outcome.counted:,}",
        _number(outcome.rate),
        *latencies,
        _percent(usage.server),
        _number(per_core),
        _threads(usage),
        _percent(usage.load),
        _percent(usage.others),
        _number(usage.memory_mib),
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
    return _table(("path", "kind", "seconds", "bytes transferred", "uncompressed"), rows)


def _machine(results: Results) -> str:
    machine = results.machine
    packages = ", ".join(f"{name} {version}" for name, version in machine.packages.items())
    return "\n".join(
        [
            f"- Machine: {machine.cores} cores of {machine.cpu}, {machine.memory_gib:.1f} GiB,"
            f" {machine.system}; a write is durable after {machine.sync_ms:.2f} ms",
            f"- Load average before the run: {machine.load_before:.2f}",
            f"- Python {machine.python}, {machine.browser}, {packages}",
        ]
    )


def _conditions(results: Results) -> str:
    size = results.size
    phone = size.phone
    return "\n".join(
        [
            "## How it was measured",
            "",
            f"- Phone: Chromium, 390×844 with touch, {phone.megabits} Mbit/s,"
            f" {phone.latency_ms:.0f} ms, processor slowed {phone.slowdown:.0f} times, nothing"
            f" cached, {size.phone_openings} first opens each; the median and the range."
            " Time runs from the navigation to the first frame with a field that takes an answer."
            " Other hosts are out of reach, as on a closed network. The lesson's own pictures and"
            " films do not count as requests and bytes.",
            "- Stock: `voila` on a notebook with one anywidget quiz and a slider, started plain;"
            f" {size.stock_opens} opens, {size.stock_at_once} at once, a kernel for each. Its"
            " figure beside “page alone” is the rendering alone, without kernels.",
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


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    align = [":--", *["--:"] * (len(head) - 1)]
    return "\n".join("| " + " | ".join(row) + " |" for row in (head, align, *rows))
