"""The chain: what binds an entry to the one before, and the walk that finds the first that is not bound.

It shows that nothing was changed, taken out or put in. It cannot show that nothing was cut off the end, or
written anew from some entry on: for that, hand `verify` anchors, receipts that were kept elsewhere.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from hashlib import blake2b, sha256
from pathlib import Path
from secrets import token_bytes

import orjson

from audit import tables
from audit.errors import JournalBroken

GENESIS = bytes(32)  # what the first entry calls the hash before it
STRIDE = 1_000  # entries between two reports of progress
COLUMNS = ("id", "kind", "at", "user", "agency", "case_number")
ENTRIES = f"SELECT sequence, previous, CAST(body AS BLOB), hash, {', '.join(COLUMNS)} FROM entry ORDER BY sequence"

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
    for sequence, previous, body, hash, *_ in file.execute(f"{ENTRIES} DESC LIMIT 1"):
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
        sequence, previous, body, written, *columns = row
        if sequence != last + 1:
            return Broken(last + 1, f"it is missing; the next one is {sequence}")
        if previous != before:
            return Broken(sequence, "it does not follow from the one before")
        if written != link(previous, sequence, body):
            return Broken(sequence, "its words are not the ones that were hashed")
        if columns != _columns(body):
            return Broken(sequence, "its columns do not say what it says")
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


def _columns(body: bytes) -> list[object] | None:
    try:
        said = orjson.loads(body)
        return [said.get(name) for name in COLUMNS]
    except (ValueError, AttributeError):  # no JSON, or a list
        return None


# The words of each list that is in the index of records, and the entries it finds for each of its own words.
LISTS = "SELECT sequence, CAST(body -> '$.record_ids' AS BLOB) FROM entry WHERE sequence NOT IN recent"
WORD = re.compile(rb"""[^\x00- "',[\\\]\x7f]+""")
WORDS = "CREATE VIRTUAL TABLE temp.word USING fts5vocab (main, about, row)"
FOUND = """
    SELECT about.rowid, CAST(term AS BLOB) FROM temp.word CROSS JOIN about WHERE about MATCH '"' || term || '"'
"""
Place = tuple[int, bytes]  # the sequence of an entry, and a word of its list


def _records(connection: sqlite3.Connection) -> Broken | None:
    """The index has what the entries have, in whatever order, if their sums are the same."""
    connection.execute(WORDS)
    key = token_bytes(32)  # who knew it beforehand could look for other words of the same sum
    if _sum(_named(connection), key) == _sum(connection.execute(FOUND), key):
        return None
    for sequence, word in _named(connection):
        asked = (f'"{word.decode()}"', sequence)
        if not connection.execute("SELECT 1 FROM about WHERE about MATCH ? AND rowid = ?", asked).fetchall():
            return Broken(sequence, "a record it names is not in the index of records")
    surplus = (
        sequence
        for sequence, word in connection.execute(FOUND)
        if (sequence, word) not in _named(connection, f"AND sequence = {sequence}")
    )
    return Broken(min(surplus, default=None), "the index of records has one that it does not name")


def _named(connection: sqlite3.Connection, which: str = "") -> Iterator[Place]:
    for sequence, names in connection.execute(f"{LISTS} {which}"):
        for word in set(WORD.findall((names or b"").lower())):
            yield sequence, word


def _sum(places: Iterable[Place], key: bytes) -> int:
    return sum(int.from_bytes(blake2b(b"%d %b" % place, key=key).digest()) for place in places) % 2**512


def _definitions(connection: sqlite3.Connection) -> Broken | None:
    difference = tables.difference(connection)
    return None if difference is None else Broken(None, difference)


def _indexes(connection: sqlite3.Connection) -> Broken | None:
    (found,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
    return None if found == "ok" else Broken(None, found.splitlines()[-1])  # the last says what; the first, where
