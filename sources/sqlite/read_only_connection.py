"""A read-only connection to an SQLite file that notices when another has taken its place. Knows nothing of asyncio.

Data is renewed by renaming a new file over the old one. SQLite would go on reading the old one for as long as it has it
open, even after the path leads nowhere.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

# SQLite's own 2 MiB are fewer pages than a few questions touch. It takes no more than the file has.
CACHE_KIB = 32 * 1024


class FileReplaced(sqlite3.OperationalError):
    """The file that was opened is not the one at its path any more."""


class ReadOnlyConnection(sqlite3.Connection):
    """Everything here runs in a thread, `stat` too: a file system that hangs, hangs only that.

    Raises: sqlite3.Error, and OSError where there is no file.
    """

    def __init__(self, path: Path, *, busy_s: float) -> None:
        # Before it is opened, so that a file which comes in between is noticed at the first statement.
        self._path, self._file = path, _file_id(path)
        # One thread at a time, but not always the same one.
        options: dict[str, Any] = {"isolation_level": None, "check_same_thread": False, "uri": True}
        super().__init__(f"{path.absolute().as_uri()}?mode=ro", timeout=busy_s, **options)
        super().execute("PRAGMA query_only = 1")
        super().execute(f"PRAGMA cache_size = -{CACHE_KIB}")

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        """Raises Replaced if the answer would come from a file that is not there."""
        if _file_id(self._path) != self._file:
            raise FileReplaced
        return super().execute(sql, parameters)


def _file_id(path: Path) -> tuple[int, int, int]:
    # A number is not given again while its file is open, so two files never look the same. The time is for a file that
    # is copied over: SQLite would answer from its cache if both had been written equally often.
    found = path.stat()
    return found.st_dev, found.st_ino, found.st_mtime_ns
