"""Journal in a PostgreSQL database: any number of servers append to one chain, each over one connection.

All entries that wait in a process are one call of `journal.append`, which takes a lock, links them to the last entry of
any writer, and commits. The receipt is computed here again, from the hash before and the entry's own bytes.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress
from typing import Self

import asyncpg

from audit.chain import GENESIS, Receipt, chain_hash
from audit.checkpointer import Checkpointer
from audit.commit_queue import QUEUE_LIMIT, CommitQueue, TimingObserver
from audit.entry import Entry
from audit.errors import CommitUnconfirmed, JournalBroken, JournalUnavailable
from audit.postgres.connection import connector, describe, transaction
from audit.postgres.definitions import DEFINITIONS, definition_differences
from audit.postgres.version import require_version
from sources.postgres.address import Address
from sources.postgres.connection import ERRORS

log = logging.getLogger(__name__)

MAX_ENTRIES = 512
"""Entries of one commit, which others wait for."""
APPEND = "CALL journal.append($1, $2, $3, $4, NULL, NULL, NULL)"
LAST = "SELECT sequence, previous, convert_to(body, 'UTF8'), hash FROM journal.entry ORDER BY sequence DESC LIMIT 1"
IS_OWNER = "SELECT pg_has_role(relowner, 'USAGE') FROM pg_class WHERE oid = 'journal.entry'::regclass"


class PostgresJournal:
    """One open journal. Its commits run one after another, over a connection that is opened again after any error."""

    def __init__(
        self,
        address: Address,
        *,
        deadline_s: float,
        queue_limit: int,
        checkpointer: Checkpointer | None,
        observe_timing: TimingObserver | None,
    ) -> None:
        self.connection: asyncpg.Connection | None = None
        self.head = Receipt(0, GENESIS)
        """The receipt of the last entry that this journal wrote, or found when it was opened."""
        self._connector = connector(address)
        self._deadline_s = deadline_s
        self._queue = CommitQueue(
            lambda bodies: asyncio.ensure_future(self._commit(bodies)),
            batch_limit=MAX_ENTRIES,
            deadline_s=deadline_s,
            limit=queue_limit,
            observe_timing=observe_timing,
        )
        self._is_open = True
        self._turn = asyncio.Lock()
        self._checkpointer = checkpointer
        self._warnings: list[str] = []

    @classmethod
    async def open(
        cls,
        address: Address,
        *,
        deadline_s: float = 2.0,
        queue_limit: int = QUEUE_LIMIT,
        checkpointer: Checkpointer | None = None,
        observe_timing: TimingObserver | None = None,
    ) -> Self:
        """The journal at an address.

        Raises: JournalBroken, with a message of one line, if it cannot be written, is of another version or its
                definitions are not the declared ones. CheckpointError as `Checkpointer.start` does.
        """
        journal = cls(
            address,
            deadline_s=deadline_s,
            queue_limit=queue_limit,
            checkpointer=checkpointer,
            observe_timing=observe_timing,
        )
        try:
            journal.head = await _check(await journal._connect())
            await journal._commit([])
            if checkpointer is not None:
                await asyncio.to_thread(checkpointer.start)
        except BaseException as cause:
            journal._drop()
            if isinstance(cause, (*ERRORS, JournalBroken, CommitUnconfirmed)):
                raise JournalBroken(f"The journal {address} cannot be opened: {describe(cause)}.") from cause
            raise
        return journal

    async def append(self, entry: Entry) -> Receipt:
        """Write one entry, and return its receipt when it is durable. Raises: JournalUnavailable."""
        if not self._is_open:
            raise JournalUnavailable
        return await self._queue.append(entry)

    async def is_ready(self) -> bool:
        """Whether the database commits, and the last known entry is there. A table that cannot grow is not noticed."""
        if not self._is_open:
            return False
        try:
            await self._commit([])
        except (*ERRORS, JournalBroken, CommitUnconfirmed):
            return False
        return self._is_open

    async def close(self) -> None:
        """Refuse new entries, write those that are queued, and close the connection."""
        if not self._is_open:
            return
        self._is_open = False
        try:
            await self._queue.drain()
        finally:
            if self._checkpointer is not None:
                await asyncio.to_thread(self._checkpointer.close, self._deadline_s)
            async with self._turn:
                if self.connection is not None:
                    with suppress(*ERRORS):
                        await self.connection.close(timeout=self._deadline_s)

    async def _commit(self, bodies: Sequence[bytes]) -> list[Receipt]:
        """Append entries, or commit without one.

        After any error the connection is dropped. So the outcome of a commit is known, or its entries are refused here
        and never sent again: they may be in the journal, once.
        """
        if self._checkpointer is not None:
            self._checkpointer.raise_if_tampered()
        async with self._turn:
            try:
                async with asyncio.timeout(self._deadline_s):
                    connection = self.connection
                    if connection is None or connection.is_closed():
                        connection = await self._connect()
                    self._warnings.clear()
                    texts, lock_ms = [body.decode() for body in bodies], round(self._deadline_s * 1_000)
                    row = await connection.fetchrow(APPEND, texts, *self.head, lock_ms)
            except BaseException:
                self._drop()
                raise
            if self._warnings:
                # Somebody cancelled the wait for the standby. That is no error to PostgreSQL.
                self._drop()
                raise CommitUnconfirmed(self._warnings[0])
            receipts = _receipts(bodies, row)
            if receipts:
                self.head = receipts[-1]
        if self._checkpointer is not None:
            self._checkpointer.count(len(receipts))
        return receipts

    async def _connect(self) -> asyncpg.Connection:
        """Connect, and check the version. `_commit` checks that the last known entry is there."""
        self._drop()
        connection = await self._connector.connect(self._deadline_s)
        self.connection = connection
        connection.add_log_listener(self._on_message)
        async with transaction(connection):
            await require_version(connection)
        return connection

    def _on_message(self, connection: object, message: asyncpg.PostgresLogMessage) -> None:
        if connection is self.connection:
            self._warnings.append(message.message)

    def _drop(self) -> None:
        if self.connection is not None:
            self.connection.terminate()
            self.connection = None


async def _check(connection: asyncpg.Connection) -> Receipt:
    """The receipt of the last entry. Raises: JournalBroken if its hash or a definition is not right."""
    async with transaction(connection):
        for difference in definition_differences(await connection.fetch(DEFINITIONS)):
            raise JournalBroken(difference)
        if await connection.fetchval(IS_OWNER):
            log.warning("the journal's role owns its table and could change entries; use another role: docs/journal.md")
        return head_of(await connection.fetchrow(LAST))


def head_of(last: asyncpg.Record | None) -> Receipt:
    """Receipt of the row of LAST. Raises: JournalBroken if its hash does not match its text."""
    if last is None:
        return Receipt(0, GENESIS)
    sequence, previous, body, entry_hash = last
    if entry_hash != chain_hash(previous, sequence, body):
        raise JournalBroken(f"entry {sequence}, its last, does not match its hash")
    return Receipt(sequence, entry_hash)


def _receipts(bodies: Sequence[bytes], row: asyncpg.Record | None) -> list[Receipt]:
    assert row is not None
    sequence, entry_hash, last = row
    receipts = []
    for body in bodies:
        entry_hash = chain_hash(entry_hash, sequence, body)
        receipts.append(Receipt(sequence, entry_hash))
        sequence += 1
    if entry_hash != last:
        raise JournalBroken(f"entry {sequence - 1} was not written as it was sent")
    return receipts
