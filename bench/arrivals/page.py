"""Load test report as one self-contained HTML page: no script, no font, no external address."""

from __future__ import annotations

from collections.abc import Sequence

from bench.arrivals.chart import curves
from bench.arrivals.format import SHARED, codes, knee, latencies, machine, met
from bench.arrivals.record import Record
from bench.arrivals.responses import Latencies, Step
from bench.arrivals.sweep import RULE
from reports.html import render

LINES = {"p50": "p50", "p90": "p90", "p99": "p99", "p999": "p99.9", "most": "max"}
STEP_HEADINGS = (
    *("rate", "p50", "p90", "p99", "p99.9", "max", "whole", "in part", "refused", "failed", "dropped", "errors"),
)


def page(record: Record) -> str:
    """The whole page."""
    steps = sorted(record.steps, key=lambda step: step.rate)
    return render(
        "bench.arrivals",
        "load.html",
        summary=f"{knee(record)} {machine(record)}",
        method=f"{SHARED} {RULE}",
        command=record.command,
        step_headings=STEP_HEADINGS,
        steps=_rows(steps),
        latency_chart=curves(
            "Milliseconds from when a request was due to its last byte",
            {name: [(step.rate, _latency(step.latencies, line)) for step in steps] for line, name in LINES.items()},
            unit="ms",
            knee=record.knee,
        ),
        cpu_chart=curves(
            "CPU cores used",
            {
                "server": [(step.rate, step.server_cores) for step in steps],
                "k6": [(step.rate, step.load_cores) for step in steps],
            },
            unit="cores",
            knee=record.knee,
        ),
        knee_steps=_rows([*record.calm, *record.over]),
        kinds=[[kind, *latencies(each)] for kind, each in record.kinds.items()],
        slowest=[
            [
                f"{slow.latency_ms:.0f} ms",
                slow.kind,
                slow.trace,
                ", ".join(f"{name} {spent_ms:.0f} ms" for name, spent_ms in slow.parts) or "no trace",
            ]
            for slow in record.slowest
        ],
        aim_results=[[each.claim, each.seen, met(each)] for each in record.aim_results],
    )


def _rows(steps: Sequence[Step]) -> list[list[str]]:
    return [
        [
            f"{step.rate:,}{'' if step.is_sustained else ' not sustained'}",
            *latencies(step.latencies),
            *(f"{count:,}" for count in (step.whole, step.in_part, step.refused, step.failed, step.dropped)),
            codes(step),
        ]
        for step in steps
    ]


def _latency(of: Latencies | None, line: str) -> float:
    return (getattr(of, line) or 0.0) if of else 0.0
