"""The charts of a load test: latency, what became of the arrivals, and CPU, each over the rate."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from statistics import median

from bench.arrivals.line_chart import Point, curves
from bench.arrivals.record import Record
from bench.arrivals.responses import Step
from reports.html import Figure

LINES = {"p50": "p50", "p90": "p90", "p99": "p99", "p999": "p99.9", "max": "max"}


def latency(record: Record) -> Figure | None:
    return curves(
        "Latency by rate, from when a request was due to its last byte; logarithmic",
        {name: _points(record.steps, partial(_latency, field=field)) for field, name in LINES.items()},
        unit="milliseconds",
        knee=record.knee,
        is_logarithmic=True,
    )


def outcomes(record: Record) -> Figure | None:
    """Whole and refused responses a second, also at twice the knee: an overload must not lower the first."""
    steps = [*record.steps, *record.overload]
    return curves(
        "What became of the arrivals: whole responses, and refusals (OVERLOADED); medians of the steps at a rate",
        {
            "whole": _points(steps, lambda step: step.whole / step.seconds),
            "refused": _points(steps, lambda step: step.refused / step.seconds),
        },
        unit="responses a second",
        knee=record.knee,
    )


def cpu(record: Record) -> Figure | None:
    return curves(
        "CPU of the server's process tree, and of k6, which sent the requests",
        {
            "server": _points(record.steps, lambda step: step.server_cores),
            "k6": _points(record.steps, lambda step: step.load_cores),
        },
        unit="cores used",
        knee=record.knee,
    )


def _points(steps: Sequence[Step], figure: Callable[[Step], float]) -> list[Point]:
    """The median of a figure at each rate."""
    rates = sorted({step.rate for step in steps})
    return [(rate, median(figure(step) for step in steps if step.rate == rate)) for rate in rates]


def _latency(step: Step, field: str) -> float:
    return getattr(step.latencies, field, None) or 0.0
