"""Journal files that another program writes: no entry has a receipt that a new process would not find."""

import asyncio
import errno
import os
import resource
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from audit.entry import Entry
from audit.errors import JournalBroken, JournalUnavailable
from audit.sqlite.journal import SqliteJournal, append_once
from audit.sqlite.verification import verify
from tests.file_damage import (
    BY_PATH,
    IN_PLACE,
    Damage,
    emptied,
    found_by_a_new_process,
    overwritten_in_the_middle,
    write_in_place,
)

MakeIntent = Callable[..., Entry]


async def append(journal: SqliteJournal, make_intent: MakeIntent, numbers: range) -> list[int]:
    """The sequences of the entries that got a receipt."""
    received = []
    for number in numbers:
        try:
            received.append((await journal.append(make_intent(number))).sequence)
        except JournalUnavailable:
            break
    return received


def log_of(path: Path) -> Path:
    return path.with_name("journal.db-wal")


@pytest.mark.parametrize("damage", [*IN_PLACE, *BY_PATH], ids=lambda damage: damage.__name__)
async def test_no_entry_has_a_receipt_after_damage_to_the_log(
    journal: SqliteJournal, path: Path, make_intent: MakeIntent, damage: Damage
) -> None:
    assert await append(journal, make_intent, range(1, 11)) == list(range(1, 11))

    damage(log_of(path))

    assert await append(journal, make_intent, range(11, 14)) == []
    assert not await journal.is_ready()
    assert await append(journal, make_intent, range(14, 15)) == []


@pytest.mark.parametrize("damage", IN_PLACE, ids=lambda damage: damage.__name__)
async def test_a_receipt_after_damage_to_the_database_is_of_an_entry_that_is_found(
    journal: SqliteJournal, path: Path, make_intent: MakeIntent, damage: Damage
) -> None:
    """Its pages may be in the log as well; then nothing is lost, and it is written again once it is verified."""
    for number in range(1, 11):
        await append_once(path, make_intent(number))
    assert await append(journal, make_intent, range(11, 14)) == [11, 12, 13]

    damage(path)

    assert await append(journal, make_intent, range(14, 15)) == []
    await until_verified()
    received = await append(journal, make_intent, range(15, 20))
    assert set(received) <= set(found_by_a_new_process(path))
    assert bool(received) == verify(path).is_whole == await journal.is_ready()


async def until_verified() -> None:
    for thread in threading.enumerate():
        if thread.name == "verification":
            await asyncio.to_thread(thread.join)


async def test_a_database_that_is_not_whole_is_verified_once(
    path: Path, make_intent: MakeIntent, caplog: pytest.LogCaptureFixture
) -> None:
    for number in range(1, 101):
        await append_once(path, make_intent(number))
    journal = await SqliteJournal.open(path)
    await append(journal, make_intent, range(101, 120))  # and so SQLite has read what it needs
    overwritten_in_the_middle(path)
    for number in range(120, 123):
        with pytest.raises(JournalUnavailable) as refusal:
            await journal.append(make_intent(number))
        await until_verified()
    await journal.close()

    assert str(refusal.value.__cause__) == "its database was written by another program, and is not whole"
    assert [record.getMessage() for record in caplog.records if record.name == "audit.sqlite.file_monitor"] == [
        f"The journal {path} was written by another program, and is verified now",
        f"The journal {path} is not whole: see `needtoknow audit verify`",
    ]


async def test_a_log_that_is_restored_is_written_again(
    journal: SqliteJournal, path: Path, make_intent: MakeIntent
) -> None:
    await append(journal, make_intent, range(1, 4))
    content = log_of(path).read_bytes()
    emptied(log_of(path))
    assert await append(journal, make_intent, range(4, 5)) == []

    write_in_place(log_of(path), content)

    assert await append(journal, make_intent, range(4, 6)) == [4, 5]
    assert sorted(found_by_a_new_process(path)) == [1, 2, 3, 4, 5]


