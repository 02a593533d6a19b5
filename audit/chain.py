"""The chain: what binds an entry to the one before, and the walk that finds the first that is not bound.

It shows that nothing was changed, taken out or put in. It cannot show that nothing was cut off the end, or
written anew from some entry on: for that, hand `verify` an anchor, a receipt that was kept elsewhere.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from audit import tables

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
class Verified:
    """The journal is whole."""

    count: int
    head: bytes


@dataclass(frozen=True, slots=True)
class Broken:
    """The first entry that does not hold; None where it is the file, not an entry, that is wrong."""

    sequence: int | None
    reason: str


def link(previous: bytes, sequence: int, body: bytes) -> bytes:
    """An entry's hash: SHA-256 of the hash before, its place (8 bytes, big-endian) and its own bytes."""
    return sha256(previous + sequence.to_bytes(8) + body).digest()


def verify(path: Path, *, anchor: Receipt | None = None, progress: Progress | None = None) -> Verified | Broken:
    """Walk the whole journal, entry by entry, in one snapshot: it may be written meanwhile.

    Memory is the same however long it is. `progress` gets (entries done, entries in all) every thousand.
    Raises: JournalBroken where there is no such file.
    """
    with closing(tables.read_only(path)) as connection:
        try:
            connection.execute("BEGIN")
            walked = _walk(connection, anchor, progress)
            if isinstance(walked, Broken):
                return walked
            return _records(connection) or _definitions(connection) or _indexes(connection) or walked
        except sqlite3.DatabaseError as cause:
            return Broken(None, f"the file cannot be read: {cause}")


def _walk(connection: sqlite3.Connection, anchor: Receipt | None, progress: Progress | None) -> Verified | Broken:
    last, before = 0, GENESIS
    (count,) = connection.execute("SELECT count(*) FROM entry").fetchone()
    rows = connection.execute(ENTRIES)
    while True:
        try:
            row = rows.fetchone()
        except sqlite3.DatabaseError as cause:
            return Broken(last + 1, f"the file cannot be read here: {cause}")
        if row is None:
            break
        sequence, previous, body, written = row
        if sequence != last + 1:
            return Broken(last + 1, f"it is missing; the next one is {sequence}")
        if previous != before:
            return Broken(sequence, "it does not follow from the one before")
        if written != link(previous, sequence, body):
            return Broken(sequence, "its words are not the ones that were hashed")
        if anchor is not None and anchor.sequence == sequence and anchor.hash != written:
            return Broken(sequence, "it is not the entry that the anchor is of")
        last, before = sequence, written
        if progress is not None and sequence % STRIDE == 0:
            progress(sequence, count)
    if anchor is not None and anchor.sequence > last:
        return Broken(last + 1, f"it is missing, with all up to {anchor.sequence}, which the anchor is of")
    return Verified(last, before)


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
