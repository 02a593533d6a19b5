"""Terminal output of a run: one line for each step."""

from __future__ import annotations

from collections.abc import Iterator

from bench.arrivals.format import SHOW_COMMAND, knee_text, latency_cells, verdict
from bench.arrivals.record import Record
from bench.arrivals.responses import Step
from bench.format import machine_text

HEAD = f"{'rate':>6}{'p50':>8}{'p90':>8}{'p99':>8}{'p99.9':>8}{'max':>8}{'server':>8}{'k6':>6}  remarks (ms; cores)"


def step_line(step: Step) -> str:
    cells = "".join(f"{cell:>8}" for cell in latency_cells(step.latencies))
    remarks = [
        "" if step.is_sustained else "not sustained",
        f"{step.dropped:,} dropped" if step.dropped else "",
        *(f"{count:,} {code}" for code, count in step.codes.items()),
    ]
    return f"{step.rate:>6,}{cells}{step.server_cores:>8.2f}{step.load_cores:>6.2f}  {', '.join(filter(None, remarks))}"


def summary(record: Record) -> Iterator[str]:
    """Summary lines after the last step."""
    yield ""
    yield knee_text(record)
    if record.slowest:
        yield ""
        yield f"The slowest responses at 80% of the knee ({SHOW_COMMAND}):"
        for slow in record.slowest:
            spans = ", ".join(f"{name} {duration_ms:.0f}" for name, duration_ms in slow.spans) or "no trace"
            yield f"{slow.latency_ms:>8.0f} ms  {slow.trace_id}  {slow.workload}: {spans}"
    yield ""
    for aim in record.aim_results:
        yield f"{verdict(aim):9} {aim.claim}: {aim.observation}"
    yield ""
    yield machine_text(record.machine)
