"""Terminal output of a run: one line for each step."""

from __future__ import annotations

from collections.abc import Iterator

from bench.arrivals.format import SHOWN, knee, latencies, machine, met
from bench.arrivals.record import Record
from bench.arrivals.responses import Step

HEAD = (
    f"{'rate':>6}{'p50':>8}{'p90':>8}{'p99':>8}{'p99.9':>8}{'max':>8}{'server':>8}{'k6':>6}  what happened (ms; cores)"
)


def line(step: Step) -> str:
    cells = "".join(f"{cell:>8}" for cell in latencies(step.latencies))
    said = [
        "" if step.is_sustained else "not sustained",
        f"{step.dropped:,} dropped" if step.dropped else "",
        *(f"{count:,} {code}" for code, count in step.codes.items()),
    ]
    return f"{step.rate:>6,}{cells}{step.server_cores:>8.2f}{step.load_cores:>6.2f}  {', '.join(filter(None, said))}"


def summary(record: Record) -> Iterator[str]:
    """Summary lines after the last step."""
    yield ""
    yield knee(record)
    if record.slowest:
        yield ""
        yield f"The slowest at 80% of it ({SHOWN}):"
        for slow in record.slowest:
            parts = ", ".join(f"{name} {spent_ms:.0f}" for name, spent_ms in slow.parts) or "no trace"
            yield f"{slow.latency_ms:>8.0f} ms  {slow.trace}  {slow.kind}: {parts}"
    yield ""
    for aim_results in record.aim_results:
        yield f"{met(aim_results):8} {aim_results.claim}: {aim_results.seen}"
    yield ""
    yield machine(record)
