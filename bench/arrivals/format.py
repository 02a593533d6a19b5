"""Texts about a run that the terminal, the page and the document share."""

from __future__ import annotations

from bench.arrivals.record import AimResult, Record
from bench.arrivals.responses import Latencies, Step
from bench.format import format_number

SHARED_CORES = (
    "The load generator ran on the same cores as the server, so CPU used by the generator was not available to the "
    "server. With a machine for each, the knee is higher. Latency includes the generator's own delay."
)
SHOW_COMMAND = "needtoknow trace show ID --traces build/load/servers/traces"


def latency_cells(latencies: Latencies | None) -> list[str]:
    """p50, p90, p99, p99.9 and maximum; empty where there were too few responses."""
    figures = (latencies.p50, latencies.p90, latencies.p99, latencies.p999, latencies.max) if latencies else (None,) * 5
    return ["" if figure is None else format_number(figure) for figure in figures]


def codes_text(step: Step) -> str:
    return ", ".join(f"{count:,} {code}" for code, count in step.codes.items())


def knee_text(record: Record) -> str:
    if record.knee is None:
        return f"Not even {record.steps[0].rate:,} arrivals a second was sustained."
    return f"The knee is {record.knee:,} arrivals a second."


def verdict(aim: AimResult) -> str:
    return {True: "met", False: "missed", None: "undecided"}[aim.is_met]
