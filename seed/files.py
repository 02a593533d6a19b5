"""Writing the SQLite files of the sources."""

from __future__ import annotations

import os
import sqlite3
from collections import defaultdict
from collections.abc import Iterable
from operator import itemgetter
from pathlib import Path
from typing import Final

from filesystem.private_file import create_private
from resolvers.catalogue import SPECS
from resolvers.columns import DEMONSTRATION
from seed.catalogue import SEEDS
from seed.ddl import create_indexes, create_tables
from seed.row import Columns, Row
from sources.sql.dialects import SQLITE

FILES: Final = tuple(f"{source}.db" for source in SEEDS)
MANIFEST: Final = "world.json"
"""File that says whether the others are complete."""


class SourceFiles:
    """New source files in one folder: first the rows, then the indexes, since sorting once is far cheaper.

    There is no rollback journal, so a crash leaves corrupt files: the folder must be a temporary one.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._connections: dict[str, sqlite3.Connection] = {}
        self._tables: dict[str, tuple[sqlite3.Connection, list[str]]] = {}
        for spec in SPECS:
            if spec.name not in SEEDS:
                continue
            file = folder / f"{spec.name}.db"
            create_private(file)
            connection = self._connections[spec.name] = sqlite3.connect(file, isolation_level=None)
            connection.execute("PRAGMA journal_mode = OFF")
            connection.execute("PRAGMA synchronous = OFF")
            connection.execute("PRAGMA cache_size = -16384")  # KiB: the memory of a source, however many people
            for statement in create_tables(spec.metadata, SQLITE):
                connection.execute(statement)
            for table in spec.metadata.sorted_tables:
                names = [column.name for column in table.columns if column.name != DEMONSTRATION]
                self._tables[table.name] = connection, names
            connection.execute("BEGIN")

    def close(self) -> None:
        """Close all files. Without `finish`, they are incomplete."""
        for connection in self._connections.values():
            connection.close()

    def write(self, rows: Iterable[Row], *, is_demonstration: bool = False) -> None:
        """Insert the rows, in order; all are about demonstration people, or none is.

        Raises: ValueError or KeyError if a row has other columns than its table.
        """
        groups: dict[str, list[Columns]] = defaultdict(list)
        for table, row in rows:
            groups[table].append(row)
        for table, group in groups.items():
            connection, columns = self._tables[table]
            if {*map(len, group)} != {len(columns)}:
                raise ValueError(f"a row of {table} has not exactly the columns {', '.join(columns)}")
            names = ", ".join((*columns, DEMONSTRATION))
            insert = f"INSERT INTO {table} ({names}) VALUES ({'?, ' * len(columns)}{is_demonstration:d})"
            connection.executemany(insert, map(itemgetter(*columns), group))

    def finish(self) -> None:
        """Create the indexes and the query planner's statistics, and flush all files to disk."""
        metadata = {spec.name: spec.metadata for spec in SPECS}
        for source, connection in self._connections.items():
            connection.execute("COMMIT")
            for statement in create_indexes(metadata[source], SQLITE):
                connection.execute(statement)
            SEEDS[source].index(connection)
            connection.execute("ANALYZE")
            connection.close()
            with (self._folder / f"{source}.db").open("rb") as file:
                os.fsync(file.fileno())
