"""Journal of the Python peers: our tables and our chain, written by sqlite3 in the loop.

Entries that wait when the loop is idle are one transaction, which is flushed to the disk before any is acknowledged.
"""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path
from typing import Any

import orjson

from audit.chain import COLUMNS, GENESIS, chain_hash
from audit.sqlite.entry_rows import INSERT, ROW
from audit.sqlite.journal_file import DDL
from filesystem.private_file import create_private


class ChainedJournal:
    """A new journal at `path`, for one process."""

    def __init__(self, path: Path) -> None:
        create_private(path)
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = FULL")
        self._connection.executescript(f"BEGIN; {DDL} COMMIT;")
        self._sequence, self._hash = 0, GENESIS
        self._waiting: list[tuple[dict[str, Any], asyncio.Future[None]]] = []

    async def append(self, entry: dict[str, Any]) -> None:
        """Write an entry, without fields that are empty. Raises: sqlite3.Error if it cannot be written."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[None] = loop.create_future()
        if not self._waiting:
            loop.call_soon(self._commit)
        self._waiting.append((entry, future))
        await future

    def close(self) -> None:
        self._connection.close()

    def _commit(self) -> None:
        batch, self._waiting = self._waiting, []
        sequence, entry_hash = self._sequence, self._hash
        cells: list[Any] = []
        for entry, _ in batch:
            body = orjson.dumps(entry, option=orjson.OPT_SORT_KEYS)
            sequence, previous = sequence + 1, entry_hash
            entry_hash = chain_hash(previous, sequence, body)
            cells += (sequence, previous, entry_hash, *map(entry.get, COLUMNS), body.decode())
        try:
            self._connection.execute(INSERT + ", ".join([ROW] * len(batch)), cells)  # one transaction
        except sqlite3.Error as error:
            for _, future in batch:
                if not future.done():
                    future.set_exception(error)
            return
        self._sequence, self._hash = sequence, entry_hash
        for _, future in batch:
            if not future.done():
                future.set_result(None)
