"""Catalogue of the record systems. A new one is a file of its own and one line here."""

from __future__ import annotations

from pathlib import Path

from resolvers import criminal_history, persons, protective_orders, vehicles, warrants
from sources.source import Source
from sources.sqlite.pool import WorkerPool
from sources.sqlite.source import SqliteSource

NAMES = (persons.SOURCE, vehicles.SOURCE, warrants.SOURCE, protective_orders.SOURCE, criminal_history.SOURCE)


def open_sources(folder: Path, *, connections: int, deadline_s: float) -> dict[str, Source]:
    """Each source over its own file in a data folder, by name. Nothing is opened before its first use."""
    pool = WorkerPool()
    return {
        name: SqliteSource(name, folder / f"{name}.db", connections=connections, deadline_s=deadline_s, pool=pool)
        for name in NAMES
    }
