"""Benchmark results as terminal tables."""

from __future__ import annotations

from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from bench.format import comparisons, connections, format_number, ratio_text
from bench.results import Record

# Fits eighty columns.
LOOK: dict[str, Any] = {"title_justify": "left", "box": SIMPLE_HEAD, "padding": (0, 1, 0, 0), "pad_edge": False}


def show(record: Record, console: Console) -> None:
    """Print CPU for each request, ratios and the journal."""
    asked = [(name, people, connections(record, name)) for name, people in record.workloads]
    costs = Table(title="CPU ms for each request (connections)", **LOOK)
    costs.add_column("", no_wrap=True)
    for name, _, concurrency in asked:
        costs.add_column(f"{name} ({concurrency})", justify="right")
    costs.add_column("peak MB", justify="right")
    for key, title, _ in record.contenders:
        cells = [record.cell(key, name, concurrency) for name, _, concurrency in asked]
        costs.add_row(
            title,
            *(format_number(cell.cpu_ms.median) if cell else "" for cell in cells),
            format_number(record.peak_mb[key]),
        )
    console.print(costs)

    ratios = Table(title="Ratios of CPU: the median round (lowest to highest)", **LOOK)
    for title in ["", *(comparison.title for comparison in comparisons(record))]:
        ratios.add_column(title)
    for name, people, _ in asked:
        report = [ratio_text(record, comparison, name, people) for comparison in comparisons(record)]
        ratios.add_row(name, *(each.replace(" (", "\n(").replace("; ", "\n") for each in report))
    console.print(ratios)

    journal_check = Table(title="The journal: entries a second, and latency in ms", **LOOK)
    for title in ("", "appenders", "entries/s", "p50", "p95", "p99"):
        journal_check.add_column(title, justify="right" if title else "left")
    for way in record.journal:
        latencies = (way.p50_ms, way.p95_ms, way.p99_ms)
        journal_check.add_row(way.way, str(way.appenders), format_number(way.per_s), *map(format_number, latencies))
    console.print(journal_check)
