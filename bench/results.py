"""Results of a benchmark: raw measurements, medians, ratios and spreads."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from math import ceil
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
    database_cpu_s: float = 0.0

    @property
    def cell(self) -> tuple[str, str, int]:
        return self.contender, self.workload, self.connections

    @property
    def cpu_ms(self) -> float:
        """CPU milliseconds for each request, of the whole process tree."""
        return self.cpu_s * 1_000 / self.requests

    @property
    def database_cpu_ms(self) -> float:
        """The same of its PostgreSQL server."""
        return self.database_cpu_s * 1_000 / self.requests

    @property
    def per_s(self) -> float:
        return self.requests / self.seconds


@dataclass(frozen=True, slots=True)
class Spread:
    """Median, lowest and highest of all rounds."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Iterable[float]) -> Spread:
        ordered = sorted(values)
        return cls(median(ordered), ordered[0], ordered[-1])


@dataclass(frozen=True, slots=True)
class Summary:
    """Summary of one contender with one workload at one number of connections, over all rounds."""

    cpu_ms: Spread
    database_cpu_ms: Spread
    per_s: Spread
    p50_ms: float
    p99_ms: float
    requests: int


@dataclass(frozen=True, slots=True)
class JournalResult:
    """Result of one journal mode: throughput of the median round, latency over all rounds."""

    mode: str
    records: int
    appenders: int
    per_s: float
    p50_ms: float
    p95_ms: float
    p99_ms: float
    cpu_us: float


@dataclass(frozen=True, slots=True)
class QuestionCounts:
    """Counts of one question to the whole server: means of many requests.

    python_calls:         calls of Python functions; a resumed coroutine or generator counts as one.
    python_calls_of_loop: of these, calls in the thread of the event loop.
    callbacks:            callbacks that the loop was given, now or for later.
    calls_to_loop:        callbacks that other threads gave it, each of which wakes it.
    loop_waits:           how often the thread of the loop waited and was woken, by Linux's count; other_waits:
                          the same of all other threads together.
    system_calls:         by name; None if strace is missing.
    """

    workload: str
    connections: int
    requests: int
    python_calls: float
    python_calls_of_loop: float
    c_calls: float
    tasks: float
    futures: float
    callbacks: float
    calls_to_loop: float
    loop_waits: float
    other_waits: float
    system_calls: dict[str, float] | None
    cpu_ms: float


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
    measurements: tuple[Measurement, ...]
    peak_mb: dict[str, float]
    journal: tuple[JournalResult, ...] = ()
    counts: tuple[QuestionCounts, ...] = ()

    def cell(self, contender: str, workload: str, connections: int) -> Summary | None:
        """Summary of a contender's measurements; None if there are none."""
        measured = self._measured(contender, workload, connections)
        if not measured:
            return None
        latencies = sorted(latency for measurement in measured for latency in measurement.latencies_ms)
        return Summary(
            cpu_ms=Spread.of(measurement.cpu_ms for measurement in measured),
            database_cpu_ms=Spread.of(measurement.database_cpu_ms for measurement in measured),
            per_s=Spread.of(measurement.per_s for measurement in measured),
            p50_ms=percentile(latencies, 50),
            p99_ms=percentile(latencies, 99),
            requests=sum(measurement.requests for measurement in measured),
        )

    def ratio(self, contender: str, reference: str, workload: str, connections: int) -> Spread | None:
        """Ratio of a contender's CPU to that of a reference, round by round, since the machine drifts."""
        costs, references = (
            {measurement.round: measurement.cpu_ms for measurement in self._measured(key, workload, connections)}
            for key in (contender, reference)
        )
        rounds = costs.keys() & references.keys()
        return Spread.of(costs[number] / references[number] for number in rounds) if rounds else None

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, fields: dict[str, Any]) -> Record:
        return cls(
            **fields
            | {
                "machine": Machine(**fields["machine"]),
                "contenders": tuple(map(tuple, fields["contenders"])),
                "workloads": tuple(map(tuple, fields["workloads"])),
                "journal": tuple(JournalResult(**result) for result in fields.get("journal", ())),
                "counts": tuple(QuestionCounts(**counts) for counts in fields.get("counts", ())),
                "measurements": tuple(
                    Measurement(**measurement | {"latencies_ms": tuple(measurement["latencies_ms"])})
                    for measurement in fields["measurements"]
                ),
            }
        )

    def _measured(self, contender: str, workload: str, connections: int) -> list[Measurement]:
        cell = (contender, workload, connections)
        return [measurement for measurement in self.measurements if measurement.cell == cell]


def percentile(ordered: Sequence[float], percent: float) -> float:
    """The nearest-rank percentile of sorted values."""
    # Rounded first: 99.9% of 1,000 is slightly above 999 as a float.
    return ordered[max(1, ceil(round(len(ordered) * percent / 100, 6))) - 1]
