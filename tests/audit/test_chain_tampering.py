"""Tampering by someone who removes the triggers, changes the file, and restores the triggers."""

import asyncio
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from audit.chain import Receipt, chain_hash
from audit.entry import Entry
from audit.faults import FaultKind, FaultLog
from audit.sqlite.journal import SqliteJournal
from audit.sqlite.verification import verify
from tests.audit.tampering import tamper

MakeIntent = Callable[..., Entry]


REHASH = "UPDATE entry SET hash = chain_hash(previous, sequence, CAST(body AS BLOB)) WHERE sequence = 4;"
FORGED = """
    UPDATE entry SET sequence = -sequence WHERE sequence > 4;
    UPDATE entry SET sequence = 1 - sequence WHERE sequence < 0;
    INSERT INTO entry
    SELECT 5, hash, chain_hash(hash, 5, CAST(body AS BLOB)), id, kind, at, user, agency, case_number, body
    FROM entry WHERE sequence = 4;
"""


EDIT = "UPDATE entry SET body = replace(body, 'demo-patrol', 'demo-court') WHERE sequence = {}"
MISSING = "it is missing; the next entry is {}"
LINK = "it does not follow from the entry before it"
TEXT = "its text does not match its hash"
COLUMNS = "its searchable columns differ from its text"
EMPTY = "a searchable column is empty, and its text has no such field"
LACKS = "the record index lacks a record this entry mentions"
LISTS = "the record index lists a record this entry does not mention"

CASES: dict[str, tuple[str, list[tuple[int, str]]]] = {
    "an edited entry": (EDIT.format(4), [(4, TEXT)]),
    "an entry with the same content in other bytes": (
        "UPDATE entry SET body = body || ' ' WHERE sequence = 4",
        [(4, TEXT)],
    ),
    "an edited entry, hashed again": (
        f"UPDATE entry SET user = 'demo-court' WHERE sequence = 4; {EDIT.format(4)}; {REHASH}",
        [(5, LINK)],
    ),
    "edited entries, among them the first and the last": (
        "; ".join(EDIT.format(sequence) for sequence in (1, 7, 8, 20)),
        [(1, TEXT), (7, TEXT), (8, TEXT), (20, TEXT)],
    ),
    "an edited hash": ("UPDATE entry SET hash = zeroblob(32) WHERE sequence = 4", [(4, TEXT)]),
    "an edited link": ("UPDATE entry SET previous = zeroblob(32) WHERE sequence = 4", [(4, LINK)]),
    "a dropped entry": ("DELETE FROM entry WHERE sequence = 4", [(4, MISSING.format(5))]),
    "a dropped first entry": ("DELETE FROM entry WHERE sequence = 1", [(1, MISSING.format(2))]),
    "dropped entries, and edited ones after them": (
        f"DELETE FROM entry WHERE sequence IN (4, 5, 9); {EDIT.format(6)}; {EDIT.format(10)}",
        [(4, MISSING.format(6)), (6, TEXT), (9, MISSING.format(10)), (10, TEXT)],
    ),
    "a dropped entry, the rest moved up": (
        "DELETE FROM entry WHERE sequence = 4; UPDATE entry SET sequence = sequence - 1 WHERE sequence > 4",
        [(4, LINK), *((sequence, TEXT) for sequence in range(5, 20))],
    ),
    "two entries that were swapped": (
        """UPDATE entry SET sequence = 0 WHERE sequence = 4; UPDATE entry SET sequence = 4 WHERE sequence = 5;
           UPDATE entry SET sequence = 5 WHERE sequence = 0""",
        [(4, LINK), (5, LINK), (6, LINK)],
    ),
    "two entries whose texts were swapped": (
        """CREATE TEMP TABLE old AS SELECT sequence, body FROM entry WHERE sequence IN (4, 5);
           UPDATE entry SET body = (SELECT body FROM old WHERE old.sequence = 9 - entry.sequence)
           WHERE sequence IN (4, 5)""",
        [(4, TEXT), (5, TEXT)],
    ),
    "an inserted entry, correctly linked": (
        FORGED,
        [(6, LINK), *((sequence, TEXT) for sequence in range(7, 22))],
    ),
    "an entry put before the first": (
        "INSERT INTO entry (sequence, body, previous, hash) SELECT 0, body, previous, hash FROM entry LIMIT 1",
        [(0, "it is not in its place")],
    ),
    "records removed from the index": (
        """INSERT INTO about (about, rowid, record_ids)
           VALUES ('delete', 6, 'persons/P0000001'), ('delete', 4, 'persons/P0000001')""",
        [(4, LACKS), (6, LACKS)],
    ),
    "records added to the index": (
        "INSERT INTO about (rowid, record_ids) VALUES (6, 'persons/P0000002'), (4, 'persons/P0000002')",
        [(4, LISTS), (6, LISTS)],
    ),
    "an entry that the index has too early": (
        "INSERT INTO about (rowid, record_ids) VALUES (17, 'persons/P0000001')",
        [(17, "the record index has it too early")],
    ),
    "other columns": (
        "UPDATE entry SET at = '1999' WHERE sequence = 4; UPDATE entry SET user = NULL WHERE sequence = 5",
        [(4, COLUMNS), (5, COLUMNS)],
    ),
    "a column that is not UTF-8": (
        "UPDATE entry SET user = CAST(x'ff' AS TEXT) WHERE sequence = 4",
        [(4, COLUMNS)],
    ),
    "empty columns of entries without a case, and an edited entry after them": (
        f"UPDATE entry SET case_number = '' WHERE sequence < 6; {EDIT.format(4)}; {EDIT.format(9)}",
        [(1, EMPTY), (2, EMPTY), (3, EMPTY), (4, TEXT), (5, EMPTY), (9, TEXT)],
    ),
    "a body that is not an entry, correctly hashed": (
        f"UPDATE entry SET body = '[]' WHERE sequence = 4; {REHASH}",
        [(4, COLUMNS), (5, LINK)],
    ),
    "a body that is not JSON": ("UPDATE entry SET body = '{' WHERE sequence = 4", [(4, TEXT)]),
}


