"""Rotating files of lines: a new file when one is full, and the oldest removed when the folder is full.

`traces-20261124T003000Z-4711-0001.jsonl` is made of the signal, the start of the process, its id, and the number of the
file. No two processes share a file, so `logging.handlers.RotatingFileHandler` does not fit: the limit of the folder is
for all of them. No file is held open, so one that is removed is simply made anew.
"""

from __future__ import annotations

import io
import os
from datetime import UTC, datetime
from pathlib import Path

from filesystem.private_file import make_private_folder, open_private

# Files in a full folder.
FILES = 16


class RotatingFile(io.TextIOBase):
    """A text stream into files of a folder, which together have at most `max_bytes`, or one line more.

    Raises OSError if the folder cannot be made.
    """

    def __init__(self, folder: Path, prefix: str, *, max_bytes: int) -> None:
        make_private_folder(folder)
        self._folder = folder
        self._prefix = prefix
        self._max_bytes = max_bytes
        self._process = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{os.getpid()}"
        self._number = 1
        self._bytes = 0

    def write(self, line: str) -> int:
        """Append a whole line. After an OSError the next line starts a new file."""
        raw = line.encode()
        if self._bytes and self._bytes + len(raw) > self._max_bytes // FILES:
            self._rotate()
        try:
            file = open_private(self._path, os.O_WRONLY | os.O_APPEND)
            try:
                written = os.write(file, raw)
            finally:
                os.close(file)
            if written < len(raw):
                raise OSError("the disk is full")
        except OSError:
            self._rotate()
            raise
        self._bytes += len(raw)
        return len(line)

    @property
    def _path(self) -> Path:
        return self._folder / f"{self._prefix}-{self._process}-{self._number:04}.jsonl"

    def _rotate(self) -> None:
        self._number += 1
        self._bytes = 0
        self._remove_oldest()

    def _remove_oldest(self) -> None:
        """Remove the oldest files, of any process, until another file fits."""
        files = sorted((stat.st_mtime, stat.st_size, path) for path, stat in self._files())
        free = self._max_bytes - self._max_bytes // FILES - sum(size for _, size, _ in files)
        for _, size, path in files:
            if free >= 0:
                break
            path.unlink(missing_ok=True)
            free += size

    def _files(self) -> list[tuple[Path, os.stat_result]]:
        found = []
        for path in self._folder.glob(f"{self._prefix}-*.jsonl"):
            try:
                found.append((path, path.stat()))
            except FileNotFoundError:
                continue  # another process has just removed it
        return found
