"""Connections to a journal's database, and what their errors mean.

A session keeps no state from one transaction to the next, so a pooler may send each to another connection.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any

import asyncpg

from audit.errors import JournalBroken, JournalUnreadable
from sources.postgres.address import Address
from sources.postgres.connection import ERRORS, Connector

CONNECT_S = 5.0
BEGIN = "BEGIN {mode}; SET LOCAL search_path = pg_catalog; SET LOCAL synchronous_commit = on"
SNAPSHOT = "ISOLATION LEVEL REPEATABLE READ READ ONLY"
CURSORS = count(1)
PAGE = 1_000  # rows in memory at a time, about 1.5 MB

DAMAGE = (
    asyncpg.DataCorruptedError,
    asyncpg.IndexCorruptedError,
    asyncpg.UndefinedTableError,
    asyncpg.UndefinedFunctionError,
    asyncpg.UndefinedColumnError,
    asyncpg.InvalidSchemaNameError,
)
"""Errors of the content, and not of the connection, memory or locks."""


def connector(address: Address) -> Connector:
    """Opens connections to the first host that can write."""
    return Connector(address, "needtoknow journal", search_path="pg_catalog")


async def connect(address: Address, timeout_s: float = CONNECT_S) -> asyncpg.Connection:
    """A connection to the first host that can write. Raises: one of ERRORS, whose message has no password."""
    return await connector(address).connect(timeout_s)


@asynccontextmanager
async def connected(address: Address, failure: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection for one task of a command. Raises: JournalBroken, which begins with what has failed."""
    try:
        connection = await connect(address)
        try:
            yield connection
        finally:
            await connection.close()
    except (*ERRORS, JournalBroken) as cause:
        raise JournalBroken(f"{failure}: {describe(cause)}.") from cause


@asynccontextmanager
async def transaction(connection: asyncpg.Connection, mode: str = "") -> AsyncIterator[None]:
    """A transaction that finds no object but those it names with their schema. After an error drop the connection."""
    await connection.execute(BEGIN.format(mode=mode))
    yield
    await connection.execute("COMMIT")


def describe(error: BaseException) -> str:
    """The error in one line, without values of rows."""
    text = str(error).splitlines()
    return text[0] if text else type(error).__name__


@dataclass(frozen=True, slots=True)
class Session:
    """Blocking use of one connection, for commands and threads that have no event loop.

    is_snapshot: all of it is one transaction; otherwise each statement is.
    """

    connection: asyncpg.Connection
    runner: asyncio.Runner
    is_snapshot: bool

    def fetch(self, statement: str, *parameters: Any) -> list[asyncpg.Record]:
        return self.runner.run(self._fetch(statement, *parameters))

    def value(self, statement: str, *parameters: Any) -> Any:
        rows = self.fetch(statement, *parameters)
        return rows[0][0] if rows else None

    def stream(self, statement: str, *parameters: Any) -> Iterator[asyncpg.Record]:
        """All rows of a snapshot, a page at a time, by a cursor of the server."""
        # A name for each: the driver keeps the columns of a FETCH by its text.
        name = f"pages_{next(CURSORS)}"
        self.fetch(f"DECLARE {name} NO SCROLL CURSOR FOR {statement}", *parameters)
        while rows := self.fetch(f"FETCH {PAGE} FROM {name}"):
            yield from rows
        self.fetch(f"CLOSE {name}")

    async def _fetch(self, statement: str, *parameters: Any) -> list[asyncpg.Record]:
        if self.is_snapshot:
            return await self.connection.fetch(statement, *parameters)
        async with transaction(self.connection):
            return await self.connection.fetch(statement, *parameters)


@contextmanager
def session(address: Address, *, is_snapshot: bool = False) -> Iterator[Session]:
    """A session that reads, with `is_snapshot` all of it in one transaction.

    Raises: JournalBroken if the journal is missing or damaged; JournalUnreadable if it cannot be read now.
    """
    with asyncio.Runner() as runner:
        connection = None
        try:
            connection = runner.run(connector(address).connect(CONNECT_S))
            opened = Session(connection, runner, is_snapshot)
            if is_snapshot:
                runner.run(connection.execute(BEGIN.format(mode=SNAPSHOT)))
            yield opened
        except ERRORS as cause:
            error = JournalBroken if isinstance(cause, DAMAGE) else JournalUnreadable
            raise error(f"The journal {address} cannot be read: {describe(cause)}.") from cause
        finally:
            if connection is not None:
                _close(runner, connection)


def _close(runner: asyncio.Runner, connection: asyncpg.Connection) -> None:
    # After an error the connection is only dropped: an orderly end could wait for a server that hangs.
    if sys.exc_info()[0] is None:
        runner.run(connection.close(timeout=CONNECT_S))
    else:
        connection.terminate()
        runner.run(asyncio.sleep(0))
