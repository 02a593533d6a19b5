"""WAL recovery: the part of a write-ahead log that a process would read which opens the journal anew.

The processes that have the journal open share an index of its log, and trust it: they notice neither a log that was
emptied nor a changed frame. SQLite checks the checksums of the frames only when the first process opens the file. So
this lets SQLite recover a copy of the log, which takes up to 3 ms of CPU for the 4 MB that a log usually has at most.
"""

from __future__ import annotations

import shutil
import sqlite3
import sys
from contextlib import closing
from functools import cache
from pathlib import Path

HEADER_BYTES, FRAME_HEADER_BYTES = 32, 24
FRAME_COUNT = slice(16, 20)  # in the index: https://sqlite.org/walformat.html


def recoverable_part(log: Path, copy_folder: Path) -> bytes:
    """The bytes of the log that SQLite accepts, up to the end of its last whole transaction.

    `copy_folder` exists only during the call. It holds entries, so it belongs beside the journal.
    Raises: OSError or sqlite3.Error if the log cannot be read or copied.
    """
    content = log.read_bytes()
    page_size = int.from_bytes(content[8:12])
    if page_size not in {2**power for power in range(9, 17)}:
        return b""
    copy_folder.mkdir(mode=0o700, exist_ok=True)
    try:
        database = copy_folder / "copy.db"
        database.write_bytes(_empty_database(page_size))
        database.with_name("copy.db-wal").write_bytes(content)
        # A connection that can write would copy the log into the database when it is closed.
        with closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            connection.execute("PRAGMA schema_version").fetchone()
            index = database.with_name("copy.db-shm").read_bytes()
    finally:
        shutil.rmtree(copy_folder, ignore_errors=True)
    frames = int.from_bytes(index[FRAME_COUNT], sys.byteorder)
    return content[: HEADER_BYTES + frames * (FRAME_HEADER_BYTES + page_size)]


@cache
def _empty_database(page_size: int) -> bytes:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute(f"PRAGMA page_size = {page_size}")
        connection.execute("PRAGMA user_version = 0")
        content = bytearray(connection.serialize())
    content[18:20] = b"\2\2"  # WAL mode
    return bytes(content)
