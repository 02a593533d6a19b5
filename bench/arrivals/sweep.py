"""Sweep of rising rates up to saturation, and its knee."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt

from bench.arrivals.responses import Step

RULE = (
    "A rate is sustained if nothing is dropped and 99 of 100 arrivals are answered whole within a second of when they "
    "were due (with a fault profile: answered at all, within five seconds). A rate that is not sustained is tried once "
    "more. The rate is doubled until it is not sustained, then the interval is halved a few times. The knee is the "
    "highest sustained rate."
)
HIGHEST = 12_800

At = Callable[[int], Step]


@dataclass(frozen=True, slots=True)
class Sweep:
    """Steps in the order taken. `knee` is None if not even the lowest rate was sustained."""

    steps: tuple[Step, ...]
    knee: int | None


def sweep(at: At, *, lowest: int, halvings: int) -> Sweep:
    """Sweep by the rule above. `at` measures one step. The interval is halved geometrically."""
    steps: list[Step] = []

    def is_sustained(rate: int) -> bool:
        steps.append(at(rate))
        if not steps[-1].is_sustained:
            steps.append(at(rate))
        return steps[-1].is_sustained

    held, rate = 0, lowest
    while rate <= HIGHEST and is_sustained(rate):
        held, rate = rate, 2 * rate
    if held and rate <= HIGHEST:
        for _ in range(halvings):
            between = round(sqrt(held * rate))
            held, rate = (between, rate) if is_sustained(between) else (held, between)
    return Sweep(tuple(steps), held or None)
