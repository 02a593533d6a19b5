"""Results of a benchmark: raw measurements, medians, ratios and spreads."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any


@dataclass(frozen=True, slots=True)
class Measurement:
    """Measurement of one contender with one workload in one round."""

    round: int
    contender: str
    workload: str
    connections: int
    requests: int
    seconds: float
    cpu_s: float
    latencies_ms: tuple[float, ...]

    @property
    def cpu_ms(self) -> float:
        """CPU milliseconds for each request, of the whole process tree."""
        return self.cpu_s * 1_000 / self.requests

    @property
    def per_s(self) -> float:
        return self.requests / self.seconds


@dataclass(frozen=True, slots=True)
class Spread:
    """Median, lowest and highest of all rounds."""

    median: float
    least: float
    most: float

    @classmethod
    def of(cls, values: Iterable[float]) -> Spread:
        ordered = sorted(values)
        return cls(median(ordered), ordered[0], ordered[-1])


@dataclass(frozen=True, slots=True)
class Summary:
    """Summary of one contender with one workload at one number of connections, over all rounds."""

    cpu_ms: Spread
    per_s: Spread
    p50_ms: float
    p99_ms: float
    requests: int


@dataclass(frozen=True, slots=True)
class JournalResult:
    """Result of one journal mode: throughput of the median round, latency over all rounds."""

    way: str
    records: int
    appenders: int
    per_s: float
    p50_ms: float
    p95_ms: float
    p99_ms: float
    cpu_us: float


@dataclass(frozen=True)
class Machine:
    """Description of the machine, and the share of its CPU that other work used."""

    cores: int
    memory_gb: int
    python: str
    sqlite: str
    node: str | None
    other_cpu_percent: int


@dataclass(frozen=True)
class Record:
    """Record of one benchmark run."""

    machine: Machine
    people: int
    rounds: int
    is_quick: bool
    contenders: tuple[tuple[str, str, str], ...]
    workloads: tuple[tuple[str, int], ...]
    turns: tuple[Measurement, ...]
    peak_mb: dict[str, float]
    journal: tuple[JournalResult, ...] = ()

    def cell(self, contender: str, workload: str, connections: int) -> Summary | None:
        """Summary of a contender's measurements; None if there are none."""
        turns = self._turns(contender, workload, connections)
        if not turns:
            return None
        latencies = sorted(latency for turn in turns for latency in turn.latencies_ms)
        return Summary(
            cpu_ms=Spread.of(turn.cpu_ms for turn in turns),
            per_s=Spread.of(turn.per_s for turn in turns),
            p50_ms=percentile(latencies, 50),
            p99_ms=percentile(latencies, 99),
            requests=sum(turn.requests for turn in turns),
        )

    def ratio(self, one: str, other: str, workload: str, connections: int) -> Spread | None:
        """Ratio of the CPU of `one` to that of `other`, round by round, since the machine drifts."""
        ones = {turn.round: turn.cpu_ms for turn in self._turns(one, workload, connections)}
        others = {turn.round: turn.cpu_ms for turn in self._turns(other, workload, connections)}
        both = ones.keys() & others.keys()
        return Spread.of(ones[each] / others[each] for each in both) if both else None

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, written: dict[str, Any]) -> Record:
        return cls(
            **written
            | {
                "machine": Machine(**written["machine"]),
                "contenders": tuple(map(tuple, written["contenders"])),
                "workloads": tuple(map(tuple, written["workloads"])),
                "journal": tuple(JournalResult(**each) for each in written.get("journal", ())),
                "turns": tuple(
                    Measurement(**turn | {"latencies_ms": tuple(turn["latencies_ms"])}) for turn in written["turns"]
                ),
            }
        )

    def _turns(self, contender: str, workload: str, connections: int) -> list[Measurement]:
        cell = (contender, workload, connections)
        return [turn for turn in self.turns if (turn.contender, turn.workload, turn.connections) == cell]


def percentile(ordered: Sequence[float], percent: int) -> float:
    """The nearest-rank percentile of sorted values."""
    return ordered[-(-len(ordered) * percent // 100) - 1]
