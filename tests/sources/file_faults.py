"""Faults of a source's SQLite file: it is missing, corrupt, locked or slow while the context is entered."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path

from tests.file_renewal import renewed


@contextmanager
def missing(file: Path) -> Iterator[None]:
    file.unlink()
    yield


@contextmanager
def corrupt(file: Path) -> Iterator[None]:
    file.write_bytes(os.urandom(file.stat().st_size))
    yield


@contextmanager
def locked(file: Path) -> Iterator[None]:
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield


@contextmanager
def slow(file: Path) -> Iterator[None]:
    """Reading any row of any table never ends."""
    endless = "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
    with renewed(file) as other:
        for (table,) in other.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        ).fetchall():
            other.execute(f"ALTER TABLE {table} RENAME TO hidden_{table}")
            other.execute(f"CREATE VIEW {table} AS SELECT * FROM hidden_{table} WHERE ({endless}) > 0")
    yield


Fault = Callable[[Path], AbstractContextManager[None]]

FAULTS: list[tuple[Fault, str]] = [
    (missing, "DOWN"),
    (corrupt, "DOWN"),
    (locked, "TIMEOUT"),
    (slow, "TIMEOUT"),
]
"""Each fault, and the status that it gives the source."""
