"""Check of the journal's record index: it must find exactly the entries that name a record, for each record.

An entry mentions each record of its list. The index is compared by what its searches return, not by its bytes, which
depend on when SQLite merged what.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import suppress
from hashlib import blake2b
from secrets import token_bytes

from audit.faults import FaultKind, FaultLog
from audit.sqlite.entry_reader import UnreadableEntries, read_entries
from audit.sqlite.journal_file import DAMAGE

RECORD_LIST = "CAST(body -> '$.record_ids' AS BLOB)"
RECORD = re.compile(rb"""[^\x00- "',[\\\]\x7f]+""")
INDEX_TERMS = "CREATE VIRTUAL TABLE IF NOT EXISTS temp.index_term USING fts5vocab (main, about, row)"
INDEXED = """
    SELECT about.rowid, CAST(term AS BLOB) FROM temp.index_term CROSS JOIN about WHERE about MATCH '"' || term || '"'
"""
LOOKUP = "SELECT 1 FROM about WHERE about MATCH CAST(? AS TEXT) AND rowid = ?"
Mention = tuple[int, bytes]  # the sequence of an entry, and a record of its list


def prepare(connection: sqlite3.Connection) -> None:
    """Create the view of the index's terms now: SQLite creates nothing in a transaction that met a damaged page."""
    with suppress(*DAMAGE):  # `check` names it
        connection.execute(INDEX_TERMS)


def check(connection: sqlite3.Connection, last: int, faults: FaultLog) -> None:
    """Compare the index with the entries 1 to `last`; eight at a time are indexed."""
    try:
        connection.execute(INDEX_TERMS)
        _compare(connection, last, last // 8 * 8, faults)
    except DAMAGE as cause:
        faults.add(FaultKind.INDEX, None, f"the record index cannot be read: {cause}")


def _compare(connection: sqlite3.Connection, last: int, end: int, faults: FaultLog) -> None:
    """Index and entries agree if the sums of their mentions are equal, in any order."""
    key = token_bytes(32)  # random, so that other mentions with the same sum cannot be prepared
    if _checksum(_mentions(connection, end), key) == _checksum(connection.execute(INDEXED), key):
        return
    for sequence, record in _mentions(connection, end):
        if not connection.execute(LOOKUP, (b'"%b"' % record, sequence)).fetchall():
            faults.add(FaultKind.INDEX, sequence, "the record index lacks a record this entry mentions")
    longest = 0
    for sequence, record in connection.execute(INDEXED):
        longest = max(longest, sequence)
        if sequence <= end and record not in _records(connection, sequence, record):
            faults.add(FaultKind.INDEX, sequence, "the record index lists a record this entry does not mention")
    if longest > last:
        faults.add(FaultKind.SEQUENCE, last + 1, f"it is missing; the record index has entries up to {longest}")
    elif longest > end:
        faults.add(FaultKind.INDEX, longest, "the record index has it too early")


def _mentions(connection: sqlite3.Connection, end: int) -> Iterator[Mention]:
    for row in read_entries(connection, RECORD_LIST):
        if isinstance(row, UnreadableEntries):
            continue
        sequence, records = row
        if sequence > end:
            return
        if sequence > 0:
            yield from ((sequence, record) for record in _words(records))


def _records(connection: sqlite3.Connection, sequence: int, otherwise: bytes) -> set[bytes]:
    """The records of one entry; `otherwise` if it is missing or cannot be read, which is a fault of its own."""
    try:
        row = connection.execute(f"SELECT {RECORD_LIST} FROM entry WHERE sequence = ?", (sequence,)).fetchone()
    except DAMAGE:
        row = None
    return {otherwise} if row is None else _words(row[0])


def _words(records: bytes | None) -> set[bytes]:
    return set(RECORD.findall((records or b"").lower()))


def _checksum(mentions: Iterable[Mention], key: bytes) -> int:
    return sum(int.from_bytes(blake2b(b"%d %b" % mention, key=key).digest()) for mention in mentions) % 2**512
