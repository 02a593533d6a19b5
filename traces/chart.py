"""SVG drawings of a trace: the bars and the time axis of a waterfall, and a flame graph of the critical path.

All are as wide as the page: x positions are percentages of the time, so texts keep their size on a phone.
"""

from __future__ import annotations

from collections.abc import Iterator

from markupsafe import Markup

from reports.axis import ticks
from reports.html import Figure
from traces.flame import Frame
from traces.span import Span
from traces.waterfall import MILLISECOND, WaterfallRow, format_ms

ROW, AXIS, FRAME = 18, 22, 24
"""Pixels: heights of a bar's row, of the time axis, and of a frame."""
THICK, THIN = (3, 12), (6, 6)
"""Top and height of a bar on the critical path, and elsewhere."""
MIN_FRAME = 0.05
"""Percent of the width."""

RECT = Markup('<rect class="{}" x="{:.3f}%" y="{}" width="{:.3f}%" height="{}"/>')
LINE = Markup('<line class="grid" x1="{:.3f}%" x2="{:.3f}%" y1="0" y2="{}"/>')
TICK = Markup('<text class="{}" x="{:.3f}%" y="14">{}</text>')
CLIPPED = Markup('<svg x="{:.3f}%" y="{}" width="{:.3f}%" height="{}"><title>{}</title>{}</svg>')
FRAME_RECT = Markup('<rect class="frame{}" width="100%" height="100%"/><text x="5" y="16">{}</text>')


def time_ticks(root: Span) -> list[float]:
    """Round milliseconds of a trace, at most five and 0."""
    return ticks(root.duration_ns / MILLISECOND)


def time_axis(root: Span) -> Figure:
    """Milliseconds from the start of the trace; the unit stands at the last."""
    marks = time_ticks(root)
    texts = Markup("").join(
        TICK.format(
            "" if mark == 0 else "end" if _percent(mark, root) > 90 else "middle",
            _percent(mark, root),
            f"{mark:,g} ms" if mark == marks[-1] else f"{mark:,g}",
        )
        for mark in marks
    )
    return Figure(None, AXIS, f"Time axis: 0 to {format_ms(root.duration_ns)} ms", texts)


def bar(row: WaterfallRow, root: Span) -> Figure:
    """A span at its place in time. Its segments of the critical path are thicker, and bright."""

    def rect(kind: str, place: tuple[int, int], start_ns: int, end_ns: int) -> Markup:
        total, (top, height) = max(root.duration_ns, 1), place
        left = (start_ns - root.start_ns) / total * 100
        return RECT.format(kind, left, top, max((end_ns - start_ns) / total * 100, 0.3), height)

    span = row.span
    caption = f"From {format_ms(row.offset_ns)} ms for {format_ms(span.duration_ns)} ms. {row.attributes}"
    parts = [
        *(LINE.format(_percent(mark, root), _percent(mark, root), ROW) for mark in time_ticks(root)),
        rect("usual", THIN, span.start_ns, span.end_ns),
        *(rect("found", THICK, segment.start_ns, segment.end_ns) for segment in row.segments),
        Markup("<title>{}</title>").format(caption),
    ]
    return Figure(None, ROW, caption, Markup("").join(parts))


def flame(root: Frame) -> Figure:
    """A flame graph. A frame is as wide as the time on the critical path in it and in its dependencies."""
    frames = list(_frames(root))
    depth = max((depth for depth, _ in frames), default=0)
    caption = f"Each frame is as wide as its share of {format_ms(root.duration_ns)} ms; below it, what it waited for."
    return Figure(None, FRAME * (depth + 1), caption, Markup("").join(frame for _, frame in frames))


def _frames(root: Frame) -> Iterator[tuple[int, Markup]]:
    """Frames with their depth, the widest first under each parent. Very narrow ones are left out."""
    scale = 100 / max(root.duration_ns, 1)
    stack = [(0, 0.0, root)]
    while stack:
        depth, left, parent = stack.pop()
        for frame in sorted(parent.children.values(), key=lambda each: -each.duration_ns):
            width = frame.duration_ns * scale
            if width >= MIN_FRAME:
                title = f"{frame.name}: {format_ms(frame.duration_ns)} ms, {width:.0f}%"
                body = FRAME_RECT.format("" if frame.children else " leaf", title)
                yield depth, CLIPPED.format(left, depth * FRAME, width, FRAME - 2, title, body)
                stack.append((depth + 1, left, frame))
            left += width


def _percent(mark_ms: float, root: Span) -> float:
    return mark_ms * MILLISECOND / max(root.duration_ns, 1) * 100
