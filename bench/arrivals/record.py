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
    seen: str
    is_met: bool | None


@dataclass(frozen=True)
class Record:
    """One load test.

    calm, over: steps at 80% of the knee and at twice the knee, alternately.
    kinds:      latencies of `calm` by workload.
    slowest:    the slowest responses of another step at 80% of the knee, on a server that traces.
    """

    machine: Machine
    command: str
    people: int
    seed: int
    profile: str | None
    mix: dict[str, int]
    steps: tuple[Step, ...]
    knee: int | None
    calm: tuple[Step, ...]
    over: tuple[Step, ...]
    kinds: dict[str, Latencies]
    slowest: tuple[SlowResponse, ...]
    journal_check: JournalCheck
    aim_results: tuple[AimResult, ...]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, written: dict[str, Any]) -> Record:
        return cls(
            **written
            | {
                "machine": Machine(**written["machine"]),
                "steps": tuple(map(Step.from_json, written["steps"])),
                "calm": tuple(map(Step.from_json, written["calm"])),
                "over": tuple(map(Step.from_json, written["over"])),
                "kinds": {kind: Latencies(**latencies) for kind, latencies in written["kinds"].items()},
                "slowest": tuple(
                    SlowResponse(**slow | {"parts": tuple(map(tuple, slow["parts"]))}) for slow in written["slowest"]
                ),
                "journal_check": JournalCheck(**written["journal_check"]),
                "aim_results": tuple(AimResult(**each) for each in written["aim_results"]),
            }
        )
