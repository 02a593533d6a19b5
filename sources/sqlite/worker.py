"""A hand: one thread that does what is due. Knows nothing of what that is, nor of when it is to be woken."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Callable, Iterator
from typing import cast

import aiosqlite

from sources.sqlite.job import Job

# At DEBUG it writes what it is given, which are names and numbers.
logging.getLogger("aiosqlite").setLevel(logging.WARNING)


class WorkerThread:
    """A thread of aiosqlite's, started when it is first needed. `errands` gives it what is due."""

    def __init__(self, errands: Callable[[], Iterator[Job]]) -> None:
        self._round = Round(errands)
        self._thread: aiosqlite.Connection | None = None
        self._seen = 0
        self._is_seen_twice = False

    @property
    def is_held_up(self) -> bool:
        """Is it still at the errand at which it was looked at twice?"""
        return self._is_seen_twice and self._seen == self._round.turn

    def look(self) -> None:
        """See what it is at."""
        self._is_seen_twice, self._seen = self._seen == self._round.turn, self._round.turn

    async def work(self) -> None:
        """Do what is due until nothing is: one hop there and one back. Raises RuntimeError where there is no thread."""
        self._round.turn += 1
        try:
            if self._thread is None:
                self._thread = await self._start()
            await self._thread.execute_fetchall("")
        except asyncio.CancelledError:
            if self._thread is not None:
                self._thread.stop()
                self._thread = None
            raise

    async def close(self) -> None:
        """End the thread, if there is one: an open connection would keep it alive."""
        thread, self._thread = self._thread, None
        if thread is not None:
            await thread.close()

    async def _start(self) -> aiosqlite.Connection:
        thread = aiosqlite.Connection(lambda: cast(sqlite3.Connection, self._round), iter_chunk_size=1)
        # One that hangs in a broken file system must not keep the process alive.
        thread._thread.daemon = True  # noqa: SLF001
        return await thread


class Round:
    """What aiosqlite takes for its connection: to execute is to run everything that is due, each by its own line.

    `turn` counts what has been begun.
    """

    def __init__(self, errands: Callable[[], Iterator[Job]]) -> None:
        self._errands = errands
        self.turn = 0

    def execute(self, _text: str, _parameters: object) -> Round:
        for errand in self._errands():
            self.turn += 1
            errand.run()
        return self

    def fetchall(self) -> tuple[()]:
        """Nothing: each errand has its own outcome."""
        return ()

    def close(self) -> None:
        """Nothing: lines are closed by those whose they are."""
