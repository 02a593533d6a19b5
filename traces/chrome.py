"""Chrome trace events: traces as JSON for chrome://tracing and Perfetto.

Each trace is a process. On one thread the viewer takes a span that lies within another for its child, so spans that run
side by side are put on different threads.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from traces.span import Span
from traces.trace import Trace

MICROSECOND = 1_000

MAX_THREADS = 200
"""Threads per trace. Spans that overlap on all of them share one more thread, and may overlap there."""


def chrome(traces: Sequence[Trace]) -> Iterator[dict[str, Any]]:
    """The events. Times are microseconds since the first span: since 1970, nanoseconds would be lost to rounding."""
    zero = min((trace.root.start_ns for trace in traces), default=0)
    for process, trace in enumerate(traces, 1):
        yield {"ph": "M", "name": "process_name", "pid": process, "tid": 0, "args": {"name": f"trace {trace.id}"}}
        threads = assign_threads(trace)
        for span in trace.spans:
            position = {"pid": process, "tid": threads[span.id], "ts": (span.start_ns - zero) / MICROSECOND}
            yield {
                "ph": "X",
                "name": span.name,
                "cat": "failed" if span.is_failed else "span",
                **position,
                "dur": span.duration_ns / MICROSECOND,
                "args": {"spanId": span.id, **span.attributes},
            }
            for dependent in trace.dependents(span):
                arrow = {"name": "dependency", "cat": "link", "id": f"{dependent.id}-{span.id}", **position}
                # The viewer draws an arrow only if it starts while its span runs.
                ts = (min(max(span.start_ns, dependent.start_ns), dependent.end_ns) - zero) / MICROSECOND
                yield {**arrow, "ph": "s", "tid": threads[dependent.id], "ts": ts}
                yield {**arrow, "ph": "f", "bp": "e"}


def assign_threads(trace: Trace) -> dict[str, int]:
    """A thread for each span id. If two spans overlap on a thread, one is the parent of the other."""
    threads: dict[str, int] = {}
    running: list[list[Span]] = []
    for span in trace.spans:
        threads[span.id] = _thread(span, running)
    return threads


def _thread(span: Span, running: list[list[Span]]) -> int:
    for thread, stack in enumerate(running):
        while stack and stack[-1].end_ns <= span.start_ns:
            stack.pop()
        if not stack or (stack[-1].id == span.parent_id and span.end_ns <= stack[-1].end_ns):
            stack.append(span)
            return thread
    if len(running) < MAX_THREADS:
        running.append([span])
        return len(running) - 1
    return MAX_THREADS
