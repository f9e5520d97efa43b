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
    """Voilà, plain or with preheated kernels; `memory` is MiB for each kernel."""

    openings: Openings
    opens: float
    memory: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Weike:
    """`acknowledged` and `stored` count answers; `lost` those acknowledged and not in the store."""

    openings: Openings
    live: Openings
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
    renders: float  # pages that stock Voilà draws in a second if kernels cost nothing
    preheated: Stock
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
            *_phone(self.stock.openings, self.preheated.openings, self.weike.openings),
            *_live(self.stock.openings, self.preheated.openings, self.weike.live),
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
                stock=self.renders,
            ),
            Figure(
                name="page opens, page alone (304)",
                unit="1/s",
                better="more",
                load=KNOWN_PAGES,
                weike=loads[KNOWN_PAGES].rate,
                budget=2_500,
                stock=self.renders,
            ),
            Figure(
                name="page opens, page and running attempt",
                unit="1/s",
                better="more",
                load=SECOND_VISITS,
                weike=loads[SECOND_VISITS].rate,
                budget=800,
                stock=self.stock.opens,
                preheated=self.preheated.opens,
            ),
            Figure(
                name="page opens, page and a newcomer's attempt",
                unit="1/s",
                better="more",
                load=FIRST_VISITS,
                weike=loads[FIRST_VISITS].rate,
                budget=800,
                stock=self.stock.opens,
                preheated=self.preheated.opens,
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
            *(
                Figure(
                    name=who + what,
                    unit=unit,
                    better="less",
                    weike=weike,
                    budget=budget,
                    load=THRONG,
                )
                for what, unit, weike, budget in measured
            ),
            Figure(
                name="memory of everything for each reader",
                unit="MiB",
                better="less",
                weike=throng.usage.memory_mib / size.throng,
                stock=self.stock.memory,
                preheated=self.preheated.memory,
            ),
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
                "preheated": [_opening_json(o) for o in self.preheated.openings.all],
                "weike": [_opening_json(o) for o in self.weike.openings.all],
                "weike, live": [_opening_json(o) for o in self.weike.live.all],
            },
        }


PHONE = "phone"
LIVE_PHONE = "phone, live lesson"
PAGES = "page alone"
KNOWN_PAGES = "page alone, 304"
THRONG = "whole lessons"
FIRST_VISITS = "page and attempt of newcomers"
SECOND_VISITS = "page and attempt again"
SATURATED = "answers, saturated"
OFFERED = "answers, offered"


def _phone(stock: Openings, preheated: Openings, weike: Openings) -> list[Figure]:
    kinds = (
        ("first question answerable on the phone", "s", "answerable", 1.0, 1.0),
        ("requests of a first open", "", "requests", 5, 1.0),
        ("transferred by a first open", "kB", "transferred", 40, 1000.0),
        ("the same uncompressed", "kB", "uncompressed", None, 1000.0),
    )
    return [
        _opened(
            (stock, preheated, weike),
            name, unit, what, budget, divisor,
            load=PHONE if what == "answerable" else None,
        )
        for name, unit, what, budget, divisor in kinds
    ]  # fmt: skip


def _live(stock: Openings, preheated: Openings, weike: Openings) -> list[Figure]:
    kinds = (
        ("live lesson on the phone: first question answerable", "s", "answerable", 1.0, 1.0),
        ("live lesson on the phone: slider usable", "s", "slider_usable", 4.0, 1.0),
        ("live lesson on the phone: first touch → output", "s", "slider_took", None, 1.0),
        ("live lesson: requests of a first open and a touch", "", "requests", None, 1.0),
        ("live lesson: transferred by a first open and a touch", "kB", "transferred", None, 1000.0),
    )
    return [
        _opened(
            (stock, preheated, weike),
            name, unit, what, budget, divisor,
            load=LIVE_PHONE if budget else None,
        )
        for name, unit, what, budget, divisor in kinds
    ]  # fmt: skip


def _opened(
    openings: tuple[Openings, Openings, Openings],
    name: str,
    unit: str,
    what: str,
    budget: float | None,
    divisor: float,
    *,
    load: str | None,
) -> Figure:
    """The median of stock Voilà's, the preheated one's and Weike's openings, with the ranges."""
    stock, preheated, weike = openings
    low, high = weike.range(what)
    stock_low, stock_high = stock.range(what)
    return Figure(
        name=name,
        unit=unit,
        better="less",
        load=load,
        weike=weike.median(what) / divisor,
        budget=budget,
        stock=stock.median(what) / divisor,
        preheated=preheated.median(what) / divisor,
        low=low / divisor,
        high=high / divisor,
        stock_low=stock_low / divisor,
        stock_high=stock_high / divisor,
    )


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
        "slider": asdict(opening.slid) if opening.slid else None,
        "transfers": [asdict(transfer) for transfer in opening.transfers],
        "media": [asdict(transfer) for transfer in opening.media],
    }
