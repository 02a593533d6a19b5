"""File monitor: notices that another program wrote a journal's files, and searches them for the last entry.

SQLite keeps an index of its write-ahead log in memory: it goes on writing to a log that was emptied, and each COMMIT
succeeds. So a journal remembers when its files were last modified, and after each commit it writes these times into its
lock file for other journals. If the log has another time, its last entry is searched for as a new process would do it.
If the database has another time, it is verified whole, and until then the journal refuses.
"""

from __future__ import annotations

import logging
import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from struct import Struct
from threading import Thread
from time import monotonic, time_ns
from typing import Self

from audit.chain import Receipt
from audit.errors import JournalBroken
from audit.sqlite import high_water_mark
from audit.sqlite.journal_file import DAMAGE, is_damage
from audit.sqlite.verification import verify
from audit.sqlite.wal_recovery import recoverable_part

logger = logging.getLogger(__name__)

WAL_BYTES = 4_000_000
SEARCH_INTERVAL_S = 1.0
SEARCH_SHARE = 1 / 200
"""Share of the time for searches: of a log of 4 MB they take some milliseconds, and a long read makes it longer."""

TIMES = Struct("<2q")
"""Start of the lock file: modification times of log and database, in nanoseconds. The high-water mark follows."""
WAL_CHECKPOINT_RUNNING = 0, 0
"""Its content while the log is copied into the database. It stays if the process is killed meanwhile."""

fdatasync = getattr(os, "fdatasync", os.fsync)  # macOS has only fsync


