"""Triggers of the journal: the file itself refuses every change."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from audit.chain import chain_hash
from audit.entry import Entry
from audit.faults import FaultKind
from audit.sqlite.journal import SqliteJournal
from audit.sqlite.verification import verify
from audit.verification import Verification

ADD = "INTO entry (sequence, body, previous, hash) SELECT {}, '{{}}', hash, zeroblob(32) FROM entry WHERE sequence = 2"


@pytest.fixture
async def two(journal: SqliteJournal, make_intent: Callable[..., Entry]) -> SqliteJournal:
    await journal.append(make_intent(1, record_ids=("persons/P0000001",)))
    await journal.append(make_intent(2, record_ids=("persons/P0000002",)))
    return journal


@pytest.mark.parametrize(
    ("statement", "refusal"),
    [
        ("UPDATE entry SET body = '{}' WHERE sequence = 1", "never changed"),
        ("UPDATE entry SET sequence = 3 WHERE sequence = 2", "never changed"),
        ("UPDATE OR REPLACE entry SET sequence = 1 WHERE sequence = 2", "never changed"),
        ("DELETE FROM entry WHERE sequence = 2", "never removed"),
        ("DELETE FROM entry", "never removed"),
        ("REPLACE INTO entry (sequence, body, previous, hash) SELECT 2, '{}', previous, hash FROM entry", "follows"),
        (
            (
                "INSERT INTO entry (sequence, body, previous, hash) SELECT 2, '{}', previous, hash FROM entry "
                "WHERE sequence = 2 ON CONFLICT DO UPDATE SET body = excluded.body"
            ),
            "follows the last",
        ),
        ("INSERT " + ADD.format(4), "follows the last"),
        ("INSERT " + ADD.format(2), "follows the last"),
        ("INSERT " + ADD.format("NULL"), "follows the last"),
        ("INSERT OR IGNORE " + ADD.format(4), "follows the last"),
        ("INSERT INTO entry (sequence, body, previous, hash) VALUES (3, '{}', zeroblob(32), x'')", "follows the last"),
    ],
)
async def test_triggers_refuse_every_change(
    two: SqliteJournal, path: Path, raw_connection: sqlite3.Connection, statement: str, refusal: str
) -> None:
    before = verify(path)

    with pytest.raises(sqlite3.IntegrityError, match=refusal):
        raw_connection.execute(statement)

    assert before.is_whole
    assert verify(path) == before


async def test_an_entry_that_is_not_json_is_refused_and_writing_goes_on(
    two: SqliteJournal, path: Path, raw_connection: sqlite3.Connection, make_intent: Callable[..., Entry]
) -> None:
    raw_connection.create_function("chain_hash", 3, chain_hash)
    with pytest.raises(sqlite3.IntegrityError, match="an entry is JSON"):
        raw_connection.execute("""
            INSERT INTO entry (sequence, body, previous, hash)
            SELECT 3, 'not JSON', hash, chain_hash(hash, 3, CAST('not JSON' AS BLOB)) FROM entry WHERE sequence = 2
        """)
    for number in range(3, 18):  # past entries 8 and 16, at which the entries before them are indexed
        receipt = await two.append(make_intent(number))

    assert verify(path) == Verification(17, receipt.hash)


async def test_triggers_hold_with_recursive_triggers_on_or_off(
    two: SqliteJournal, raw_connection: sqlite3.Connection
) -> None:
    for setting in ("ON", "OFF"):
        raw_connection.execute(f"PRAGMA recursive_triggers = {setting}")
        with pytest.raises(sqlite3.IntegrityError):
            raw_connection.execute("REPLACE INTO entry (sequence, body, previous, hash) VALUES (2, '{}', x'', x'')")


async def test_a_column_that_differs_from_its_entry_is_detected(
    two: SqliteJournal, path: Path, raw_connection: sqlite3.Connection
) -> None:
    raw_connection.create_function("chain_hash", 3, chain_hash)
    raw_connection.execute("""
        INSERT INTO entry (sequence, body, previous, hash, user)
        SELECT 3, '{}', hash, chain_hash(hash, 3, CAST('{}' AS BLOB)), 'nobody' FROM entry WHERE sequence = 2
    """)

    assert verify(path).faults == ((FaultKind.COLUMNS, 3, "its searchable columns differ from its text"),)
