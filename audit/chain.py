"""Hash chain of the journal: its links, and the verification that finds the first broken one.

The chain shows that no entry was changed, removed or inserted. It cannot show that entries were cut off the end, or
that everything from some entry on was rewritten. For that, give `verify` anchors: receipts that were stored elsewhere.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from hashlib import blake2b, sha256
from pathlib import Path
from secrets import token_bytes
from typing import Any, NamedTuple

import orjson

from audit import journal_file
from audit.errors import JournalBroken

GENESIS = bytes(32)  # the previous hash of the first entry
PROGRESS_INTERVAL = 1_000  # entries
COLUMNS = ("id", "kind", "at", "user", "agency", "case_number")
ENTRIES = f"SELECT sequence, previous, CAST(body AS BLOB), hash, {', '.join(COLUMNS)} FROM entry ORDER BY sequence"

Progress = Callable[[int, int], None]


class Receipt(NamedTuple):
    """Position of an entry in the chain, counted from 1, and the entry's hash."""

    sequence: int
    hash: bytes


class Anchor(NamedTuple):
    """A receipt that was stored elsewhere, and its name in messages."""

    receipt: Receipt
    name: str = "the anchor"


@dataclass(frozen=True, slots=True)
class Verified:
    """Result for a whole journal. `covered` is the last entry that an anchor was made for, 0 if there is none."""

    count: int
    head: bytes
    covered: int = 0


@dataclass(frozen=True, slots=True)
class Broken:
    """Result for a journal that is not whole: its first bad entry, or None if the fault is the file's."""

    sequence: int | None
    reason: str


def chain_hash(previous: bytes, sequence: int, body: bytes) -> bytes:
    """Hash of an entry: SHA-256 of the previous hash, the sequence (8 bytes, big-endian) and the entry's bytes."""
    return sha256(previous + sequence.to_bytes(8) + body).digest()


def columns_of(body: bytes) -> tuple[object, ...]:
    """The COLUMNS of an entry with this text; None for what it does not say. Raises: ValueError if it is no object."""
    entry = orjson.loads(body)
    if not isinstance(entry, dict):
        raise ValueError("an entry is a JSON object")
    return tuple(map(entry.get, COLUMNS))


def head(connection: sqlite3.Connection) -> Receipt:
    """Receipt of the last entry. Raises: JournalBroken if its hash does not match its text."""
    for sequence, previous, body, hash, *_ in connection.execute(f"{ENTRIES} DESC LIMIT 1"):
        if hash != chain_hash(previous, sequence, body):
            raise JournalBroken(f"entry {sequence}, its last, does not match its hash")
        return Receipt(sequence, hash)
    return Receipt(0, GENESIS)


def verify(path: Path, *, anchors: Iterable[Anchor] = (), progress: Progress | None = None) -> Verified | Broken:
    """Verification of the whole journal, in one snapshot; it may be written meanwhile.

    Memory use does not grow with the journal: `anchors` come in order of sequence, and are read as they are reached.
    `progress` is called with (entries done, entries in all) after every thousand entries.
    Raises: JournalBroken if there is no such file.
    """
    with closing(journal_file.open_read_only(path)) as connection:
        try:
            connection.execute("BEGIN")
            result = _verify_entries(connection, iter(anchors), progress)
            if isinstance(result, Broken):
                return result
            return _verify_record_index(connection) or _verify_file(connection) or result
        except sqlite3.DatabaseError as cause:
            return Broken(None, f"the file cannot be read: {cause}")


