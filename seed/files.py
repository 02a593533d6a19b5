"""Writing the SQLite files of the sources. Their tables and columns are declared once, by the DDL."""

from __future__ import annotations

import os
import sqlite3
from collections import defaultdict
from collections.abc import Iterable
from importlib.resources import files
from operator import itemgetter
from pathlib import Path
from typing import Final

from filesystem.private_file import create_private
from resolvers.numbers.plate import lookalike_sql, plate_sql
from resolvers.subject_columns import user_sql
from seed.catalogue import SEEDS
from seed.row import Columns, Row

FILES: Final = tuple(f"{source}.db" for source in SEEDS)
EXPRESSIONS: Final = {
    "NORMAL_PLATE": plate_sql("plate"),
    "LOOKALIKE_PLATE": lookalike_sql("plate"),
    "FOLDED_USER": user_sql("subject_user"),
}
"""Expressions of indexes that statements share, by their name in the DDL."""
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
        for source in SEEDS:
            file = folder / f"{source}.db"
            create_private(file)
            connection = self._connections[source] = sqlite3.connect(file, isolation_level=None)
            connection.execute("PRAGMA journal_mode = OFF")
            connection.execute("PRAGMA synchronous = OFF")
            connection.execute("PRAGMA cache_size = -49152")  # KiB
            connection.executescript(_ddl(source)[0])
            for (table,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall():
                columns = connection.execute("SELECT name FROM pragma_table_info(?)", (table,))
                self._tables[table] = connection, [name for (name,) in columns]
            connection.execute("BEGIN")

    def close(self) -> None:
        """Close all files. Without `finish`, they are incomplete."""
        for connection in self._connections.values():
            connection.close()

    def write(self, rows: Iterable[Row]) -> None:
        """Insert the rows, in order.

        Raises: ValueError or KeyError if a row has other columns than its table.
        """
        groups: dict[str, list[Columns]] = defaultdict(list)
        for table, row in rows:
            groups[table].append(row)
        for table, group in groups.items():
            connection, columns = self._tables[table]
            if {*map(len, group)} != {len(columns)}:
                raise ValueError(f"a row of {table} has not exactly the columns {', '.join(columns)}")
            insert = f"INSERT INTO {table} VALUES ({', '.join('?' * len(columns))})"
            connection.executemany(insert, map(itemgetter(*columns), group))

    def finish(self) -> None:
        """Create the indexes and the query planner's statistics, and flush all files to disk."""
        for source, connection in self._connections.items():
            connection.execute("COMMIT")
            connection.executescript(_ddl(source)[1])
            SEEDS[source].index(connection)
            connection.execute("ANALYZE")
            connection.close()
            with (self._folder / f"{source}.db").open("rb") as file:
                os.fsync(file.fileno())


def _ddl(source: str) -> tuple[str, str]:
    """The DDL of a source: (tables, indexes)."""
    ddl = SEEDS[source].ddl or files("seed").joinpath(f"ddl/{source}.sql").read_text("utf-8")
    tables, _, indexes = ddl.partition("-- Indexes")
    for name, expression in EXPRESSIONS.items():
        indexes = indexes.replace(name, expression)
    return tables, indexes
