"""What a file says, read again when the file has changed. Knows nothing of what is in it.

At the start a file that is wrong is an error. Later it never takes the place of a good one: what it said before
stays, and the log says so once.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

T = TypeVar("T")

log = logging.getLogger("needtoknow.files")


class ReloadedFile(Generic[T]):
    """A file that `read` makes something of, whole, or raises `wrong`. `still` is the log's sentence for the latter."""

    def __init__(self, path: Path, read: Callable[[Path], T], *, wrong: type[Exception], still: str) -> None:
        self._path = path
        self._read = read
        self._wrong = wrong
        self._still = still
        self._stamp = self._stamp_now()
        self._said = read(path)

    def now(self) -> T:
        """What it says now. Whoever needs it to stay the same for a while keeps what this returned."""
        stamp = self._stamp_now()
        if stamp != self._stamp:
            # Before it is read: one that is still being written changes again, and is then read again.
            self._stamp = stamp
            try:
                self._said = self._read(self._path)
            except self._wrong as wrong:
                log.warning("%s %s", self._still, wrong)
        return self._said

    def _stamp_now(self) -> tuple[int, int, int] | None:
        # Some 3 µs: less than it would take to explain why an account that ended still opens.
        try:
            status = self._path.stat()
        except OSError:
            return None
        return status.st_mtime_ns, status.st_size, status.st_ino
