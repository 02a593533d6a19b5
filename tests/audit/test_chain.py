"""Whoever takes the guards away and changes the file is found out, and the first entry touched is named."""

import asyncio
import sqlite3
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from audit.chain import GENESIS, Anchor, Broken, Receipt, Verified, link, verify
from audit.entry import Entry
from audit.errors import JournalBroken
from audit.journal import Journal, append_once

Intent = Callable[..., Entry]


@pytest.fixture
async def receipts(path: Path, intent: Intent) -> list[Receipt]:
    """Twenty entries, each about a record of its own and one they share; the last four are not in the index yet."""
    journal = await Journal.open(path, deadline_s=30)
    about = [("persons/P0000001", f"vehicles/V{number}") for number in range(1, 21)]
    entries = [intent(number, user="demo-patrol", record_ids=ids) for number, ids in enumerate(about, 1)]
    receipts = [await journal.append(entry) for entry in entries]
    await journal.close()
    return receipts


@pytest.fixture
def tamper(raw: sqlite3.Connection) -> Callable[[str], None]:
    """Take the guards away, do it, and put the guards back as they were."""

    def tamper(script: str) -> None:
        raw.create_function("link", 3, link)
        guards = raw.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
        for name, _ in guards:
            raw.execute(f"DROP TRIGGER {name}")
        raw.executescript(script)
        for _, sql in guards:
            raw.execute(sql)

    return tamper


def test_an_untouched_journal_is_whole(path: Path, receipts: list[Receipt]) -> None:
    assert verify(path) == Verified(20, receipts[-1].hash)


async def test_a_journal_with_nothing_in_it_is_whole(path: Path, journal: Journal) -> None:
    assert verify(path) == Verified(0, GENESIS)


REHASH = "UPDATE entry SET hash = link(previous, sequence, CAST(body AS BLOB)) WHERE sequence = 4;"
FORGED = """
    UPDATE entry SET sequence = -sequence WHERE sequence > 4;
    UPDATE entry SET sequence = 1 - sequence WHERE sequence < 0;
    INSERT INTO entry
    SELECT 5, hash, link(hash, 5, CAST(body AS BLOB)), id, kind, at, user, agency, case_number, body
    FROM entry WHERE sequence = 4;
"""


