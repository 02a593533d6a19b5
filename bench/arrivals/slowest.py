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

# Three: what else a request was spent in is not why it was slow.
PARTS = 3
NS_IN_MS = 1_000_000


@dataclass(frozen=True, slots=True)
class SlowResponse:
    """One slow response.

    parts:     the longest spans of its critical path, in milliseconds.
    server_ms: duration in the server; None if the trace was not found.
    """

    kind: str
    latency_ms: float
    start_delay_ms: float
    trace: str
    server_ms: float | None
    parts: tuple[tuple[str, float], ...]


def tracing_settings(folder: Path) -> dict[str, str]:
    """Settings of a server that writes traces to an emptied folder."""
    shutil.rmtree(folder, ignore_errors=True)
    return {"NEEDTOKNOW_TRACES": str(folder)}


def traces(folder: Path, ids: Iterable[str]) -> dict[str, Trace]:
    """Traces by id, as far as found. Raises InvalidTraceFile if there is no file."""
    return TraceFiles(folder).traces(frozenset(ids).__contains__)


def join_traces(answers: Iterable[Response], found: dict[str, Trace]) -> list[SlowResponse]:
    return [_joined(answer, found.get(answer.trace)) for answer in answers]


def in_sources_ms(trace: Trace) -> float:
    """Duration of the slowest chain of sources: the batches on the critical path."""
    batches = {part.span.id: part.span for part in critical_path(trace) if part.span.name.startswith("SELECT ")}
    return sum(span.duration_ns for span in batches.values()) / NS_IN_MS


def _joined(answer: Response, trace: Trace | None) -> SlowResponse:
    spent: Counter[str] = Counter()
    for part in critical_path(trace) if trace else ():
        spent[part.span.name] += part.duration_ns
    return SlowResponse(
        kind=answer.kind,
        latency_ms=answer.latency_ms,
        start_delay_ms=answer.start_delay_ms,
        trace=answer.trace,
        server_ms=trace.root.duration_ns / NS_IN_MS if trace else None,
        parts=tuple((name, spent_ns / NS_IN_MS) for name, spent_ns in spent.most_common(PARTS)),
    )
