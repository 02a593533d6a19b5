"""Ticks of a chart's axis: round numbers, as few as are easy to read."""

from __future__ import annotations

from math import ceil, floor, log10


def ticks(high: float, count: int = 5) -> list[float]:
    """Round numbers from 0 on, at most `count`, which is 3 or more, and 0 itself; none is above `high`."""
    if high <= 0:
        return [0.0]
    rough = high / count
    power = 10.0 ** floor(log10(rough))
    step = next(step * power for step in (1, 2, 5, 10) if step * power >= rough)
    return [number * step for number in range(floor(high / step + 1e-9) + 1)]


def log_ticks(low: float, high: float) -> list[float]:
    """1, 2 and 5 of each power of ten from `low` to `high`."""
    powers = range(floor(log10(low)), ceil(log10(high)) + 1)
    return [tick for power in powers for step in (1, 2, 5) if low <= (tick := step * 10.0**power) <= high]
