"""Pool of read-only connections to a database, in which no state of a session is changed.

Through a pooler each statement is a transaction that brings its own settings: the next one may be sent to another
connection of the pooler.
"""

from __future__ import annotations

import asyncio
from typing import Any

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from sources.postgres.address import Address
from sources.postgres.connection import Connector

CLOSE_S = 1.0
NOTICE_MS = 100
"""After so long the server stops the statement of a connection that was dropped."""
BY_KEYS = {
    **dict.fromkeys(("enable_hashjoin", "enable_mergejoin", "enable_seqscan", "jit"), "off"),
    "join_collapse_limit": "1",
    "max_parallel_workers_per_gather": "0",
}
"""Tables are joined in the order that is written, and rows found by an index for each key, as SQLite's cross join has
it. PostgreSQL expects 100 keys of any list: it would read all of a table with some thousand rows for one, and all rows
of a surname to find those with a given name."""

Row = asyncpg.Record | None


class ConnectionPool:
    """Connections to one address. Nothing is opened before its first use.

    deadline_s:  seconds after which the server ends a statement, and until which a connection must be open.
    schema:      where the tables are, if not where the role looks by itself.
    is_searched: whether statements are planned for their parameters each time. A plan for any parameters keeps every
                 condition that a search may leave out, and finds no index by them.
    """

    def __init__(
        self, address: Address, *, connections: int, deadline_s: float, schema: str, is_searched: bool
    ) -> None:
        settings = {
            "default_transaction_read_only": "on",
            "statement_timeout": f"{deadline_s * 1_000:.0f}",
            "client_connection_check_interval": f"{NOTICE_MS}",
            **BY_KEYS,
        }
        if is_searched:
            settings["plan_cache_mode"] = "force_custom_plan"
        if schema:
            settings["search_path"] = f"{schema}, pg_catalog"
        self._is_pooled = bool(address.pooler)
        self._begin = "; ".join(["BEGIN", *(f"SET LOCAL {name} = {value}" for name, value in settings.items())])
        self._connector = Connector(address, "needtoknow", **settings)
        self._connections = connections
        self._deadline_s = deadline_s
        self._pool: asyncpg.Pool | None = None

    async def row(self, text: str, values: list[Any]) -> Row:
        """The first row of a statement. If it is cancelled, its connection is dropped.

        Raises: one of `connection.ERRORS`.
        """
        pool = await self._opened()
        connection = await pool.acquire()
        try:
            send = self._in_transaction if self._is_pooled else _send
            return await send(connection, text, values)
        except asyncio.CancelledError:
            connection.terminate()
            raise
        finally:
            await pool.release(connection)

    async def _in_transaction(self, connection: PoolConnectionProxy, text: str, values: list[Any]) -> Row:
        await connection.execute(self._begin)
        try:
            row = await _send(connection, text, values)
        except asyncpg.PostgresError:
            if not connection.is_closed():
                await connection.execute("ROLLBACK")
            raise
        await connection.execute("COMMIT")
        return row

    async def close(self) -> None:
        """Close every connection; those that hang are dropped after CLOSE_S."""
        pool, self._pool = self._pool, None
        if pool is not None:
            try:
                async with asyncio.timeout(CLOSE_S):
                    await pool.close()
            except TimeoutError:
                pool.terminate()

    async def _opened(self) -> asyncpg.Pool:
        if self._pool is None:
            pool = asyncpg.create_pool(min_size=0, max_size=self._connections, reset=_keep, connect=self._connect)
            self._pool = await pool  # it opens no connection, so nothing else runs meanwhile
        return self._pool

    async def _connect(self, *_: object, **options: Any) -> asyncpg.Connection:
        return await self._connector.connect(self._deadline_s, **options)


async def _send(connection: PoolConnectionProxy, text: str, values: list[Any]) -> Row:
    row: Row = await connection.fetchrow(text, *values)
    return row


async def _keep(_connection: asyncpg.Connection) -> None:
    """No state of a connection changes, so there is none to reset."""
