"""Responses of a load test, and the summary of a step at one rate.

Latency is counted from when a request was due. Counted from when it was sent, a late generator or a server that
delays reading would hide the very delay that is measured (coordinated omission).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

REFUSED = "OVERLOADED"
IN_TIME_MS = 1_000
# The time budget of an operation for its sources.
BUDGET_MS = 5_000


@dataclass(frozen=True, slots=True)
class Response:
    """The response to one arrival.

    start_delay_ms: from when it was due to when it was sent; `duration_ms` from then to the last byte.
    is_opening:     the step is still opening connections; the response is counted, but its latency is not.
    """

    kind: str
    start_delay_ms: float
    duration_ms: float
    status: int
    codes: tuple[str, ...]
    inquiry: str
    trace: str
    is_opening: bool = False

    @property
    def latency_ms(self) -> float:
        return self.start_delay_ms + self.duration_ms

    @property
    def is_accepted(self) -> bool:
        """Answered, wholly or in part."""
        return self.status == 200

    @property
    def is_timed(self) -> bool:
        """Accepted, on a connection that was already open."""
        return self.is_accepted and not self.is_opening

    @property
    def is_whole(self) -> bool:
        return self.is_accepted and not self.codes

    @property
    def is_refused(self) -> bool:
        return not self.is_accepted and REFUSED in self.codes


@dataclass(frozen=True, slots=True)
class Latencies:
    """Latency percentiles in milliseconds. A percentile is None if there are too few responses for it."""

    p50: float
    p90: float | None
    p99: float | None
    p999: float | None
    most: float

    @classmethod
    def of(cls, latencies: Iterable[float]) -> Latencies | None:
        """The percentiles of some latencies; None if there are none."""
        ordered = sorted(latencies)
        if not ordered:
            return None
        p90, p99, p999 = (
            percentile(ordered, level) if len(ordered) * (100 - level) >= 99.9 else None for level in (90, 99, 99.9)
        )
        return cls(percentile(ordered, 50), p90, p99, p999, ordered[-1])


def percentile(ordered: Sequence[float], percent: float) -> float:
    """The nearest-rank percentile of sorted values."""
    # Rounded first: 99.9% of 1,000 is slightly above 999 as a float.
    return ordered[max(1, ceil(round(len(ordered) * percent / 100, 6))) - 1]


@dataclass(frozen=True, slots=True)
class Step:
    """A step at one rate. `start_delay_p99_ms` is the generator's own delay; CPU is in seconds."""

    rate: int
    seconds: float
    sent: int
    whole: int
    in_part: int
    refused: int
    failed: int
    dropped: int
    in_time: int
    codes: dict[str, int]
    latencies: Latencies | None
    refusals: Latencies | None
    start_delay_p99_ms: float
    server_cpu_s: float
    load_cpu_s: float

    @classmethod
    def of(
        cls,
        rate: int,
        seconds: float,
        answers: Sequence[Response],
        *,
        dropped: int,
        server_cpu_s: float,
        load_cpu_s: float,
        is_profiled: bool = False,
    ) -> Step:
        accepted = [answer for answer in answers if answer.is_accepted]
        refused = [answer for answer in answers if answer.is_refused]
        whole = [answer for answer in answers if answer.is_whole]
        late = sorted(answer.start_delay_ms for answer in answers)
        return cls(
            rate=rate,
            seconds=seconds,
            sent=len(answers),
            whole=len(whole),
            in_part=len(accepted) - len(whole),
            refused=len(refused),
            failed=len(answers) - len(accepted) - len(refused),
            dropped=dropped,
            # With a fault profile, slow or partial responses say nothing about the rate.
            in_time=sum(answer.latency_ms <= BUDGET_MS for answer in accepted)
            if is_profiled
            else sum(answer.latency_ms <= IN_TIME_MS for answer in whole),
            codes=dict(sorted(Counter(code for answer in answers for code in answer.codes).items())),
            latencies=Latencies.of(answer.latency_ms for answer in answers if answer.is_timed),
            # From when it was sent: the server's time for a refusal, without the generator's delay.
            refusals=Latencies.of(answer.duration_ms for answer in refused if not answer.is_opening),
            start_delay_p99_ms=percentile(late, 99) if late else 0.0,
            server_cpu_s=server_cpu_s,
            load_cpu_s=load_cpu_s,
        )

    @property
    def is_sustained(self) -> bool:
        """Is this rate sustained: nothing dropped, and 99 of 100 answered in time?"""
        return self.sent > 0 and not self.dropped and self.in_time * 100 >= self.sent * 99

    @property
    def server_cores(self) -> float:
        """CPU cores used by the server's process tree."""
        return self.server_cpu_s / self.seconds

    @property
    def load_cores(self) -> float:
        return self.load_cpu_s / self.seconds

    @property
    def cpu_ms(self) -> float | None:
        """The server's CPU milliseconds for each accepted request."""
        accepted = self.whole + self.in_part
        return self.server_cpu_s * 1_000 / accepted if accepted else None

    @classmethod
    def from_json(cls, written: dict[str, Any]) -> Step:
        latencies = {name: Latencies(**written[name]) if written[name] else None for name in ("latencies", "refusals")}
        return cls(**written | latencies)


def slowest(answers: Iterable[Response], count: int = 10) -> list[Response]:
    """The slowest accepted responses, slowest first."""
    return sorted((each for each in answers if each.is_timed), key=lambda each: -each.latency_ms)[:count]
