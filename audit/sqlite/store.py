"""Journal store of an SQLite file."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Unpack

from audit.archive_record import ArchiveRecord
from audit.chain import Anchor, ChainReader, LinkedEntry, Receipt
from audit.checkpointer import Checkpointer
from audit.commit_queue import TimingObserver
from audit.entry import Entry, FoundEntry
from audit.errors import JournalBroken
from audit.faults import FaultLog
from audit.journal import Journal
from audit.search_conditions import Conditions
from audit.sqlite import chain_reader, journal
from audit.sqlite.archive_removal import remove_archived
from audit.sqlite.journal_file import open_read_only
from audit.sqlite.search import search
from audit.sqlite.verification import verify, walk_file
from audit.verification import ChainWalk, Progress, Verification

PAGE = 1_000  # rows in memory at a time, about 1.5 MB
LINKED = """
    SELECT sequence, previous, CAST(body AS BLOB), hash FROM entry
    WHERE sequence BETWEEN ? AND ? ORDER BY sequence LIMIT ?
"""
# A clock that was set back gives an entry an older time than the one before it.
LAST_BEFORE = """
    SELECT coalesce((SELECT min(sequence) FROM entry WHERE at >= ?) - 1, (SELECT max(sequence) FROM entry), 0)
"""


@dataclass(frozen=True, slots=True)
class SqliteStore:
    """Journal in a file, which `open` creates with mode 600. Its folder is on a local disk."""

    path: Path

    def __str__(self) -> str:
        return str(self.path)

    async def open(
        self,
        *,
        deadline_s: float = 2.0,
        checkpointer: Checkpointer | None = None,
        observe_timing: TimingObserver | None = None,
    ) -> Journal:
        return await journal.SqliteJournal.open(
            self.path, deadline_s=deadline_s, checkpointer=checkpointer, observe_timing=observe_timing
        )

    async def append_once(self, entry: Entry) -> Receipt:
        # An empty file would become a new journal, which hides that the old one is lost.
        if not self.path.is_file() or not self.path.stat().st_size:
            raise JournalBroken(f"There is no journal at {self.path}.")
        return await journal.append_once(self.path, entry)

    def read_chain(self) -> AbstractContextManager[ChainReader]:
        return chain_reader.read_chain(self.path)

    def search(
        self, *, after: int | None = None, limit: int | None = None, **conditions: Unpack[Conditions]
    ) -> Iterator[FoundEntry]:
        return search(self.path, after=after, limit=limit, **conditions)

    def verify(
        self, *, anchors: Iterable[Anchor] = (), progress: Progress | None = None, faults: FaultLog | None = None
    ) -> Verification:
        return verify(self.path, anchors=anchors, progress=progress, faults=faults)

    def walk(self, walk: ChainWalk, progress: Progress | None = None) -> None:
        walk_file(self.path, walk, progress)

    def read_linked(self, first: int, last: int) -> Iterator[LinkedEntry]:
        with chain_reader.read_chain(self.path) as chain:
            # In pages, so that no long read keeps SQLite from truncating its WAL.
            while rows := chain.connection.execute(LINKED, (first, last, PAGE)).fetchall():
                yield from (LinkedEntry(*row) for row in rows)
                first = rows[-1][0] + 1

    def last_before(self, time: str) -> int:
        with chain_reader.read_chain(self.path) as chain:
            found: int = chain.connection.execute(LAST_BEFORE, (time,)).fetchone()[0]
            return found

    async def record_archive(self, record: ArchiveRecord, user: str) -> None:
        await self.append_once(record.entry(f"local:{user}"))

    async def remove_archived(self, record: ArchiveRecord) -> int:
        return await asyncio.to_thread(remove_archived, self, self.path, record)

    def entries_for_reports(self, since: str, until: str) -> AbstractContextManager[sqlite3.Connection]:
        return closing(open_read_only(self.path))
