"""Curve: CPU of one question at several sizes, and the parts of it that grow too fast."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log
from statistics import quantiles
from typing import NamedTuple

MAX_EXPONENT = 1.1
"""A part is superlinear if its cost grows faster than this power of the size; measurements differ by some percent."""
STEP, STEEPER = 1.25, 3.0
"""A part is a step if it adds more than a quarter at once, and is three times as steep as the part before it."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part between two sizes, and what is wrong with it: "a step" or "superlinear"."""

    start: int
    end: int
    fault: str

    def __str__(self) -> str:
        return f"{self.fault} from {self.start:,} to {self.end:,}"


class Point(NamedTuple):
    """CPU milliseconds of a question at one size: the median round, and the quartiles."""

    size: int
    cpu_ms: float
    low: float
    high: float

    @classmethod
    def of(cls, size: int, rounds: Sequence[float]) -> Point:
        """The point of at least two rounds."""
        low, middle, high = quantiles(rounds, n=4, method="inclusive")
        return cls(size, middle, low, high)


@dataclass(frozen=True, slots=True)
class Curve:
    """Points of a question by size, in ascending order.

    is_flat: the cost is to grow with the logarithm of the size at most.
    """

    axis: str
    question: str
    points: tuple[Point, ...]
    is_flat: bool = False

    def faults(self) -> Iterator[Part]:
        """Superlinear parts and steps, which have to be larger than the spread of the rounds."""
        before: float | None = 0.0 if self.is_flat else None
        for start, end in pairwise(self.points):
            steepness = (end.cpu_ms - start.cpu_ms) / self._width(start.size, end.size)
            growth = end.low / start.high
            if growth > (end.size / start.size) ** MAX_EXPONENT:
                yield Part(start.size, end.size, "superlinear")
            elif before is not None and growth > STEP and steepness > STEEPER * before:
                yield Part(start.size, end.size, "a step")
            before = max(steepness, 0.0)

    def verdict(self) -> str:
        return "; ".join(map(str, self.faults())) or "no step, no superlinear part"

    def _width(self, start: int, end: int) -> float:
        return log(end / start) if self.is_flat else end - start
