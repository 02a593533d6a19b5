"""What arrives: a field mix of the benchmark's questions, in an order drawn with a seed. Knows nothing of when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from random import Random
from types import MappingProxyType

from bench.workloads import workloads

# Of each hundred arrivals, so many. A house choice: there is no published mix of such a network.
FIELD: Mapping[str, int] = MappingProxyType({"a plate": 50, "a name": 25, "1 person": 23, "200 people": 2})
HUNDREDS = 20


@dataclass(frozen=True, slots=True)
class Arrival:
    """One request to come: which question it asks, and its body."""

    kind: str
    body: str


def arrivals(folder: Path, seed: int, mix: Mapping[str, int] = FIELD) -> list[Arrival]:
    """Twenty hundreds of arrivals, each hundred with exactly the mix's shares in it, shuffled.

    Exactly, and not in the long run: one dashboard more, and two steps would differ by that and not by their rate.
    """
    rng = Random(seed)
    bodies: dict[str, Iterator[bytes]] = {}
    for workload in workloads(folder, seed=seed):
        if workload.name in mix:
            drawn = workload.bodies(sends_inquiry=True)
            bodies[workload.name] = cycle(rng.sample(drawn, len(drawn)))
    hundred = [kind for kind, share in mix.items() for _ in range(share)]
    order = [kind for _ in range(HUNDREDS) for kind in rng.sample(hundred, len(hundred))]
    return [Arrival(kind, next(bodies[kind]).decode()) for kind in order]
