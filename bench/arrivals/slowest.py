"""The slowest answers joined to their traces: on which steps the time of each went. Knows nothing of rates."""

from __future__ import annotations

import shutil
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from bench.arrivals.responses import Response
from traces.critical_path import critical_path
from traces.file import Files
from traces.span import Span
from traces.trace import Trace

# Three: what else a request was spent in is not why it was slow.
PARTS = 3
NS_IN_MS = 1_000_000


@dataclass(frozen=True, slots=True)
class SlowResponse:
    """One answer. `parts` are the steps of its critical path that took longest, with milliseconds; `server_ms` is None
    where its trace was not found."""

    kind: str
    latency_ms: float
    start_delay_ms: float
    trace: str
    server_ms: float | None
    parts: tuple[tuple[str, float], ...]


def tracing_settings(folder: Path) -> dict[str, str]:
    """The settings of a server that writes its traces there; what an earlier one wrote is gone."""
    shutil.rmtree(folder, ignore_errors=True)
    return {"NEEDTOKNOW_TRACES": str(folder)}


def traces(folder: Path, ids: Iterable[str]) -> dict[str, Trace]:
    """Those traces, as far as they were found. Raises TracesWrong where there is no file at all."""
    wanted = frozenset(ids)
    spans: dict[str, list[Span]] = defaultdict(list)
    for span in Files(folder).spans(wanted.__contains__):
        spans[span.trace_id].append(span)
    return {id: Trace(each) for id, each in spans.items()}


def join_traces(answers: Iterable[Response], found: dict[str, Trace]) -> list[SlowResponse]:
    return [_joined(answer, found.get(answer.trace)) for answer in answers]


def in_sources_ms(trace: Trace) -> float:
    """How long the slowest chain of sources took: the batches on the critical path, one after another."""
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