@pytest.mark.parametrize(("script", "faults"), CASES.values(), ids=CASES)
def test_every_fault_is_named_at_its_entry(
    path: Path, receipts: list[Receipt], script: str, faults: list[tuple[int, str]]
) -> None:
    tamper(path, script)

    result = verify(path, faults=FaultLog(100))

    # The index is compared with the changed entries too, which is no news of an entry that is named already.
    names_entry = any(reason in {LINK, TEXT} for _, reason in faults)
    named = [(fault.sequence, fault.reason) for fault in result.faults]
    assert [fault for fault in named if not names_entry or fault[1] not in {LACKS, LISTS}] == faults
    assert set(result.fault_counts) == {fault.kind for fault in result.faults}


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("DROP TRIGGER entry_stays", "the trigger entry_stays is missing"),
        ("DROP INDEX entry_by_user", "the index entry_by_user is missing"),
        ("CREATE TABLE own (note TEXT)", "the table own does not belong there"),
        (
            "DROP TRIGGER entry_stays; CREATE TRIGGER entry_stays BEFORE DELETE ON entry BEGIN SELECT 1; END",
            "the trigger entry_stays was changed",
        ),
    ],
)
def test_changed_triggers_indexes_or_tables_are_detected(
    path: Path, receipts: list[Receipt], raw_connection: sqlite3.Connection, statement: str, reason: str
) -> None:
    raw_connection.executescript(statement)

    assert verify(path).faults == ((FaultKind.FILE, None, reason),)


def test_an_entry_missing_only_from_an_index_is_detected(
    path: Path, receipts: list[Receipt], raw_connection: sqlite3.Connection
) -> None:
    # The entry is added while the schema does not list the index, so the index never gets it.
    raw_connection.create_function("chain_hash", 3, chain_hash)
    index = raw_connection.execute("SELECT * FROM sqlite_schema WHERE name = 'entry_by_user'").fetchone()
    raw_connection.executescript("""
        PRAGMA writable_schema = ON;
        DELETE FROM sqlite_schema WHERE name = 'entry_by_user';
        PRAGMA writable_schema = RESET;
        INSERT INTO entry
        SELECT 21, hash, chain_hash(hash, 21, CAST(body AS BLOB)), id, kind, at, user, agency, case_number, body
        FROM entry WHERE sequence = 20;
        PRAGMA writable_schema = ON;
    """)
    raw_connection.execute("INSERT INTO sqlite_schema VALUES (?, ?, ?, ?, ?)", index)

    assert [fault.reason for fault in verify(path).faults] == [
        "row 21 missing from index entry_by_user",
        "wrong # of entries in index entry_by_user",
    ]


async def test_a_record_missing_only_from_index_lookups_is_detected(
    path: Path, raw_connection: sqlite3.Connection, make_intent: MakeIntent
) -> None:
    """The record index is whole if it is read from end to end, but a lookup is sent to the wrong leaf page."""
    journal = await SqliteJournal.open(path, deadline_s=30)
    records = [tuple(f"persons/P{number:04}{record:03}" for record in range(500)) for number in range(16)]
    await asyncio.gather(*(journal.append(make_intent(number, record_ids=ids)) for number, ids in enumerate(records)))
    await journal.close()
    assert verify(path).is_whole
    before = raw_connection.execute("SELECT count(*) FROM about WHERE about MATCH '\"persons/P0007250\"'").fetchone()

    raw_connection.execute("UPDATE about_idx SET term = x'ff' WHERE term = (SELECT max(term) FROM about_idx)")

    result = verify(path)
    assert before == (1,)
    assert set(result.fault_counts) == {FaultKind.INDEX}
