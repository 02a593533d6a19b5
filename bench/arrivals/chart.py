"""Charts of a run as inline SVG: curves over the rate, both axes logarithmic."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import log10

from markupsafe import Markup, escape

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 720, 320, 64, 64, 16, 40
NAME_HEIGHT = 14

Point = tuple[float, float]


def curves(caption: str, lines: Mapping[str, Sequence[Point]], *, unit: str, knee: float | None) -> Markup:
    """Named lines over the same rates, with the knee marked; zero values are omitted."""
    visible = {name: [point for point in points if point[1] > 0] for name, points in lines.items()}
    points = [point for series in visible.values() for point in series]
    if not points:
        return Markup()
    x_scale = _Scale([rate for rate, _ in points], LEFT, WIDTH - RIGHT)
    y_scale = _Scale([value for _, value in points], HEIGHT - BOTTOM, TOP)
    body = "".join(
        [
            *_grid(x_scale, y_scale, unit),
            *_knee(x_scale, knee),
            *(
                part
                for index, points in enumerate(visible.values())
                if points
                for part in _line(index, points, x_scale, y_scale)
            ),
            *_names(visible, y_scale),
        ]
    )
    # All texts in it are escaped.
    return Markup(  # noqa: S704
        f'<figure><svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(caption)}">{body}</svg>'
        f"<figcaption>{escape(caption)}</figcaption></figure>"
    )


class _Scale:
    """Logarithmic scale between two ends."""

    def __init__(self, values: Sequence[float], first: float, last: float) -> None:
        self.low, self.high = min(values), max(values)
        self._first, self._last = first, last

    def at(self, value: float) -> float:
        span = log10(self.high / self.low) or 1
        return self._first + log10(value / self.low) / span * (self._last - self._first)

    def ticks(self) -> list[float]:
        """1, 2 and 5 of each power of ten within the values."""
        powers = range(int(log10(self.low)) - 1, int(log10(self.high)) + 2)
        ticks = [step * 10.0**power for power in powers for step in (1, 2, 5)]
        return [tick for tick in ticks if self.low <= tick <= self.high]


def _grid(x_scale: _Scale, y_scale: _Scale, unit: str) -> Iterator[str]:
    for tick in y_scale.ticks():
        y = y_scale.at(tick)
        yield f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
        yield f'<text class="end" x="{LEFT - 8}" y="{y + 4:.1f}">{tick:,g}</text>'
    yield f'<text class="end" x="{LEFT - 8}" y="{TOP - 4}">{escape(unit)}</text>'
    # The lowest rate has a label too, unless it would touch the next.
    for tick in [x_scale.low, *(tick for tick in x_scale.ticks() if tick > 1.2 * x_scale.low)]:
        yield f'<text class="middle" x="{x_scale.at(tick):.1f}" y="{HEIGHT - BOTTOM + 18}">{tick:,g}</text>'
    yield f'<text class="end" x="{WIDTH}" y="{HEIGHT - 4}">arrivals a second</text>'


def _knee(x_scale: _Scale, knee: float | None) -> Iterator[str]:
    if knee and x_scale.low <= knee <= x_scale.high:
        x = x_scale.at(knee)
        yield f'<line class="knee" x1="{x:.1f}" x2="{x:.1f}" y1="{TOP}" y2="{HEIGHT - BOTTOM}"/>'
        yield f'<text class="end" x="{x:.1f}" y="{TOP - 4}">knee {knee:,g}</text>'


def _line(index: int, points: Sequence[Point], x_scale: _Scale, y_scale: _Scale) -> Iterator[str]:
    at = [(x_scale.at(rate), y_scale.at(value)) for rate, value in sorted(points)]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in at)
    yield f'<polyline class="line-{index}" points="{path}"/>'
    yield from (f'<circle class="dot-{index}" cx="{x:.1f}" cy="{y:.1f}" r="3"/>' for x, y in at)


def _names(visible: Mapping[str, Sequence[Point]], y_scale: _Scale) -> Iterator[str]:
    """Line names at the ends of their lines, moved down where they would overlap."""
    ends = [(y_scale.at(max(points)[1]), index, name) for index, (name, points) in enumerate(visible.items()) if points]
    lowest_free = 0.0
    for y, index, name in sorted(ends):
        lowest_free = max(lowest_free + NAME_HEIGHT, y + 4)
        yield f'<text class="name-{index}" x="{WIDTH - RIGHT + 8}" y="{lowest_free:.1f}">{escape(name)}</text>'
