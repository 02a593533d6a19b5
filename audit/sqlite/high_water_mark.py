"""High-water mark: the last entry of a journal, noted in its lock file after each commit.

A journal whose log was removed or cut while no process had it open looks whole, and lacks its last entries. The mark
shows that. It is written after the log was flushed, so even after a power cut it is never ahead of the journal.
"""

from __future__ import annotations

import os
import sqlite3
from struct import Struct

from audit.chain import Receipt
from audit.errors import JournalBroken

MARK = Struct("<q32s")
"""Sequence and hash of an entry."""
OFFSET = 16  # after the times of the files: `audit.sqlite.file_monitor.TIMES`


def write(lock_file: int, last: Receipt) -> None:
    """Note the last entry. Raises: OSError."""
    os.pwrite(lock_file, MARK.pack(*last), OFFSET)


def check(lock_file: int, connection: sqlite3.Connection) -> None:
    """Raises: JournalBroken if an entry is noted that the journal does not hold; OSError or sqlite3.Error."""
    noted = os.pread(lock_file, MARK.size, OFFSET)
    if len(noted) < MARK.size:
        return
    sequence, entry_hash = MARK.unpack(noted)
    if not sequence:
        return
    found = connection.execute("SELECT hash FROM entry WHERE sequence = ?", (sequence,)).fetchone()
    if found != (entry_hash,):
        raise JournalBroken(
            f"entry {sequence}, the last by its lock file, is missing: restore its files, or move all of them to"
            " another folder, the checkpoints too"
        )