def _verify_entries(
    connection: sqlite3.Connection, anchors: Iterator[Anchor], progress: Progress | None
) -> Verified | Broken:
    last, last_hash, covered = 0, GENESIS, 0
    anchor = next(anchors, None)
    (count,) = connection.execute("SELECT count(*) FROM entry").fetchone()
    rows = connection.execute(ENTRIES)
    while True:
        try:
            row = rows.fetchone()
        except sqlite3.DatabaseError as cause:
            return Broken(last + 1, f"the file cannot be read here: {cause}")
        if row is None:
            break
        sequence, hash = row[0], row[3]
        if (fault := _entry_fault(row, last, last_hash)) is not None:
            return fault
        while anchor is not None and anchor.receipt.sequence <= sequence:
            if anchor.receipt == (sequence, hash):
                covered = sequence
            elif anchor.receipt.sequence == sequence:
                first = covered + 1
                since = "" if first == sequence else f"; the journal was rewritten from entry {first} or later on"
                return Broken(sequence, f"it is not the entry that {anchor.name} was made for{since}")
            anchor = next(anchors, None)
        last, last_hash = sequence, hash
        if progress is not None and sequence % PROGRESS_INTERVAL == 0:
            progress(sequence, count)
    if anchor is not None and anchor.receipt.sequence > 0:
        missing = f"with all entries up to {anchor.receipt.sequence}, which {anchor.name} was made for"
        return Broken(last + 1, f"it is missing, {missing}")
    return Verified(last, last_hash, covered)


def _entry_fault(row: Sequence[Any], last: int, last_hash: bytes) -> Broken | None:
    sequence, previous, body, hash, *columns = row
    if sequence != last + 1:
        return Broken(last + 1, f"it is missing; the next entry is {sequence}")
    if previous != last_hash:
        return Broken(sequence, "it does not follow from the entry before it")
    if hash != chain_hash(previous, sequence, body):
        return Broken(sequence, "its text does not match its hash")
    try:
        is_repeated = tuple(columns) == columns_of(body)
    except ValueError:
        is_repeated = False
    return None if is_repeated else Broken(sequence, "its searchable columns differ from its text")


# An entry mentions each record of its list. The index of records must find exactly these entries for each record.
RECORD_LISTS = "SELECT sequence, CAST(body -> '$.record_ids' AS BLOB) FROM entry WHERE sequence NOT IN recent"
RECORD = re.compile(rb"""[^\x00- "',[\\\]\x7f]+""")
INDEX_TERMS = "CREATE VIRTUAL TABLE temp.index_term USING fts5vocab (main, about, row)"
INDEXED = """
    SELECT about.rowid, CAST(term AS BLOB) FROM temp.index_term CROSS JOIN about WHERE about MATCH '"' || term || '"'
"""
Mention = tuple[int, bytes]  # the sequence of an entry, and a record of its list


def _verify_record_index(connection: sqlite3.Connection) -> Broken | None:
    """The index and the entries agree if the sums of their mentions are equal, in any order."""
    connection.execute(INDEX_TERMS)
    key = token_bytes(32)  # random, so that other mentions with the same sum cannot be prepared
    if _checksum(_mentions(connection), key) == _checksum(connection.execute(INDEXED), key):
        return None
    for sequence, record in _mentions(connection):
        parameters = (f'"{record.decode()}"', sequence)
        if not connection.execute("SELECT 1 FROM about WHERE about MATCH ? AND rowid = ?", parameters).fetchall():
            return Broken(sequence, "the record index lacks a record this entry mentions")
    surplus = (
        sequence
        for sequence, record in connection.execute(INDEXED)
        if (sequence, record) not in _mentions(connection, f"AND sequence = {sequence}")
    )
    return Broken(min(surplus, default=None), "the record index lists a record this entry does not mention")


def _mentions(connection: sqlite3.Connection, condition: str = "") -> Iterator[Mention]:
    for sequence, records in connection.execute(f"{RECORD_LISTS} {condition}"):
        for record in set(RECORD.findall((records or b"").lower())):
            yield sequence, record


def _checksum(mentions: Iterable[Mention], key: bytes) -> int:
    return sum(int.from_bytes(blake2b(b"%d %b" % mention, key=key).digest()) for mention in mentions) % 2**512


def _verify_file(connection: sqlite3.Connection) -> Broken | None:
    if (difference := journal_file.definition_difference(connection.execute(journal_file.DEFINITIONS))) is not None:
        return Broken(None, difference)
    (found,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
    return None if found == "ok" else Broken(None, found.splitlines()[-1])  # the first line says where, the last what
