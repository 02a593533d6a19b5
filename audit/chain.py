"""The chain: what binds an entry to the one before, and the walk that finds the first that is not bound.

It shows that nothing was changed, taken out or put in. It cannot show that nothing was cut off the end, or
written anew from some entry on: for that, hand `verify` anchors, receipts that were kept elsewhere.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from audit import tables
from audit.errors import JournalBroken

GENESIS = bytes(32)  # what the first entry calls the hash before it
STRIDE = 1_000  # entries between two reports of progress
ENTRIES = "SELECT sequence, previous, CAST(body AS BLOB), hash FROM entry ORDER BY sequence"

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Receipt:
    """Where an entry stands: its place in the chain, counted from 1, and the hash that binds it."""

    sequence: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class Anchor:
    """A receipt that was kept elsewhere, and what to call it."""

    receipt: Receipt
    what: str = "the anchor"


@dataclass(frozen=True, slots=True)
class Verified:
    """The journal is whole; `vouched` is the last entry that an anchor is of, 0 if there is none."""

    count: int
    head: bytes
    vouched: int = 0


@dataclass(frozen=True, slots=True)
class Broken:
    """The first entry that does not hold; None where it is the file, not an entry, that is wrong."""

    sequence: int | None
    reason: str


def link(previous: bytes, sequence: int, body: bytes) -> bytes:
    """An entry's hash: SHA-256 of the hash before, its place (8 bytes, big-endian) and its own bytes."""
    return sha256(previous + sequence.to_bytes(8) + body).digest()


def last(file: sqlite3.Connection) -> Receipt:
    """Where the journal ends. Raises: JournalBroken where its last entry does not hold."""
    for sequence, previous, body, hash in file.execute(f"{ENTRIES} DESC LIMIT 1"):
        if hash != link(previous, sequence, body):
            raise JournalBroken(f"entry {sequence}, its last, is not the one that was hashed")
        return Receipt(sequence, hash)
    return Receipt(0, GENESIS)


def verify(path: Path, *, anchors: Iterable[Anchor] = (), progress: Progress | None = None) -> Verified | Broken:
    """Walk the whole journal, entry by entry, in one snapshot: it may be written meanwhile.

    Memory is the same however long it is. `anchors` come in the order of their entries, and are taken as they are
    reached. `progress` gets (entries done, entries in all) every thousand.
    Raises: JournalBroken where there is no such file.
    """
    with closing(tables.read_only(path)) as connection:
        try:
            connection.execute("BEGIN")
            walked = _walk(connection, _Anchors(anchors), progress)
            if isinstance(walked, Broken):
                return walked
            return _records(connection) or _definitions(connection) or _indexes(connection) or walked
        except sqlite3.DatabaseError as cause:
            return Broken(None, f"the file cannot be read: {cause}")


def _walk(connection: sqlite3.Connection, anchors: _Anchors, progress: Progress | None) -> Verified | Broken:
    last, before = 0, GENESIS
    (count,) = connection.execute("SELECT count(*) FROM entry").fetchone()
    rows = connection.execute(ENTRIES)
    while True:
        try:
            row = rows.fetchone()
        except sqlite3.DatabaseError as cause:
            return Broken(last + 1, f"the file cannot be read here: {cause}")
        if row is None:
            return anchors.left(last) or Verified(last, before, anchors.vouched)
        sequence, previous, body, written = row
        if sequence != last + 1:
            return Broken(last + 1, f"it is missing; the next one is {sequence}")
        if previous != before:
            return Broken(sequence, "it does not follow from the one before")
        if written != link(previous, sequence, body):
            return Broken(sequence, "its words are not the ones that were hashed")
        if (broken := anchors.reached(sequence, written)) is not None:
            return broken
        last, before = sequence, written
        if progress is not None and sequence % STRIDE == 0:
            progress(sequence, count)


class _Anchors:
    """What was kept elsewhere, held against the entries as the walk comes by."""

    def __init__(self, anchors: Iterable[Anchor]) -> None:
        self._coming = iter(anchors)
        self._next = next(self._coming, None)
        self.vouched = 0

    def reached(self, sequence: int, hash: bytes) -> Broken | None:
        while self._next is not None and self._next.receipt.sequence <= sequence:
            anchor, self._next = self._next, next(self._coming, None)
            if anchor.receipt.sequence == sequence:
                if anchor.receipt.hash != hash:
                    since = "" if self.vouched + 1 == sequence else f"; one from {self.vouched + 1} on was written anew"
                    return Broken(sequence, f"it is not the entry that {anchor.what} is of{since}")
                self.vouched = sequence
        return None

    def left(self, last: int) -> Broken | None:
        if self._next is None or self._next.receipt.sequence == 0:
            return None
        cut = f"it is missing, with all up to {self._next.receipt.sequence}, which {self._next.what} is of"
        return Broken(last + 1, cut)


# Every name that an entry gives is in `record`; and then, if there are as many as given, no other is.
_UNLISTED = """
    SELECT sequence FROM entry, json_each(body, '$.record_ids') AS named
    WHERE NOT EXISTS (
        SELECT 1 FROM record
        WHERE record.record_id = named.value AND record.at = entry.at AND record.sequence = entry.sequence)
    ORDER BY sequence LIMIT 1
"""
_SURPLUS = """
    SELECT (SELECT count(*) FROM record)
         - (SELECT coalesce(sum((
               SELECT count(DISTINCT value) FROM json_each(body, '$.record_ids'))), 0) FROM entry)
"""
_UNNAMED = """
    SELECT min(sequence) FROM record
    WHERE NOT EXISTS (
        SELECT 1 FROM entry, json_each(body, '$.record_ids') AS named
        WHERE entry.sequence = record.sequence AND entry.at = record.at AND named.value = record.record_id)
"""


def _records(connection: sqlite3.Connection) -> Broken | None:
    for (sequence,) in connection.execute(_UNLISTED):
        return Broken(sequence, "a record it names is not in the index of records")
    (surplus,) = connection.execute(_SURPLUS).fetchone()
    if surplus:
        (sequence,) = connection.execute(_UNNAMED).fetchone()
        return Broken(sequence, "the index of records has one that it does not name")
    return None


def _definitions(connection: sqlite3.Connection) -> Broken | None:
    difference = tables.difference(connection)
    return None if difference is None else Broken(None, difference)


def _indexes(connection: sqlite3.Connection) -> Broken | None:
    (found,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
    return None if found == "ok" else Broken(None, found.splitlines()[-1])  # the last says what; the first, where
