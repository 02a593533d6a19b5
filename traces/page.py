"""HTML page of traces: waterfall, flame graph, critical path, time by source, and batches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

from reports.html import Figure, render
from traces import attributes, chart
from traces.critical_path import Segment, critical_path
from traces.flame import flame
from traces.summary import summaries
from traces.times import batches, by_source
from traces.trace import Trace
from traces.waterfall import MAX_ROWS, MILLISECOND, format_ms, format_time, waterfall


@dataclass(frozen=True)
class TraceSection:
    """The section of one trace. Times are milliseconds."""

    trace: Trace
    path: Sequence[Segment]

    @property
    def heading(self) -> str:
        """Operation, role, HTTP status and error codes, if known: `query FieldStop, patrol, HTTP 200, 12.30 ms`."""
        root = self.trace.root
        [summary] = summaries(self.trace.spans)
        status = root.attributes.get(attributes.HTTP_STATUS)
        parts = (
            summary.operation or root.name,
            summary.text(attributes.ROLE),
            f"HTTP {status}" if status is not None else "",
            summary.text(attributes.ERROR_CODE),
            f"{format_ms(root.duration_ns)} ms",
        )
        return ", ".join(filter(None, parts))

    @property
    def start(self) -> str:
        return format_time(self.trace.root.start_ns)

    @property
    def duration_ms(self) -> float:
        return self.trace.root.duration_ns / MILLISECOND

    @property
    def waterfall(self) -> Figure:
        rows, left_out = waterfall(self.trace, self.path)
        return chart.waterfall(rows, self.trace.root, left_out)

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
    return render("traces", "traces.html", sections=sections, flame_of=flame_of, sources_of=sources_of)


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
