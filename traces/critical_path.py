"""The critical path: of each moment of a trace, the one step that it was spent in. Knows no file and no picture.

    from the end back, through whatever finished last

A step that ran beside a longer one is not on it: to make it faster would change nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from traces.span import Span
from traces.trace import Trace

DEEPEST = 100
"""Steps within steps. What is below has its time with the hundredth."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch that was spent in one step itself, and in none that it waited for."""

    stack: tuple[Span, ...]
    """From the root to the step."""
    start_ns: int
    end_ns: int

    @property
    def span(self) -> Span:
        return self.stack[-1]

    @property
    def duration_ns(self) -> int:
        return self.end_ns - self.start_ns


def critical_path(trace: Trace) -> list[Segment]:
    """Parts by start. They overlap nowhere, and together are the root from its start to its end."""
    root = trace.root
    return list(_backward(trace, (root,), root.start_ns, root.end_ns))[::-1]


def _backward(trace: Trace, stack: tuple[Span, ...], start_ns: int, end_ns: int) -> Iterator[Segment]:
    """What the step was spent in between two times, the last first."""
    here = end_ns
    for awaited in trace.awaited(stack[-1]) if len(stack) < DEEPEST else ():
        # Of what lasts longer than the step, such as a batch that nobody waits for any more, only this much counts.
        began, ended = max(awaited.start_ns, start_ns), min(awaited.end_ns, end_ns)
        if began < ended <= here and awaited not in stack:
            if ended < here:
                yield Segment(stack, ended, here)
            yield from _backward(trace, (*stack, awaited), began, ended)
            here = began
    if start_ns < here:
        yield Segment(stack, start_ns, here)
