"""HTML page of traces: a summary, the waterfall, the critical path, the time by source, and the batches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

from reports.html import Figure, render
from traces import attributes, chart
from traces.critical_path import Segment, critical_path
from traces.flame import flame
from traces.span import Span
from traces.summary import Summary, summaries
from traces.times import batches, by_source, by_step
from traces.trace import Trace
from traces.waterfall import MAX_ROWS, MILLISECOND, WaterfallRow, format_ms, format_time, waterfall

ANSWERED = frozenset({"OK", "EMPTY", ""})
"""Statuses of a batch whose source answered; an old trace has none."""


@dataclass(frozen=True)
class TraceSection:
    """The section of one trace. Times are milliseconds."""

    trace: Trace
    path: Sequence[Segment]

    @cached_property
    def summary(self) -> Summary:
        [summary] = summaries(self.trace.spans)
        return summary

    @property
    def heading(self) -> str:
        """Operation, role, HTTP status and error codes, if known: `query FieldStop, patrol, HTTP 200, 12.30 ms`."""
        root = self.trace.root
        status = root.attributes.get(attributes.HTTP_STATUS)
        parts = (
            self.summary.operation or root.name,
            self.summary.text(attributes.ROLE),
            f"HTTP {status}" if status is not None else "",
            self.summary.text(attributes.ERROR_CODE),
            f"{format_ms(root.duration_ns)} ms",
        )
        return ", ".join(filter(None, parts))

    @property
    def start(self) -> str:
        return format_time(self.trace.root.start_ns)

    @property
    def duration_ms(self) -> float:
        return self.trace.root.duration_ns / MILLISECOND

    @cached_property
    def waterfall(self) -> tuple[list[WaterfallRow], int]:
        """The rows that are shown, and the number of the others."""
        return waterfall(self.trace, self.path)

    @property
    def steps(self) -> list[tuple[str, float, float]]:
        """Name, milliseconds and percentage of each kind of step on the critical path, the longest first."""
        total_ns = self.trace.root.duration_ns or 1
        return [(name, ns / MILLISECOND, ns / total_ns * 100) for name, ns in by_step(self.path)]

    @property
    def slowest(self) -> Span | None:
        """The longest batch; None if no source was asked."""
        return max(batches(self.trace), key=lambda batch: batch.duration_ns, default=None)

    @property
    def faults(self) -> list[str]:
        """The sources that did not answer, and how: `vehicles TIMEOUT`."""
        found = (
            f"{batch.attributes[attributes.SOURCE]} {status}"
            for batch in batches(self.trace)
            if (status := status_of(batch)) not in ANSWERED
        )
        return list(dict.fromkeys(found))

    @property
    def critical_path(self) -> list[tuple[str, float, float, float]]:
        """Steps, offset, duration and percentage of the longest segments, by start."""
        root = self.trace.root
        longest = sorted(self.path, key=lambda segment: segment.duration_ns, reverse=True)[:MAX_ROWS]
        return [
            (
                " > ".join(span.name for span in segment.stack),
                (segment.start_ns - root.start_ns) / MILLISECOND,
                segment.duration_ns / MILLISECOND,
                segment.duration_ns / root.duration_ns * 100,
            )
            for segment in sorted(longest, key=lambda segment: segment.start_ns)
        ]

    @cached_property
    def batches(self) -> list[tuple[object, ...]]:
        """Source, offset, duration, keys, rows, status and dependents of the first batches."""
        columns = (attributes.KEYS, attributes.ROWS, attributes.SOURCE_STATUS)
        return [
            (
                span.attributes[attributes.SOURCE],
                (span.start_ns - self.trace.root.start_ns) / MILLISECOND,
                span.duration_ns / MILLISECOND,
                *(span.attributes.get(key, "") for key in columns),
                ", ".join(dependent.name for dependent in self.trace.dependents(span)),
            )
            for span in batches(self.trace)[:MAX_ROWS]
        ]


def page(traces: Sequence[Trace]) -> str:
    """The traces one after another. Several have an overview first."""
    sections = [TraceSection(trace, critical_path(trace)) for trace in traces]
    return render(
        "traces",
        "traces.html",
        sections=sections,
        flame_of=flame_of,
        sources_of=sources_of,
        axis=chart.time_axis,
        bar=chart.bar,
        fault=lambda span: status if (status := status_of(span)) not in ANSWERED else "",
        total_ms=sum(section.duration_ms for section in sections),
    )


def status_of(batch: Span) -> str:
    """The status of a batch's source; "" if it has none."""
    return str(batch.attributes.get(attributes.SOURCE_STATUS, ""))


def flame_of(sections: Sequence[TraceSection]) -> Figure:
    return chart.flame(flame(chain.from_iterable(section.path for section in sections)))


def sources_of(sections: Sequence[TraceSection]) -> list[tuple[object, ...]]:
    """Name, critical time, percentage, batches, total, slowest, keys, rows and statuses of each source."""
    total_ns = sum(section.trace.root.duration_ns for section in sections) or 1
    return [
        (
            source.name,
            source.critical_ns / MILLISECOND,
            source.critical_ns / total_ns * 100,
            source.batches,
            source.total_ns / MILLISECOND,
            source.slowest_ns / MILLISECOND,
            source.keys,
            source.rows,
            ", ".join(f"{status} {count}".strip() for status, count in sorted(source.statuses.items())),
        )
        for source in by_source((section.trace, section.path) for section in sections)
    ]
