"""SQLite source: a file, read by several read-only connections, with a deadline that really stops the statement.

Cancelling a task does not stop SQLite, which goes on in its thread. So the caller gets its error at the deadline, and
the pool interrupts the statement until it stops; only then is its connection reused. A thread that cannot be
stopped, because its file system hangs, holds one connection, and blocks neither other threads nor process exit.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import Any

import orjson

from engine.errors import FetchFailed, FetchOverLimit
from engine.lenient_json import read_rows
from sources.errors import ResultTooLarge, SourceUnavailable, StatementFailed
from sources.request import Request
from sources.source import Rows
from sources.sql.dialects import SQLITE, SQLITE_LENIENT, SqliteDialect
from sources.sql.query import sql_of
from sources.sqlite.connection import MAX_BYTES, NO_FUNCTIONS, Functions, PooledConnection
from sources.sqlite.pool import Job, WorkerPool
from sources.sqlite.source_file import ChangedInPlace, SourceFile

log = logging.getLogger(__name__)

# Another process holds the file's lock: the source is there, and did not respond in time.
LOCK_ERRORS = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}

# It reads the file's header, which SELECT 1 would not.
PROBE = "SELECT count(*) FROM sqlite_schema"


class SqliteSource:
    """One file. A connection opens with its first statement and again after an error, so a missing file is picked up
    when it reappears.

    pool:       the threads that it shares with other sources; by default its own.
    deadline_s: seconds that a statement may take.
    may_change: whether the file's own program writes it in place, as the journal's does.
    functions:  SQL functions that its statements use.
    """

    system = "sqlite"

    def __init__(
        self,
        name: str,
        path: Path,
        *,
        connections: int = 2,
        deadline_s: float = 1.0,
        pool: WorkerPool | None = None,
        may_change: bool = False,
        functions: Functions = NO_FUNCTIONS,
    ) -> None:
        self.name = name
        self.path = path
        self.deadline_s = deadline_s
        self.answered_at: datetime | None = None
        # Waiting for a lock cannot be interrupted; half the deadline leaves time to read once the lock is free.
        self._file = SourceFile(path, may_change=may_change)
        self._idle_connections = [
            PooledConnection(self._file, lock_timeout_s=deadline_s / 2, functions=functions) for _ in range(connections)
        ]
        self._connections = connections
        self._pool = pool or WorkerPool()
        self._pool.register(self, connections)
        self._is_closed = False

    async def fetch(self, request: Request) -> Rows:
        """The rows of one request, with an InvalidValue for each cell that cannot be read.

        Raises: SourceUnavailable, at the latest at the deadline; ResultTooLarge.
        """
        cell = await self._cell(request)
        self.answered_at = datetime.now(UTC)
        if request.meter is not None:
            request.meter.count(len(cell))
        try:
            rows: Rows = orjson.loads(cell)
        except orjson.JSONDecodeError:
            rows = await self._lenient_rows(request, cell)
        return rows

    async def probe(self) -> None:
        """Whether the file can be read. Raises: SourceUnavailable, at the latest at the deadline."""
        try:
            await self._run(lambda connection: self._query(connection, PROBE, {}))
        except (sqlite3.Error, OSError) as error:
            raise self._unavailable(error) from None
        self.answered_at = datetime.now(UTC)

    async def _lenient_rows(self, request: Request, cell: bytes) -> Rows:
        """The rows in a cell with text that is not UTF-8; if it has an infinite number, those of the lenient SQL."""
        if request.meter is not None:
            request.meter.has_invalid_values = True
        with suppress(ValueError):
            return read_rows(cell)
        return read_rows(await self._cell(request, SQLITE_LENIENT))

    async def _cell(self, request: Request, dialect: SqliteDialect = SQLITE) -> bytes:
        """The JSON of a request's rows.

        SQLite's general error has many causes. A BLOB in a row is one; the lenient SQL takes it for text. If that fails
        too, a table or a column is missing, or else one row or parameter is at fault.
        """
        text = sql_of(request.query, dialect).text
        meter, parameters = request.meter, request.parameters

        def query(connection: PooledConnection) -> bytes:
            return self._query(connection, text, parameters, MAX_BYTES if meter is None else meter.remaining)

        try:
            cell: bytes = await self._run(query)
            return cell
        except sqlite3.OperationalError as error:
            if getattr(error, "sqlite_errorcode", 0) != sqlite3.SQLITE_ERROR:
                raise self._unavailable(error) from None
            failure = error
        except (sqlite3.Error, OSError, OverflowError) as error:
            raise self._unavailable(error) from None
        if dialect is SQLITE:
            return await self._cell(request, SQLITE_LENIENT)
        unavailable = self._unavailable(failure)
        with suppress(sqlite3.Error, OSError):
            await self._run(lambda connection: connection.prepare(text, request.parameters))
            unavailable = StatementFailed(self.name)
        raise unavailable

    def _unavailable(self, error: Exception) -> FetchFailed | FetchOverLimit:
        """Log an error of SQLite or of the file, and make the error that the operation gets."""
        code = getattr(error, "sqlite_errorcode", 0)
        if code == sqlite3.SQLITE_TOOBIG:
            return ResultTooLarge(self.name)
        if isinstance(error, TimeoutError):
            return SourceUnavailable(self.name, "TIMEOUT")
        if isinstance(error, ChangedInPlace):
            log.error("source %s failed: %s was changed in place; move a whole file there", self.name, self.path)
        else:
            # The message may quote SQL or a value, so only its type is logged.
            log.warning("source %s failed: %s", self.name, type(error).__name__)
        if isinstance(error, (sqlite3.ProgrammingError, sqlite3.InterfaceError, OverflowError)):
            return StatementFailed(self.name)  # a parameter that SQLite cannot take
        return SourceUnavailable(self.name, "TIMEOUT" if code & 0xFF in LOCK_ERRORS else "DOWN")

    def _run(self, function: Callable[[PooledConnection], Any]) -> asyncio.Future[Any]:
        """What a function gives in a worker thread, or its own error; TimeoutError at the deadline.

        Raises: SourceUnavailable if this source is closed.
        """
        if self._is_closed:
            raise SourceUnavailable(self.name, "DOWN")
        return self._submit(function, self._idle_connections).future

    async def close(self) -> None:
        """Stop what runs and close every connection, within the deadline and SHUTDOWN_WAIT_S. A second
        call does nothing.

        A connection that hangs past this is closed as soon as its statement returns.
        """
        if self._is_closed:
            return
        self._is_closed = True
        self._pool.fail_jobs(self._idle_connections, sqlite3.OperationalError)
        self._file.close()
        closing = [self._submit(PooledConnection.close, release_to=[]) for _ in range(self._connections)]
        results = await asyncio.gather(*(job.future for job in closing), return_exceptions=True)
        await self._pool.unregister(self, closed=results.count(None))

    def _query(
        self, connection: PooledConnection, text: str, parameters: Mapping[str, Any], max_bytes: int = MAX_BYTES
    ) -> bytes:
        try:
            return connection.query_json(text, parameters, max_bytes)
        finally:
            if self._is_closed:  # it hung for longer than `close` waited
                connection.close()

    def _submit(self, function: Callable[[PooledConnection], Any], release_to: list[PooledConnection]) -> Job:
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        job = Job(function, self._idle_connections, release_to, monotonic() + self.deadline_s, future)
        self._pool.submit(job)
        return job
