"""Request mix of the load test: the benchmark's workloads in an order drawn with a seed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from random import Random
from types import MappingProxyType

from bench.workloads import workloads

# Share of each hundred arrivals. An assumption: no mix of such a network is published.
FIELD: Mapping[str, int] = MappingProxyType({"a plate": 50, "a name": 25, "1 person": 23, "200 people": 2})
HUNDREDS = 20


@dataclass(frozen=True, slots=True)
class Arrival:
    """One request: its workload and its body."""

    workload: str
    body: str


def draw_arrivals(folder: Path, seed: int, mix: Mapping[str, int] = FIELD) -> list[Arrival]:
    """Twenty hundreds of arrivals, each hundred with exactly the mix's shares, shuffled.

    With shares that are exact only on average, two steps would differ in their number of dashboards, not only in rate.
    """
    rng = Random(seed)
    bodies: dict[str, Iterator[bytes]] = {}
    for workload in workloads(folder, seed=seed):
        if workload.name in mix:
            ordered = workload.bodies(sends_inquiry=True)
            bodies[workload.name] = cycle(rng.sample(ordered, len(ordered)))
    hundred = [workload for workload, share in mix.items() for _ in range(share)]
    order = [workload for _ in range(HUNDREDS) for workload in rng.sample(hundred, len(hundred))]
    return [Arrival(workload, next(bodies[workload]).decode()) for workload in order]
