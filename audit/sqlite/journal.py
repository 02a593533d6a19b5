"""Journal: appends entries to the hash chain, and returns a receipt only when the entry is durable.

All entries that wait are written in one transaction (group commit), after the last entry that this journal knows. The
database refuses them if another is the last, which is then read. So a server and a command can write one journal side
by side, and a failed commit leaves no wrong state in memory.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from audit.chain import GENESIS, Receipt
from audit.checkpointer import Checkpointer
from audit.commit_queue import QUEUE_LIMIT, CommitQueue, TimingObserver
from audit.entry import Entry
from audit.errors import JournalBroken, JournalUnavailable
from audit.sqlite import chain_reader, high_water_mark, journal_file
from audit.sqlite.entry_rows import MAX_ROWS, link, log_bytes
from audit.sqlite.file_monitor import WAL_BYTES, FileMonitor
from audit.sqlite.write_lock import LockedConnection

log = logging.getLogger(__name__)

SELECT_ENTRY = "SELECT sequence, hash FROM entry"
APPEND_ONCE_DEADLINE_S = 10.0  # a command can wait longer than an officer
THREAD_ENDED = "the thread that writes the journal has ended; restart the server"
WRITE_PROBE = "PRAGMA user_version = 0"  # writes its page every time, even if the value is the same


class SqliteJournal:
    """One open journal. Its commits run one after another in the worker thread of `writer`."""

    def __init__(
        self,
        writer: LockedConnection,
        files: FileMonitor,
        head: Receipt,
        *,
        deadline_s: float,
        queue_limit: int,
        checkpointer: Checkpointer | None,
        observe_timing: TimingObserver | None,
    ) -> None:
        self.writer = writer
        self.head = head
        """The receipt of the last entry that this journal wrote, or found when it was opened."""
        self._files = files
        self._deadline_s = deadline_s
        self._queue = CommitQueue(
            lambda batch: writer.submit(lambda connection: self._commit(batch, connection)),
            batch_limit=MAX_ROWS,
            deadline_s=deadline_s,
            limit=queue_limit,
            observe_timing=observe_timing,
        )
        self._is_open = True
        self._checkpointer = checkpointer

    @classmethod
    async def open(
        cls,
        path: Path,
        *,
        deadline_s: float = 2.0,
        queue_limit: int = QUEUE_LIMIT,
        checkpointer: Checkpointer | None = None,
        observe_timing: TimingObserver | None = None,
    ) -> Self:
        """The journal at `path`, which is created with mode 600 if it does not exist.

        Only its tables and its last entry are checked; `audit.sqlite.verification.verify` checks all of it.

        Raises: JournalBroken, with a message of one line, if it cannot be opened for writing or is not whole.
                CheckpointError as `Checkpointer.start` does.
        """
        try:
            async with journal_file.open_or_create(path, deadline_s):
                writer = await LockedConnection.open(path, deadline_s)
                try:
                    files, head = await writer.submit(lambda connection: _prepare(path, writer, connection))
                    journal = cls(
                        writer,
                        files,
                        head,
                        deadline_s=deadline_s,
                        queue_limit=queue_limit,
                        checkpointer=checkpointer,
                        observe_timing=observe_timing,
                    )
                    await writer.submit(lambda connection: journal._commit([], connection))
                    if checkpointer is not None:
                        await asyncio.to_thread(checkpointer.start)
                    return journal
                except BaseException:
                    await writer.close()
                    raise
        except (sqlite3.Error, OSError, JournalBroken) as cause:
            raise JournalBroken(f"The journal {path} cannot be opened: {cause}.") from cause

    async def append(self, entry: Entry) -> Receipt:
        """Write one entry, and return its receipt when it is durable.

        Raises: JournalUnavailable if it is not, or not in time: the file cannot be written, the queue is full, the
                deadline has passed or the journal is closed.
        """
        if not self._is_open:
            raise JournalUnavailable
        if not self.writer.is_alive():
            log.critical("%s", THREAD_ENDED)
            raise JournalUnavailable from JournalBroken(THREAD_ENDED)
        return await self._queue.append(entry)

    async def is_ready(self) -> bool:
        """Whether an append would succeed now. It writes, because a disk that can be read may be full."""
        if not self._is_open or not self.writer.is_alive():
            return False
        try:
            async with asyncio.timeout(self._deadline_s):
                await self.writer.submit(lambda connection: self._commit([], connection))
            return self._is_open
        except (sqlite3.Error, OSError, JournalBroken):
            return False

    async def close(self) -> None:
        """Refuse new entries, write those that are queued, and close the file.

        If the disk hangs, this returns after a few deadlines. The worker thread then writes the entries and closes the
        file if the disk responds before the process ends.
        """
        if not self._is_open:
            return
        self._is_open = False
        try:
            if self.writer.is_alive():
                await self._queue.drain()
        finally:
            if self._checkpointer is not None:
                await asyncio.to_thread(self._checkpointer.close, self._deadline_s)
            if self._files.is_last_entry_lost:
                self.writer.abandon()
            else:
                await self.writer.close()

    def _commit(self, batch: Sequence[bytes], connection: sqlite3.Connection) -> list[Receipt]:
        """Write a batch in one transaction, or only a page of the file if it is empty. Called in the worker thread."""
        if self._checkpointer is not None:
            self._checkpointer.raise_if_tampered()
        if not batch:
            self._write_page(connection)
            return []
        try:
            receipts = self._insert(batch, connection, self.head)
        except sqlite3.IntegrityError:  # by its trigger: another journal has written since
            receipts = self._insert(batch, connection, self._read_head(connection))
        self._files.after_commit(connection, receipts[-1], log_bytes(batch))
        self.head = receipts[-1]
        if self._checkpointer is not None:
            self._checkpointer.count(len(receipts))
        return receipts

    def _insert(self, batch: Sequence[bytes], connection: sqlite3.Connection, head: Receipt) -> list[Receipt]:
        """Insert a batch after the last entry. Raises: sqlite3.IntegrityError if another is the last."""
        rows = link(batch, head)
        self._files.before_commit(head)
        connection.execute(rows.statement, rows.cells)
        return rows.receipts

    def _write_page(self, connection: sqlite3.Connection) -> None:
        connection.execute("BEGIN IMMEDIATE")
        try:
            head = self._read_head(connection)
            connection.execute(WRITE_PROBE)
            self._files.before_commit(head)
            if not self._files.is_wal_suspect:  # a page alone, which no search finds, would not clear the log
                connection.execute("COMMIT")
                self._files.after_commit(connection, head, log_bytes([]))
        finally:
            connection.rollback()

    def _read_head(self, connection: sqlite3.Connection) -> Receipt:
        found = connection.execute(f"{SELECT_ENTRY} ORDER BY sequence DESC LIMIT 1").fetchone()
        head = Receipt(*found) if found else Receipt(0, GENESIS)
        # The last entry that this journal knows must still be there, or else the file was cut or replaced.
        if head != self.head and self.head.sequence:
            found = connection.execute(f"{SELECT_ENTRY} WHERE sequence = ?", self.head[:1]).fetchone()
            if found != self.head:
                raise JournalBroken(f"entry {self.head.sequence} was changed or removed since this process wrote it")
        return head


def _prepare(path: Path, writer: LockedConnection, connection: sqlite3.Connection) -> tuple[FileMonitor, Receipt]:
    """Set up the connection, and return the monitor of its files and the head of the chain."""
    connection.execute("PRAGMA synchronous = NORMAL")  # the monitor flushes each commit to the disk
    connection.execute("PRAGMA wal_autocheckpoint = 0")  # and copies the log
    connection.execute(f"PRAGMA journal_size_limit = {2 * WAL_BYTES}")  # a long read of an old state makes it longer
    high_water_mark.check(writer.lock_file, connection)
    head = chain_reader.head(connection)
    return writer.resources.enter_context(FileMonitor(path, writer.lock_file)), head


async def append_once(path: Path, entry: Entry) -> Receipt:
    """Write one entry from a command, whether a server has the journal open or not.

    Raises: JournalBroken or JournalUnavailable; the command must then not do what it wanted to record.
    """
    journal = await SqliteJournal.open(path, deadline_s=APPEND_ONCE_DEADLINE_S)
    try:
        return await journal.append(entry)
    finally:
        await journal.close()
