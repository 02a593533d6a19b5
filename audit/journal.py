"""The journal's writer: an entry is answered for only when it is on the disk.

All that is waiting goes down in one transaction, which finds the end of the chain itself. So a server and a command
can write to one journal side by side, and nothing is remembered that a failed commit could make wrong. It knows
nothing of what an entry says.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Self

import orjson

from audit import journal_file
from audit.chain import COLUMNS, GENESIS, Receipt, head, link
from audit.checkpointer import Checkpointer
from audit.entry import Entry
from audit.errors import JournalBroken, JournalUnavailable
from audit.write_lock import LockedConnection

log = logging.getLogger(__name__)

ENDS = "SELECT sequence, hash FROM entry"
ADD = f"INSERT INTO entry (sequence, previous, hash, {', '.join(COLUMNS)}, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
NOTE_DEADLINE_S = 10.0  # no officer waits at the roadside for a command
PROBE = "PRAGMA user_version = 0"  # writes its page every time, whatever stood there

Waiting = tuple[Entry, bytes, "asyncio.Future[tuple[Receipt, float]]"]
Timed = Callable[[float, float], None]
"""Called for each entry with the seconds that it waited for its commit to begin, and that this took."""


class Journal:
    """One open journal.

    An append ends in one of three ways: with a receipt (the entry is durable), with JournalUnavailable (it is
    not, or nobody can say in time), or cancelled. An entry once taken is never withdrawn: where the answer
    came too late, or nobody waited for it, it may still be written. So the journal can say more than happened
    (an intent that came to nothing), never less.
    """

    def __init__(
        self,
        path: Path,
        connection: LockedConnection,
        end: Receipt,
        *,
        deadline_s: float,
        queue_limit: int,
        notary: Checkpointer | None,
        timed: Timed | None,
    ) -> None:
        self._paths = [str(path), f"{path}-wal"]
        self._connection = connection
        self._deadline_s = deadline_s
        self._queue_limit = queue_limit
        self._waiting: list[Waiting] = []
        self._idle = asyncio.Event()
        self._idle.set()
        self._last = end
        self._files = self._stat()
        self._is_open = True
        self._notary = notary
        self._timed = timed

    @classmethod
    async def open(
        cls,
        path: Path,
        *,
        deadline_s: float = 2.0,
        queue_limit: int = 1024,
        notary: Checkpointer | None = None,
        timed: Timed | None = None,
    ) -> Self:
        """The journal at `path`, made if there is none yet, for this user's eyes only (mode 600).

        Raises: JournalBroken, in one line, where it cannot be written or is not a whole journal. Only its
                tables and its last entry are looked at; `chain.verify` walks all of it.
                CheckpointsWrong, as `notary.start` has it.
        """
        try:
            # aiosqlite is last, because one that cannot connect leaves its thread behind.
            with closing(await asyncio.to_thread(journal_file.open_or_create, path, deadline_s)) as file:
                end = head(file)
                connection = LockedConnection(path, deadline_s)
                await connection
                try:
                    await connection.execute_fetchall("PRAGMA synchronous = FULL")
                    await connection.run(_probe)
                    if notary is not None:
                        await asyncio.to_thread(notary.start)
                    return cls(
                        path,
                        connection,
                        end,
                        deadline_s=deadline_s,
                        queue_limit=queue_limit,
                        notary=notary,
                        timed=timed,
                    )
                except BaseException:
                    await connection.close()
                    raise
        except (sqlite3.Error, OSError, JournalBroken) as cause:
            raise JournalBroken(f"The journal {path} cannot be written: {cause}.") from cause

    async def append(self, entry: Entry) -> Receipt:
        """Write one entry, and answer when it is durable.

        Raises: JournalUnavailable if it is not, or not in time: the file refused it, the queue is full, the
                deadline has passed or the journal is closed.
        """
        if not self._is_open:
            raise JournalUnavailable
        if len(self._waiting) >= self._queue_limit:
            raise JournalUnavailable from asyncio.QueueFull()
        try:
            body = entry.to_bytes()
        except orjson.JSONEncodeError as cause:
            raise JournalUnavailable from cause
        loop = asyncio.get_running_loop()
        written: asyncio.Future[tuple[Receipt, float]] = loop.create_future()
        asked = perf_counter()
        self._waiting.append((entry, body, written))
        if self._idle.is_set():
            self._idle.clear()
            loop.call_soon(self._write)  # and whoever else comes before it is called goes along
        late = loop.call_later(self._deadline_s, _refuse, written, TimeoutError())
        try:
            receipt, begun = await written
        finally:
            late.cancel()
        if self._timed is not None:
            self._timed(begun - asked, perf_counter() - begun)
        return receipt

    async def ready(self) -> bool:
        """Whether an append would be answered now. It writes, because a disk that can be read may be full."""
        try:
            async with asyncio.timeout(self._deadline_s):
                await self._connection.run(_probe)
            if self._notary is not None:
                self._notary.raise_if_tampered()
            return self._is_open and self._stat() == self._files
        except (sqlite3.Error, OSError, ValueError, JournalBroken):
            return False

    async def close(self) -> None:
        """Take nothing more, answer all that was taken, and let go of the file."""
        if not self._is_open:
            return
        self._is_open = False
        try:
            await self._idle.wait()
        finally:
            if self._notary is not None:
                await asyncio.to_thread(self._notary.close, self._deadline_s)
            await self._connection.close()

    def _write(self) -> None:
        batch, self._waiting = self._waiting, []
        written = self._connection.run(partial(self._commit, [(entry, body) for entry, body, _ in batch]))
        written.add_done_callback(partial(self._answer, batch, perf_counter()))

    def _answer(self, batch: list[Waiting], begun: float, written: asyncio.Future[list[Receipt]]) -> None:
        try:
            receipts = written.result()
        except Exception as cause:  # noqa: BLE001 - whatever it was, all who wait must hear of it
            log.error("%d entries are not in the journal: %s", len(batch), cause)
            for *_, waiter in batch:
                _refuse(waiter, cause)
        else:
            for (*_, waiter), receipt in zip(batch, receipts, strict=True):
                if not waiter.done():
                    waiter.set_result((receipt, begun))
        if self._waiting:
            self._write()
        else:
            self._idle.set()

    def _commit(self, batch: list[tuple[Entry, bytes]], file: sqlite3.Connection) -> list[Receipt]:
        """In the writer's thread."""
        if self._notary is not None:
            self._notary.raise_if_tampered()
        file.execute("BEGIN IMMEDIATE")
        try:
            receipts = self._add(batch, file)
            file.execute("COMMIT")
        except BaseException:
            file.rollback()
            raise
        # An unlinked file takes writes as gladly as any other, and keeps none of them.
        if self._stat() != self._files:
            raise JournalBroken("the file was moved, removed or replaced")
        self._last = receipts[-1]
        if self._notary is not None:
            self._notary.count(len(receipts))
        return receipts

    def _add(self, batch: list[tuple[Entry, bytes]], file: sqlite3.Connection) -> list[Receipt]:
        known = self._last.sequence, self._last.hash
        end = file.execute(f"{ENDS} ORDER BY sequence DESC LIMIT 1").fetchone() or (0, GENESIS)
        # The last entry this writer knows of must still be there: then nobody cut or replaced the journal under it.
        if end != known and known[0] and file.execute(f"{ENDS} WHERE sequence = ?", known[:1]).fetchone() != known:
            raise JournalBroken(f"entry {known[0]} is not as this writer left it")
        sequence, hash = end
        receipts = []
        for entry, body in batch:
            sequence, previous = sequence + 1, hash
            hash = link(previous, sequence, body)
            columns = (entry.id, entry.kind.value, entry.at, entry.user, entry.agency, entry.case_number)
            file.execute(ADD, (sequence, previous, hash, *columns, body.decode()))
            receipts.append(Receipt(sequence, hash))
        return receipts

    def _stat(self) -> list[tuple[int, int]]:
        """Which files these are, whatever they are called."""
        stats = [os.stat(path) for path in self._paths]  # noqa: PTH116 - once for every entry; making a Path costs more
        return [(stat.st_dev, stat.st_ino) for stat in stats]


def _probe(file: sqlite3.Connection) -> None:
    file.execute(PROBE)


def _refuse(waiter: asyncio.Future[tuple[Receipt, float]], cause: Exception) -> None:
    """Each with an error of its own: a shared one would gather everyone's frames."""
    if not waiter.done():
        refusal = JournalUnavailable()
        refusal.__cause__ = cause
        waiter.set_exception(refusal)


async def append_once(path: Path, entry: Entry) -> Receipt:
    """Write one entry from a command, whether a server has the journal open or not.

    Raises: JournalBroken or JournalUnavailable; then the command must not do what it meant to note.
    """
    journal = await Journal.open(path, deadline_s=NOTE_DEADLINE_S)
    try:
        return await journal.append(entry)
    finally:
        await journal.close()
