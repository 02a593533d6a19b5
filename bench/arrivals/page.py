"""Load test report as one self-contained HTML page: no script, no font, no external address."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from bench.arrivals import charts
from bench.arrivals.format import SHARED_CORES, codes_text, knee_text, latency_cells, verdict
from bench.arrivals.record import Record
from bench.arrivals.responses import Step
from bench.arrivals.sweep import RULE
from bench.format import format_number, machine_text
from reports.html import render

KINDS = {True: "good", False: "bad", None: "strong"}


def page(record: Record) -> str:
    """The whole page."""
    return render(
        "bench.arrivals",
        "load.html",
        record=record,
        knee_text=knee_text(record),
        below_knee=[(name, _median_latency(record.below_knee, field)) for field, name in charts.LINES.items()],
        overload_p99=_median_latency(record.overload, "p99"),
        aims=[(verdict(aim), KINDS[aim.is_met], aim.claim, aim.observation) for aim in record.aim_results],
        machine=machine_text(record.machine),
        rule=RULE,
        shared=SHARED_CORES,
        figures=[figure for chart in (charts.latency, charts.outcomes, charts.cpu) if (figure := chart(record))],
        steps=_rows(sorted(record.steps, key=lambda step: step.rate)),
        knee_steps=_rows([*record.below_knee, *record.overload]),
        by_workload=[(workload, latency_cells(latencies)) for workload, latencies in record.by_workload.items()],
        slowest=[
            (
                f"{slow.latency_ms:.0f}",
                slow.workload,
                slow.trace_id,
                ", ".join(f"{name} {duration_ms:.0f}" for name, duration_ms in slow.spans) or "no trace",
            )
            for slow in record.slowest
        ],
    )


def picture(record: Record) -> str:
    """The first two charts as one SVG file, for load.md."""
    figures = [figure for chart in (charts.latency, charts.outcomes) if (figure := chart(record))]
    return render("bench.arrivals", "load.svg", figures=figures)


def _rows(steps: Sequence[Step]) -> list[tuple[str, list[str], str, bool]]:
    """Rate, figures, errors, and whether the rate was sustained."""
    return [
        (
            f"{step.rate:,}",
            [
                *latency_cells(step.latencies),
                *(f"{count:,}" for count in (step.whole, step.partial, step.refused, step.failed, step.dropped)),
            ],
            codes_text(step),
            step.is_sustained,
        )
        for step in steps
    ]


def _median_latency(steps: Sequence[Step], field: str) -> str:
    """The median of the steps that have this percentile; "" if none has."""
    found = [value for step in steps if (value := getattr(step.latencies, field, None)) is not None]
    return format_number(median(found)) if found else ""
