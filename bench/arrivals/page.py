"""Load test report as one self-contained HTML page: no script, no font, no external address."""

from __future__ import annotations

from collections.abc import Sequence

from bench.arrivals.chart import curves
from bench.arrivals.format import SHARED_CORES, codes_text, knee_text, latency_cells, verdict
from bench.arrivals.record import Record
from bench.arrivals.responses import Step
from bench.arrivals.sweep import RULE
from bench.format import machine_text
from reports.html import render

LINES = {"p50": "p50", "p90": "p90", "p99": "p99", "p999": "p99.9", "max": "max"}
STEP_HEADINGS = (
    *("rate", "p50", "p90", "p99", "p99.9", "max", "whole", "partial", "refused", "failed", "dropped", "errors"),
)


def page(record: Record) -> str:
    """The whole page."""
    steps = sorted(record.steps, key=lambda step: step.rate)
    return render(
        "bench.arrivals",
        "load.html",
        summary=f"{knee_text(record)} {machine_text(record.machine)}",
        method=f"{SHARED_CORES} {RULE}",
        command=record.command,
        step_headings=STEP_HEADINGS,
        steps=_rows(steps),
        latency_chart=curves(
            "Milliseconds from when a request was due to its last byte",
            {name: [(step.rate, _latency(step, field)) for step in steps] for field, name in LINES.items()},
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
        knee_steps=_rows([*record.below_knee, *record.overload]),
        by_workload=[[workload, *latency_cells(latencies)] for workload, latencies in record.by_workload.items()],
        slowest=[
            [
                f"{slow.latency_ms:.0f} ms",
                slow.workload,
                slow.trace_id,
                ", ".join(f"{name} {duration_ms:.0f} ms" for name, duration_ms in slow.spans) or "no trace",
            ]
            for slow in record.slowest
        ],
        aim_results=[[aim.claim, aim.observation, verdict(aim)] for aim in record.aim_results],
    )


def _rows(steps: Sequence[Step]) -> list[list[str]]:
    return [
        [
            f"{step.rate:,}{'' if step.is_sustained else ' not sustained'}",
            *latency_cells(step.latencies),
            *(f"{count:,}" for count in (step.whole, step.partial, step.refused, step.failed, step.dropped)),
            codes_text(step),
        ]
        for step in steps
    ]


def _latency(step: Step, field: str) -> float:
    return getattr(step.latencies, field, None) or 0.0
