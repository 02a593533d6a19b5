"""A record in the terminal."""

from __future__ import annotations

from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from bench.figures import Record
from bench.sentences import COMPARISONS, compared, connections, number

# Narrow enough for eighty columns.
LOOK: dict[str, Any] = {"title_justify": "left", "box": SIMPLE_HEAD, "padding": (0, 1, 0, 0), "pad_edge": False}


def show(record: Record, console: Console) -> None:
    """CPU for each request, the ratios that count, the journal."""
    asked = [(name, people, connections(record, name)) for name, people in record.questions]
    costs = Table(title="CPU ms for each request (connections)", **LOOK)
    costs.add_column("", no_wrap=True)
    for name, _, at_once in asked:
        costs.add_column(f"{name} ({at_once})", justify="right")
    costs.add_column("peak MB", justify="right")
    for key, title, _ in record.contenders:
        cells = [record.cell(key, name, at_once) for name, _, at_once in asked]
        costs.add_row(
            title, *(number(cell.cpu_ms.median) if cell else "" for cell in cells), number(record.peak_mb[key])
        )
    console.print(costs)

    ratios = Table(title="Ratios of it: the median round (the least to the most of any)", **LOOK)
    for title in ["", *(comparison.title for comparison in COMPARISONS)]:
        ratios.add_column(title)
    for name, people, _ in asked:
        told = [compared(record, comparison, name, people) for comparison in COMPARISONS]
        ratios.add_row(name, *(each.replace(" (", "\n(").replace("; ", "\n") for each in told))
    console.print(ratios)

    kept = Table(title="The journal: entries a second, and ms that each waited", **LOOK)
    for title in ("", "appenders", "entries/s", "p50", "p95", "p99"):
        kept.add_column(title, justify="right" if title else "left")
    for way in record.journal:
        waits = (way.p50_ms, way.p95_ms, way.p99_ms)
        kept.add_row(way.way, str(way.appenders), number(way.per_s), *map(number, waits))
    console.print(kept)
