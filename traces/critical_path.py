"""The critical path: the one step in which each moment of a trace was spent.

It is followed from the end of the trace back, always through the dependency that ended last. A step that ran beside a
longer one is not on it, because making it faster would change nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from traces.span import Span
from traces.trace import Trace

MAX_DEPTH = 100
"""Time of deeper steps counts for the step at this depth."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of the critical path: time spent in one step, and in none of its dependencies."""

    stack: tuple[Span, ...]
    """The steps from the root to this one."""
    start_ns: int
    end_ns: int

    @property
    def span(self) -> Span:
        return self.stack[-1]

    @property
    def duration_ns(self) -> int:
        return self.end_ns - self.start_ns


def critical_path(trace: Trace) -> list[Segment]:
    """Segments by start. They do not overlap, and together cover the root from its start to its end."""
    root = trace.root
    return list(_backward(trace, (root,), root.start_ns, root.end_ns))[::-1]


def _backward(trace: Trace, stack: tuple[Span, ...], start_ns: int, end_ns: int) -> Iterator[Segment]:
    """The segments of the last step of `stack` between two times, the last first."""
    end_of_rest = end_ns
    for dependency in trace.dependencies(stack[-1]) if len(stack) < MAX_DEPTH else ():
        # A dependency can outlast the step, such as a batch that is no longer waited for. Only the overlap counts.
        start, end = max(dependency.start_ns, start_ns), min(dependency.end_ns, end_ns)
        if start < end <= end_of_rest and dependency not in stack:
            if end < end_of_rest:
                yield Segment(stack, end, end_of_rest)
            yield from _backward(trace, (*stack, dependency), start, end)
            end_of_rest = start
    if start_ns < end_of_rest:
        yield Segment(stack, start_ns, end_of_rest)
