"""The slowest responses joined to their traces: the spans in which each spent its time."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from bench.arrivals.responses import Response
from traces.critical_path import critical_path
from traces.file import TraceFiles
from traces.trace import Trace

# The longest spans explain a slow response; the others do not.
SHOWN_SPANS = 3
NS_IN_MS = 1_000_000


@dataclass(frozen=True, slots=True)
class SlowResponse:
    """One slow response.

    spans:     the longest spans of its critical path, in milliseconds.
    server_ms: duration in the server; None if the trace was not found.
    """

    workload: str
    latency_ms: float
    start_delay_ms: float
    trace_id: str
    server_ms: float | None
    spans: tuple[tuple[str, float], ...]


def tracing_settings(folder: Path) -> dict[str, str]:
    """Settings of a server that writes traces to an emptied folder."""
    shutil.rmtree(folder, ignore_errors=True)
    return {"NEEDTOKNOW_TRACES": str(folder)}


def read_traces(folder: Path, ids: Iterable[str]) -> dict[str, Trace]:
    """Traces by id, as far as found. Raises InvalidTraceFile if there is no file."""
    return TraceFiles(folder).traces(frozenset(ids).__contains__)


def join_traces(responses: Iterable[Response], traces: dict[str, Trace]) -> list[SlowResponse]:
    return [_slow_response(response, traces.get(response.trace_id)) for response in responses]


def in_sources_ms(trace: Trace) -> float:
    """Duration of the slowest chain of sources: the batches on the critical path."""
    batches = {part.span.id: part.span for part in critical_path(trace) if part.span.name.startswith("SELECT ")}
    return sum(span.duration_ns for span in batches.values()) / NS_IN_MS


def _slow_response(response: Response, trace: Trace | None) -> SlowResponse:
    durations_ns: Counter[str] = Counter()
    for part in critical_path(trace) if trace else ():
        durations_ns[part.span.name] += part.duration_ns
    return SlowResponse(
        workload=response.workload,
        latency_ms=response.latency_ms,
        start_delay_ms=response.start_delay_ms,
        trace_id=response.trace_id,
        server_ms=trace.root.duration_ns / NS_IN_MS if trace else None,
        spans=tuple((name, duration_ns / NS_IN_MS) for name, duration_ns in durations_ns.most_common(SHOWN_SPANS)),
    )
