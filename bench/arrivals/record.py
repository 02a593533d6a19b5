"""Record of one load test, as JSON."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from bench.arrivals.journal_check import JournalCheck
from bench.arrivals.responses import Latencies, Step
from bench.arrivals.slowest import SlowResponse
from bench.results import Machine


@dataclass(frozen=True, slots=True)
class AimResult:
    """Result of one aim: the claim, the observation, and whether it meets the claim; None if undecided."""

    claim: str
    observation: str
    is_met: bool | None


@dataclass(frozen=True)
class Record:
    """One load test.

    day: on which it ended (UTC), `2026-11-28`.
    below_knee, overload: steps at 80% of the knee and at twice the knee, alternately.
    by_workload: latencies of `below_knee`.
    slowest: the slowest responses of another step at 80% of the knee, on a server that traces.
    """

    machine: Machine
    command: str
    day: str
    people: int
    seed: int
    profile: str | None
    mix: dict[str, int]
    steps: tuple[Step, ...]
    knee: int | None
    below_knee: tuple[Step, ...]
    overload: tuple[Step, ...]
    by_workload: dict[str, Latencies]
    slowest: tuple[SlowResponse, ...]
    journal_check: JournalCheck
    aim_results: tuple[AimResult, ...]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, fields: dict[str, Any]) -> Record:
        return cls(
            **fields
            | {
                "machine": Machine(**fields["machine"]),
                "steps": tuple(map(Step.from_json, fields["steps"])),
                "below_knee": tuple(map(Step.from_json, fields["below_knee"])),
                "overload": tuple(map(Step.from_json, fields["overload"])),
                "by_workload": {
                    workload: Latencies(**latencies) for workload, latencies in fields["by_workload"].items()
                },
                "slowest": tuple(
                    SlowResponse(**slow | {"spans": tuple(map(tuple, slow["spans"]))}) for slow in fields["slowest"]
                ),
                "journal_check": JournalCheck(**fields["journal_check"]),
                "aim_results": tuple(AimResult(**aim) for aim in fields["aim_results"]),
            }
        )
