"""Turns: a connection that can wait until it is its turn among all who write to one file.

SQLite lets in one writer at a time as well, but whoever waits for it asks again less and less often, in the end
every 100 ms: of two busy writers one was left standing for 430 ms. This is only about whose turn it is; that no two
write at once is still SQLite's to see to. It knows nothing of what is written.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from time import monotonic, sleep
from typing import TypeVar

import aiosqlite

ASK_AGAIN_S = 0.0003
ROWS_AT_ONCE = 64  # aiosqlite's own default

Done = TypeVar("Done")


class LockedConnection(aiosqlite.Connection):
    """A connection to a file that several processes write to."""

    def __init__(self, path: Path, deadline_s: float) -> None:
        super().__init__(lambda: sqlite3.connect(path, timeout=deadline_s, isolation_level=None), ROWS_AT_ONCE)
        self._deadline_s = deadline_s
        # A file of its own: to close a second descriptor of the journal would drop SQLite's locks on it.
        self._gate = os.open(f"{path}-turn", os.O_CREAT | os.O_RDWR, 0o600)

    def run(self, do: Callable[[sqlite3.Connection], Done]) -> asyncio.Future[Done]:
        """What `do` makes of the connection in this process's turn, in one trip to the thread, and without a task.

        Raises: TimeoutError where others leave no turn by the deadline, ValueError where it is closed, what `do` does.
        """
        done: asyncio.Future[Done] = asyncio.get_running_loop().create_future()
        self._tx.put_nowait((done, partial(self._run, self._conn, do)))
        return done

    async def close(self) -> None:
        try:
            await super().close()
        finally:
            os.close(self._gate)

    def _run(self, file: sqlite3.Connection, do: Callable[[sqlite3.Connection], Done]) -> Done:
        with self._turn():
            return do(file)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        late = monotonic() + self._deadline_s
        while True:
            try:
                fcntl.flock(self._gate, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                # Waiting in the kernel would have no end where whoever is inside has been stopped.
                if monotonic() > late:
                    raise TimeoutError("others are writing, and leave no turn") from None
                sleep(ASK_AGAIN_S)
        try:
            yield
        finally:
            fcntl.flock(self._gate, fcntl.LOCK_UN)
