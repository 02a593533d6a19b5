"""Charts of a run as SVG: lines over the rate, with axes, units, and a name at the end of each line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import log10

from markupsafe import Markup

from reports.axis import log_ticks, ticks
from reports.html import Figure

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 440, 290, 46, 62, 36, 44
NAME_HEIGHT = 15

GRID = Markup('<line class="grid" x1="{}" x2="{}" y1="{:.1f}" y2="{:.1f}"/>')
TEXT = Markup('<text class="{}" x="{:.1f}" y="{:.1f}">{}</text>')
KNEE = Markup('<line class="knee" x1="{0:.1f}" x2="{0:.1f}" y1="{1}" y2="{2}"/>')
LINE = Markup('<polyline class="line line-{}" points="{}"/>')
DOT = Markup('<circle class="dot-{}" cx="{:.1f}" cy="{:.1f}" r="3"><title>{} at {:,g}: {:,.3g}</title></circle>')

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Scale:
    """Scale of one axis: the place of a value in pixels, and the values that have a label."""

    at: Callable[[float], float]
    ticks: Sequence[float]


def linear(high: float, first: float, last: float) -> Scale:
    """From zero to `high`."""
    return Scale(lambda value: first + value / high * (last - first), ticks(high))


def logarithmic(low: float, high: float, first: float, last: float) -> Scale:
    span = log10(high / low) or 1
    return Scale(lambda value: first + log10(value / low) / span * (last - first), log_ticks(low, high))


def curves(
    caption: str, lines: Mapping[str, Sequence[Point]], *, unit: str, knee: float | None, is_logarithmic: bool = False
) -> Figure | None:
    """Named lines over the rate, with the knee marked. On a logarithmic axis zero values are omitted.

    None if there are no points.
    """
    visible = {
        name: [point for point in points if point[1] > 0 or not is_logarithmic] for name, points in lines.items()
    }
    values = [value for points in visible.values() for _, value in points]
    if not values or max(values) <= 0:
        return None
    x_scale = linear(max(rate for points in visible.values() for rate, _ in points), LEFT, WIDTH - RIGHT)
    y_scale = (
        logarithmic(min(values), max(values), HEIGHT - BOTTOM, TOP)
        if is_logarithmic
        else linear(max(values), HEIGHT - BOTTOM, TOP)
    )
    parts = [
        *_axes(x_scale, y_scale, unit),
        *_knee(x_scale, knee),
        *(
            part
            for index, (name, points) in enumerate(visible.items())
            if points
            for part in _line(index, name, points, x_scale, y_scale)
        ),
        *_names(visible, y_scale),
    ]
    return Figure(WIDTH, HEIGHT, caption, Markup("").join(parts))


def _axes(x_scale: Scale, y_scale: Scale, unit: str) -> Iterator[Markup]:
    for tick in y_scale.ticks:
        y = y_scale.at(tick)
        yield GRID.format(LEFT, WIDTH - RIGHT, y, y)
        yield TEXT.format("end", LEFT - 8, y + 4, f"{tick:,g}")
    yield TEXT.format("quiet", 0, 13, unit)
    for tick in x_scale.ticks:
        yield TEXT.format("middle", x_scale.at(tick), HEIGHT - BOTTOM + 18, f"{tick:,g}")
    yield TEXT.format("quiet middle", (LEFT + WIDTH - RIGHT) / 2, HEIGHT - 6, "arrivals a second")


def _knee(x_scale: Scale, knee: float | None) -> Iterator[Markup]:
    if knee:
        x = x_scale.at(knee)
        yield KNEE.format(x, TOP - 8, HEIGHT - BOTTOM)
        yield TEXT.format("middle", x, TOP - 12, f"knee {knee:,g}")


def _line(index: int, name: str, points: Sequence[Point], x_scale: Scale, y_scale: Scale) -> Iterator[Markup]:
    at = [(x_scale.at(rate), y_scale.at(value)) for rate, value in sorted(points)]
    yield LINE.format(index, " ".join(f"{x:.1f},{y:.1f}" for x, y in at))
    for (x, y), (rate, value) in zip(at, sorted(points), strict=True):
        yield DOT.format(index, x, y, name, rate, value)


def _names(visible: Mapping[str, Sequence[Point]], y_scale: Scale) -> Iterator[Markup]:
    """Line names at the ends of their lines, moved down where they would overlap."""
    ends = [(y_scale.at(max(points)[1]), index, name) for index, (name, points) in enumerate(visible.items()) if points]
    lowest_free = 0.0
    for y, index, name in sorted(ends):
        lowest_free = max(lowest_free + NAME_HEIGHT, y + 4)
        yield TEXT.format(f"name-{index}", WIDTH - RIGHT + 7, lowest_free, name)
