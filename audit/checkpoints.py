"""Checkpoint file: signed lines that each give the journal's length and the hash of its last entry.

A line is JSON. The signed text is a note of four lines: title, size, head, time. Sizes grow from line to line; a last
line without a line end was never finished.
"""

from __future__ import annotations

import errno
import fcntl
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedReader, FileIO
from pathlib import Path
from typing import Literal

import orjson

from audit.chain import Anchor, Receipt
from audit.entry import now
from audit.errors import CheckpointError
from audit.signed_note import Signer, Verifier

TITLE = "needtoknow journal"
HASH = re.compile("[0-9a-f]{64}")
LINE_LIMIT_BYTES = 1_024


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Signed head of the journal. `size` is a sequence, `head` that entry's hash in hex, `at` the server's clock."""

    size: int
    head: str
    at: str
    signature: str

    @classmethod
    def sign(cls, receipt: Receipt, signer: Signer) -> Checkpoint:
        unsigned = cls(receipt.sequence, receipt.hash.hex(), now(), "")
        return cls(unsigned.size, unsigned.head, unsigned.at, signer.sign(unsigned.text))

    @classmethod
    def from_line(cls, line: bytes) -> Checkpoint:
        """Raises: ValueError if the line is not a checkpoint."""
        match orjson.loads(line):
            case {"size": int(size), "head": str(head), "at": str(at), "signature": str(signature), **other} if (
                size > 0 and HASH.fullmatch(head) and at.isprintable() and not other
            ):
                return cls(size, head, at, signature)
        raise ValueError

    def to_line(self) -> bytes:
        return orjson.dumps(self, option=orjson.OPT_APPEND_NEWLINE)

    @property
    def text(self) -> str:
        return f"{TITLE}\n{self.size}\n{self.head}\n{self.at}\n"

    @property
    def receipt(self) -> Receipt:
        return Receipt(self.size, bytes.fromhex(self.head))


def read(path: Path, verifier: Verifier) -> Iterator[Anchor]:
    """Every checkpoint as an anchor for `chain.verify`, read a line at a time.

    Raises: CheckpointError at the first line that is not a checkpoint of this key, or does not have a greater size
            than the line before.
    """
    size = 0
    with _opened(path, "rb") as raw:
        file = BufferedReader(raw)
        for number, line in enumerate(iter(lambda: file.readline(LINE_LIMIT_BYTES), b""), 1):
            if not line.endswith(b"\n") and len(line) < LINE_LIMIT_BYTES:
                return
            place = f"line {number} of {path}"
            checkpoint = _parse(line, verifier, place)
            if checkpoint.size <= size:
                raise CheckpointError(f"The checkpoint in {place} is out of order.")
            size = checkpoint.size
            yield Anchor(checkpoint.receipt, f"the checkpoint in {place}")


def append(path: Path, signer: Signer, head: Receipt, check: Callable[[Anchor], None]) -> None:
    """Append a durable checkpoint of this head, unless the last one has its size; other processes may append too.

    `check` gets the last checkpoint, and raises if the journal is not the one it was made for.
    Raises: CheckpointError if the last checkpoint is not of this key, or the file cannot be written.
    """
    with _opened(path, "a+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        last = _last(file, signer.verifier, f"the last line of {path}")
        if last is not None:
            check(Anchor(last.receipt, f"the checkpoint in the last line of {path}"))
        if head.sequence > (0 if last is None else last.size):
            line = Checkpoint.sign(head, signer).to_line()
            if file.write(line) != len(line):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            os.fsync(file.fileno())


def _last(file: FileIO, verifier: Verifier, place: str) -> Checkpoint | None:
    end = file.seek(0, os.SEEK_END)
    start = file.seek(max(0, end - 2 * LINE_LIMIT_BYTES))
    *lines, unfinished = file.read(end - start).split(b"\n")
    if not lines and start:
        raise CheckpointError(f"There is no checkpoint in {place}.")
    if unfinished:
        # Its writer died or had no room, and never reported it as written.
        file.truncate(end - len(unfinished))
    return _parse(lines[-1], verifier, place) if lines else None


def _parse(line: bytes, verifier: Verifier, place: str) -> Checkpoint:
    try:
        checkpoint = Checkpoint.from_line(line)
    except ValueError:
        raise CheckpointError(f"There is no checkpoint in {place}.") from None
    if not verifier.is_valid(checkpoint.text, checkpoint.signature):
        raise CheckpointError(f"The checkpoint in {place} is not signed by {verifier}.")
    return checkpoint


@contextmanager
def _opened(path: Path, mode: Literal["rb", "a+b"]) -> Iterator[FileIO]:
    try:
        with path.open(mode, buffering=0) as file:
            yield file
    except OSError as cause:
        raise CheckpointError(f"The checkpoints {path} cannot be used: {cause.strerror}.") from cause
