"""Texts about a run that the terminal, the page and the document share."""

from __future__ import annotations

from bench.arrivals.record import AimResult, Record
from bench.arrivals.responses import Latencies, Step
from bench.format import format_number

SHARED = (
    "The load generator ran on the same cores as the server, so CPU used by the generator was not available to the "
    "server: with a machine for each, the knee is higher. Latency includes the generator's own delay."
)


SHOWN = "needtoknow trace show ID --traces build/load/servers/traces"


def latencies(of: Latencies | None) -> list[str]:
    """p50, p90, p99, p99.9 and maximum; empty where there were too few responses."""
    figures = (of.p50, of.p90, of.p99, of.p999, of.most) if of else (None,) * 5
    return ["" if figure is None else format_number(figure) for figure in figures]


def codes(step: Step) -> str:
    return ", ".join(f"{count:,} {code}" for code, count in step.codes.items())


def knee(record: Record) -> str:
    if record.knee is None:
        return f"Not even {record.steps[0].rate:,} a second held."
    return f"The knee: {record.knee:,} a second."


def met(aim_results: AimResult) -> str:
    return {True: "met", False: "missed", None: "unsaid"}[aim_results.is_met]


def machine(record: Record) -> str:
    it = record.machine
    return (
        f"{it.cores} cores, {it.memory_gb} GB of memory, Python {it.python} with SQLite {it.sqlite}."
        f" Other work used {it.other_cpu_percent}% of its CPU meanwhile."
    )
