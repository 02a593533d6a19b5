"""Files that lines are written to: a new one when one is full, and the oldest gone. Knows nothing of what a line says.

`traces-20261124T003000Z-4711-0001.jsonl`: what, when its process began, that process, and the number of the file. No
two processes share one, and none is held open: a file that somebody takes away is simply begun again.
"""

from __future__ import annotations

import io
import os
from datetime import UTC, datetime
from pathlib import Path

# So many files, when the folder is full.
FILES = 16


class RotatingFile(io.TextIOBase):
    """A text stream over files in a folder, which have `most_bytes` together, or one line more.

    Raises OSError if the folder cannot be made.
    """

    def __init__(self, folder: Path, what: str, *, most_bytes: int) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder = folder
        self._what = what
        self._most_bytes = most_bytes
        self._begun = f"{what}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{os.getpid()}"
        self._number = 1
        self._bytes = 0

    def write(self, line: str) -> int:
        """One line, whole. Raises OSError, and then the next line begins a new file."""
        raw = line.encode()
        if self._bytes and self._bytes + len(raw) > self._most_bytes // FILES:
            self._begin()
        try:
            file = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                written = os.write(file, raw)
            finally:
                os.close(file)
            if written < len(raw):
                raise OSError("the disk is full")
        except OSError:
            self._begin()
            raise
        self._bytes += len(raw)
        return len(line)

    @property
    def _path(self) -> Path:
        return self._folder / f"{self._begun}-{self._number:04}.jsonl"

    def _begin(self) -> None:
        self._number += 1
        self._bytes = 0
        self._make_room()

    def _make_room(self) -> None:
        """Remove the oldest files, whosever they are, until another one fits in."""
        files = sorted((stat.st_mtime, stat.st_size, path) for path, stat in self._files())
        room = self._most_bytes - self._most_bytes // FILES - sum(size for _, size, _ in files)
        for _, size, path in files:
            if room >= 0:
                break
            path.unlink(missing_ok=True)
            room += size

    def _files(self) -> list[tuple[Path, os.stat_result]]:
        found = []
        for path in self._folder.glob(f"{self._what}-*.jsonl"):
            try:
                found.append((path, path.stat()))
            except FileNotFoundError:
                continue  # another process has just removed it
        return found
