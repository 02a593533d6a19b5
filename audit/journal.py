"""Journal protocols: an open journal, and the place of one, whether a file or a database."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from typing import Protocol, Unpack

from audit.archive_record import ArchiveRecord
from audit.chain import Anchor, LinkedEntry, ReadableChain, Receipt
from audit.checkpointer import Checkpointer
from audit.commit_queue import TimingObserver
from audit.entry import Entry, FoundEntry
from audit.faults import FaultLog
from audit.search_conditions import Conditions
from audit.verification import ChainWalk, Progress, Verification


class Journal(Protocol):
    """One open journal.

    An append ends in one of three ways: with a receipt (the entry is durable), with JournalUnavailable (not
    written, or not confirmed before the deadline), or cancelled. A queued entry is never withdrawn: after a timeout or
    a cancellation it may still be written. So the journal may contain an intent that was never executed; it never lacks
    one that was.
    """

    async def append(self, entry: Entry) -> Receipt:
        """Write one entry, and return its receipt when it is durable.

        Raises: JournalUnavailable if it is not, or not in time: it cannot be written, the queue is full, the
                deadline has passed or the journal is closed.
        """

    async def is_ready(self) -> bool:
        """Whether an append would succeed now. It writes, because a disk that can be read may be full."""

    async def close(self) -> None:
        """Refuse new entries, write those that are queued, and release every resource within a few deadlines."""


class JournalStore(ReadableChain, Protocol):
    """Place of one journal. `str` of it names the place, without a password."""

    async def open(
        self,
        *,
        deadline_s: float = 2.0,
        checkpointer: Checkpointer | None = None,
        observe_timing: TimingObserver | None = None,
    ) -> Journal:
        """The journal, which is created if it does not exist.

        Only its definitions and its last entry are checked; `verify` checks all of it.
        Raises: JournalBroken, with a message of one line, if it cannot be opened for writing or is not whole.
                CheckpointError as `Checkpointer.start` does.
        """

    async def append_once(self, entry: Entry) -> Receipt:
        """Write one entry from a command to a journal that exists, whether a server has it open or not.

        Raises: JournalBroken or JournalUnavailable; the command must then not do what it wanted to record.
        """

    def search(
        self, *, after: int | None = None, limit: int | None = None, **conditions: Unpack[Conditions]
    ) -> Iterator[FoundEntry]:
        """Entries that meet every given condition, newest first; `after` is the last sequence of a page.

        Entries that are written meanwhile are newer than the first, and are not read.
        Raises: JournalBroken if there is no such journal, or an entry in it cannot be read.
        """

    def verify(
        self, *, anchors: Iterable[Anchor] = (), progress: Progress | None = None, faults: FaultLog | None = None
    ) -> Verification:
        """Verification of the whole journal, in one snapshot; it may be written meanwhile.

        Memory use does not grow with the journal: `anchors` come in order of sequence, and are read as they are
        reached. `progress` is called with (entries done, last entry) after every thousand entries.
        `faults` may hold faults that were found elsewhere, or meanwhile, such as those of the file of the anchors.
        Raises: JournalBroken if there is no such journal.
        """

    def walk(self, walk: ChainWalk, progress: Progress | None = None) -> None:
        """Check everything in this journal, as the next part of a walk. Raises: JournalBroken as `verify` does."""

    def read_linked(self, first: int, last: int) -> Iterator[LinkedEntry]:
        """The entries from `first` to `last` as they are stored, a page at a time.

        Raises: JournalBroken if there is no such journal, or it cannot be read.
        """

    def last_before(self, time: str) -> int:
        """The sequence of the last entry before the first one that is not older than this `stamp`; 0 if none is."""

    async def record_archive(self, record: ArchiveRecord, user: str) -> None:
        """Add the entry of an archive that this user of the operating system has written.

        Raises: JournalBroken or JournalUnavailable if it cannot be added, or the role may not.
        """

    async def remove_archived(self, record: ArchiveRecord) -> int:
        """Remove the entries of an archive that the journal records; how many there were. Raises: JournalBroken."""

    def entries_for_reports(self, since: str, until: str) -> AbstractContextManager[sqlite3.Connection]:
        """An SQLite connection with a table `entry`, which has the entries from `since` to before `until`.

        Raises: JournalBroken if there is no such journal, or an entry in it cannot be read.
        """
