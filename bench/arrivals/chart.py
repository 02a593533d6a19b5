"""A run's charts as inline SVG: curves over the rate, both on scales of powers. Knows no page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from math import log10

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 720, 320, 64, 64, 16, 40
NAME = 14

Point = tuple[float, float]


def curves(said: str, lines: Mapping[str, Sequence[Point]], *, unit: str, knee: float | None) -> str:
    """Lines by name over the same rates, with a mark at the knee; values of nothing are left out."""
    drawn = {name: [point for point in points if point[1] > 0] for name, points in lines.items()}
    points = [point for each in drawn.values() for point in each]
    if not points:
        return ""
    across = _Scale([rate for rate, _ in points], LEFT, WIDTH - RIGHT)
    up = _Scale([value for _, value in points], HEIGHT - BOTTOM, TOP)
    body = "".join(
        [
            *_grid(across, up, unit),
            *_knee(across, knee),
            *(
                part
                for place, points in enumerate(drawn.values())
                if points
                for part in _line(place, points, across, up)
            ),
            *_names(drawn, up),
        ]
    )
    return (
        f'<figure><svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(said)}">{body}</svg>'
        f"<figcaption>{escape(said)}</figcaption></figure>"
    )


class _Scale:
    """Where a value lies between two ends: each of its powers of ten takes as much room."""

    def __init__(self, values: Sequence[float], first: float, last: float) -> None:
        self.least, self.most = min(values), max(values)
        self._first, self._last = first, last

    def at(self, value: float) -> float:
        span = log10(self.most / self.least) or 1
        return self._first + log10(value / self.least) / span * (self._last - self._first)

    def ticks(self) -> list[float]:
        """1, 2 and 5 of each power, as far as the values go."""
        powers = range(int(log10(self.least)) - 1, int(log10(self.most)) + 2)
        ticks = [step * 10.0**power for power in powers for step in (1, 2, 5)]
        return [tick for tick in ticks if self.least <= tick <= self.most]


def _grid(across: _Scale, up: _Scale, unit: str) -> Iterator[str]:
    for tick in up.ticks():
        y = up.at(tick)
        yield f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
        yield f'<text class="end" x="{LEFT - 8}" y="{y + 4:.1f}">{tick:,g}</text>'
    for tick in across.ticks():
        yield f'<text class="middle" x="{across.at(tick):.1f}" y="{HEIGHT - BOTTOM + 18}">{tick:,g}</text>'
    yield f'<text class="end" x="{WIDTH}" y="{HEIGHT - 4}">arrivals a second</text>'
    yield f'<text x="0" y="{HEIGHT - 4}">{escape(unit)}</text>'


def _knee(across: _Scale, knee: float | None) -> Iterator[str]:
    if knee and across.least <= knee <= across.most:
        x = across.at(knee)
        yield f'<line class="knee" x1="{x:.1f}" x2="{x:.1f}" y1="{TOP}" y2="{HEIGHT - BOTTOM}"/>'
        yield f'<text class="end" x="{x - 6:.1f}" y="{TOP + 10}">knee {knee:,g}</text>'


def _line(place: int, points: Sequence[Point], across: _Scale, up: _Scale) -> Iterator[str]:
    at = [(across.at(rate), up.at(value)) for rate, value in sorted(points)]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in at)
    yield f'<polyline class="line-{place}" points="{path}"/>'
    yield from (f'<circle class="dot-{place}" cx="{x:.1f}" cy="{y:.1f}" r="3"/>' for x, y in at)


def _names(drawn: Mapping[str, Sequence[Point]], up: _Scale) -> Iterator[str]:
    """Each at the height of its line's end, or as far below the one above as a name needs."""
    ends = [(up.at(max(points)[1]), place, name) for place, (name, points) in enumerate(drawn.items()) if points]
    free = 0.0
    for y, place, name in sorted(ends):
        free = max(free + NAME, y + 4)
        yield f'<text class="name-{place}" x="{WIDTH - RIGHT + 8}" y="{free:.1f}">{escape(name)}</text>'
