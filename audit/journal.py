"""The journal's writer: an entry is answered for only when it is on the disk.

All that is waiting goes down in one transaction, and that transaction is one statement, which finds the end of
the chain itself. So a server and a command can write to one journal side by side, and nothing is remembered that
a failed commit could make wrong. It knows nothing of what an entry says.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Self

import orjson

from audit import tables
from audit.chain import Receipt, last, link
from audit.entry import Entry
from audit.errors import JournalBroken, JournalUnavailable
from audit.notary import Notary
from audit.turn import InTurn

log = logging.getLogger(__name__)

# The last entry this writer knows of must still be there: then nobody cut or replaced the journal under it.
# Without MATERIALIZED the list is read again for each of its members: 1,024 of them took 1.2 s, not 50 ms.
APPEND = """
    WITH RECURSIVE
    head (sequence, hash) AS (
        SELECT sequence, hash FROM entry UNION ALL SELECT 0, zeroblob(32) ORDER BY sequence DESC LIMIT 1
    ),
    batch (place, body) AS MATERIALIZED (
        SELECT key + 1, value FROM json_each(:bodies)
    ),
    chain (place, sequence, body, previous, hash) AS (
        SELECT 0, sequence, NULL, NULL, hash FROM head
        WHERE :known_sequence = 0 OR :known_hash = (SELECT hash FROM entry WHERE sequence = :known_sequence)
        UNION ALL
        SELECT batch.place, chain.sequence + 1, batch.body, chain.hash,
               link(chain.hash, chain.sequence + 1, CAST(batch.body AS BLOB))
        FROM chain JOIN batch ON batch.place = chain.place + 1
    )
    INSERT INTO entry (sequence, body, previous, hash)
    SELECT sequence, body, previous, hash FROM chain WHERE place > 0 ORDER BY place
    RETURNING sequence, hash
"""

PROBE = "PRAGMA user_version = 0"  # writes its page every time, whatever stood there

Waiting = tuple[str, "asyncio.Future[Receipt]"]


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
        connection: InTurn,
        end: Receipt,
        *,
        deadline_s: float,
        queue_limit: int,
        notary: Notary | None,
    ) -> None:
        self._paths = [str(path), f"{path}-wal"]
        self._connection = connection
        self._deadline_s = deadline_s
        self._queue: asyncio.Queue[Waiting] = asyncio.Queue(queue_limit)
        self._last = end
        self._files = self._stat()
        self._is_open = True
        self._notary = notary
        self._writer = asyncio.create_task(self._write(), name="journal")

    @classmethod
    async def open(
        cls, path: Path, *, deadline_s: float = 2.0, queue_limit: int = 1024, notary: Notary | None = None
    ) -> Self:
        """The journal at `path`, made if there is none yet, for this user's eyes only (mode 600).

        Raises: JournalBroken, in one line, where it cannot be written or is not a whole journal. Only its
                tables and its last entry are looked at; `chain.verify` walks all of it.
                CheckpointsWrong, as `notary.start` has it.
        """
        try:
            # aiosqlite is last, because one that cannot connect leaves its thread behind.
            with closing(await asyncio.to_thread(tables.open_whole, path, deadline_s)) as file:
                end = last(file)
                connection = InTurn(path, deadline_s)
                await connection
                try:
                    await connection.execute_fetchall("PRAGMA synchronous = FULL")
                    await connection.create_function("link", 3, link, deterministic=True)
                    await connection.run(PROBE)
                    if notary is not None:
                        await asyncio.to_thread(notary.start)
                    return cls(path, connection, end, deadline_s=deadline_s, queue_limit=queue_limit, notary=notary)
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
        written: asyncio.Future[Receipt] = asyncio.get_running_loop().create_future()
        try:
            self._queue.put_nowait((entry.to_bytes().decode(), written))
            async with asyncio.timeout(self._deadline_s):
                return await written
        except (asyncio.QueueFull, TimeoutError, orjson.JSONEncodeError) as cause:
            raise JournalUnavailable from cause

    async def ready(self) -> bool:
        """Whether an append would be answered now. It writes, because a disk that can be read may be full."""
        try:
            async with asyncio.timeout(self._deadline_s):
                await self._connection.run(PROBE)
            if self._notary is not None:
                self._notary.vouch()
            return self._is_open and self._stat() == self._files
        except (sqlite3.Error, OSError, ValueError, JournalBroken):
            return False

    async def close(self) -> None:
        """Take nothing more, answer all that was taken, and let go of the file."""
        if not self._is_open:
            return
        self._is_open = False
        try:
            await self._queue.join()
        finally:
            self._writer.cancel()
            await asyncio.wait([self._writer])
            if self._notary is not None:
                await asyncio.to_thread(self._notary.close, self._deadline_s)
            await self._connection.close()

    async def _write(self) -> None:
        while True:
            batch = [await self._queue.get()]
            while not self._queue.empty():
                batch.append(self._queue.get_nowait())
            try:
                receipts = await self._commit([body for body, _ in batch])
            except Exception as cause:  # noqa: BLE001 - whatever it was, all who wait must hear of it
                log.error("%d entries are not in the journal: %s", len(batch), cause)
                for _, written in batch:
                    if not written.done():
                        refusal = JournalUnavailable()
                        refusal.__cause__ = cause
                        written.set_exception(refusal)
            else:
                for (_, written), receipt in zip(batch, receipts, strict=True):
                    if not written.done():
                        written.set_result(receipt)
            for _ in batch:
                self._queue.task_done()

    async def _commit(self, bodies: list[str]) -> list[Receipt]:
        if self._notary is not None:
            self._notary.vouch()
        rows = await self._connection.run(
            APPEND,
            {
                "bodies": orjson.dumps(bodies).decode(),
                "known_sequence": self._last.sequence,
                "known_hash": self._last.hash,
            },
        )
        # An unlinked file takes writes as gladly as any other, and keeps none of them.
        if self._stat() != self._files:
            raise JournalBroken("the file was moved, removed or replaced")
        receipts = [Receipt(sequence, hash) for sequence, hash in sorted(rows)]
        if len(receipts) != len(bodies):
            raise JournalBroken(f"entry {self._last.sequence} is not as this writer left it")
        self._last = receipts[-1]
        if self._notary is not None:
            self._notary.saw(len(receipts))
        return receipts

    def _stat(self) -> list[tuple[int, int]]:
        """Which files these are, whatever they are called."""
        stats = [os.stat(path) for path in self._paths]  # noqa: PTH116 - once for every entry; making a Path costs more
        return [(stat.st_dev, stat.st_ino) for stat in stats]


async def note(path: Path, entry: Entry) -> Receipt:
    """Write one entry from a command, whether a server has the journal open or not.

    Raises: JournalBroken or JournalUnavailable; then the command must not do what it meant to note.
    """
    journal = await Journal.open(path, deadline_s=10)  # no officer waits at the roadside for a command
    try:
        return await journal.append(entry)
    finally:
        await journal.close()
