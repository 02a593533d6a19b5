"""PostgreSQL source: a database, read by a pool of connections, with a deadline that ends statements on the server too.

At the deadline the connection is dropped, which the server notices; and the server has the same deadline itself.
A standby that lags too far behind is not read, and the primary is.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime
from functools import partial
from typing import Any

import asyncpg
import orjson

from sources.errors import ResultTooLarge, SourceUnavailable, StatementFailed
from sources.postgres.address import Address
from sources.postgres.causes import cause_of
from sources.postgres.connection import ERRORS
from sources.postgres.pool import ConnectionPool
from sources.request import Request
from sources.source import Rows
from sources.sql.dialects import POSTGRES
from sources.sql.query import sql_of

log = logging.getLogger(__name__)

LATE = (TimeoutError, asyncpg.QueryCanceledError, asyncpg.LockNotAvailableError)
OWN = (asyncpg.DataError, asyncpg.StatementTooComplexError, asyncpg.ProgramLimitExceededError)
"""Errors of one statement's parameters or rows."""
LOST = (
    asyncpg.ConnectionDoesNotExistError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.ProtocolViolationError,  # a pooler lost its server
    ConnectionError,
)
"""Errors of a connection that was lost: the server may answer on another one."""
# A primary has no lag. One that has written nothing for a while looks as if its standby lagged.
IS_FRESH = """
    NOT pg_is_in_recovery()
    OR coalesce(clock_timestamp() - pg_last_xact_replay_timestamp() <= make_interval(secs => {seconds}), false)
"""


class PostgresSource:
    """One database. Nothing is opened before its first use, and a server that comes back is used again.

    deadline_s:  seconds that a request may take, the opening of a connection included.
    schema:      where its tables are, if not where its role looks by itself.
    is_searched: whether there are requests with conditions that may be left out.
    """

    system = "postgresql"

    def __init__(
        self,
        name: str,
        address: Address,
        *,
        connections: int = 2,
        deadline_s: float = 1.0,
        schema: str = "",
        is_searched: bool = False,
    ) -> None:
        self.name = name
        self.address = address.for_reading()
        self.deadline_s = deadline_s
        self.answered_at: datetime | None = None
        pool = partial(
            ConnectionPool, connections=connections, deadline_s=deadline_s, schema=schema, is_searched=is_searched
        )
        self._pool = pool(self.address)
        self._primary = pool(address.of_session("primary")) if address.max_lag_s is not None else None
        self._sent: set[asyncio.Task[Any]] = set()
        self._is_closed = False

    async def fetch(self, request: Request) -> Rows:
        """The rows of one request.

        Raises: SourceUnavailable, at the latest at the deadline; ResultTooLarge.
        """
        sql = sql_of(request.query, POSTGRES)
        values = [_sendable(request.parameters[name]) for name in sql.names]
        text = sql.text
        if request.meter is not None:
            values.append(request.meter.remaining)
            text = f"SELECT CASE WHEN octet_length(cell) <= ${len(values)} THEN cell END FROM ({text}) AS result (cell)"
        cell = await self._value(text, values)
        if cell is None:
            raise ResultTooLarge(self.name)
        content = cell.encode()
        if request.meter is not None:
            request.meter.count(len(content))
        rows: Rows = orjson.loads(content)
        return rows

    async def probe(self) -> None:
        """Whether the database answers. Raises: SourceUnavailable, at the latest at the deadline."""
        await self._value("SELECT 1", [])

    async def close(self) -> None:
        """Stop what runs and close every connection; those that hang are dropped after CLOSE_S."""
        self._is_closed = True
        for task in self._sent:
            task.cancel()
        for pool in (self._pool, self._primary):
            if pool is not None:
                await pool.close()

    async def _value(self, text: str, values: list[Any]) -> Any:
        """The one cell of a statement. It is sent once more if its connection was lost."""
        if self._is_closed:
            raise SourceUnavailable(self.name, "DOWN")
        try:
            cell = await self._by_deadline(text, values)
        except LATE:
            raise SourceUnavailable(self.name, "TIMEOUT") from None
        except ERRORS as error:
            log.warning("source %s failed: %s", self.name, cause_of(error))
            failed = StatementFailed(self.name) if isinstance(error, OWN) else SourceUnavailable(self.name, "DOWN")
            raise failed from None
        self.answered_at = datetime.now(UTC)
        return cell

    async def _by_deadline(self, text: str, values: list[Any]) -> Any:
        """Raises: TimeoutError at the deadline, even if the server hangs while the statement is cancelled."""
        task = asyncio.create_task(self._send(text, values))
        self._sent.add(task)
        task.add_done_callback(self._forget)
        try:
            done, _ = await asyncio.wait([task], timeout=self.deadline_s)
        finally:
            task.cancel()
        if not done:
            raise TimeoutError
        if task.cancelled():  # by `close`
            raise ConnectionAbortedError
        return task.result()

    def _forget(self, task: asyncio.Task[Any]) -> None:
        self._sent.discard(task)
        if not task.cancelled():
            task.exception()  # asyncio would log one that nobody awaits any more

    async def _send(self, text: str, values: list[Any]) -> Any:
        try:
            return await self._send_once(text, values)
        except LOST:
            return await self._send_once(text, values)

    async def _send_once(self, text: str, values: list[Any]) -> Any:
        if self._primary is None:
            return _cell(await self._pool.row(text, values))
        is_fresh = IS_FRESH.format(seconds=self.address.max_lag_s)
        bounded = f"SELECT f, CASE WHEN f THEN ({text}) END FROM (SELECT {is_fresh} AS f OFFSET 0) AS standby"
        row = await self._pool.row(bounded, values)
        if row is not None and row[0]:
            return row[1]
        return _cell(await self._primary.row(text, values))


def _cell(row: asyncpg.Record | None) -> Any:
    return None if row is None else row[0]


def _sendable(value: Any) -> Any:
    """A parameter as PostgreSQL takes it: it has no text with U+0000, so none is found by U+FFFD."""
    if isinstance(value, str):
        return value.replace("\0", "\ufffd").replace("\\u0000", "\\ufffd")
    return int(value) if isinstance(value, bool) else value