async def test_a_log_whose_time_alone_was_changed_is_written_again(
    journal: SqliteJournal, path: Path, make_intent: MakeIntent
) -> None:
    await append(journal, make_intent, range(1, 4))
    log_of(path).touch()
    path.touch()
    assert await append(journal, make_intent, range(4, 5)) == []  # the database is verified

    await until_verified()

    assert await append(journal, make_intent, range(4, 6)) == [4, 5]


async def test_damage_within_a_commit_is_found_with_the_next_search(
    journal: SqliteJournal, path: Path, make_intent: MakeIntent
) -> None:
    """A write whose author sets the time back stands for one that a commit hides."""
    await append(journal, make_intent, range(1, 11))
    before = log_of(path).stat()
    overwritten_in_the_middle(log_of(path))
    os.utime(log_of(path), ns=(before.st_atime_ns, before.st_mtime_ns))

    async with asyncio.timeout(120):  # where a search is slow, the next one comes after 200 times as long
        while await append(journal, make_intent, range(11, 12)):
            await asyncio.sleep(0.01)

    assert not await journal.is_ready()


async def test_a_damaged_log_is_not_copied_into_the_database(path: Path, make_intent: MakeIntent) -> None:
    await append_once(path, make_intent(1))
    database = path.read_bytes()
    journal = await SqliteJournal.open(path)
    await append(journal, make_intent, range(2, 20))
    overwritten_in_the_middle(log_of(path))
    assert await append(journal, make_intent, range(20, 21)) == []

    await journal.close()

    assert path.read_bytes() == database


async def test_a_command_does_not_open_a_journal_whose_log_is_damaged(
    journal: SqliteJournal, path: Path, make_intent: MakeIntent
) -> None:
    await append(journal, make_intent, range(1, 11))
    overwritten_in_the_middle(log_of(path))

    with pytest.raises(JournalBroken, match="entry 10 would be lost: its write-ahead log was cut or changed"):
        await append_once(path, make_intent(11))

    assert await append(journal, make_intent, range(12, 13)) == []


async def test_an_entry_that_cannot_be_flushed_has_no_receipt(
    journal: SqliteJournal, path: Path, make_intent: MakeIntent, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with monkeypatch.context() as disk:
        disk.setattr("audit.sqlite.file_monitor.fdatasync", fail)
        with pytest.raises(JournalUnavailable) as refusal:
            await journal.append(make_intent(1))
    assert str(refusal.value.__cause__) == "[Errno 5] Input/output error"

    await journal.append(make_intent(2))
    assert await journal.is_ready()


async def test_descriptors_that_run_out_and_return_leave_no_refusal(
    journal: SqliteJournal, path: Path, make_intent: MakeIntent
) -> None:
    await journal.append(make_intent(1))
    log_of(path).touch()  # so that it has to be searched
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, hard))
    try:
        with pytest.raises(JournalUnavailable) as refusal:
            await journal.append(make_intent(2))
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert "Too many open files" in str(refusal.value.__cause__)

    assert (await journal.append(make_intent(3))).sequence == 2
    assert await journal.is_ready()


async def test_a_long_log_is_copied_and_begins_anew(
    journal: SqliteJournal, path: Path, make_intent: MakeIntent
) -> None:
    longest = 0
    for number in range(1, 41):
        await asyncio.gather(*(journal.append(make_intent(number, attention="x" * 20_000)) for _ in range(20)))
        longest = max(longest, log_of(path).stat().st_size)

    assert 2_000_000 < longest < 6_000_000
    assert path.stat().st_size > 10_000_000
    assert verify(path).is_whole
    assert len(found_by_a_new_process(path)) == 800


async def test_two_journals_know_each_others_writes(path: Path, make_intent: MakeIntent) -> None:
    first, second = await SqliteJournal.open(path), await SqliteJournal.open(path)
    for number in range(1, 11):
        await first.append(make_intent(number))
        await second.append(make_intent(100 + number))
    copies = path.with_name("journal.db-copy")
    copies.write_bytes(b"")  # where a search would make its folder

    receipts = [await journal.append(make_intent(200)) for journal in (first, second, first, second)]

    assert [receipt.sequence for receipt in receipts] == [21, 22, 23, 24]
    await first.close()
    await second.close()
