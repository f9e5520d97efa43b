"""Names beside points, as many as find a place: the important first, and none over another."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

GAP = 7  # px between a point's middle and its name


@dataclass(frozen=True, slots=True)
class Box:
    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Box) -> bool:
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )


@dataclass(frozen=True, slots=True)
class Placed:
    """The place of a name: which point, and its left edge and middle in px."""

    point: int
    x: float
    y: float


def place(
    points: Sequence[tuple[float, float]],
    names: Sequence[str],
    order: Iterable[int],
    *,
    width: float,
    height: float,
    size: int,
) -> list[Placed]:
    """Names for the points (px from the upper left) in this order; who finds no place has none."""
    taken = [Box(x - 5, y - 5, x + 5, y + 5) for x, y in points]
    found = []
    for i in order:
        x, y = points[i]
        long = text_width(names[i], size)
        half = size * 0.62
        for left, middle in (
            (x + GAP, y),
            (x - GAP - long, y),
            (x - long / 2, y - GAP - half),
            (x - long / 2, y + GAP + half),
            (x + GAP, y - half),
            (x + GAP, y + half),
            (x - GAP - long, y - half),
            (x - GAP - long, y + half),
        ):
            box = Box(left, middle - half, left + long, middle + half)
            inside = box.left >= 0 and box.right <= width and box.top >= 0 and box.bottom <= height
            if inside and not any(box.meets(other) for k, other in enumerate(taken) if k != i):
                taken.append(box)
                found.append(Placed(i, left, middle))
                break
    return found


def text_width(text: str, size: int) -> float:
    """About how wide a text is in px: a Chinese character is as wide as it is high."""
    return sum(size if ord(letter) > 0x2E7F else 0.56 * size for letter in text)
