"""Connections to a journal's database, and what their errors mean."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg

from audit.errors import JournalBroken, JournalUnreadable
from sources.postgres.address import Address

CONNECT_S = 5.0
PAGE = 1_000  # rows in memory at a time, about 1.5 MB

ERRORS = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError)
"""Errors of a connection. TimeoutError is an OSError."""
DAMAGE = (
    asyncpg.DataCorruptedError,
    asyncpg.IndexCorruptedError,
    asyncpg.UndefinedTableError,
    asyncpg.UndefinedFunctionError,
    asyncpg.UndefinedColumnError,
    asyncpg.InvalidSchemaNameError,
)
"""Errors of the content, and not of the connection, memory or locks."""


async def connect(address: Address, timeout_s: float = CONNECT_S, **settings: str) -> asyncpg.Connection:
    """A connection to the first host that can write. `settings` are the session's.

    Raises: one of ERRORS, whose message has no password.
    """
    return await asyncpg.connect(
        address.url,
        timeout=timeout_s,
        server_settings={"application_name": "needtoknow journal", "search_path": "pg_catalog", **settings},
    )


def describe(error: BaseException) -> str:
    """The error in one line, without values of rows."""
    text = str(error).splitlines()
    return text[0] if text else type(error).__name__


@dataclass(frozen=True, slots=True)
class Session:
    """Blocking use of one connection, for commands and threads that have no event loop."""

    connection: asyncpg.Connection
    runner: asyncio.Runner

    def fetch(self, statement: str, *parameters: Any) -> list[asyncpg.Record]:
        return self.runner.run(self.connection.fetch(statement, *parameters))

    def value(self, statement: str, *parameters: Any) -> Any:
        return self.runner.run(self.connection.fetchval(statement, *parameters))

    def stream(self, statement: str, *parameters: Any) -> Iterator[asyncpg.Record]:
        """All rows, a page at a time, by a cursor of the server. Needs a transaction."""
        cursor = self.runner.run(_cursor(self.connection, statement, parameters))
        while rows := self.runner.run(cursor.fetch(PAGE)):
            yield from rows


async def _cursor(connection: asyncpg.Connection, statement: str, parameters: tuple[Any, ...]) -> Any:
    return await connection.cursor(statement, *parameters)


@contextmanager
def session(address: Address, *, is_snapshot: bool = False) -> Iterator[Session]:
    """A session that reads, with `is_snapshot` all of it in one transaction.

    Raises: JournalBroken if the journal is missing or damaged; JournalUnreadable if it cannot be read now.
    """
    with asyncio.Runner() as runner:
        connection = None
        try:
            connection = runner.run(connect(address))
            if is_snapshot:
                runner.run(connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"))
            yield Session(connection, runner)
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
