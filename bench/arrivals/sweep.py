"""The rate raised up to saturation, and where the knee is. Knows nothing of what is asked or how."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt

from bench.arrivals.responses import Step

RULE = (
    "A rate holds when nothing was dropped and 99 of 100 arrivals were answered whole within a second of when they "
    "were meant to be sent (with a profile: answered at all, within an operation's five seconds); one that does not is "
    "tried once more. The rate is doubled until it does not hold, then "
    "what lies between is halved a few times; the knee is the highest rate that held."
)
HIGHEST = 12_800

At = Callable[[int], Step]


@dataclass(frozen=True, slots=True)
class Sweep:
    """Every step in the order taken. `knee` is None if not even the lowest rate held."""

    steps: tuple[Step, ...]
    knee: int | None


def sweep(at: At, *, lowest: int, halvings: int) -> Sweep:
    """Steps at rates that `at` measures, as the rule says. Halved by ratio: rates count in times."""
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