@pytest.mark.parametrize(
    ("deed", "script", "sequence", "reason"),
    [
        (
            "an edited entry",
            "UPDATE entry SET body = replace(body, 'demo-patrol', 'demo-court') WHERE sequence = 4",
            4,
            "its text does not match its hash",
        ),
        (
            "an entry that says the same in other bytes",
            "UPDATE entry SET body = body || ' ' WHERE sequence = 4",
            4,
            "its text does not match its hash",
        ),
        (
            "an edited entry, hashed anew",
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
            "two entries that changed places",
            (
                "UPDATE entry SET sequence = 0 WHERE sequence = 4; UPDATE entry SET sequence = 4 WHERE sequence = 5;"
                "UPDATE entry SET sequence = 5 WHERE sequence = 0"
            ),
            4,
            "it does not follow from the entry before it",
        ),
        (
            "two entries whose words changed places",
            (
                "CREATE TEMP TABLE held AS SELECT sequence, body FROM entry WHERE sequence IN (4, 5);"
                "UPDATE entry SET body = (SELECT body FROM held WHERE held.sequence = 9 - entry.sequence)"
                " WHERE sequence IN (4, 5)"
            ),
            4,
            "its text does not match its hash",
        ),
        ("an inserted entry, well linked", FORGED, 6, "it does not follow from the entry before it"),
        (
            "an entry put before the first",
            "INSERT INTO entry (sequence, body, previous, hash) SELECT 0, body, previous, hash FROM entry LIMIT 1",
            1,
            "it is missing; the next entry is 0",
        ),
        (
            "a record hidden from those who search for it",
            (
                "INSERT INTO about (about, rowid, record_ids) VALUES"
                " ('delete', 6, 'persons/P0000001'), ('delete', 4, 'persons/P0000001')"
            ),
            4,
            "the record index lacks a record this entry mentions",
        ),
        (
            "an entry dated out of the way",
            "UPDATE entry SET at = '1999' WHERE sequence = 4",
            4,
            "its searchable columns differ from its text",
        ),
        (
            "an entry laid to another's charge",
            "UPDATE entry SET user = 'demo-court' WHERE sequence = 4",
            4,
            "its searchable columns differ from its text",
        ),
        (
            "an entry that is no entry, well hashed",
            f"UPDATE entry SET body = '[]' WHERE sequence = 4; {REHASH}",
            4,
            "its searchable columns differ from its text",
        ),
        (
            "a record laid to another's charge",
            "INSERT INTO about (rowid, record_ids) VALUES (6, 'persons/P0000002'), (4, 'persons/P0000002')",
            4,
            "the record index lists a record this entry does not mention",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_is_found_out(
    path: Path,
    receipts: list[Receipt],
    tamper: Callable[[str], None],
    deed: str,
    script: str,
    sequence: int,
    reason: str,
) -> None:
    tamper(script)

    found = verify(path)

    assert isinstance(found, Broken), deed
    assert found.sequence == sequence
    assert reason in found.reason


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
def test_a_journal_with_other_guards_or_tables_is_found_out(
    path: Path, receipts: list[Receipt], raw: sqlite3.Connection, statement: str, reason: str
) -> None:
    raw.executescript(statement)

    assert verify(path) == Broken(None, reason)


def test_an_entry_hidden_from_an_index_alone_is_found_out(
    path: Path, receipts: list[Receipt], raw: sqlite3.Connection
) -> None:
    # While the file forgets that it has the index, an entry is added that the index never hears of.
    raw.create_function("link", 3, link)
    index = raw.execute("SELECT * FROM sqlite_schema WHERE name = 'entry_by_user'").fetchone()
    raw.executescript("""
        PRAGMA writable_schema = ON;
        DELETE FROM sqlite_schema WHERE name = 'entry_by_user';
        PRAGMA writable_schema = RESET;
        INSERT INTO entry
        SELECT 21, hash, link(hash, 21, CAST(body AS BLOB)), id, kind, at, user, agency, case_number, body
        FROM entry WHERE sequence = 20;
        PRAGMA writable_schema = ON;
    """)
    raw.execute("INSERT INTO sqlite_schema VALUES (?, ?, ?, ?, ?)", index)

    assert verify(path) == Broken(None, "row 21 missing from index entry_by_user")


async def test_a_record_hidden_from_those_who_search_alone_is_found_out(
    path: Path, raw: sqlite3.Connection, intent: Intent
) -> None:
    """The index of records is whole when it is read from end to end, but the way to the leaf of a word leads astray."""
    journal = await Journal.open(path, deadline_s=30)
    about = [tuple(f"persons/P{number:04}{record:03}" for record in range(500)) for number in range(16)]
    await asyncio.gather(*(journal.append(intent(number, record_ids=ids)) for number, ids in enumerate(about)))
    await journal.close()
    assert isinstance(verify(path), Verified)
    before = raw.execute("SELECT count(*) FROM about WHERE about MATCH '\"persons/P0007250\"'").fetchone()

    raw.execute("UPDATE about_idx SET term = x'ff' WHERE term = (SELECT max(term) FROM about_idx)")

    found = verify(path)
    assert before == (1,)
    assert isinstance(found, Broken)


def test_what_is_cut_off_the_end_is_found_out_by_a_receipt_kept_elsewhere(
    path: Path, receipts: list[Receipt], tamper: Callable[[str], None]
) -> None:
    tamper("DELETE FROM entry WHERE sequence > 17")

    assert verify(path) == Verified(17, receipts[16].hash)
    assert verify(path, anchors=[Anchor(receipts[16])]) == Verified(17, receipts[16].hash, covered=17)
    assert verify(path, anchors=[Anchor(receipts[18])]) == Broken(
        18, "it is missing, with all entries up to 19, which the anchor was made for"
    )


def test_what_is_cut_off_the_end_is_found_out_by_the_index_of_records_if_that_is_longer(
    path: Path, receipts: list[Receipt], tamper: Callable[[str], None]
) -> None:
    tamper("DELETE FROM entry WHERE sequence > 7")

    assert verify(path) == Broken(1, "the record index lists a record this entry does not mention")


async def test_a_journal_written_anew_is_found_out_by_a_receipt_kept_elsewhere(
    path: Path, receipts: list[Receipt], intent: Intent
) -> None:
    other = path.with_name("other.db")
    for number in range(1, 10):
        await append_once(other, intent(number))

    assert isinstance(verify(other), Verified)
    assert verify(other, anchors=[Anchor(receipts[4])]) == Broken(
        5, "it is not the entry that the anchor was made for; the journal was rewritten from entry 1 or later on"
    )


async def test_a_damaged_file_is_named_where_it_can_be_read_no_further(path: Path, intent: Intent) -> None:
    journal = await Journal.open(path, deadline_s=30)
    await asyncio.gather(*(journal.append(intent(number, attention="x" * 2_000)) for number in range(1, 201)))
    await journal.close()
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 2)
        file.write(b"\xff" * 8_192)

    found = verify(path)

    assert isinstance(found, Broken)
    assert found.sequence is not None
    assert 1 < found.sequence <= 200


def test_a_file_that_is_no_journal_is_not_whole(path: Path) -> None:
    path.write_bytes(b"not a database, but long enough to be looked at as one" * 20)

    assert verify(path) == Broken(None, "the file cannot be read: file is not a database")


def test_a_journal_that_is_not_there_is_not_made_by_looking(path: Path) -> None:
    with pytest.raises(JournalBroken, match="There is no journal at"):
        verify(path)

    assert not path.exists()


async def test_a_long_journal_is_walked_in_little_memory_and_says_how_far_it_is(path: Path, intent: Intent) -> None:
    journal = await Journal.open(path, deadline_s=30)
    for start in range(0, 10_000, 1_000):
        numbers = range(start, start + 1_000)
        await asyncio.gather(*(journal.append(intent(n, record_ids=("persons/P0000001",))) for n in numbers))
    await journal.close()
    reports: list[tuple[int, int]] = []

    tracemalloc.start()
    try:
        whole = verify(path, progress=lambda done, of: reports.append((done, of)))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert whole == Verified(10_000, journal.last.hash)
    assert reports == [(done, 10_000) for done in range(1_000, 11_000, 1_000)]
    assert peak < 200_000


async def test_a_journal_can_be_verified_while_it_is_written(journal: Journal, path: Path, intent: Intent) -> None:
    async def verify_meanwhile() -> Verified | Broken:
        return await asyncio.to_thread(verify, path)

    found = await asyncio.gather(
        verify_meanwhile(), *(journal.append(intent(number)) for number in range(1, 501)), verify_meanwhile()
    )

    assert isinstance(found[0], Verified)
    assert isinstance(found[-1], Verified)
