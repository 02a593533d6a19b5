"""Writing the SQLite files of the sources."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from seed.criminal_history import Charge, Cycle, Subject
from seed.persons import Alias, NameKey, Person
from seed.protective_orders import ProtectedParty, ProtectiveOrder
from seed.vehicles import Vehicle
from seed.warrants import Warrant

TABLES: Final[dict[str, dict[str, Any]]] = {
    "persons": {"person": Person, "alias": Alias, "name_key": NameKey},
    "vehicles": {"vehicle": Vehicle},
    "warrants": {"warrant": Warrant},
    "protective_orders": {"protective_order": ProtectiveOrder, "protected_party": ProtectedParty},
    "criminal_history": {"subject": Subject, "cycle": Cycle, "charge": Charge},
}
FILES: Final = tuple(f"{source}.db" for source in TABLES)

_INDEXES: Final = "-- Indexes"  # the line of a DDL file between its tables and its indexes


class SourceFiles:
    """New source files in one folder: first the rows, then the indexes, since sorting once is far cheaper.

    There is no rollback journal, so a crash leaves corrupt files: the folder must be a temporary one.
    """

    def __init__(self, folder: Path) -> None:
        self._paths = {source: folder / f"{source}.db" for source in TABLES}
        self._connections: dict[str, sqlite3.Connection] = {}
        self._inserts: dict[type, tuple[sqlite3.Connection, str]] = {}

    def __enter__(self) -> Self:
        for source, tables in TABLES.items():
            connection = self._connections[source] = sqlite3.connect(self._paths[source], isolation_level=None)
            connection.execute("PRAGMA journal_mode = OFF")
            connection.execute("PRAGMA synchronous = OFF")
            connection.execute("PRAGMA cache_size = -49152")  # KiB
            connection.executescript(_ddl(source)[0])
            connection.execute("BEGIN")
            for table, row in tables.items():
                columns = ", ".join(row._fields)
                placeholders = ", ".join("?" * len(row._fields))
                self._inserts[row] = connection, f"INSERT INTO {table} ({columns}) VALUES ({placeholders})"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for connection in self._connections.values():
            connection.close()

    def write(self, records: Iterable[tuple[object, ...]]) -> None:
        """Insert each record into the table of its type, in order."""
        groups: dict[type, list[tuple[object, ...]]] = {}
        for record in records:
            groups.setdefault(type(record), []).append(record)
        for kind, rows in groups.items():
            connection, insert = self._inserts[kind]
            connection.executemany(insert, rows)

    def finish(self) -> None:
        """Create the indexes and the query planner's statistics, and flush all files to disk."""
        for source, connection in self._connections.items():
            connection.execute("COMMIT")
            connection.executescript(_ddl(source)[1])
            connection.execute("ANALYZE")
            connection.close()
            _sync(self._paths[source])


def _ddl(source: str) -> tuple[str, str]:
    """The DDL of a source: (tables, indexes)."""
    script = files("seed").joinpath(f"ddl/{source}.sql").read_text("utf-8")
    tables, _, indexes = script.partition(_INDEXES)
    return tables, indexes


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
