"""Source file: the version of a source's SQLite file, which changes only when another file takes its place.

A source is written once and renamed into place. So a file that changes in place is damaged: SQLite, which has no
checksums in it, would find no record where there is one. Data are renewed by renaming a new file over the old one.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from threading import Lock, Thread

FIRST_LOOK_S = 0.1
"""Seconds that the first look at a file may take, at start; if its file system hangs, the first statement looks."""

# Closing a descriptor without O_PATH, which only Linux has, drops SQLite's locks on the file.
HOLD = getattr(os, "O_PATH", os.O_RDONLY | os.O_NONBLOCK) | os.O_CLOEXEC

FileVersion = tuple[int, int, int, int]
"""Inode number and device of a file, its size in bytes, and the time of its last modification in nanoseconds.

The last two are 0 if the file's own program writes it in place.
"""


class ChangedInPlace(OSError):
    """A file that is no longer as it was when it came to its path."""


class SourceFile:
    """One file, and its version when it was first seen. The connections of all threads share it.

    It holds the file, so that no file which replaces it has the same inode number.
    `may_change`: whether its own program writes it in place, as the journal's does.
    """

    def __init__(self, path: Path, *, may_change: bool = False) -> None:
        self.path = path
        self._may_change = may_change
        self._accepted: FileVersion | None = None
        self._lock = Lock()
        self._descriptor: int | None = None
        self._is_closed = False
        if not may_change:
            thread = Thread(target=self._look, name="first-look", daemon=True)
            thread.start()
            thread.join(FIRST_LOOK_S)

    def version(self) -> FileVersion:
        """The version of the file that is there now.

        Call it before a connection is opened, and after each statement before its rows are believed. It misses a write
        through a memory map that is not flushed yet, and one whose author sets the time back.
        Raises: ChangedInPlace until another file is there, or the same as it was; OSError if there is none.
        """
        version = _version(self.path.stat())
        if self._may_change:
            return (*version[:2], 0, 0)
        if version != self._accepted:
            self._accept(version)
        return version

    def close(self) -> None:
        """Release the file. If an opening of it hangs, it is released when that returns."""
        self._is_closed = True
        if self._lock.acquire(blocking=False):
            self._release()
            self._lock.release()

    def _look(self) -> None:
        with suppress(OSError):  # the file may come later
            self.version()

    def _accept(self, version: FileVersion) -> None:
        """Accept another file. Raises: ChangedInPlace if it is the same file."""
        with self._lock:
            if self._accepted is not None and self._accepted[:2] == version[:2]:
                if self._accepted != version:
                    raise ChangedInPlace("the file was changed in place")
                return
            descriptor = os.open(self.path, HOLD)
            self._release()
            self._descriptor, self._accepted = descriptor, _version(os.fstat(descriptor))
            if self._is_closed:
                self._release()

    def _release(self) -> None:
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)


def _version(found: os.stat_result) -> FileVersion:
    return found.st_ino, found.st_dev, found.st_size, found.st_mtime_ns
