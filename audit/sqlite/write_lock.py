"""Locked connection: each call to SQLite holds a lock that the processes writing one file take one after another.

SQLite admits one writer at a time as well, but a process that waits for it retries less and less often, in the end
every 100 ms: of two busy writers one waited up to 430 ms. This lock only decides who is next; SQLite's own lock still
makes sure that no two write at once.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import sqlite3
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from time import monotonic, sleep
from typing import Self, TypeVar

from filesystem.private_file import open_private
from sources.worker_thread import WorkerThread

RETRY_S = 0.0003

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class LockedConnection:
    """An SQLite connection in a worker thread, to a file that several processes write."""

    thread: WorkerThread
    connection: sqlite3.Connection
    lock_file: int
    timeout_s: float
    resources: ExitStack
    """Closed in the thread, after the connection."""

    @classmethod
    async def open(cls, path: Path, timeout_s: float) -> Self:
        """A connection that waits at most `timeout_s` for the lock, and then for SQLite's own.

        Raises: sqlite3.Error or OSError.
        """
        # A separate file: closing a second descriptor of the journal would drop SQLite's locks on it.
        lock_file = open_private(f"{path}-lock", os.O_RDWR)
        resources = ExitStack()
        resources.callback(os.close, lock_file)  # last of all: a call that hangs unlocks it afterwards
        thread = WorkerThread("needtoknow-journal")
        try:
            connection = await thread.submit(lambda: sqlite3.connect(path, timeout=timeout_s, isolation_level=None))
        except BaseException:
            thread.stop()
            resources.close()
            raise
        return cls(thread, connection, lock_file, timeout_s, resources)

    def submit(self, function: Callable[[sqlite3.Connection], T]) -> asyncio.Future[T]:
        """The future result of `function(connection)`, called in the thread while the lock is held.

        The future raises TimeoutError if other processes hold the lock too long, else what `function` raises.
        """
        return self.thread.submit(lambda: self._call_locked(function))

    def is_alive(self) -> bool:
        """Whether the thread runs. It ends before `close` only if something ends it from outside."""
        return self.thread.is_alive()

    async def close(self) -> None:
        """Close the connection after the queued calls, and wait at most `timeout_s` for it. No call may follow.

        If the thread has ended, the connection stays open until the process ends.
        """
        if not self.is_alive():
            return
        closed = self.thread.submit(self._close)
        self.thread.stop()
        with suppress(TimeoutError):
            async with asyncio.timeout(self.timeout_s):
                await closed

    def abandon(self) -> None:
        """Keep the connection open until the process ends: closing it would copy a damaged log into the file."""
        self.thread.submit(lambda: Event().wait() and self)

    def _close(self) -> None:
        with self.resources:
            self.connection.close()

    def _call_locked(self, function: Callable[[sqlite3.Connection], T]) -> T:
        deadline = monotonic() + self.timeout_s
        while True:
            try:
                fcntl.flock(self.lock_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                # A wait in the kernel has no timeout, and would not end if the holder has been stopped.
                if monotonic() > deadline:
                    raise TimeoutError("other processes are writing, and hold the write lock") from None
                sleep(RETRY_S)
        try:
            return function(self.connection)
        finally:
            fcntl.flock(self.lock_file, fcntl.LOCK_UN)
