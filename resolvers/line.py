"""One connection to an SQLite file, from opening to closing: it serves one statement at a time and can be interrupted.

Knows nothing of deadlines or of who asks.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from contextlib import suppress
from functools import partial
from typing import Any

import aiosqlite

from resolvers.reader import Reader, Replaced
from resolvers.source import Statement

# At DEBUG it writes every statement with its parameters, which are names and numbers.
logging.getLogger("aiosqlite").setLevel(logging.WARNING)


class Line:
    """A connection, or the place of one that has yet to be opened. It serves one statement at a time."""

    def __init__(self, connect: partial[Reader]) -> None:
        self._connect = connect
        self._connection: aiosqlite.Connection | None = None

    @property
    def is_open(self) -> bool:
        """Is there a connection?"""
        return self._connection is not None

    async def ask_open(self, statement: Statement) -> str:
        """All rows as JSON, by the connection that there is. Raises as it does, and leaves it as it is."""
        assert self._connection is not None
        ((answer,),) = await self._connection.execute_fetchall(statement.text, statement.parameters)
        return str(answer)

    async def rest(self) -> None:
        """Wait until whatever its thread is at has ended."""
        if self._connection is not None:
            try:
                await self._connection.execute_fetchall("SELECT 1")
            except (sqlite3.Error, OSError):
                pass  # an interrupt may hit this
            except asyncio.CancelledError:
                self._abandon()
                raise

    async def ask(self, statement: Statement) -> str:
        """All rows as JSON. Raises sqlite3.Error or OSError; the next statement starts afresh then."""
        try:
            return await self._ask(statement)
        except Replaced:
            return await self._ask(statement)

    async def interrupt(self, work: asyncio.Task[Any]) -> None:
        """Stop what runs. An interrupt that comes before its statement has begun does nothing, so it takes several."""
        pause_s = 0.005
        while not work.done():
            if self._connection is not None:
                with suppress(sqlite3.Error, ValueError):  # it is being closed
                    await self._connection.interrupt()
            await asyncio.wait([work], timeout=pause_s)
            pause_s = min(2 * pause_s, 0.25)
        if not work.cancelled():
            work.exception()  # nobody else asks how it ended

    async def close(self) -> None:
        """Close the connection, if there is one. An open one would keep its thread alive."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(sqlite3.Error, ValueError):
                await connection.close()

    async def _ask(self, statement: Statement) -> str:
        try:
            if self._connection is None:
                self._connection = await self._open()
            return await self.ask_open(statement)
        except asyncio.CancelledError:
            self._abandon()
            raise
        except (sqlite3.Error, OSError):
            # It may be the file or only this connection.
            await self.close()
            raise

    def _abandon(self) -> None:
        """Only at close, and only if the thread hangs: it ends by itself, should it ever wake."""
        if self._connection is not None:
            self._connection.stop()
            self._connection = None

    async def _open(self) -> aiosqlite.Connection:
        connection = aiosqlite.Connection(self._connect, iter_chunk_size=64)
        # A thread that hangs in a broken file system must not keep the process alive.
        connection._thread.daemon = True  # noqa: SLF001
        return await connection
