"""Journal: a receipt means durable, waiting entries share a transaction, and no entry is lost."""

import asyncio
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from audit.chain import GENESIS, chain_hash
from audit.entry import Entry
from audit.errors import JournalUnavailable
from audit.sqlite.entry_rows import MAX_ROWS
from audit.sqlite.journal import SqliteJournal, append_once
from audit.sqlite.search import search
from audit.sqlite.verification import verify
from audit.verification import Verification

MakeIntent = Callable[..., Entry]


async def commit_started() -> None:
    """Return when every append so far has been queued, and its commit has been started."""
    for _ in range(50):  # it starts in the first idle turn of the loop
        await asyncio.sleep(0)


async def pragma(journal: SqliteJournal, name: str) -> list[tuple[object]]:
    return await journal.writer.submit(lambda connection: connection.execute(f"PRAGMA {name}").fetchall())


def entry_numbers(path: Path) -> list[int]:
    """The numbers of the entries in the journal, in the order of the chain."""
    return [int(found.entry.id, 16) for found in sorted(search(path), key=lambda found: found.sequence)]


async def test_receipts_have_consecutive_sequences_and_different_hashes(
    journal: SqliteJournal, make_intent: MakeIntent
) -> None:
    first = await journal.append(make_intent(1))
    second = await journal.append(make_intent(2))

    assert (first.sequence, second.sequence) == (1, 2)
    assert second.hash != first.hash


async def test_the_hash_is_of_the_entrys_own_bytes(
    journal: SqliteJournal, raw_connection: sqlite3.Connection, make_intent: MakeIntent
) -> None:
    entry = make_intent(1, attention='Zoë 😀 "quoted" \\ \x00 \x1f \u2028 café', terminal="a\tb")

    receipt = await journal.append(entry)

    assert receipt.hash == chain_hash(GENESIS, 1, entry.to_bytes())
    assert raw_connection.execute("SELECT CAST(body AS BLOB), previous, hash FROM entry").fetchall() == [
        (entry.to_bytes(), GENESIS, receipt.hash)
    ]


async def test_columns_are_what_the_hashed_bytes_say(
    journal: SqliteJournal, path: Path, raw_connection: sqlite3.Connection, make_intent: MakeIntent
) -> None:
    """An empty field is not written, so its column must not hold an empty text either."""
    receipt = await journal.append(make_intent(1, case_number="", user="", agency=""))

    assert raw_connection.execute("SELECT case_number, user, agency FROM entry").fetchall() == [(None, None, None)]
    assert verify(path) == Verification(1, receipt.hash)


async def test_an_entry_with_a_receipt_is_visible_to_every_reader(
    journal: SqliteJournal, raw_connection: sqlite3.Connection, make_intent: MakeIntent
) -> None:
    for number in range(1, 21):
        await journal.append(make_intent(number))
        assert raw_connection.execute("SELECT max(sequence) FROM entry").fetchone() == (number,)


async def test_each_commit_is_flushed_to_the_log_by_the_monitor_alone(
    journal: SqliteJournal, make_intent: MakeIntent, monkeypatch: pytest.MonkeyPatch
) -> None:
    flushed: list[int] = []
    monkeypatch.setattr("audit.sqlite.file_monitor.fdatasync", flushed.append)

    for number in (1, 2, 3):
        await journal.append(make_intent(number))

    assert len(flushed) == 3
    assert await pragma(journal, "journal_mode") == [("wal",)]
    assert await pragma(journal, "synchronous") == [(1,)]


async def test_the_journals_files_have_mode_600(journal: SqliteJournal, path: Path, make_intent: MakeIntent) -> None:
    await journal.append(make_intent())

    modes = {file.name: file.stat().st_mode & 0o777 for file in path.parent.glob("journal.db*")}

    assert modes == dict.fromkeys(("journal.db", "journal.db-wal", "journal.db-shm", "journal.db-lock"), 0o600)


async def test_entries_appended_at_once_share_one_transaction(
    journal: SqliteJournal, commits: Callable[[], int], make_intent: MakeIntent
) -> None:
    before = commits()

    receipts = await asyncio.gather(*(journal.append(make_intent(number)) for number in range(1, 65)))

    assert commits() - before == 1
    assert [receipt.sequence for receipt in receipts] == list(range(1, 65))


async def test_more_entries_than_one_statement_holds_are_written(
    journal: SqliteJournal, path: Path, make_intent: MakeIntent
) -> None:
    receipts = await asyncio.gather(*(journal.append(make_intent(number)) for number in range(MAX_ROWS + 3)))

    assert [receipt.sequence for receipt in receipts] == list(range(1, MAX_ROWS + 4))
    assert verify(path).is_whole


async def test_entries_appended_during_a_commit_share_the_next_one(
    journal: SqliteJournal,
    path: Path,
    commits: Callable[[], int],
    resume: Callable[[], None],
    make_intent: MakeIntent,
) -> None:
    before = commits()
    first = asyncio.ensure_future(journal.append(make_intent(1)))
    await commit_started()
    rest = [asyncio.ensure_future(journal.append(make_intent(number))) for number in range(2, 66)]
    await asyncio.sleep(0)
    assert not any(append.done() for append in (first, *rest))

    resume()

    assert (await first).sequence == 1
    assert [receipt.sequence for receipt in await asyncio.gather(*rest)] == list(range(2, 66))
    assert commits() - before == 2
    assert entry_numbers(path) == list(range(1, 66))


async def test_no_receipt_while_another_connection_holds_the_file(
    journal: SqliteJournal, raw_connection: sqlite3.Connection, make_intent: MakeIntent
) -> None:
    raw_connection.execute("BEGIN IMMEDIATE")
    append = asyncio.ensure_future(journal.append(make_intent()))
    await commit_started()
    assert not append.done()

    raw_connection.execute("COMMIT")

    assert (await append).sequence == 1


