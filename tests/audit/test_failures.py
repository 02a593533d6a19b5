"""Journal failures: no receipt is given for an entry that is not in it."""

import asyncio
import fcntl
import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from audit.chain import GENESIS
from audit.entry import Entry
from audit.errors import JournalBroken, JournalUnavailable
from audit.sqlite import journal_file
from audit.sqlite.journal import SqliteJournal, append_once
from audit.sqlite.verification import verify
from audit.verification import Verification

MakeIntent = Callable[..., Entry]
MESSAGE = "The journal could not be written, so nothing is released."


async def execute(journal: SqliteJournal, sql: str) -> None:
    """Run a statement on the connection that writes."""
    await journal.writer.submit(lambda connection: connection.execute(sql).fetchall())


async def test_a_full_disk_refuses_each_waiting_entry_and_harms_nothing(
    journal: SqliteJournal, path: Path, make_intent: MakeIntent
) -> None:
    await journal.append(make_intent(1))
    await execute(journal, "PRAGMA max_page_count = 1")  # SQLite raises this to the number of pages there are
    large = "x" * 20_000

    refused = await asyncio.gather(
        *(journal.append(make_intent(number, attention=large)) for number in range(2, 10)), return_exceptions=True
    )

    assert [str(result) for result in refused] == [MESSAGE] * 8
    assert all(type(result) is JournalUnavailable for result in refused)
    assert len({id(result) for result in refused}) == 8  # each its own: a shared one would collect the frames of all
    assert {str(result.__cause__) for result in refused} == {"database or disk is full"}  # type: ignore[union-attr]

    await execute(journal, "PRAGMA max_page_count = 1000000")
    assert (await journal.append(make_intent(10))).sequence == 2
    assert verify(path) == Verification(2, journal.head.hash)


async def test_after_a_failed_commit_the_chain_continues_from_the_file(
    journal: SqliteJournal, path: Path, make_intent: MakeIntent
) -> None:
    await journal.append(make_intent(1))
    await execute(journal, "PRAGMA query_only = ON")
    with pytest.raises(JournalUnavailable):
        await journal.append(make_intent(2))
    await append_once(path, make_intent(3))
    await execute(journal, "PRAGMA query_only = OFF")

    assert (await journal.append(make_intent(4))).sequence == 3
    assert verify(path) == Verification(3, journal.head.hash)


