"""A source in an SQLite file: read-only, several connections, a deadline that really stops the statement.

Cancelling a task does not stop SQLite, which goes on in its thread, so the statement is interrupted and waited for
before its connection goes to anyone else.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiosqlite

from .errors import SourceUnavailable
from .source import Statement

log = logging.getLogger(__name__)

# At DEBUG it writes every statement with its parameters, which are names and numbers.
logging.getLogger("aiosqlite").setLevel(logging.WARNING)


class SqliteSource:
    """One file. Connections are opened when first needed and again after a fault, so a source that comes back is used."""

    def __init__(self, name: str, path: Path, *, connections: int = 2, deadline_s: float = 1.0) -> None:
        self.name = name
        self.answered_at: datetime | None = None
        self._path = path
        self._deadline_s = deadline_s
        # A place holds a connection, or None where one has yet to be opened. The last one back is the first one out:
        # its page cache is warm.
        self._places: asyncio.LifoQueue[aiosqlite.Connection | None] = asyncio.LifoQueue()
        self._count = connections
        for _ in range(connections):
            self._places.put_nowait(None)

    async def fetch(self, statement: Statement) -> list[tuple[Any, ...]]:
        """The rows of one statement. Raises SourceUnavailable by the deadline."""
        try:
            async with asyncio.timeout(self._deadline_s):
                connection = await self._places.get()
                try:
                    if connection is None:
                        connection = await self._open()
                    rows = await self._run(connection, statement)
                    self.answered_at = datetime.now(UTC)
                    return rows
                except sqlite3.Error:
                    # It may be the file or only this connection: the next statement starts afresh.
                    if connection is not None:
                        await _close(connection)
                        connection = None
                    raise
                finally:
                    self._places.put_nowait(connection)
        except TimeoutError:
            raise SourceUnavailable(self.name, "TIMEOUT") from None
        except sqlite3.Error as error:
            # The message may quote SQL or a value; its type is enough.
            log.warning("source %s failed: %s", self.name, type(error).__name__)
            raise SourceUnavailable(self.name, "DOWN") from None

    async def _open(self) -> aiosqlite.Connection:
        where = f"{self._path.absolute().as_uri()}?mode=ro"
        connection = aiosqlite.connect(where, uri=True, timeout=self._deadline_s / 2)
        # A thread that hangs in a broken file system must not keep the process alive.
        connection._thread.daemon = True
        try:
            await connection
            await connection.execute_fetchall("PRAGMA query_only = 1")
        except BaseException:
            connection.stop()
            raise
        return connection

    @staticmethod
    async def _run(connection: aiosqlite.Connection, statement: Statement) -> list[tuple[Any, ...]]:
        running = asyncio.ensure_future(connection.execute_fetchall(statement.text, dict(statement.parameters)))
        try:
            return list(await asyncio.shield(running))  # type: ignore[arg-type]
        except asyncio.CancelledError:
            # Past the deadline, or nobody waits any more.
            while not running.done():
                await connection.interrupt()
                await asyncio.wait([running], timeout=0.01)
            with suppress(sqlite3.Error):
                running.result()
            raise

    async def close(self) -> None:
        """Close every connection, once each is free. An open one would keep its thread, and the process, alive."""
        for _ in range(self._count):
            connection = await self._places.get()
            if connection is not None:
                await _close(connection)
        self._count = 0


async def _close(connection: aiosqlite.Connection) -> None:
    with suppress(sqlite3.Error, ValueError):
        await connection.close()
