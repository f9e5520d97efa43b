"""The whole report: one table of all budgets, what misses, and every part behind it.

What each part found is kept in `report.json`, and the report is written anew after each one. So a
bench that ends early leaves what it has measured, and a part can be measured again alone.
"""

from __future__ import annotations

import json
import time
import traceback
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from .figures import Figure
from .machine import Machine
from .part import Found, Part
from .report import MARKS, figure_table, number, table


@dataclass(slots=True, kw_only=True)
class Measured:
    """One part's turn."""

    name: str
    date: str
    seconds: float
    small: bool
    load_before: float
    found: Found = field(default_factory=Found)

    def to_json(self) -> dict[str, Any]:
        figures = [figure.to_json() for figure in self.found.figures]
        rest = {"failures": self.found.failures, "profiles": self.found.profiles}
        head = {name: getattr(self, name) for name in self.__slots__ if name != "found"}
        return head | {"figures": figures} | rest

    @classmethod
    def of(cls, data: dict[str, Any]) -> Measured:
        found = Found(
            figures=[Figure.of(one) for one in data.pop("figures")],
            failures=data.pop("failures"),
            profiles=data.pop("profiles"),
        )
        return cls(**data, found=found)


class Whole:
    """All parts measured so far, in the order of `parts`."""

    def __init__(self, folder: Path, parts: Sequence[Part], machine: Machine) -> None:
        self._folder = folder
        self._order = [part.name for part in parts]
        self._machine = machine
        self.measured: dict[str, Measured] = {}

    @property
    def report(self) -> Path:
        return self._folder / "report.md"

    def keep(self, names: Sequence[str]) -> None:
        """What was measured before and is not measured now stays in the report."""
        file = self._folder / "report.json"
        if file.exists():
            for data in json.loads(file.read_text(encoding="utf-8"))["parts"]:
                if data["name"] in names:
                    self.measured[data["name"]] = Measured.of(data)

    def run(self, part: Part, *, small: bool, load: float) -> None:
        """Measure one part; whatever happens, what there is stands in the report afterwards."""
        began = time.monotonic()
        measured = self.measured[part.name] = Measured(
            name=part.name,
            date=f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
            seconds=0.0,
            small=small,
            load_before=load,
        )
        (self._folder / f"{part.name}.md").unlink(missing_ok=True)
        try:
            measured.found = part.run(small, self._folder)
        except Exception as failure:
            traceback.print_exc()
            text = f"the part “{part.name}” ended early: {type(failure).__name__}: {failure}"
            measured.found.failures.append(text)
        except BaseException:
            measured.found.failures.append(f"the part “{part.name}” was stopped")
            raise
        finally:
            measured.seconds = time.monotonic() - began
            self.write()

    @property
    def failures(self) -> list[str]:
        return [f"{one.name}: {text}" for one in self._all for text in one.found.failures]

    @property
    def figures(self) -> list[Figure]:
        return [figure for one in self._all for figure in one.found.figures]

    @property
    def _all(self) -> list[Measured]:
        return [self.measured[name] for name in self._order if name in self.measured]

    def write(self) -> None:
        data = {
            "machine": asdict(self._machine),
            "figures": [figure.to_json() for figure in self.figures],
            "failures": self.failures,
            "parts": [one.to_json() for one in self._all],
        }
        text = json.dumps(data, ensure_ascii=False, indent=1)
        (self._folder / "report.json").write_text(text, encoding="utf-8")
        parts = [
            "# Weike beside stock Voilà",
            self._about(),
            self.summary(),
            *(f"**Void:** {failure}" for failure in self.failures),
            "## All budgets",
            figure_table([figure for figure in self.figures if figure.budget is not None]),
            *(self._part(one) for one in self._all),
        ]
        self.report.write_text("\n\n".join(parts) + "\n", encoding="utf-8")

    def summary(self) -> str:
        """In one paragraph: how many budgets are met, and where to look for those that are not."""
        bound = [(one, f) for one in self._all for f in one.found.figures if f.budget is not None]
        missed = [(one, figure) for one, figure in bound if not figure.met]
        head = f"**{len(bound) - len(missed)} of {len(bound)} budgets are met.**"
        if not missed:
            return head
        return "\n".join([head + " Missed:", "", *(self._missed(*each) for each in missed)])

    def _missed(self, part: Measured, figure: Figure) -> str:
        sign = "≤" if figure.better == "less" else "≥"
        unit = f" {figure.unit}" if figure.unit else ""
        profile = part.found.profiles.get(figure.load or "")
        where = f"profile: [{profile}]({profile})" if profile else f"details: part “{part.name}”"
        assert figure.budget is not None
        return (
            f"- {MARKS[False]} {figure.name}: {number(figure.weike)}{unit} instead of"
            f" {sign} {number(figure.budget)}; {where}"
        )

    def _part(self, one: Measured) -> str:
        file = self._folder / f"{one.name}.md"
        written = file.read_text(encoding="utf-8").strip() if file.exists() else ""
        return written or f"## {one.name}\n\nNothing was written."

    def _about(self) -> str:
        machine = self._machine
        packages = ", ".join(f"{name} {version}" for name, version in machine.packages.items())
        rows = [
            (
                one.name + (" (small)" if one.small else ""),
                one.date,
                f"{one.seconds:,.0f} s",
                f"{one.load_before:.2f}",
            )
            for one in self._all
        ]
        return "\n".join(
            [
                f"- Machine: {machine.cores} cores of {machine.cpu}, {machine.memory_gib:.1f} GiB,"
                f" {machine.system}; a write is durable after {machine.sync_ms:.2f} ms",
                f"- Python {machine.python}, {machine.browser}, {packages}",
                "",
                table(("part", "measured", "took", "load average before"), rows),
            ]
        )
