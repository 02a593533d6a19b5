"""Catalogue of the record systems. A new one is a file of its own and one line here."""

from __future__ import annotations

from pathlib import Path

from resolvers import criminal_history, persons, protective_orders, subject_columns, vehicles, warrants
from resolvers.table import Table
from sources.source import Source
from sources.sqlite.pool import WorkerPool
from sources.sqlite.source import SqliteSource

MODULES = (persons, vehicles, warrants, protective_orders, criminal_history)
NAMES: tuple[str, ...] = tuple(module.SOURCE for module in MODULES)
TABLES = tuple(each for module in MODULES for each in vars(module).values() if isinstance(each, Table))
EMPTY_SCOPES = {
    module.SOURCE: each.empty_scope
    for module in MODULES
    for each in vars(module).values()
    if isinstance(each, Table) and each.empty_scope
}
FOLDS = {table.name: subject_columns.FOLDS for table in TABLES if table.has_subject}
"""The folded form of the columns that rules compare with the caller, by table."""
RECORD_KINDS = tuple(table.record for table in TABLES if table.record)


def open_sources(folder: Path, *, connections: int, deadline_s: float) -> dict[str, Source]:
    """Each source over its own file in a data folder, by name. Nothing is opened before its first use."""
    pool = WorkerPool()
    return {
        name: SqliteSource(
            name,
            folder / f"{name}.db",
            connections=connections,
            deadline_s=deadline_s,
            pool=pool,
            functions=subject_columns.SQL_FUNCTIONS,
        )
        for name in NAMES
    }
