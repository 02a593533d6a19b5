"""Benchmark results as terminal tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from bench.format import comparisons, connections, format_number, ratio_text
from bench.promise_ratios import promise_rows
from bench.results import Record

# Fits eighty columns.
STYLE: dict[str, Any] = {"title_justify": "left", "box": SIMPLE_HEAD, "padding": (0, 1, 0, 0), "pad_edge": False}


def show(record: Record, console: Console) -> None:
    """Print CPU for each request, ratios and, if it was measured, the journal."""
    for each in _tables(record):
        if each.row_count and len(each.columns) > 1:
            console.print(each)


def _tables(record: Record) -> Iterator[Table]:
    yield _costs(record)
    yield _ratios(record)
    yield _promises(record)
    yield _journal(record)


def _costs(record: Record) -> Table:
    workloads = [(name, connections(record, name)) for name, _ in record.workloads]
    costs = Table(title="CPU ms for each request (connections)", **STYLE)
    costs.add_column("", no_wrap=True)
    for name, concurrency in workloads:
        costs.add_column(f"{name} ({concurrency})", justify="right")
    costs.add_column("peak MB", justify="right")
    for key, title, _ in record.contenders:
        summaries = [record.cell(key, name, concurrency) for name, concurrency in workloads]
        costs.add_row(
            title,
            *(format_number(summary.cpu_ms.median) if summary else "" for summary in summaries),
            format_number(record.peak_mb[key]),
        )
    return costs


def _ratios(record: Record) -> Table:
    ratios = Table(title="Ratios of CPU: the median round (lowest to highest)", **STYLE)
    for title in ["", *(comparison.title for comparison in comparisons(record))]:
        ratios.add_column(title)
    for name, people in record.workloads:
        cells = [ratio_text(record, comparison, name, people) for comparison in comparisons(record)]
        ratios.add_row(name, *(cell.replace(" (", "\n(").replace("; ", "\n") for cell in cells))
    return ratios


def _promises(record: Record) -> Table:
    promises = Table(title="The same promises: ratios of CPU", **STYLE)
    for title in ("", "median round (lowest to highest)", "reference"):
        promises.add_column(title)
    for title, ratio, reference in promise_rows(record):
        promises.add_row(title, ratio.replace("; ", "\n"), reference)
    return promises


def _journal(record: Record) -> Table:
    journal = Table(title="The journal: entries a second, and latency in ms", **STYLE)
    for title in ("", "appenders", "entries/s", "p50", "p95", "p99"):
        journal.add_column(title, justify="right" if title else "left")
    for result in record.journal:
        latencies = (result.p50_ms, result.p95_ms, result.p99_ms)
        journal.add_row(result.mode, str(result.appenders), format_number(result.per_s), *map(format_number, latencies))
    return journal
