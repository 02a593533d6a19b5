"""A run in the terminal: each step on a line of its own as soon as it is over."""

from __future__ import annotations

from collections.abc import Iterator

from bench.arrivals.answers import Step
from bench.arrivals.record import Record
from bench.arrivals.words import SHOWN, knee, machine, met, waits

HEAD = (
    f"{'rate':>6}{'p50':>8}{'p90':>8}{'p99':>8}{'p99.9':>8}{'max':>8}{'server':>8}{'k6':>6}  what happened (ms; cores)"
)


def line(step: Step) -> str:
    cells = "".join(f"{cell:>8}" for cell in waits(step.waits))
    said = [
        "" if step.holds else "does not hold",
        f"{step.dropped:,} dropped" if step.dropped else "",
        *(f"{count:,} {code}" for code, count in step.codes.items()),
    ]
    return f"{step.rate:>6,}{cells}{step.server_cores:>8.2f}{step.load_cores:>6.2f}  {', '.join(filter(None, said))}"


def summary(record: Record) -> Iterator[str]:
    """What is said once all steps are over."""
    yield ""
    yield knee(record)
    if record.slowest:
        yield ""
        yield f"The slowest at 80% of it ({SHOWN}):"
        for slow in record.slowest:
            parts = ", ".join(f"{name} {spent_ms:.0f}" for name, spent_ms in slow.parts) or "no trace"
            yield f"{slow.waited_ms:>8.0f} ms  {slow.trace}  {slow.kind}: {parts}"
    yield ""
    for judged in record.judged:
        yield f"{met(judged):8} {judged.claim}: {judged.seen}"
    yield ""
    yield machine(record)
