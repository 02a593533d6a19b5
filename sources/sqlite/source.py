"""SQLite source: a file, read by several read-only connections, with a deadline that really stops the statement.

Cancelling a task does not stop SQLite, which goes on in its thread. So the caller gets its error at the deadline, and
the pool interrupts the statement until it stops; only then is its connection reused. A thread that cannot be
stopped, because its file system hangs, holds one connection, and blocks neither other threads nor process exit.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import Any

import orjson

from sources.errors import ResultTooLarge, SourceUnavailable
from sources.source import Rows, Statement
from sources.sqlite.connection import NO_FUNCTIONS, Functions, PooledConnection
from sources.sqlite.pool import Job, WorkerPool
from sources.sqlite.source_file import ChangedInPlace, SourceFile

log = logging.getLogger(__name__)

# Another process holds the file's lock: the source is there, and did not respond in time.
LOCK_ERRORS = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


class SqliteSource:
    """One file. A connection opens with its first statement and again after an error, so a missing file is picked up
    when it reappears.

    pool:       the threads that it shares with other sources; by default its own.
    deadline_s: seconds that a statement may take.
    may_change: whether the file's own program writes it in place, as the journal's does.
    functions:  SQL functions that its statements use.
    """

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
        self._jobs: set[Job] = set()
        self._is_closed = False

    async def fetch(self, statement: Statement) -> Rows:
        """The rows of one statement. Raises: SourceUnavailable, at the latest at the deadline; ResultTooLarge."""
        if self._is_closed:
            raise SourceUnavailable(self.name, "DOWN")
        job = self._submit(lambda connection: self._query(connection, statement), self._idle_connections)
        self._jobs.add(job)
        try:
            cell = await job.future
        except TimeoutError:
            raise SourceUnavailable(self.name, "TIMEOUT") from None
        except (sqlite3.Error, OSError) as error:
            code = getattr(error, "sqlite_errorcode", 0)
            if code == sqlite3.SQLITE_TOOBIG:
                raise ResultTooLarge(self.name) from None
            if isinstance(error, ChangedInPlace):
                log.error("source %s failed: %s was changed in place; move a whole file there", self.name, self.path)
            else:
                # The message may quote SQL or a value, so only its type is logged.
                log.warning("source %s failed: %s", self.name, type(error).__name__)
            is_locked = code & 0xFF in LOCK_ERRORS
            raise SourceUnavailable(self.name, "TIMEOUT" if is_locked else "DOWN") from None
        finally:
            self._jobs.discard(job)
        self.answered_at = datetime.now(UTC)
        if statement.meter is not None:
            statement.meter.count(len(cell))
        try:
            rows: Rows = orjson.loads(cell)
        except orjson.JSONDecodeError:
            # A text in it is not UTF-8.
            log.warning("source %s failed: its text is not UTF-8", self.name)
            raise SourceUnavailable(self.name, "DOWN") from None
        return rows

    async def close(self) -> None:
        """Stop what runs and close every connection, within the deadline and SHUTDOWN_WAIT_S. A second
        call does nothing.

        A connection that hangs past this is closed as soon as its statement returns.
        """
        if self._is_closed:
            return
        self._is_closed = True
        for job in self._jobs:
            job.fail_future(sqlite3.OperationalError())
        self._file.close()
        closing = [self._submit(PooledConnection.close, release_to=[]) for _ in range(self._connections)]
        results = await asyncio.gather(*(job.future for job in closing), return_exceptions=True)
        await self._pool.unregister(self, closed=results.count(None))

    def _query(self, connection: PooledConnection, statement: Statement) -> bytes:
        try:
            return connection.query_json(statement)
        finally:
            if self._is_closed:  # it hung for longer than `close` waited
                connection.close()

    def _submit(self, function: Callable[[PooledConnection], Any], release_to: list[PooledConnection]) -> Job:
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        job = Job(function, self._idle_connections, release_to, monotonic() + self.deadline_s, future)
        self._pool.submit(job)
        return job
