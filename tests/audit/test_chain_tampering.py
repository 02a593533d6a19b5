"""Tampering by someone who removes the triggers, changes the file, and restores the triggers."""

import asyncio
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from audit.chain import Broken, Receipt, Verified, chain_hash, verify
from audit.entry import Entry
from audit.journal import Journal
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


@pytest.mark.parametrize(
    ("case", "script", "sequence", "reason"),
    [
        (
            "an edited entry",
            "UPDATE entry SET body = replace(body, 'demo-patrol', 'demo-court') WHERE sequence = 4",
            4,
            "its text does not match its hash",
        ),
        (
            "an entry with the same content in other bytes",
            "UPDATE entry SET body = body || ' ' WHERE sequence = 4",
            4,
            "its text does not match its hash",
        ),
        (
            "an edited entry, hashed again",
            (
                "UPDATE entry SET user = 'demo-court', body = replace(body, 'demo-patrol', 'demo-court')"
                f" WHERE sequence = 4; {REHASH}"
            ),
            5,
            "it does not follow from the entry before it",
        ),
        ("an edited hash", "UPDATE entry SET hash = zeroblob(32) WHERE sequence = 4", 4, "its text does not match"),
        ("an edited link", "UPDATE entry SET previous = zeroblob(32) WHERE sequence = 4", 4, "it does not follow"),
        ("a dropped entry", "DELETE FROM entry WHERE sequence = 4", 4, "it is missing; the next entry is 5"),
        ("a dropped first entry", "DELETE FROM entry WHERE sequence = 1", 1, "it is missing; the next entry is 2"),
        (
            "a dropped entry, the rest moved up",
            "DELETE FROM entry WHERE sequence = 4; UPDATE entry SET sequence = sequence - 1 WHERE sequence > 4",
            4,
            "it does not follow from the entry before it",
        ),
        (
            "two entries that were swapped",
            (
                "UPDATE entry SET sequence = 0 WHERE sequence = 4; UPDATE entry SET sequence = 4 WHERE sequence = 5;"
                "UPDATE entry SET sequence = 5 WHERE sequence = 0"
            ),
            4,
            "it does not follow from the entry before it",
        ),
        (
            "two entries whose texts were swapped",
            (
                "CREATE TEMP TABLE old AS SELECT sequence, body FROM entry WHERE sequence IN (4, 5);"
                "UPDATE entry SET body = (SELECT body FROM old WHERE old.sequence = 9 - entry.sequence)"
                " WHERE sequence IN (4, 5)"
            ),
            4,
            "its text does not match its hash",
        ),
        ("an inserted entry, correctly linked", FORGED, 6, "it does not follow from the entry before it"),
        (
            "an entry put before the first",
            "INSERT INTO entry (sequence, body, previous, hash) SELECT 0, body, previous, hash FROM entry LIMIT 1",
            1,
            "it is missing; the next entry is 0",
        ),
        (
            "a record removed from the index",
            (
                "INSERT INTO about (about, rowid, record_ids) VALUES"
                " ('delete', 6, 'persons/P0000001'), ('delete', 4, 'persons/P0000001')"
            ),
            4,
            "the record index lacks a record this entry mentions",
        ),
        (
            "an entry with another date column",
            "UPDATE entry SET at = '1999' WHERE sequence = 4",
            4,
            "its searchable columns differ from its text",
        ),
        (
            "an entry with another user column",
            "UPDATE entry SET user = 'demo-court' WHERE sequence = 4",
            4,
            "its searchable columns differ from its text",
        ),
        (
            "a body that is not an entry, correctly hashed",
            f"UPDATE entry SET body = '[]' WHERE sequence = 4; {REHASH}",
            4,
            "its searchable columns differ from its text",
        ),
        (
            "a record added to the index",
            "INSERT INTO about (rowid, record_ids) VALUES (6, 'persons/P0000002'), (4, 'persons/P0000002')",
            4,
            "the record index lists a record this entry does not mention",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_tampering_is_detected_at_the_first_broken_entry(
    path: Path,
    receipts: list[Receipt],
    case: str,
    script: str,
    sequence: int,
    reason: str,
) -> None:
    tamper(path, script)

    result = verify(path)

    assert isinstance(result, Broken), case
    assert result.sequence == sequence
    assert reason in result.reason


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

    assert verify(path) == Broken(None, reason)


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

    assert verify(path) == Broken(None, "row 21 missing from index entry_by_user")


async def test_a_record_missing_only_from_index_lookups_is_detected(
    path: Path, raw_connection: sqlite3.Connection, make_intent: MakeIntent
) -> None:
    """The record index is whole if it is read from end to end, but a lookup is sent to the wrong leaf page."""
    journal = await Journal.open(path, deadline_s=30)
    records = [tuple(f"persons/P{number:04}{record:03}" for record in range(500)) for number in range(16)]
    await asyncio.gather(*(journal.append(make_intent(number, record_ids=ids)) for number, ids in enumerate(records)))
    await journal.close()
    assert isinstance(verify(path), Verified)
    before = raw_connection.execute("SELECT count(*) FROM about WHERE about MATCH '\"persons/P0007250\"'").fetchone()

    raw_connection.execute("UPDATE about_idx SET term = x'ff' WHERE term = (SELECT max(term) FROM about_idx)")

    result = verify(path)
    assert before == (1,)
    assert isinstance(result, Broken)
