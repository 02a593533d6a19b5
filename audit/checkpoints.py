"""Checkpoint file: signed lines that each give the journal's length and the hash of its last entry.

A line is JSON with the signature of a note of four lines: title, size (the sequence of the last entry), head (its
hash in hex) and time (the server's clock). Sizes grow from line to line; a last line without a line end was never
finished.
"""

from __future__ import annotations

import errno
import fcntl
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BufferedReader, FileIO
from pathlib import Path
from typing import BinaryIO, Literal

import orjson

from audit.chain import Anchor, Receipt
from audit.entry import now
from audit.errors import CheckpointError
from audit.signed_note import Signer, Verifier
from filesystem.private_file import open_private
from filesystem.regular_file import open_regular

TITLE = "needtoknow journal"
HASH = re.compile("[0-9a-f]{64}")
LINE_LIMIT_BYTES = 1_024


def _raise(error: CheckpointError) -> None:
    raise error


def read(path: Path, verifier: Verifier, report: Callable[[CheckpointError], None] = _raise) -> Iterator[Anchor]:
    """Every checkpoint as an anchor for `verify`, read a line at a time.

    `report` is called for each line that is not a checkpoint of this key, or does not have a greater size than the
    checkpoint before, and if the file cannot be read. Unless it raises, the lines after it are read all the same.
    """
    size = 0
    try:
        with _opened(path, "rb") as raw:
            file = BufferedReader(raw)
            for number, line in enumerate(_lines(file), 1):
                try:
                    anchor = _parse(line, verifier, f"line {number} of {path}")
                    if anchor.receipt.sequence <= size:
                        raise CheckpointError(f"The checkpoint in line {number} of {path} is out of order.")
                except CheckpointError as invalid:
                    report(invalid)
                else:
                    size = anchor.receipt.sequence
                    yield anchor
    except CheckpointError as unreadable:
        report(unreadable)


def _lines(file: BinaryIO) -> Iterator[bytes]:
    """Finished lines, each cut at the limit, so that one without an end takes no memory."""
    while line := file.readline(LINE_LIMIT_BYTES):
        if line.endswith(b"\n") or len(line) == LINE_LIMIT_BYTES:
            yield line
        while len(line) == LINE_LIMIT_BYTES and not line.endswith(b"\n"):
            line = file.readline(LINE_LIMIT_BYTES)


def append(path: Path, signer: Signer, head: Receipt, check: Callable[[Anchor], None]) -> None:
    """Append a durable checkpoint of this head, unless the last one has its size; other processes may append too.

    `check` gets the last checkpoint, and raises if the journal is not the one it was made for.
    Raises: CheckpointError if the last checkpoint is not of this key, or the file cannot be written.
    """
    with _opened(path, "a+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        last = _last(file, signer.verifier, f"the last line of {path}")
        if last is not None:
            check(last)
        if head.sequence > (0 if last is None else last.receipt.sequence):
            size, hash, at = head.sequence, head.hash.hex(), now()
            checkpoint = {"size": size, "head": hash, "at": at, "signature": signer.sign(_note(size, hash, at))}
            line = orjson.dumps(checkpoint, option=orjson.OPT_APPEND_NEWLINE)
            if file.write(line) != len(line):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            os.fsync(file.fileno())


def _last(file: FileIO, verifier: Verifier, place: str) -> Anchor | None:
    end = file.seek(0, os.SEEK_END)
    start = file.seek(max(0, end - 2 * LINE_LIMIT_BYTES))
    *lines, unfinished = file.read(end - start).split(b"\n")
    if not lines and start:
        raise CheckpointError(f"There is no checkpoint in {place}.")
    if unfinished:
        # Its writer died or had no room, and never reported it as written.
        file.truncate(end - len(unfinished))
    return _parse(lines[-1], verifier, place) if lines else None


def _parse(line: bytes, verifier: Verifier, place: str) -> Anchor:
    try:
        match orjson.loads(line):
            case {"size": int(size), "head": str(head), "at": str(at), "signature": str(signature), **other} if (
                size > 0 and HASH.fullmatch(head) and at.isprintable() and not other
            ):
                pass
            case _:
                raise ValueError
    except ValueError:
        raise CheckpointError(f"There is no checkpoint in {place}.") from None
    if not verifier.is_valid(_note(size, head, at), signature):
        raise CheckpointError(f"The checkpoint in {place} is not signed by {verifier}.")
    return Anchor(Receipt(size, bytes.fromhex(head)), f"the checkpoint in {place}")


def _note(size: int, head: str, at: str) -> str:
    return f"{TITLE}\n{size}\n{head}\n{at}\n"


@contextmanager
def _opened(path: Path, mode: Literal["rb", "a+b"]) -> Iterator[FileIO]:
    try:
        with open(path, mode, buffering=0, opener=open_regular if mode == "rb" else open_private) as file:
            yield file
    except OSError as cause:
        raise CheckpointError(f"The checkpoints {path} cannot be used: {cause.strerror}.") from cause
