"""Responses of a load test, and the summary of a step at one rate.

Latency is counted from when a request was due. Counted from when it was sent, a late generator or a server that
delays reading would hide the very delay that is measured (coordinated omission).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from bench.results import percentile

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

    workload: str
    start_delay_ms: float
    duration_ms: float
    status: int
    codes: tuple[str, ...]
    inquiry_id: str
    trace_id: str
    is_opening: bool = False

    @property
    def latency_ms(self) -> float:
        return self.start_delay_ms + self.duration_ms

    @property
    def is_accepted(self) -> bool:
        """The status is 200: a whole or partial response."""
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
    max: float

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


@dataclass(frozen=True, slots=True)
class Step:
    """A step at one rate. `start_delay_p99_ms` is the generator's own delay."""

    rate: int
    seconds: float
    sent: int
    whole: int
    partial: int
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
        responses: Sequence[Response],
        *,
        dropped: int,
        server_cpu_s: float,
        load_cpu_s: float,
        is_profiled: bool = False,
    ) -> Step:
        accepted = [response for response in responses if response.is_accepted]
        refused = [response for response in responses if response.is_refused]
        whole = [response for response in responses if response.is_whole]
        start_delays = sorted(response.start_delay_ms for response in responses)
        return cls(
            rate=rate,
            seconds=seconds,
            sent=len(responses),
            whole=len(whole),
            partial=len(accepted) - len(whole),
            refused=len(refused),
            failed=len(responses) - len(accepted) - len(refused),
            dropped=dropped,
            # With a fault profile, slow or partial responses say nothing about the rate.
            in_time=sum(response.latency_ms <= BUDGET_MS for response in accepted)
            if is_profiled
            else sum(response.latency_ms <= IN_TIME_MS for response in whole),
            codes=dict(sorted(Counter(code for response in responses for code in response.codes).items())),
            latencies=Latencies.of(response.latency_ms for response in responses if response.is_timed),
            # From when it was sent: the server's time for a refusal, without the generator's delay.
            refusals=Latencies.of(response.duration_ms for response in refused if not response.is_opening),
            start_delay_p99_ms=percentile(start_delays, 99) if start_delays else 0.0,
            server_cpu_s=server_cpu_s,
            load_cpu_s=load_cpu_s,
        )

    @property
    def is_sustained(self) -> bool:
        """Whether the rate is sustained: nothing dropped, and 99 of 100 responses in time."""
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
        accepted = self.whole + self.partial
        return self.server_cpu_s * 1_000 / accepted if accepted else None

    @classmethod
    def from_json(cls, fields: dict[str, Any]) -> Step:
        latencies = {name: Latencies(**fields[name]) if fields[name] else None for name in ("latencies", "refusals")}
        return cls(**fields | latencies)


def slowest(responses: Iterable[Response], count: int = 10) -> list[Response]:
    """The slowest accepted responses, slowest first."""
    timed = (response for response in responses if response.is_timed)
    return sorted(timed, key=lambda response: -response.latency_ms)[:count]
