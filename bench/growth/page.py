"""Page of the curves, docs/growth.md, and its chart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from math import log
from xml.sax.saxutils import escape

from bench.chart import NAMESPACE
from bench.format import format_number, machine_text
from bench.growth.curve import Curve
from bench.report import markdown_table
from bench.results import Machine

HEAD = """\
# How cost grows

`python -m bench.growth --write` writes this page; do not edit it. CPU of the whole server for one question, in
milliseconds: the median of {rounds} rounds in which the sizes alternate. [The benchmark](benchmarks.md) explains the
questions, and how CPU is measured.

![CPU of a question by size](growth.svg)
"""
TAIL = """\
## How it is judged

- **Superlinear**: between two neighbouring sizes the cost grows faster than the size to the power of 1.1.
- **A step**: between two neighbouring sizes the cost grows by more than a quarter, and three times as steeply as
  before. With the world and with the journal it may grow with the logarithm of the size.
- Either has to be larger than the spread of the rounds, from the upper quartile at one size to the lower at the next.
- A larger world has more people of one name. So *a name* finds more, up to the 20 of its page, and counts them all.
- Up to 200 people of a question there are 8 connections, and beyond that one.
- Where nothing else is said, the world has {world:,} people, and the journal is empty.
"""
CAPTION = "CPU of a question by size"
PANEL, PLOT, LEFT, TOP, GAP = 330, 190, 46, 44, 64
COLOURS = ("#1a7f37", "#0969da", "#bf3989", "#9a6700")
STYLE = """\
  text { font: 12px system-ui, sans-serif; fill: #59636e }
  .title { font-weight: 600; fill: #1f2328 }
  .axis { stroke: #d1d9e0; fill: none }
  @media (prefers-color-scheme: dark) {
    text { fill: #9198a1 }
    .title { fill: #f0f6fc }
    .axis { stroke: #3d444d }
  }"""


def page(curves: Sequence[Curve], machine: Machine, *, rounds: int, world: int) -> str:
    return "\n".join([HEAD.format(rounds=rounds), *_sections(curves, machine), TAIL.format(world=world)])


def _sections(curves: Sequence[Curve], machine: Machine) -> Iterator[str]:
    for axis, group in groupby(curves, lambda each: each.axis):
        same = list(group)
        yield f"## By {axis}\n"
        yield markdown_table(
            [axis, *(each.question for each in same)],
            [
                [f"{point.size:,}", *(format_number(each.points[index].cpu_ms) for each in same)]
                for index, point in enumerate(same[0].points)
            ]
            + [["verdict", *(each.verdict() for each in same)]],
        )
    yield f"## The machine\n\n{machine_text(machine)}\n"


def svg(curves: Sequence[Curve]) -> str:
    """A panel for each axis; both scales are logarithmic, so that a straight line of slope 1 is proportional growth."""
    axes = [list(group) for _, group in groupby(curves, lambda each: each.axis)]
    width, height = 2 * PANEL, (len(axes) + 1) // 2 * (PLOT + TOP + GAP)
    return "\n".join(
        [
            f'<svg xmlns="{NAMESPACE}" width="{width}" height="{height}" role="img" aria-label="{CAPTION}">',
            f"<style>\n{STYLE}\n</style>",
            *(line for index, same in enumerate(axes) for line in _panel(same, index)),
            "</svg>\n",
        ]
    )


def _panel(curves: Sequence[Curve], index: int) -> Iterator[str]:
    left, top = index % 2 * PANEL + LEFT, index // 2 * (PLOT + TOP + GAP) + TOP
    width = PANEL - LEFT - 20
    sizes = [each.size for each in curves[0].points]
    costs = [point.cpu_ms for each in curves for point in each.points]
    low, high = min(costs) / 1.5, max(costs) * 1.5

    def place(size: float, cost: float) -> tuple[int, int]:
        across = log(size / sizes[0]) / (log(sizes[-1] / sizes[0]) or 1)
        return left + round(across * width), top + round(PLOT * (1 - log(cost / low) / log(high / low)))

    yield f'<text class="title" x="{left}" y="{top - 22}">CPU ms by {escape(curves[0].axis)}</text>'
    yield f'<path class="axis" d="M{left} {top} V{top + PLOT} H{left + width}"/>'
    for size in (sizes[0], sizes[-1]):
        yield f'<text x="{place(size, low)[0]}" y="{top + PLOT + 16}" text-anchor="middle">{size:,}</text>'
    for number, curve in enumerate(curves):
        colour = COLOURS[number % len(COLOURS)]
        places = [place(each.size, each.cpu_ms) for each in curve.points]
        points = " ".join(f"{x},{y}" for x, y in places)
        yield f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>'
        for (x, y), point in ((places[0], curve.points[0]), (places[-1], curve.points[-1])):
            yield f'<text x="{x}" y="{y - 6}" text-anchor="end">{format_number(point.cpu_ms)}</text>'
        x = left + number * 70
        yield f'<text x="{x}" y="{top + PLOT + 34}" style="fill: {colour}">{escape(curve.question)}</text>'
