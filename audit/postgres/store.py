"""Journal store of a PostgreSQL database."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Unpack

from audit.archive_record import ArchiveRecord
from audit.chain import Anchor, LinkedEntry, Receipt
from audit.checkpointer import Checkpointer
from audit.commit_queue import TimingObserver
from audit.entry import Entry, FoundEntry
from audit.errors import JournalBroken
from audit.faults import FaultLog
from audit.journal import Journal
from audit.postgres import archiving
from audit.postgres.connection import PAGE, Session, describe, session
from audit.postgres.journal import LAST, PostgresJournal, head_of
from audit.postgres.report_entries import entries_for_reports
from audit.postgres.search import search
from audit.postgres.verification import verify, walk_database
from audit.postgres.version import migrate
from audit.search_conditions import Conditions
from audit.verification import ChainWalk, Progress, Verification
from sources.postgres.address import Address
from sources.postgres.connection import ERRORS

APPEND_ONCE_DEADLINE_S = 10.0  # a command can wait longer than an officer
LINKED = """
    SELECT sequence, previous, convert_to(body, 'UTF8'), hash FROM journal.entry
    WHERE sequence BETWEEN $1 AND $2 ORDER BY sequence LIMIT $3
"""
# Clocks of servers differ, so an entry can be older than one before it.
LAST_BEFORE = """
    SELECT coalesce((SELECT min(sequence) FROM journal.entry WHERE at >= $1) - 1,
                    (SELECT max(sequence) FROM journal.entry), 0)
"""
FLUSH = "SELECT pg_logical_emit_message(true, 'needtoknow', '')"


@dataclass(frozen=True, slots=True)
class PostgresChainReader:
    """Chain of one database, over a session."""

    journal: Session

    def head(self) -> Receipt:
        """The receipt of the last entry, when that is durable: a server may have added it and not yet flushed it."""
        rows = self.journal.fetch(LAST)
        receipt = head_of(rows[0] if rows else None)
        self.journal.fetch(FLUSH)
        return receipt

    def hash_of(self, sequence: int) -> bytes | None:
        found: bytes | None = self.journal.value("SELECT hash FROM journal.entry WHERE sequence = $1", sequence)
        return found

    def first(self) -> int:
        found: int | None = self.journal.value("SELECT min(sequence) FROM journal.entry")
        return 1 if found is None else found


@dataclass(frozen=True, slots=True)
class PostgresStore:
    """Journal in a database, which `version.migrate` has created."""

    address: Address

    def __str__(self) -> str:
        return str(self.address)

    async def migrate(self, writers: Sequence[str], readers: Sequence[str], administrators: Sequence[str]) -> bool:
        """Create the journal unless it is there, and grant rights; whether it was created. Raises: JournalBroken."""
        try:
            return await migrate(self.address, writers=writers, readers=readers, administrators=administrators)
        except (*ERRORS, JournalBroken) as cause:
            raise JournalBroken(f"The journal {self} cannot be created: {describe(cause)}.") from cause

    async def open(
        self,
        *,
        deadline_s: float = 2.0,
        checkpointer: Checkpointer | None = None,
        observe_timing: TimingObserver | None = None,
    ) -> Journal:
        return await PostgresJournal.open(
            self.address, deadline_s=deadline_s, checkpointer=checkpointer, observe_timing=observe_timing
        )

    async def append_once(self, entry: Entry) -> Receipt:
        journal = await PostgresJournal.open(self.address, deadline_s=APPEND_ONCE_DEADLINE_S)
        try:
            return await journal.append(entry)
        finally:
            await journal.close()

    @contextmanager
    def read_chain(self) -> Iterator[PostgresChainReader]:
        with session(self.address) as journal:
            yield PostgresChainReader(journal)

    def search(
        self, *, after: int | None = None, limit: int | None = None, **conditions: Unpack[Conditions]
    ) -> Iterator[FoundEntry]:
        return search(self.address, after=after, limit=limit, **conditions)

    def verify(
        self, *, anchors: Iterable[Anchor] = (), progress: Progress | None = None, faults: FaultLog | None = None
    ) -> Verification:
        return verify(self.address, anchors=anchors, progress=progress, faults=faults)

    def walk(self, walk: ChainWalk, progress: Progress | None = None) -> None:
        walk_database(self.address, walk, progress)

    def read_linked(self, first: int, last: int) -> Iterator[LinkedEntry]:
        with session(self.address) as journal:
            while rows := journal.fetch(LINKED, first, last, PAGE):
                yield from (LinkedEntry(*row) for row in rows)
                first = rows[-1][0] + 1

    def last_before(self, time: str) -> int:
        with session(self.address) as journal:
            found: int = journal.value(LAST_BEFORE, time)
            return found

    async def record_archive(self, record: ArchiveRecord, user: str) -> None:
        await archiving.record_archive(self.address, record, user)

    async def remove_archived(self, record: ArchiveRecord) -> int:
        return await archiving.remove_archived(self.address, record)

    def entries_for_reports(self, since: str, until: str) -> AbstractContextManager[sqlite3.Connection]:
        return entries_for_reports(self.address, since, until)