async def test_a_locked_journal_refuses_at_its_deadline_until_unlocked(path: Path, make_intent: MakeIntent) -> None:
    journal = await SqliteJournal.open(path, deadline_s=0.02)
    lock = sqlite3.connect(path, isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    assert not await journal.is_ready()
    with pytest.raises(JournalUnavailable):
        await journal.append(make_intent(1))
    lock.execute("COMMIT")
    lock.close()
    await journal.close()

    journal = await SqliteJournal.open(path)
    assert await journal.is_ready()
    await journal.append(make_intent(2))
    await journal.close()
    assert verify(path).is_whole


async def test_a_stuck_lock_holder_delays_others_only_until_the_deadline(path: Path, make_intent: MakeIntent) -> None:
    journal = await SqliteJournal.open(path, deadline_s=0.02)
    with path.with_name("journal.db-lock").open("rb") as lock_file:
        fcntl.flock(lock_file, fcntl.LOCK_EX)
        assert not await journal.is_ready()
        with pytest.raises(JournalUnavailable):
            await journal.append(make_intent(1))
        await journal.close()

    assert verify(path) == Verification(0, GENESIS)


@pytest.mark.parametrize("lost", ["journal.db", "journal.db-wal"])
async def test_a_journal_whose_file_is_deleted_refuses(
    journal: SqliteJournal, path: Path, make_intent: MakeIntent, lost: str
) -> None:
    await journal.append(make_intent(1))
    assert await journal.is_ready()

    path.with_name(lost).unlink()

    assert not await journal.is_ready()
    with pytest.raises(JournalUnavailable):
        await journal.append(make_intent(2))


async def test_a_journal_whose_file_is_replaced_refuses(
    journal: SqliteJournal, path: Path, make_intent: MakeIntent
) -> None:
    await journal.append(make_intent(1))
    other = path.with_name("other.db")
    await append_once(other, make_intent(1))

    other.rename(path)

    assert not await journal.is_ready()
    with pytest.raises(JournalUnavailable):
        await journal.append(make_intent(2))


async def test_a_journal_whose_end_was_cut_off_refuses(
    journal: SqliteJournal, raw_connection: sqlite3.Connection, make_intent: MakeIntent
) -> None:
    await journal.append(make_intent(1))
    await journal.append(make_intent(2))
    raw_connection.executescript("DROP TRIGGER entry_stays; DELETE FROM entry WHERE sequence = 2")

    with pytest.raises(JournalUnavailable):
        await journal.append(make_intent(3))

    assert raw_connection.execute("SELECT max(sequence) FROM entry").fetchone() == (1,)


async def test_a_journal_that_was_overwritten_refuses(
    journal: SqliteJournal, path: Path, raw_connection: sqlite3.Connection, make_intent: MakeIntent
) -> None:
    for number in range(1, 51):
        await journal.append(make_intent(number, attention="x" * 2_000))
    raw_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with path.open("r+b") as file:
        file.seek(100)
        file.write(b"\xff" * (path.stat().st_size - 100))
    await execute(journal, "PRAGMA shrink_memory")

    with pytest.raises(JournalUnavailable):
        await journal.append(make_intent(51))


async def open_error(path: Path) -> str:
    """The message of the error that opening the journal raises: one line, which names the file."""
    with pytest.raises(JournalBroken) as caught:
        await SqliteJournal.open(path, deadline_s=0.02)
    message = str(caught.value)
    assert str(path) in message
    assert "\n" not in message
    return message


async def test_the_error_names_a_missing_folder(tmp_path: Path) -> None:
    assert "No such file or directory" in await open_error(tmp_path / "nowhere" / "journal.db")


async def test_the_error_names_a_folder_in_place_of_the_file(tmp_path: Path) -> None:
    assert "Is a directory" in await open_error(tmp_path)


async def test_the_error_names_a_file_that_is_no_database(path: Path) -> None:
    path.write_bytes(b"not a database, but long enough to be read as one" * 20)

    assert "file is not a database" in await open_error(path)


async def test_another_database_is_not_taken_for_a_journal(path: Path, raw_connection: sqlite3.Connection) -> None:
    raw_connection.execute("CREATE TABLE person (id TEXT)")

    assert "the index entry_by_agency is missing" in await open_error(path)


@pytest.mark.parametrize("trigger", ["entry_names_its_records", "entry_follows_the_last"])
async def test_the_error_for_an_older_format_says_what_to_do(
    path: Path, raw_connection: sqlite3.Connection, trigger: str
) -> None:
    raw_connection.executescript(f"""
        CREATE TABLE entry (body TEXT);
        CREATE TRIGGER {trigger} AFTER INSERT ON entry BEGIN SELECT 1; END;
    """)

    assert "it has an older format: move it and its checkpoints to another folder" in await open_error(path)


async def test_the_error_names_an_sqlite_without_fts5(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal_file.declared_definitions.cache_clear()
    monkeypatch.setattr("audit.sqlite.journal_file.DDL", journal_file.DDL.replace("fts5", "fts6"))

    assert "cannot be used: no such module: fts6" in await open_error(path)


async def test_a_journal_without_its_triggers_is_not_written(
    path: Path, raw_connection: sqlite3.Connection, make_intent: MakeIntent
) -> None:
    await append_once(path, make_intent())
    raw_connection.execute("DROP TRIGGER entry_stays")

    assert "the trigger entry_stays is missing" in await open_error(path)


async def test_a_journal_whose_last_entry_was_edited_is_not_written(
    path: Path, raw_connection: sqlite3.Connection, make_intent: MakeIntent
) -> None:
    await append_once(path, make_intent())
    (guard,) = raw_connection.execute("SELECT sql FROM sqlite_schema WHERE name = 'entry_stays_as_it_is'").fetchone()
    raw_connection.executescript("DROP TRIGGER entry_stays_as_it_is; UPDATE entry SET body = replace(body, '1', '2')")
    raw_connection.execute(guard)

    assert "entry 1, its last, does not match its hash" in await open_error(path)


async def test_the_error_names_a_locked_journal(
    path: Path, raw_connection: sqlite3.Connection, make_intent: MakeIntent
) -> None:
    await append_once(path, make_intent())
    raw_connection.execute("BEGIN IMMEDIATE")

    assert "database is locked" in await open_error(path)


@pytest.fixture
def unprivileged_folder() -> Iterator[Path]:
    """A folder of a user other than root: file modes do not bind root."""
    euid = os.geteuid()
    if euid == 0:
        os.seteuid(65534)
    try:
        with tempfile.TemporaryDirectory() as folder:
            yield Path(folder)
    finally:
        os.seteuid(euid)


async def test_the_error_names_a_read_only_journal(unprivileged_folder: Path, make_intent: MakeIntent) -> None:
    path = unprivileged_folder / "journal.db"
    await append_once(path, make_intent())
    path.chmod(0o400)

    assert "attempt to write a readonly database" in await open_error(path)
    assert verify(path).is_whole


async def test_a_read_only_folder_is_not_reported_as_tampering(
    unprivileged_folder: Path, make_intent: MakeIntent
) -> None:
    path = unprivileged_folder / "journal.db"
    await append_once(path, make_intent())
    unprivileged_folder.chmod(0o500)
    try:
        with pytest.raises(JournalBroken, match="It has to be in a folder that you may write to"):
            verify(path)
    finally:
        unprivileged_folder.chmod(0o700)


async def test_creating_a_journal_waits_for_a_reader_of_the_empty_file(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN")
    other.execute("SELECT * FROM sqlite_schema").fetchall()
    waits: list[float] = []

    async def close_other(seconds: float) -> None:
        waits.append(seconds)
        other.close()

    monkeypatch.setattr("audit.sqlite.journal_file.sleep", close_other)

    async with journal_file.open_or_create(path, timeout_s=60):
        assert len(waits) == 1
