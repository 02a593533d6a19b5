"""Checkpoints: a file, in a second place, of signed lines that say how long the journal was and what its head was.

Each is one line of JSON. What is signed is a note of four lines: the title, the size, the head, the time. Sizes grow
from line to line; a last line without its end was never finished. It knows nothing of what an entry says.
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
HEAD = re.compile("[0-9a-f]{64}")
LINE_LIMIT_BYTES = 1_024


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Where the journal stood. `head` is hex, `at` as the clock of that server had it."""

    size: int
    head: str
    at: str
    signature: str

    @classmethod
    def signed(cls, receipt: Receipt, signer: Signer) -> Checkpoint:
        unsigned = cls(receipt.sequence, receipt.hash.hex(), now(), "")
        return cls(unsigned.size, unsigned.head, unsigned.at, signer.sign(unsigned.text))

    @classmethod
    def from_line(cls, line: bytes) -> Checkpoint:
        """Raises: ValueError where it is not one."""
        match orjson.loads(line):
            case {"size": int(size), "head": str(head), "at": str(at), "signature": str(signature), **other} if (
                size > 0 and HEAD.fullmatch(head) and at.isprintable() and not other
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
    """Every checkpoint, as an anchor to walk the journal by, a line at a time.

    Raises: CheckpointsWrong at the first line that is not one of this key's, or is not of a longer journal than the
            line before.
    """
    size = 0
    with _opened(path, "rb") as raw:
        file = BufferedReader(raw)
        for number, line in enumerate(iter(lambda: file.readline(LINE_LIMIT_BYTES), b""), 1):
            if not line.endswith(b"\n") and len(line) < LINE_LIMIT_BYTES:
                return
            here = f"line {number} of {path}"
            checkpoint = _checked(line, verifier, here)
            if checkpoint.size <= size:
                raise CheckpointError(f"The checkpoint in {here} is out of order.")
            size = checkpoint.size
            yield Anchor(checkpoint.receipt, f"the checkpoint in {here}")


def add(path: Path, signer: Signer, head: Receipt, holds: Callable[[Anchor], None]) -> None:
    """Add a checkpoint of this head, durable, unless there is one of as long a journal; others may do so meanwhile.

    `holds` is asked of the last one that is there, and raises if the journal is not the one it is of.
    Raises: CheckpointsWrong where that one is not of this key, or the file cannot be written.
    """
    with _opened(path, "a+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        last = _last(file, signer.verifier, f"the last line of {path}")
        if last is not None:
            holds(Anchor(last.receipt, f"the checkpoint in the last line of {path}"))
        if head.sequence > (0 if last is None else last.size):
            line = Checkpoint.signed(head, signer).to_line()
            if file.write(line) != len(line):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            os.fsync(file.fileno())


def _last(file: FileIO, verifier: Verifier, here: str) -> Checkpoint | None:
    end = file.seek(0, os.SEEK_END)
    start = file.seek(max(0, end - 2 * LINE_LIMIT_BYTES))
    *lines, unfinished = file.read(end - start).split(b"\n")
    if not lines and start:
        raise CheckpointError(f"There is no checkpoint in {here}.")
    if unfinished:
        # Whoever wrote it died, or had no room, and nobody was told of it.
        file.truncate(end - len(unfinished))
    return _checked(lines[-1], verifier, here) if lines else None


def _checked(line: bytes, verifier: Verifier, here: str) -> Checkpoint:
    try:
        checkpoint = Checkpoint.from_line(line)
    except ValueError:
        raise CheckpointError(f"There is no checkpoint in {here}.") from None
    if not verifier.vouches(checkpoint.text, checkpoint.signature):
        raise CheckpointError(f"The checkpoint in {here} is not signed by {verifier}.")
    return checkpoint


@contextmanager
def _opened(path: Path, mode: Literal["rb", "a+b"]) -> Iterator[FileIO]:
    try:
        with path.open(mode, buffering=0) as file:
            yield file
    except OSError as cause:
        raise CheckpointError(f"The checkpoints {path} cannot be used: {cause.strerror}.") from cause
