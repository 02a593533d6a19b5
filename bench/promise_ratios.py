"""Ratios of the whole server to peers with the same promises, question by question, each with its aim."""

from __future__ import annotations

from bench.format import connections, spread_text
from bench.results import Record

PEERS = ("mercurius-promises", "yoga-promises", "strawberry-promises")
FLOOR = "floor"
AIMS = {
    "1 person": (1.0, 1.8),
    "a plate": (1.0, 1.8),
    "a name": (0.9, 1.5),
    "20 people": (0.8, 1.5),
    "200 people": (0.75, 1.5),
    "1,000 people": (0.7, 1.5),
}
"""Limits by question: against the best of the peers, and against the floor."""

Row = tuple[str, str, str]
"""A title, the ratio with its aim, and the title of the contender that it is a ratio to."""


def promise_rows(record: Record) -> list[Row]:
    """Rows for the questions that were asked of the whole server and of a peer with the same promises."""
    if not any(key == "whole" for key, _, _ in record.contenders):
        return []
    best = [
        (f"whole / best peer with the same promises, {name}", _aimed(record, key, name, aim), title)
        for name, (aim, _) in AIMS.items()
        if (key := best_peer(record, name)) and (title := _title(record, key))
    ]
    floor = [
        (f"whole / floor with token and journal, {name}", _aimed(record, FLOOR, name, aim), title)
        for name, (_, aim) in AIMS.items()
        if _cpu_ms(record, FLOOR, name) is not None and (title := _title(record, FLOOR))
    ]
    return best + floor


def best_peer(record: Record, workload: str) -> str | None:
    """Key of the peer that uses the least CPU in the median round; None if none was measured."""
    costs = {key: cost for key in PEERS if (cost := _cpu_ms(record, key, workload)) is not None}
    return min(costs, key=lambda key: costs[key]) if costs else None


def _cpu_ms(record: Record, key: str, workload: str) -> float | None:
    cell = record.cell(key, workload, connections(record, workload))
    return cell.cpu_ms.median if cell else None


def _aimed(record: Record, reference: str, workload: str, aim: float) -> str:
    ratio = record.ratio("whole", reference, workload, connections(record, workload))
    return f"{spread_text(ratio)}; aim ≤ {aim:g}: {'met' if ratio and ratio.median <= aim else 'missed'}"


def _title(record: Record, key: str) -> str:
    return next(title for each, title, _ in record.contenders if each == key)
