"""Traces as trace-event JSON, which chrome://tracing and Perfetto open. Knows no file and no tree of its own.

Each trace is a process of the picture. On one thread a viewer takes what lies within another span for its child, so
steps that run side by side are put on as many threads as it takes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from traces.span import Span
from traces.trace import Trace

MICROSECOND = 1_000

MOST_THREADS = 200
"""Of one trace. What overlaps on all of them is put on one more, however it overlaps there."""


def chrome(traces: Sequence[Trace]) -> Iterator[dict[str, Any]]:
    """The events. Their microseconds begin with the first span: since 1970 would not leave room for the nanoseconds."""
    zero = min((trace.root.start_ns for trace in traces), default=0)
    for process, trace in enumerate(traces, 1):
        named = f"trace {trace.id}"
        yield {"ph": "M", "name": "process_name", "pid": process, "tid": 0, "args": {"name": named}}
        threads = threads_of(trace)
        for span in trace.spans:
            at = {"pid": process, "tid": threads[span.id], "ts": (span.start_ns - zero) / MICROSECOND}
            yield {
                "ph": "X",
                "name": span.name,
                "cat": "failed" if span.is_failed else "span",
                **at,
                "dur": span.duration_ns / MICROSECOND,
                "args": {"spanId": span.id, **span.attributes},
            }
            for asker in trace.askers(span):
                arrow = {"name": "asked", "cat": "link", "id": f"{asker.id}-{span.id}", **at}
                # An arrow must begin while its asker runs, or the viewer draws none.
                ts = (min(max(span.start_ns, asker.start_ns), asker.end_ns) - zero) / MICROSECOND
                yield {**arrow, "ph": "s", "tid": threads[asker.id], "ts": ts}
                yield {**arrow, "ph": "f", "bp": "e"}


def threads_of(trace: Trace) -> dict[str, int]:
    """A thread for each span. Of two that overlap on one, the one is within the other in the tree as well."""
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
    if len(running) < MOST_THREADS:
        running.append([span])
        return len(running) - 1
    return MOST_THREADS
