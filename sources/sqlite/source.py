"""A source in an SQLite file: read-only, several connections, a deadline that really stops the statement.

Cancelling a task does not stop SQLite, which goes on in its thread. So whoever asks is answered at the deadline, and
the statement is interrupted until it stops; only then does its connection serve again. A thread that cannot be stopped,
because its file system hangs, keeps its one line and holds up neither the other lines nor the end of the process.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any

import orjson

from sources.errors import SourceUnavailable
from sources.source import Rows, Statement
from sources.sqlite.connection import PooledConnection
from sources.sqlite.job import Job
from sources.sqlite.pool import WorkerPool
from sources.sqlite.read_only_connection import ReadOnlyConnection

log = logging.getLogger(__name__)

# Somebody else has the file: it is there, and did not answer in time.
BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


class SqliteSource:
    """One file. It is opened when first asked and again after a fault, so a source that comes back is used.

    `crew`: the threads that it shares with other files; else it has its own.
    """

    def __init__(
        self, name: str, path: Path, *, connections: int = 2, deadline_s: float = 1.0, crew: WorkerPool | None = None
    ) -> None:
        self.name = name
        self.answered_at: datetime | None = None
        self._deadline_s = deadline_s
        # Waiting for a lock cannot be interrupted; half the deadline leaves time to read once it is free.
        self._lines = [
            PooledConnection(partial(ReadOnlyConnection, path, busy_s=deadline_s / 2)) for _ in range(connections)
        ]
        self._free = list(self._lines)
        self._crew = crew or WorkerPool()
        self._crew.join(self, connections)
        self._asking: set[Job] = set()
        self._is_closed = False

    async def fetch(self, statement: Statement) -> Rows:
        """The rows of one statement. Raises SourceUnavailable by the deadline."""
        if self._is_closed:
            raise SourceUnavailable(self.name, "DOWN")
        errand = self._errand(lambda line: line.ask(statement), self._free)
        self._asking.add(errand)
        try:
            answer = await errand.answer
        except TimeoutError:
            raise SourceUnavailable(self.name, "TIMEOUT") from None
        except (sqlite3.Error, OSError) as fault:
            # The message may quote SQL or a value; its type is enough.
            log.warning("source %s failed: %s", self.name, type(fault).__name__)
            is_busy = getattr(fault, "sqlite_errorcode", 0) & 0xFF in BUSY
            raise SourceUnavailable(self.name, "TIMEOUT" if is_busy else "DOWN") from None
        finally:
            self._asking.discard(errand)
        self.answered_at = datetime.now(UTC)
        rows: Rows = orjson.loads(answer)
        return rows

    async def close(self) -> None:
        """Stop what runs and close every connection. Never waits longer than the deadline; safe to call twice."""
        self._is_closed = True
        for errand in self._asking:
            errand.fail(sqlite3.OperationalError())
        closing = [self._errand(PooledConnection.close, []) for _ in range(len(self._lines))]
        self._lines.clear()
        await asyncio.gather(*(each.answer for each in closing), return_exceptions=True)
        await self._crew.leave(self)

    def _errand(self, act: Callable[[PooledConnection], Any], back: list[PooledConnection]) -> Job:
        """Sent on its way; `back` is where its line is to go."""
        answer = asyncio.get_running_loop().create_future()
        errand = Job(self._free, act, answer, monotonic() + self._deadline_s, back)
        self._crew.send(errand)
        return errand
