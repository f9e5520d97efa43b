"""Everything one run measured, and the figures that the budgets speak of."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from .figures import Figure
from .load import Outcome, percentile
from .machine import Machine
from .phone import Opening, Openings
from .size import Size


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    openings: Openings
    opens: float
    renders: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Weike:
    """`acknowledged` and `stored` count answers; `lost` those acknowledged and not in the store."""

    openings: Openings
    loads: dict[str, Outcome]
    acknowledged: int
    stored: int
    lost: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    date: str
    machine: Machine
    size: Size
    stock: Stock
    weike: Weike
    profiles: dict[str, str] = field(default_factory=dict)

    @property
    def failures(self) -> list[str]:
        """Why this run is void, whatever its times: wrong answers, or lost ones."""
        found = [
            f"{name}: {error}"
            for name, outcome in self.weike.loads.items()
            for error in outcome.errors
        ]
        if self.weike.lost or self.weike.stored != self.weike.acknowledged:
            found.append(
                f"{self.weike.acknowledged} answers were acknowledged, {self.weike.stored} are"
                f" stored, {self.weike.lost} of the acknowledged ones are lost"
            )
        return found

    @property
    def figures(self) -> list[Figure]:
        return [
            *_phone(self.stock.openings, self.weike.openings),
            *self._opens(),
            *self._answers(),
            *self._throng(),
        ]

    @property
    def missed_loads(self) -> list[str]:
        """The loads under which a budget was missed, each once."""
        return list(dict.fromkeys(f.load for f in self.figures if f.load and f.met is False))

    def _opens(self) -> list[Figure]:
        loads = self.weike.loads
        return [
            Figure(
                name="page opens, page alone (200, gzip)",
                unit="1/s",
                better="more",
                load=PAGES,
                weike=loads[PAGES].rate,
                budget=2_500,
                stock=self.stock.renders,
            ),
            Figure(
                name="page opens, page alone (304)",
                unit="1/s",
                better="more",
                load=KNOWN_PAGES,
                weike=loads[KNOWN_PAGES].rate,
                budget=2_500,
                stock=self.stock.renders,
            ),
            Figure(
                name="page opens, page and running attempt",
                unit="1/s",
                better="more",
                load=SECOND_VISITS,
                weike=loads[SECOND_VISITS].rate,
                budget=800,
                stock=self.stock.opens,
            ),
            Figure(
                name="page opens, page and a newcomer's attempt",
                unit="1/s",
                better="more",
                load=FIRST_VISITS,
                weike=loads[FIRST_VISITS].rate,
                budget=800,
                stock=self.stock.opens,
            ),
        ]

    def _answers(self) -> list[Figure]:
        saturated, offered = self.weike.loads[SATURATED], self.weike.loads[OFFERED]
        latency = f"answer at {self.size.offered_rate:,.0f}/s offered, "
        return [
            Figure(
                name="durable graded answers, saturated",
                unit="1/s",
                better="more",
                load=SATURATED,
                weike=saturated.rate,
                budget=2_000,
            ),
            *(
                Figure(
                    name=f"{latency}p{share * 100:.0f}",
                    unit="ms",
                    better="less",
                    load=OFFERED,
                    weike=offered.percentile(share) * 1000,
                    budget=50 if share == 0.99 else None,
                )
                for share in (0.5, 0.95, 0.99)
            ),
        ]

    def _throng(self) -> list[Figure]:
        throng, size = self.weike.loads[THRONG], self.size
        who = f"{size.throng:,} members in {size.throng_seconds:.0f} s, the whole lesson: "
        measured: list[tuple[str, str, float, float | None]] = [
            ("open p95", "ms", percentile(throng.notes["open"], 0.95) * 1000, 50),
            ("answer p99", "ms", percentile(throng.notes["answer"], 0.99) * 1000, 100),
            ("submit p99", "ms", percentile(throng.notes["submit"], 0.99) * 1000, None),
            ("memory of everything", "MiB", throng.usage.memory_mib, 512),
        ]
        return [
            Figure(
                name=who + what, unit=unit, better="less", weike=weike, budget=budget, load=THRONG
            )
            for what, unit, weike, budget in measured
        ]

    def to_json(self) -> dict[str, Any]:
        return {
            "date": self.date,
            "machine": asdict(self.machine),
            "size": asdict(self.size),
            "figures": [figure.to_json() for figure in self.figures],
            "acknowledged": self.weike.acknowledged,
            "stored": self.weike.stored,
            "failures": self.failures,
            "loads": {name: _load_json(load) for name, load in self.weike.loads.items()},
            "openings": {
                "stock": [_opening_json(o) for o in self.stock.openings.all],
                "weike": [_opening_json(o) for o in self.weike.openings.all],
            },
        }


PHONE = "phone"
PAGES = "page alone"
KNOWN_PAGES = "page alone, 304"
THRONG = "whole lessons"
FIRST_VISITS = "page and attempt of newcomers"
SECOND_VISITS = "page and attempt again"
SATURATED = "answers, saturated"
OFFERED = "answers, offered"


def _phone(stock: Openings, weike: Openings) -> list[Figure]:
    kinds = (
        ("first question answerable on the phone", "s", "answerable", 1.0, 1.0),
        ("requests of a first open", "", "requests", 5, 1.0),
        ("transferred by a first open", "kB", "transferred", 40, 1000.0),
        ("the same uncompressed", "kB", "uncompressed", None, 1000.0),
    )
    figures = []
    for name, unit, what, budget, divisor in kinds:
        low, high = weike.range(what)
        stock_low, stock_high = stock.range(what)
        figures.append(
            Figure(
                name=name,
                unit=unit,
                better="less",
                load=PHONE if what == "answerable" else None,
                weike=weike.median(what) / divisor,
                budget=budget,
                stock=stock.median(what) / divisor,
                low=low / divisor,
                high=high / divisor,
                stock_low=stock_low / divisor,
                stock_high=stock_high / divisor,
            )
        )
    return figures


def _load_json(load: Outcome) -> dict[str, Any]:
    return {
        "rate": load.rate,
        "counted": load.counted,
        "seconds": load.seconds,
        "latency": {str(share): load.percentile(share) for share in (0.5, 0.95, 0.99, 1.0)},
        "notes": {
            name: {str(share): percentile(times, share) for share in (0.5, 0.95, 0.99, 1.0)}
            for name, times in load.notes.items()
        },
        "usage": asdict(load.usage),
    }


def _opening_json(opening: Opening) -> dict[str, Any]:
    return {
        "answerable": opening.answerable,
        "transfers": [asdict(transfer) for transfer in opening.transfers],
        "media": [asdict(transfer) for transfer in opening.media],
    }
