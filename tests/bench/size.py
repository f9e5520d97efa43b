"""How much is measured: the full run, and a small one that only shows that everything works."""

from __future__ import annotations

from dataclasses import dataclass

from .phone import Profile


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """`members` bounds how many first visits there are; `only` the topics to publish.

    `profiles` are loads to profile whatever their figures; without them, those that miss a budget.
    """

    phone: Profile
    phone_openings: int
    members: int
    pages: int
    seconds: float
    warm_up: float
    saturated: int
    offered_rate: float
    offered: int
    throng: int
    throng_seconds: float
    connections: int
    stock_opens: int
    stock_at_once: int
    render_seconds: float
    only: tuple[str, ...] = ()
    profiles: tuple[str, ...] = ()


FULL = Size(
    phone=Profile(),
    phone_openings=5,
    members=9_000,
    pages=60_000,
    seconds=5.0,
    warm_up=1.0,
    saturated=25_000,
    offered_rate=1_000,
    offered=10_000,
    throng=1_000,
    throng_seconds=60,
    connections=64,
    stock_opens=16,
    stock_at_once=4,
    render_seconds=3.0,
)
SMALL = Size(
    phone=Profile(megabits=100, latency_ms=2, slowdown=1),
    phone_openings=1,
    members=30,
    pages=60,
    seconds=20.0,
    warm_up=0.0,
    saturated=60,
    offered_rate=200,
    offered=40,
    throng=4,
    throng_seconds=1,
    connections=4,
    stock_opens=2,
    stock_at_once=1,
    render_seconds=0.1,
    only=("fire", "conveyor"),
    profiles=("page alone", "phone"),
)
