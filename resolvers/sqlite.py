"""A source in an SQLite file: read-only, several connections, a deadline that really stops the statement.

Cancelling a task does not stop SQLite, which goes on in its thread. So whoever asks is answered at the deadline, and
the statement is interrupted until it stops; only then does its connection serve again. A thread that cannot be stopped,
because its file system hangs, keeps its one line and holds up neither the other lines nor the end of the process.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Coroutine
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import orjson

from resolvers.errors import SourceUnavailable
from resolvers.line import Line
from resolvers.reader import Reader, Replaced
from resolvers.source import Rows, Statement

log = logging.getLogger(__name__)

T = TypeVar("T")

# Somebody else has the file: it is there, and did not answer in time.
BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


class SqliteSource:
    """One file. It is opened when first asked and again after a fault, so a source that comes back is used."""

    def __init__(self, name: str, path: Path, *, connections: int = 2, deadline_s: float = 1.0) -> None:
        self.name = name
        self.answered_at: datetime | None = None
        self._deadline_s = deadline_s
        # Waiting for a lock cannot be interrupted; half the deadline leaves time to read once it is free.
        self._lines = [Line(partial(Reader, path, busy_s=deadline_s / 2)) for _ in range(connections)]
        # The last one back is the first one out: its page cache is warm.
        self._free: asyncio.LifoQueue[Line] = asyncio.LifoQueue()
        for line in self._lines:
            self._free.put_nowait(line)
        self._asking: set[Line] = set()
        self._at_work: dict[asyncio.Task[Any], Line] = {}
        self._stops: set[asyncio.Task[None]] = set()
        self._is_closed = False

    async def fetch(self, statement: Statement) -> Rows:
        """The rows of one statement. Raises SourceUnavailable by the deadline."""
        if self._is_closed:
            raise SourceUnavailable(self.name, "DOWN")
        try:
            async with asyncio.timeout(self._deadline_s):
                answer = await self._answer(statement)
        except TimeoutError:
            raise SourceUnavailable(self.name, "TIMEOUT") from None
        except (sqlite3.Error, OSError) as fault:
            # The message may quote SQL or a value; its type is enough.
            log.warning("source %s failed: %s", self.name, type(fault).__name__)
            is_busy = getattr(fault, "sqlite_errorcode", 0) & 0xFF in BUSY
            raise SourceUnavailable(self.name, "TIMEOUT" if is_busy else "DOWN") from None
        self.answered_at = datetime.now(UTC)
        rows: Rows = orjson.loads(answer)
        return rows

    async def close(self) -> None:
        """Stop what runs and close every connection. Never waits longer than the deadline; safe to call twice."""
        self._is_closed = True
        for line in self._asking:
            self._begin(line, line.rest())
        stops = [self._stop(line, work) for work, line in self._at_work.items()]
        if stops:
            await asyncio.wait(stops, timeout=self._deadline_s)
        hung = [*self._stops, *self._at_work]
        for task in hung:
            task.cancel()
        await asyncio.gather(*hung, return_exceptions=True)
        for line in self._lines:
            await line.close()

    async def _answer(self, statement: Statement) -> str:
        line = await self._free.get()
        if self._is_closed:
            self._free.put_nowait(line)
            raise sqlite3.OperationalError
        if not line.is_open:
            return await self._work(line, statement)
        self._asking.add(line)
        # A task of its own for each statement would cost as much as a short statement does.
        try:
            answer = await line.ask_open(statement)
        except asyncio.CancelledError:
            # Past the deadline, or nobody waits any more; its thread goes on with it.
            self._stop(line, self._begin(line, line.rest()))
            raise
        except Replaced:
            return await self._work(line, statement)
        except (sqlite3.Error, OSError):
            # It may be the file or only this connection.
            self._begin(line, line.close())
            raise
        finally:
            self._asking.discard(line)
        self._free.put_nowait(line)
        return answer

    async def _work(self, line: Line, statement: Statement) -> str:
        """The same by a line that is to be opened first, which may take for ever."""
        work = self._begin(line, line.ask(statement))
        try:
            return await asyncio.shield(work)
        except asyncio.CancelledError:
            self._stop(line, work)
            raise

    def _begin(self, line: Line, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Work that its line is free after, whoever waits for it."""
        task = asyncio.create_task(self._use(line, work))
        self._at_work[task] = line
        task.add_done_callback(self._at_work.pop)
        return task

    async def _use(self, line: Line, work: Coroutine[Any, Any, T]) -> T:
        try:
            return await work
        finally:
            work.close()
            self._free.put_nowait(line)

    def _stop(self, line: Line, work: asyncio.Task[Any]) -> asyncio.Task[None]:
        stop = asyncio.create_task(line.interrupt(work))
        # The loop itself holds a task only weakly.
        self._stops.add(stop)
        stop.add_done_callback(self._stops.discard)
        return stop
