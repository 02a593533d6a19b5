"""A trace line by line: where each step lies in time, and what of it is on the critical path. Knows no terminal."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from math import ceil

from traces import attributes
from traces.critical_path import Segment
from traces.span import Span
from traces.trace import Trace

MOST = 1000
"""Lines of one waterfall. Nobody reads more; `chrome` has every span."""

MILLISECOND = 1_000_000
OURS = "needtoknow."


@dataclass(frozen=True, slots=True)
class WaterfallRow:
    """One span."""

    depth: int
    span: Span
    offset_ns: int
    parts: Sequence[Segment]
    """What of the critical path was spent in it."""
    attributes: str
    """Its attributes, and what it is linked to."""


def waterfall(trace: Trace, path: Sequence[Segment]) -> tuple[list[WaterfallRow], int]:
    """The first thousand spans, each below its parent; and how many are left out."""
    parts: dict[str, list[Segment]] = defaultdict(list)
    for part in path:
        parts[part.span.id].append(part)
    lines = [
        WaterfallRow(depth, span, span.start_ns - trace.root.start_ns, parts[span.id], _words(trace, span))
        for depth, span in islice(trace.walk(), MOST)
    ]
    return lines, max(len(trace.spans) - MOST, 0)


def _words(trace: Trace, span: Span) -> str:
    """Our own attributes without what they all begin with."""
    said = [
        f"{key.removeprefix(OURS)}={attributes.short(str(value)) if key == attributes.HASH else value}"
        for key, value in span.attributes.items()
    ]
    askers = ", ".join(dict.fromkeys(asker.name for asker in trace.askers(span)))
    return " ".join([*said, *([f"(for {askers})"] if askers else [])])


def bar(line: WaterfallRow, root: Span, width: int) -> str:
    """The span as one row of characters: heavy where it is on the critical path, light where it is not."""
    cells = [" "] * width
    for start, end, mark in [
        (line.span.start_ns, line.span.end_ns, "─"),
        *((part.start_ns, part.end_ns, "━") for part in line.parts),
    ]:
        first, past = (_cell(time, root, width) for time in (start, end))
        for cell in range(min(int(first), width - 1), min(max(ceil(past), int(first) + 1), width)):
            cells[cell] = mark
    return "".join(cells)


def _cell(time_ns: int, root: Span, width: int) -> float:
    inside = min(max(time_ns, root.start_ns), root.end_ns)
    return (inside - root.start_ns) / max(root.duration_ns, 1) * width


def moment(time_ns: int) -> str:
    """In UTC, to the millisecond."""
    at = datetime.fromtimestamp(time_ns // MILLISECOND / 1000, UTC)
    return at.isoformat(sep=" ", timespec="milliseconds").removesuffix("+00:00")


def milliseconds(nanoseconds: int) -> str:
    return f"{nanoseconds / MILLISECOND:,.2f}"
