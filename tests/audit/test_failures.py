"""No journal, no data: whatever happens to the file, nobody is told that an entry is in it when it is not."""

import asyncio
import fcntl
import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from audit import journal_file
from audit.chain import GENESIS, Verified, verify
from audit.entry import Entry
from audit.errors import JournalBroken, JournalUnavailable
from audit.journal import Journal, append_once

Intent = Callable[..., Entry]
FIXED_WORDS = "The journal could not be written, so nothing is released."


async def test_a_full_disk_refuses_all_who_wait_and_harms_nothing(journal: Journal, path: Path, intent: Intent) -> None:
    await journal.append(intent(1))
    await journal._connection.execute_fetchall("PRAGMA max_page_count = 1")  # that is: no more than there are now
    large = "x" * 20_000

    refused = await asyncio.gather(
        *(journal.append(intent(number, attention=large)) for number in range(2, 10)), return_exceptions=True
    )

    assert [str(answer) for answer in refused] == [FIXED_WORDS] * 8
    assert all(type(answer) is JournalUnavailable for answer in refused)
    assert len({id(answer) for answer in refused}) == 8  # each its own: a shared one would gather everyone's frames
    assert {str(answer.__cause__) for answer in refused} == {"database or disk is full"}  # type: ignore[union-attr]

    await journal._connection.execute_fetchall("PRAGMA max_page_count = 1000000")
    assert (await journal.append(intent(10))).sequence == 2
    assert verify(path) == Verified(2, journal._last.hash)


async def test_after_a_failed_commit_the_chain_goes_on_from_what_another_wrote_meanwhile(
    journal: Journal, path: Path, intent: Intent
) -> None:
    await journal.append(intent(1))
    await journal._connection.execute_fetchall("PRAGMA query_only = ON")
    with pytest.raises(JournalUnavailable):
        await journal.append(intent(2))
    await append_once(path, intent(3))
    await journal._connection.execute_fetchall("PRAGMA query_only = OFF")

    assert (await journal.append(intent(4))).sequence == 3
    assert verify(path) == Verified(3, journal._last.hash)


async def test_a_locked_journal_refuses_at_its_deadline_and_serves_again_when_it_is_free(
    path: Path, intent: Intent
) -> None:
    journal = await Journal.open(path, deadline_s=0.02)
    lock = sqlite3.connect(path, isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    assert not await journal.ready()
    with pytest.raises(JournalUnavailable):
        await journal.append(intent(1))
    lock.execute("COMMIT")
    lock.close()
    await journal.close()

    journal = await Journal.open(path)
    assert await journal.ready()
    await journal.append(intent(2))
    await journal.close()
    assert isinstance(verify(path), Verified)


async def test_whoever_stands_still_in_its_turn_is_not_waited_for_longer_than_the_deadline(
    path: Path, intent: Intent
) -> None:
    journal = await Journal.open(path, deadline_s=0.02)
    with path.with_name("journal.db-turn").open("rb") as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)
        assert not await journal.ready()
        with pytest.raises(JournalUnavailable):
            await journal.append(intent(1))
        await journal.close()

    assert verify(path) == Verified(0, GENESIS)


async def test_a_clock_that_was_set_back_loses_nothing(path: Path, intent: Intent) -> None:
    journal = await Journal.open(path, deadline_s=30)
    for number, year in enumerate((2030, 2020, 2010), 1):
        entry = intent(number, at=f"{year}-01-01T00:00:00.000000+00:00", record_ids=("persons/P0000001",))
        assert (await journal.append(entry)).sequence == number
    await journal.close()

    assert verify(path) == Verified(3, journal._last.hash)


@pytest.mark.parametrize("lost", ["journal.db", "journal.db-wal"])
async def test_a_journal_whose_file_is_gone_refuses(journal: Journal, path: Path, intent: Intent, lost: str) -> None:
    await journal.append(intent(1))
    assert await journal.ready()

    path.with_name(lost).unlink()

    assert not await journal.ready()
    with pytest.raises(JournalUnavailable):
        await journal.append(intent(2))


async def test_a_journal_whose_file_was_replaced_refuses(journal: Journal, path: Path, intent: Intent) -> None:
    await journal.append(intent(1))
    other = path.with_name("other.db")
    await append_once(other, intent(1))

    other.rename(path)

    assert not await journal.ready()
    with pytest.raises(JournalUnavailable):
        await journal.append(intent(2))


async def test_a_journal_whose_end_was_cut_off_refuses_to_grow_over_the_cut(
    journal: Journal, raw: sqlite3.Connection, intent: Intent
) -> None:
    await journal.append(intent(1))
    await journal.append(intent(2))
    raw.executescript("DROP TRIGGER entry_stays; DELETE FROM entry WHERE sequence = 2")

    with pytest.raises(JournalUnavailable):
        await journal.append(intent(3))

    assert raw.execute("SELECT max(sequence) FROM entry").fetchone() == (1,)


