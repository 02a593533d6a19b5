"""Sweep of rising rates up to saturation, and its knee."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt

from bench.arrivals.responses import Step

RULE = (
    "A rate is sustained if nothing is dropped and 99 of 100 arrivals get a whole response within a second of their "
    "due time (with a fault profile: any accepted response within five seconds). A rate that is not sustained is tried "
    "once more. The rate is doubled until it is not sustained, then the interval is halved a few times. The knee is "
    "the highest sustained rate."
)
HIGHEST = 12_800

RunStep = Callable[[int], Step]


@dataclass(frozen=True, slots=True)
class Sweep:
    """Steps in the order taken. `knee` is None if not even the lowest rate was sustained."""

    steps: tuple[Step, ...]
    knee: int | None


def sweep(run_step: RunStep, *, lowest: int, halvings: int) -> Sweep:
    """Sweep by the rule above. `run_step` measures one step. The interval is halved geometrically."""
    steps: list[Step] = []

    def is_sustained(rate: int) -> bool:
        steps.append(run_step(rate))
        if not steps[-1].is_sustained:
            steps.append(run_step(rate))
        return steps[-1].is_sustained

    sustained, rate = 0, lowest
    while rate <= HIGHEST and is_sustained(rate):
        sustained, rate = rate, 2 * rate
    if sustained and rate <= HIGHEST:
        for _ in range(halvings):
            middle = round(sqrt(sustained * rate))
            sustained, rate = (middle, rate) if is_sustained(middle) else (sustained, middle)
    return Sweep(tuple(steps), sustained or None)
