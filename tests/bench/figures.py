"""The figures of a run: each with its budget and what stock Voilà does."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """`better` says which way is up. `low` and `high` are the range of repeated measurements;
    `load` names the load that it was measured under; `preheated` is stock Voilà with kernels that
    ran the notebook before anybody came.
    """

    name: str
    unit: str
    weike: float
    better: Literal["less", "more"]
    budget: float | None = None
    load: str | None = None
    stock: float | None = None
    low: float | None = None
    high: float | None = None
    stock_low: float | None = None
    stock_high: float | None = None
    preheated: float | None = None

    @property
    def met(self) -> bool | None:
        """None where there is no budget."""
        if self.budget is None:
            return None
        return self.weike <= self.budget if self.better == "less" else self.weike >= self.budget

    @property
    def ratio(self) -> float | None:
        """How many times better than stock."""
        if not self.stock or not self.weike:
            return None
        return self.stock / self.weike if self.better == "less" else self.weike / self.stock

    def to_json(self) -> dict[str, Any]:
        return asdict(self) | {"met": self.met, "ratio": self.ratio}

    @classmethod
    def of(cls, data: dict[str, Any]) -> Figure:
        return cls(**{name: value for name, value in data.items() if name not in ("met", "ratio")})