class FileMonitor:
    """Monitor of an open journal's files, used in the thread that writes them while the lock is held.

    It cannot see a write through a memory map, one within the fraction of a millisecond that a commit takes, or one
    whose author sets the time back. A search once a second, or less often if it takes long, finds these in the log.
    """

    def __init__(self, path: Path, lock_file: int) -> None:
        """`lock_file` is the descriptor of the lock of all journals at `path`.

        Raises: OSError if a file is missing; SQLite creates log and index when a connection first reads.
        """
        self.is_last_entry_lost = False
        """Whether the last search did not find the entry."""
        self.is_wal_suspect = False
        """Whether another program wrote the log, and no entry was written and found since."""
        self._path = path
        self._database, self._wal, self._shm = str(path), f"{path}-wal", f"{path}-shm"
        self._recovery_folder = path.with_name(f"{path.name}-copy")
        self._lock_file = lock_file
        self._wal_descriptor = os.open(self._wal, os.O_RDONLY)  # SQLite has no locks on it, which closing would drop
        database, log_file, index = os.stat(self._database), os.stat(self._wal), os.stat(self._shm)
        self._database_id, self._wal_id, self._shm_id = _id(database), _id(log_file), _id(index)
        self._database_time = database.st_mtime_ns
        self._wal_time = 0 if log_file.st_size else log_file.st_mtime_ns
        self._wal_bytes = log_file.st_size  # since it was copied
        self._has_others = False  # other journals that write
        if self._recorded_times() == WAL_CHECKPOINT_RUNNING:
            self._record()
        self._has_coarse_times, self._keeps_times = self._measure_times()
        self._search_due = 0.0
        self._verification: Thread | None = None
        self._failed_time = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._wal_descriptor)

    def before_commit(self, last: Receipt) -> None:
        """Check that no other program wrote the files, or else that the last entry would be found.

        Raises: JournalBroken if it would not, or a file is missing or another, or the database is not verified yet.
                OSError or sqlite3.Error if that is not known, for example because memory ran out.
        """
        database = os.stat(self._database)
        _require_same(database, self._database_id)
        if database.st_mtime_ns != self._database_time:
            self._accept_database(database.st_mtime_ns)
        self._check_wal(last)

    def after_commit(self, connection: sqlite3.Connection, last: Receipt, size: int) -> None:
        """Make a transaction that was just committed durable, and check that its last entry would be found.

        `size` is how many bytes it added to the log, about. If the log gets long, it is copied into the database.
        Raises: as `before_commit` does.
        """
        if self.is_wal_suspect:
            self._search(last)
        elif monotonic() >= self._search_due:
            with suppress(OSError, sqlite3.Error):
                self._search(last)
        self._wal_time = self._settle(self._wal_descriptor)
        self.is_wal_suspect = False
        if self._has_others:
            self._record()
        fdatasync(self._wal_descriptor)
        self._check_wal(last)
        high_water_mark.write(self._lock_file, last)
        self._wal_bytes += size
        if self._wal_bytes > WAL_BYTES:
            self._checkpoint_wal(connection)

    def _checkpoint_wal(self, connection: sqlite3.Connection) -> None:
        """Copy the log into the database, so that it begins anew."""
        os.pwrite(self._lock_file, TIMES.pack(*WAL_CHECKPOINT_RUNNING), 0)
        try:
            connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        except sqlite3.Error as cause:
            logger.error("the write-ahead log of the journal cannot be copied into it: %s", cause)
        self._database_time = self._settle(self._database)
        self._record()
        self._wal_bytes = 0

    def _check_wal(self, last: Receipt) -> None:
        log_file = os.stat(self._wal)
        _require_same(log_file, self._wal_id)
        if log_file.st_mtime_ns != self._wal_time:
            self._accept_wal(log_file.st_mtime_ns, last)

    def _accept_wal(self, modified: int, last: Receipt) -> None:
        """Remember the log's time, if another journal wrote it, or else if the last entry is found in it."""
        # With another index of the log, other journals would write over our entries.
        _require_same(os.stat(self._shm), self._shm_id)
        if modified != self._recorded_times()[0]:
            self.is_wal_suspect = True
            self._search(last)
        self._has_others = self._wal_time != 0
        self._wal_time = modified

    def _accept_database(self, modified: int) -> None:
        """Remember the database's time, if another journal wrote it, or else if it is verified."""
        recorded = self._recorded_times()
        if recorded != WAL_CHECKPOINT_RUNNING and recorded[1] != modified:
            self._require_verification(modified)
        self._database_time = modified
        if recorded == WAL_CHECKPOINT_RUNNING:
            self._record()

    def _settle(self, file: str | int) -> int:
        """The time of the file's last modification, set so that no later one can have the same."""
        if self._has_coarse_times:
            now = time_ns()
            os.utime(file, ns=(now, now))
            if self._keeps_times:
                return now
        return os.stat(file).st_mtime_ns

    def _measure_times(self) -> tuple[bool, bool]:
        """Whether modifications that follow each other at once can have the same time, as before Linux 6.13.

        And whether the file system keeps the nanoseconds of a time that is set.
        """
        content, times = TIMES.pack(*self._recorded_times()), set()
        for _ in range(4):
            os.pwrite(self._lock_file, content, 0)
            times.add(os.fstat(self._lock_file).st_mtime_ns)
        odd = time_ns() | 1
        os.utime(self._lock_file, ns=(odd, odd))
        return len(times) < 4, os.fstat(self._lock_file).st_mtime_ns == odd

    def _record(self) -> None:
        os.pwrite(self._lock_file, TIMES.pack(self._wal_time, self._database_time), 0)

    def _recorded_times(self) -> tuple[int, int]:
        record = os.pread(self._lock_file, TIMES.size, 0)
        log_time, database_time = TIMES.unpack(record) if len(record) == TIMES.size else (-1, -1)
        return log_time, database_time

    def _search(self, last: Receipt) -> None:
        """Raises: JournalBroken if a new process would not find the entry; OSError or sqlite3.Error if not known."""
        began = monotonic()
        try:
            # SQLite accepts only whole transactions, so the entry's page does not come alone.
            is_found = (
                recoverable_part(Path(self._wal), self._recovery_folder).rfind(last.hash) >= 0
                or self._is_in_database(last)
                or not last.sequence
            )
        except DAMAGE as cause:
            if not is_damage(cause):
                raise
            is_found = False
        self.is_last_entry_lost = not is_found
        if not is_found:
            raise JournalBroken(f"entry {last.sequence} would be lost: its write-ahead log was cut or changed")
        self._search_due = monotonic() + max(SEARCH_INTERVAL_S, (monotonic() - began) / SEARCH_SHARE)

    def _is_in_database(self, last: Receipt) -> bool:
        """Whether the entry is in the database without the log."""
        with closing(sqlite3.connect(f"{self._path.absolute().as_uri()}?immutable=1", uri=True)) as connection:
            found = connection.execute("SELECT hash FROM entry WHERE sequence = ?", (last.sequence,)).fetchone()
        return bool(found == (last.hash,))

    def _require_verification(self, modified: int) -> None:
        """Raises: JournalBroken until the database, as it is since this time, has been found whole."""
        if modified == self._failed_time:
            raise JournalBroken("its database was written by another program, and is not whole")
        if self._verification is None or not self._verification.is_alive():
            self._verification = Thread(target=self._verify, args=(modified,), name="verification", daemon=True)
            self._verification.start()
        raise JournalBroken("its database was written by another program, and is verified now")

    def _verify(self, modified: int) -> None:
        logger.critical("The journal %s was written by another program, and is verified now", self._path)
        try:
            is_whole = verify(self._path).is_whole
        except Exception as cause:  # noqa: BLE001 - the next commit starts another verification
            logger.error("The journal %s cannot be verified now: %s", self._path, cause)
        else:
            if is_whole:
                self._database_time = modified
                logger.warning("The journal %s is whole, and is written again", self._path)
            else:
                self._failed_time = modified
                logger.critical("The journal %s is not whole: see `needtoknow audit verify`", self._path)


def _id(stat: os.stat_result) -> tuple[int, int]:
    return stat.st_dev, stat.st_ino


def _require_same(stat: os.stat_result, file_id: tuple[int, int]) -> None:
    if _id(stat) != file_id:
        raise JournalBroken("a file was moved, removed or replaced")
