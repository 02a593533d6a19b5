"""One connection to a file, or the place of one that has yet to be opened. Knows nothing of threads or of who asks.

Everything but `interrupt` is for one thread at a time.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import suppress

from sources.source import Statement
from sources.sqlite.read_only_connection import FileReplaced


class PooledConnection:
    """It opens when it is first asked, and again after a fault: that may be the file's or only this connection's."""

    def __init__(self, connect: Callable[[], sqlite3.Connection]) -> None:
        self._connect = connect
        self._connection: sqlite3.Connection | None = None

    def ask(self, statement: Statement) -> str:
        """All rows as JSON. Raises sqlite3.Error or OSError; the next statement starts afresh then."""
        try:
            return self._ask(statement)
        except FileReplaced:
            return self._ask(statement)

    def interrupt(self) -> None:
        """Stop what runs; nothing if it has not begun."""
        if self._connection is not None:
            with suppress(sqlite3.Error):
                self._connection.interrupt()

    def close(self) -> None:
        """Close the connection, if there is one."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(sqlite3.Error):
                connection.close()

    def _ask(self, statement: Statement) -> str:
        try:
            if self._connection is None:
                self._connection = self._connect()
            ((answer,),) = self._connection.execute(statement.text, statement.parameters).fetchall()
            return str(answer)
        except BaseException:
            self.close()
            raise
