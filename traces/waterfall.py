"""Waterfall of a trace: one row for each span, with its place in time and its share of the critical path."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from math import ceil

from traces.attributes import DOCUMENT_HASH, short_hash
from traces.critical_path import Segment
from traces.span import Span
from traces.trace import Trace

MAX_ROWS = 1000
"""More would not be readable; `needtoknow trace chrome` has every span."""

MILLISECOND = 1_000_000
OWN_PREFIX = "needtoknow."


@dataclass(frozen=True, slots=True)
class WaterfallRow:
    """One span."""

    depth: int
    span: Span
    offset_ns: int
    segments: Sequence[Segment]
    """Its segments of the critical path."""
    attributes: str
    """Its attributes, and the spans it is linked to: `db.namespace=warrants (for SELECT persons)`."""


def waterfall(trace: Trace, path: Sequence[Segment]) -> tuple[list[WaterfallRow], int]:
    """The first thousand spans, each below its parent, and the number of the others."""
    segments: dict[str, list[Segment]] = defaultdict(list)
    for segment in path:
        segments[segment.span.id].append(segment)
    rows = [
        WaterfallRow(depth, span, span.start_ns - trace.root.start_ns, segments[span.id], _attributes(trace, span))
        for depth, span in islice(trace.walk(), MAX_ROWS)
    ]
    return rows, max(len(trace.spans) - MAX_ROWS, 0)


def _attributes(trace: Trace, span: Span) -> str:
    """Our own attributes without the prefix that all of them have."""
    attributes = [
        f"{key.removeprefix(OWN_PREFIX)}={short_hash(str(value)) if key == DOCUMENT_HASH else value}"
        for key, value in span.attributes.items()
    ]
    dependents = ", ".join(dict.fromkeys(dependent.name for dependent in trace.dependents(span)))
    return " ".join([*attributes, *([f"(for {dependents})"] if dependents else [])])


def bar(row: WaterfallRow, root: Span, width: int) -> str:
    """The span as characters: heavy on the critical path, light elsewhere."""
    cells = [" "] * width
    for start_ns, end_ns, character in [
        (row.span.start_ns, row.span.end_ns, "─"),
        *((segment.start_ns, segment.end_ns, "━") for segment in row.segments),
    ]:
        first, end = (_cell(time_ns, root, width) for time_ns in (start_ns, end_ns))
        for cell in range(min(int(first), width - 1), min(max(ceil(end), int(first) + 1), width)):
            cells[cell] = character
    return "".join(cells)


def _cell(time_ns: int, root: Span, width: int) -> float:
    clamped = min(max(time_ns, root.start_ns), root.end_ns)
    return (clamped - root.start_ns) / max(root.duration_ns, 1) * width


def format_time(time_ns: int) -> str:
    """UTC to the millisecond: `2026-11-24 02:06:08.443`."""
    time = datetime.fromtimestamp(time_ns // MILLISECOND / 1000, UTC)
    return time.isoformat(sep=" ", timespec="milliseconds").removesuffix("+00:00")


def format_ms(duration_ns: int) -> str:
    """Milliseconds: `1,188.96`."""
    return f"{duration_ns / MILLISECOND:,.2f}"
