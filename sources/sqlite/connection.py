"""Read-only connection to an SQLite file, which reopens after an error and when another file has replaced its own.

Data is renewed by renaming a new file over the old one. SQLite would go on reading the old one for as long as it is
open, even when its path leads nowhere.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from sources.sqlite.source_file import FileVersion, SourceFile

# SQLite's default, 2 MiB, holds fewer pages than a few operations touch. The cache never grows
# beyond the file's size.
CACHE_KIB = 32 * 1024
MIN_BYTES, MAX_BYTES = 2**16, 1_000_000_000
"""Bounds of the limit on one value: the parameters and the schema must fit; SQLite has no higher one."""


Functions = Mapping[str, Callable[[Any], str]]
"""SQL functions of one argument, by name: for what SQLite cannot express itself."""
NO_FUNCTIONS: Functions = {}


class FileReplaced(OSError):
    """The file of the connection was replaced since it was opened."""


class PooledConnection:
    """One connection of a pool, opened by its first statement.

    Everything here, `stat` included, runs in a worker thread: a file system that hangs blocks only that thread. One
    thread uses it at a time, but not always the same one. Only `interrupt` may be called from another; the pool's lock
    ensures that it hits no later statement (`WorkerPool._poll`).
    """

    def __init__(self, file: SourceFile, *, lock_timeout_s: float, functions: Functions = NO_FUNCTIONS) -> None:
        """`lock_timeout_s`: seconds to wait for another process's lock."""
        self._file = file
        self._functions = functions
        self._lock_timeout_s = lock_timeout_s
        self._version: FileVersion | None = None
        self._connection: sqlite3.Connection | None = None

    def query_json(self, text: str, parameters: Mapping[str, Any], max_bytes: int = MAX_BYTES) -> bytes:
        """All rows of a statement as JSON, from its one cell.

        A statement runs once more if another file replaced its own meanwhile.
        Raises: sqlite3.Error, or OSError if there is no file or it was changed in place. The next statement then opens
        a new connection. A result of more than `max_bytes` is SQLITE_TOOBIG, raised before it is complete.
        """
        try:
            try:
                return self._execute(self._connection or self._open(), text, parameters, max_bytes)
            except FileReplaced:
                self.close()
                return self._execute(self._open(), text, parameters, max_bytes)
        except BaseException as error:
            if getattr(error, "sqlite_errorcode", 0) != sqlite3.SQLITE_TOOBIG:
                self.close()
            raise

    def prepare(self, text: str, parameters: Mapping[str, Any]) -> None:
        """Prepare a statement and do not run it. Raises: sqlite3.Error if it does not fit the tables that are there."""
        (self._connection or self._open()).execute(f"EXPLAIN {text}", parameters)

    def _execute(
        self, connection: sqlite3.Connection, text: str, parameters: Mapping[str, Any], max_bytes: int
    ) -> bytes:
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, min(max(max_bytes, MIN_BYTES), MAX_BYTES))
        try:
            ((cell,),) = connection.execute(text, parameters).fetchall()
        except sqlite3.Error as error:
            if (
                getattr(error, "sqlite_errorcode", 0) != sqlite3.SQLITE_INTERRUPT
            ):  # its time is over: it does not run again
                self._check_file()
            raise
        self._check_file()
        return cell if isinstance(cell, bytes) else str(cell).encode()

    def _check_file(self) -> None:
        """Raises: FileReplaced, ChangedInPlace: rows, or an error, may be of a file that is not there any more."""
        if self._file.version() != self._version:
            raise FileReplaced

    def interrupt(self) -> None:
        """Stop the statement that runs, if one does."""
        connection = self._connection
        if connection is not None:
            with suppress(sqlite3.Error):
                connection.interrupt()

    def close(self) -> None:
        """Close the connection, if it is open."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(sqlite3.Error):
                connection.close()

    def _open(self) -> sqlite3.Connection:
        # Read before it is opened, so a file swapped in between is noticed.
        self._version = self._file.version()
        connection = self._connection = sqlite3.connect(
            f"{self._file.path.absolute().as_uri()}?mode=ro",
            uri=True,
            timeout=self._lock_timeout_s,
            isolation_level=None,
            check_same_thread=False,
        )
        # JSON is parsed from bytes; a string would be a copy, four times as large if one character of it is an emoji.
        connection.text_factory = bytes
        for name, function in self._functions.items():
            connection.create_function(name, 1, function, deterministic=True)
        connection.execute("PRAGMA query_only = 1")
        connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
        return connection
