"""SVG charts of a trace: a waterfall, and a flame graph of the critical path."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from markupsafe import Markup

from reports.html import Figure
from traces.flame import Frame
from traces.span import Span
from traces.waterfall import WaterfallRow, format_ms

# Pixels; CHARACTER is the average width of one.
WIDTH, ROW, BAR, NAMES, DURATIONS, CHARACTER = 960, 22, 14, 280, 90, 7
MIN_FRAME = 0.5

RECT = Markup('<rect class="{}" x="{:.2f}" y="{}" width="{:.2f}" height="{}"/>')
TEXT = Markup('<text x="{:.2f}" y="{}">{}</text>')
DURATION = Markup('<text class="end" x="{}" y="{}">{} ms</text>')
GROUP = Markup("<g><title>{}</title>{}</g>")


def waterfall(rows: Sequence[WaterfallRow], root: Span, left_out: int) -> Figure:
    """A bar for each span at its place in time. Its segments of the critical path stand out."""
    more = f" The first {len(rows):,} of {len(rows) + left_out:,} spans." if left_out else ""
    caption = f"Each bar is a step at its place in time. Bright: on the critical path.{more}"
    scale = (WIDTH - NAMES - DURATIONS) / max(root.duration_ns, 1)
    svg = Markup("").join(_row(row, number * ROW, root, scale) for number, row in enumerate(rows))
    return Figure(WIDTH, ROW * len(rows), caption, svg)


def _row(row: WaterfallRow, top: int, root: Span, scale: float) -> Markup:
    def rect(kind: str, start_ns: int, end_ns: int) -> Markup:
        left = NAMES + (start_ns - root.start_ns) * scale
        return RECT.format(kind, left, top + 3, max((end_ns - start_ns) * scale, 1), BAR)

    span, indent = row.span, min(row.depth, 12) * 12
    title = f"{span.name}, from {format_ms(row.offset_ns)} ms for {format_ms(span.duration_ns)} ms. {row.attributes}"
    parts = [
        TEXT.format(indent, top + 15, fit(span.name, NAMES - indent)),
        rect("usual", span.start_ns, span.end_ns),
        *(rect("found", segment.start_ns, segment.end_ns) for segment in row.segments),
        DURATION.format(WIDTH, top + 15, format_ms(span.duration_ns)),
    ]
    return GROUP.format(title, Markup("").join(parts))


def flame(root: Frame) -> Figure:
    """A flame graph. A frame is as wide as the time on the critical path in it and in its dependencies."""
    frames = list(_frames(root))
    depth = max((depth for depth, _ in frames), default=0)
    caption = f"Each frame is as wide as its share of {format_ms(root.duration_ns)} ms; below it, what it waited for."
    return Figure(WIDTH, ROW * (depth + 1), caption, Markup("").join(frame for _, frame in frames))


def _frames(root: Frame) -> Iterator[tuple[int, Markup]]:
    """Frames with their depth, the widest first under each parent. Very narrow ones are left out."""
    scale = WIDTH / max(root.duration_ns, 1)
    stack = [(0, 0.0, root)]
    while stack:
        depth, left, parent = stack.pop()
        for frame in sorted(parent.children.values(), key=lambda each: -each.duration_ns):
            width = frame.duration_ns * scale
            if width >= MIN_FRAME:
                title = f"{frame.name}: {format_ms(frame.duration_ns)} ms, {width / WIDTH:.0%}"
                rect = RECT.format("frame" if frame.children else "frame leaf", left, depth * ROW, width, ROW - 2)
                text = TEXT.format(left + 4, depth * ROW + 15, fit(title, width - 8))
                yield depth, GROUP.format(title, rect + text)
                stack.append((depth + 1, left, frame))
            left += width


def fit(text: str, width: float) -> str:
    """The text, cut to a width in pixels."""
    characters = int(width / CHARACTER)
    if len(text) <= characters:
        return text
    return f"{text[: characters - 1]}…" if characters > 3 else ""
