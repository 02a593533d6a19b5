"""Removal of archived entries from a journal's file: the others are written into a new file, which replaces it.

Only while no process has the journal open: a server refuses a file that was replaced. In place, SQLite would free no
space.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
from contextlib import closing
from pathlib import Path

from audit.archive_record import ArchiveRecord
from audit.errors import JournalBroken
from audit.journal import JournalStore
from audit.sqlite.journal_copy import write_entries
from filesystem.private_file import open_private

LAST_SEQUENCE = 2**63 - 1


def remove_archived(journal: JournalStore, path: Path, record: ArchiveRecord) -> int:
    """Remove the entries of a journal at `path` up to the last one of an archive that it records; how many there were.

    Raises: JournalBroken if a process has the journal open, or it does not record that archive; OSError.
    """
    rest = path.with_name(f"{path.name}-rest")
    lock_file = open_private(f"{path}-lock", os.O_RDWR)
    try:
        try:
            fcntl.flock(lock_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as connection:
                # Only the sole process can leave WAL, and the log is then in the file.
                connection.execute("PRAGMA journal_mode = DELETE")
        except (BlockingIOError, sqlite3.OperationalError) as cause:
            raise JournalBroken(f"The journal {path} is in use; stop its servers first: {cause}.") from cause
        rest.unlink(missing_ok=True)
        with journal.read_chain() as chain:
            first, found = chain.first(), chain.hash_of(record.last.sequence)
        if first > record.last.sequence:
            return 0
        if found != record.last.hash:
            raise JournalBroken(f"The archive does not end with an entry of the journal {path}.")
        write_entries(rest, journal.read_linked(record.last.sequence + 1, LAST_SEQUENCE))
        rest.replace(path)
    finally:
        os.close(lock_file)
    return record.last.sequence - first + 1