async def test_a_journal_that_was_scribbled_over_refuses(
    journal: Journal, path: Path, raw: sqlite3.Connection, intent: Intent
) -> None:
    for number in range(1, 51):
        await journal.append(intent(number, attention="x" * 2_000))
    raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with path.open("r+b") as file:
        file.seek(100)
        file.write(b"\xff" * (path.stat().st_size - 100))
    await journal._connection.execute_fetchall("PRAGMA shrink_memory")

    with pytest.raises(JournalUnavailable):
        await journal.append(intent(51))


async def broken(path: Path) -> str:
    """The line that a journal which cannot be opened says."""
    with pytest.raises(JournalBroken) as said:
        await Journal.open(path, deadline_s=0.02)
    line = str(said.value)
    assert str(path) in line
    assert "\n" not in line
    return line


async def test_a_journal_in_a_folder_that_is_not_there_says_so(tmp_path: Path) -> None:
    assert "No such file or directory" in await broken(tmp_path / "nowhere" / "journal.db")


async def test_a_journal_that_is_a_folder_says_so(tmp_path: Path) -> None:
    assert "unable to open database file" in await broken(tmp_path)


async def test_a_file_that_is_no_journal_says_so(path: Path) -> None:
    path.write_bytes(b"not a database, but long enough to be looked at as one" * 20)

    assert "file is not a database" in await broken(path)


async def test_another_database_is_not_taken_for_a_journal(path: Path, raw: sqlite3.Connection) -> None:
    raw.execute("CREATE TABLE person (id TEXT)")

    assert "the index entry_by_agency is missing" in await broken(path)


@pytest.mark.parametrize("trigger", ["entry_names_its_records", "entry_follows_the_last"])
async def test_a_journal_of_an_older_form_says_what_to_do_with_it(
    path: Path, raw: sqlite3.Connection, trigger: str
) -> None:
    raw.executescript(f"""
        CREATE TABLE entry (body TEXT);
        CREATE TRIGGER {trigger} AFTER INSERT ON entry BEGIN SELECT 1; END;
    """)

    assert "it has an older format: move it and its checkpoints to another folder" in await broken(path)


async def test_a_journal_says_so_where_sqlite_has_no_index_of_words(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal_file.declared_definitions.cache_clear()
    monkeypatch.setattr("audit.journal_file.DDL", journal_file.DDL.replace("fts5", "fts6"))

    assert "cannot be used: no such module: fts6" in await broken(path)


async def test_a_journal_without_its_guards_is_not_written(path: Path, raw: sqlite3.Connection, intent: Intent) -> None:
    await append_once(path, intent())
    raw.execute("DROP TRIGGER entry_stays")

    assert "the trigger entry_stays is missing" in await broken(path)


async def test_a_journal_whose_last_entry_was_edited_is_not_written(
    path: Path, raw: sqlite3.Connection, intent: Intent
) -> None:
    await append_once(path, intent())
    (guard,) = raw.execute("SELECT sql FROM sqlite_schema WHERE name = 'entry_stays_as_it_is'").fetchone()
    raw.executescript("DROP TRIGGER entry_stays_as_it_is; UPDATE entry SET body = replace(body, '1', '2')")
    raw.execute(guard)

    assert "entry 1, its last, does not match its hash" in await broken(path)


async def test_a_journal_that_another_holds_says_so(path: Path, raw: sqlite3.Connection, intent: Intent) -> None:
    await append_once(path, intent())
    raw.execute("BEGIN IMMEDIATE")

    assert "database is locked" in await broken(path)


@pytest.fixture
def nobodys_folder() -> Iterator[Path]:
    """A folder of someone who is not root: root may write whatever its mode says."""
    was = os.geteuid()
    if was == 0:
        os.seteuid(65534)
    try:
        with tempfile.TemporaryDirectory() as folder:
            yield Path(folder)
    finally:
        os.seteuid(was)


async def test_a_journal_that_may_only_be_read_says_so(nobodys_folder: Path, intent: Intent) -> None:
    path = nobodys_folder / "journal.db"
    await append_once(path, intent())
    path.chmod(0o400)

    assert "attempt to write a readonly database" in await broken(path)
    assert isinstance(verify(path), Verified)


async def test_a_journal_in_a_folder_without_room_for_readers_is_not_called_broken_into(
    nobodys_folder: Path, intent: Intent
) -> None:
    path = nobodys_folder / "journal.db"
    await append_once(path, intent())
    nobodys_folder.chmod(0o500)
    try:
        with pytest.raises(JournalBroken, match="It has to be in a folder that you may write to"):
            verify(path)
    finally:
        nobodys_folder.chmod(0o700)


def test_whoever_makes_a_new_journal_waits_for_one_who_is_looking_at_the_empty_file(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN")
    other.execute("SELECT * FROM sqlite_schema").fetchall()
    waits: list[float] = []

    def leave(seconds: float) -> None:
        waits.append(seconds)
        other.close()

    monkeypatch.setattr("audit.journal_file.sleep", leave)

    journal_file.open_or_create(path, timeout_s=60).close()

    assert len(waits) == 1