async def test_a_cancelled_append_withdraws_no_other_entry(
    journal: SqliteJournal, path: Path, resume: Callable[[], None], make_intent: MakeIntent
) -> None:
    appends = [asyncio.ensure_future(journal.append(make_intent(number))) for number in range(1, 6)]
    await commit_started()
    later = [asyncio.ensure_future(journal.append(make_intent(number))) for number in range(6, 11)]
    await asyncio.sleep(0)
    appends[1].cancel()  # in the transaction
    later[3].cancel()  # in the queue
    await asyncio.sleep(0)

    resume()
    results = await asyncio.gather(*appends, *later, return_exceptions=True)

    assert [getattr(result, "sequence", type(result)) for result in results] == [
        *(1, asyncio.CancelledError, 3, 4, 5),
        *(6, 7, 8, asyncio.CancelledError, 10),
    ]
    assert entry_numbers(path) == list(range(1, 11))  # a cancelled append is still written


async def test_a_late_entry_is_refused_and_written_when_the_disk_responds(
    path: Path, stall: Callable[[SqliteJournal], Callable[[], None]], make_intent: MakeIntent
) -> None:
    journal = await SqliteJournal.open(path, deadline_s=0.05)
    resume_disk = stall(journal)
    for number in (1, 2):
        with pytest.raises(JournalUnavailable) as refusal:
            await journal.append(make_intent(number))
        assert isinstance(refusal.value.__cause__, TimeoutError)
    assert not await journal.is_ready()

    resume_disk()
    while entry_numbers(path) != [1, 2]:
        await asyncio.sleep(0)
    await journal.close()

    assert verify(path).is_whole


async def test_a_full_queue_refuses_and_still_writes_its_entries(path: Path, make_intent: MakeIntent) -> None:
    journal = await SqliteJournal.open(path, deadline_s=10, queue_limit=2)
    queued = [asyncio.ensure_future(journal.append(make_intent(number))) for number in (1, 2)]
    late = asyncio.ensure_future(journal.append(make_intent(3)))

    with pytest.raises(JournalUnavailable) as refusal:
        await late
    assert isinstance(refusal.value.__cause__, asyncio.QueueFull)
    await asyncio.gather(*queued)
    await journal.close()

    assert entry_numbers(path) == [1, 2]


async def test_close_writes_queued_entries_and_refuses_new_ones(path: Path, make_intent: MakeIntent) -> None:
    journal = await SqliteJournal.open(path)
    appends = [asyncio.ensure_future(journal.append(make_intent(number))) for number in range(1, 9)]
    await asyncio.sleep(0)

    await journal.close()
    await journal.close()

    assert [append.result().sequence for append in appends] == list(range(1, 9))
    with pytest.raises(JournalUnavailable):
        await journal.append(make_intent(9))
    assert not await journal.is_ready()


async def test_close_returns_while_the_disk_hangs(
    path: Path, stall: Callable[[SqliteJournal], Callable[[], None]], make_intent: MakeIntent
) -> None:
    journal = await SqliteJournal.open(path, deadline_s=0.05)
    resume_disk = stall(journal)
    for number in (1, 2):
        with pytest.raises(JournalUnavailable):
            await journal.append(make_intent(number))

    async with asyncio.timeout(10):
        await journal.close()

        resume_disk()
        while entry_numbers(path) != [1, 2]:
            await asyncio.sleep(0)


async def test_a_reopened_journal_continues_its_chain(path: Path, make_intent: MakeIntent) -> None:
    for number in (1, 2, 3):
        journal = await SqliteJournal.open(path)
        assert (await journal.append(make_intent(number))).sequence == number
        await journal.close()

    assert verify(path) == Verification(3, journal.head.hash)


async def test_two_journals_and_a_command_write_one_chain_concurrently(
    journal: SqliteJournal, path: Path, make_intent: MakeIntent
) -> None:
    async def serve() -> None:
        for number in range(1, 101):
            await journal.append(make_intent(number))

    async def serve_too() -> None:
        other = await SqliteJournal.open(path, deadline_s=30)
        for number in range(101, 121):
            await other.append(make_intent(number))
        await other.close()

    async def command() -> None:
        for number in range(121, 141):
            await append_once(path, make_intent(number))

    await asyncio.gather(serve(), serve_too(), command())

    verified = verify(path)
    assert verified.is_whole
    assert verified.count == 140
    assert sorted(entry_numbers(path)) == list(range(1, 141))


async def test_a_new_journal_opened_concurrently_is_created_once(path: Path, make_intent: MakeIntent) -> None:
    receipts = await asyncio.gather(*(append_once(path, make_intent(number)) for number in range(8)))

    assert sorted(receipt.sequence for receipt in receipts) == list(range(1, 9))
    assert verify(path).is_whole


async def test_an_entry_about_a_thousand_records_is_written_in_time(
    journal: SqliteJournal, path: Path, make_intent: MakeIntent
) -> None:
    about = tuple(f"persons/P{number:07}" for number in range(1_000))

    await journal.append(make_intent(1, record_ids=(*about, *about)))

    assert verify(path) == Verification(1, journal.head.hash)
    assert [found.sequence for found in search(path, subject="persons/P0000999")] == [1]


async def test_an_entry_that_cannot_be_encoded_is_refused_alone(
    journal: SqliteJournal, make_intent: MakeIntent
) -> None:
    with pytest.raises(JournalUnavailable):
        await journal.append(make_intent(1, attention="\ud800"))

    assert (await journal.append(make_intent(2))).sequence == 1
