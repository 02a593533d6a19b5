"""Durations of a run: lengths of its steps and how often they are repeated."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Durations:
    """Lengths in seconds, and repetitions.

    lowest: the first rate of a sweep.
    repetitions: measurements of a step at 80% of the knee and a step at twice the knee.
    blocks: pairs of alternating measurements, AB and BA, each `measurement_s` long.
    starts: times that two servers are started anew for a concurrent measurement of `concurrent_s`.
    """

    step_s: int
    long_s: int
    lowest: int
    halvings: int
    repetitions: int
    blocks: int
    measurement_s: int
    starts: int
    concurrent_s: int


FULL = Durations(
    step_s=10, long_s=40, lowest=25, halvings=3, repetitions=5, blocks=10, measurement_s=5, starts=20, concurrent_s=10
)
QUICK = Durations(
    step_s=4, long_s=5, lowest=25, halvings=1, repetitions=2, blocks=4, measurement_s=3, starts=6, concurrent_s=3
)
