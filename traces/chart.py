"""A waterfall and a flame as inline SVG. Knows no page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from reports.html import figure
from traces.flame import Frame
from traces.span import Span
from traces.waterfall import WaterfallRow, milliseconds

WIDTH, ROW, BAR, LABEL, ROOM = 960, 22, 14, 280, 90
LETTER = 7
"""Pixels, on average."""
THINNEST = 0.5


def waterfall(lines: Sequence[WaterfallRow], root: Span, left_out: int) -> str:
    """Each span a bar in its place in time; what of it is on the critical path stands out."""
    more = f" The first {len(lines):,} of {len(lines) + left_out:,} spans." if left_out else ""
    said = f"Each bar is a step in its place in time. Bright: on the critical path.{more}"
    return figure(WIDTH, ROW * len(lines), said, "".join(_line(lines, root)))


def _line(lines: Sequence[WaterfallRow], root: Span) -> Iterator[str]:
    scale = (WIDTH - LABEL - ROOM) / max(root.duration_ns, 1)

    def rect(kind: str, start_ns: int, end_ns: int) -> str:
        left = LABEL + (start_ns - root.start_ns) * scale
        wide = max((end_ns - start_ns) * scale, 1)
        return f'<rect class="{kind}" x="{left:.2f}" y="{top}" width="{wide:.2f}" height="{BAR}"/>'

    for place, line in enumerate(lines):
        top, span = place * ROW + 3, line.span
        indent = min(line.depth, 12) * 12
        duration = f"from {milliseconds(line.offset_ns)} ms for {milliseconds(span.duration_ns)} ms"
        told = f"{span.name}, {duration}. {line.attributes}"
        yield f"<g><title>{escape(told)}</title>"
        yield f'<text x="{indent}" y="{top + 12}">{escape(fitted(span.name, LABEL - indent))}</text>'
        yield rect("usual", span.start_ns, span.end_ns)
        yield from (rect("found", part.start_ns, part.end_ns) for part in line.parts)
        yield f'<text class="end" x="{WIDTH}" y="{top + 12}">{milliseconds(span.duration_ns)} ms</text></g>'


def flame(whole: Frame) -> str:
    """What was within what: a frame is as wide as the time that was spent in it and in what it waited for."""
    rows = list(_frames(whole))
    deepest = max((depth for depth, _ in rows), default=0)
    said = f"Each frame is as wide as its share of {milliseconds(whole.duration_ns)} ms; below it, what it waited for."
    return figure(WIDTH, ROW * (deepest + 1), said, "".join(drawn for _, drawn in rows))


def _frames(whole: Frame) -> Iterator[tuple[int, str]]:
    scale = WIDTH / max(whole.duration_ns, 1)
    ahead = [(0, 0.0, whole)]
    while ahead:
        depth, left, frame = ahead.pop()
        for below in sorted(frame.within.values(), key=lambda each: -each.duration_ns):
            wide = below.duration_ns * scale
            if wide >= THINNEST:
                yield depth, _frame(below, left, depth * ROW, wide, whole.duration_ns)
                ahead.append((depth + 1, left, below))
            left += wide


def _frame(frame: Frame, left: float, top: int, wide: float, whole_ns: int) -> str:
    told = f"{frame.name}: {milliseconds(frame.duration_ns)} ms, {frame.duration_ns / max(whole_ns, 1):.0%}"
    kind = "frame" if frame.within else "frame leaf"
    return (
        f'<g><title>{escape(told)}</title><rect class="{kind}" x="{left:.2f}" y="{top}" width="{wide:.2f}"'
        f' height="{ROW - 2}"/><text x="{left + 4:.2f}" y="{top + 15}">{escape(fitted(told, wide - 8))}</text></g>'
    )


def fitted(text: str, wide: float) -> str:
    """As much of it as there is room for."""
    room = int(wide / LETTER)
    return text if len(text) <= room else f"{text[: room - 1]}…" if room > 3 else ""
