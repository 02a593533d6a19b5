"""Rows of a remote system in tables of a database in memory, over which a request runs as over any source.

So rules about records are evaluated by the same expressions for each kind of source.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from typing import Any

from sources.remote.messages import ReadRows
from sources.request import Request
from sources.sql.dialects import SQLITE, SQLITE_LENIENT
from sources.sql.query import sql_of


def query_rows(request: Request, tables: Sequence[ReadRows], functions: Mapping[str, Callable[[Any], str]]) -> bytes:
    """The one cell of a request over these rows. Raises: sqlite3.Error."""
    is_lenient = any(each.has_unreadable for each in tables)
    sql = sql_of(request.query, SQLITE_LENIENT if is_lenient else SQLITE)
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.text_factory = bytes
        for name, function in functions.items():
            connection.create_function(name, 1, function, deterministic=True)
        for each in tables:
            _fill(connection, each)
        ((cell,),) = connection.execute(sql.text, request.parameters).fetchall()
    return cell if isinstance(cell, bytes) else str(cell).encode()


def _fill(connection: sqlite3.Connection, found: ReadRows) -> None:
    """A table without types or constraints: a value stays as it came, or UNREADABLE."""
    table, columns = found.read.table, ", ".join(each.name for each in found.read.columns)
    connection.execute(f"CREATE TABLE {table} ({columns})")
    connection.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(found.read.columns))})", found.rows)
    connection.execute(f"CREATE INDEX {table}_key ON {table} ({found.read.key.name})")
