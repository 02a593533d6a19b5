"""File that is reloaded when it changes.

At start-up an invalid file is an error. Later an invalid file is ignored: the previous value stays in use, and the log
says so once.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

T = TypeVar("T")

log = logging.getLogger("needtoknow.files")


class ReloadedFile(Generic[T]):
    """Value that `read` makes of a file, reloaded when the file's time, size or inode changes.

    error_type: raised by `read` if the file is invalid.
    on_error:   sentence for the log, which says that the previous value stays in use.
    """

    def __init__(self, path: Path, read: Callable[[Path], T], *, error_type: type[Exception], on_error: str) -> None:
        self._path = path
        self._read = read
        self._error_type = error_type
        self._on_error = on_error
        self._stamp = self._file_stamp()
        self._value = read(path)

    def current(self) -> T:
        """The value now. Callers that need one value for a while keep the returned one."""
        stamp = self._file_stamp()
        if stamp != self._stamp:
            # Stored before reading: a file that is still being written changes again and is then read again.
            self._stamp = stamp
            try:
                self._value = self._read(self._path)
            except self._error_type as error:
                log.warning("%s %s", self._on_error, error)
        return self._value

    def _file_stamp(self) -> tuple[int, int, int] | None:
        # stat() takes some 3 µs, so a revoked account is rejected from the next request on.
        try:
            status = self._path.stat()
        except OSError:
            return None
        return status.st_mtime_ns, status.st_size, status.st_ino
