"""The checkpointer: when it signs, how it detects a changed journal, and that it delays no entry."""

import fcntl
import logging
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from audit import checkpoints
from audit.checkpointer import Checkpointer
from audit.entry import Entry
from audit.errors import CheckpointError, JournalBroken, JournalUnavailable, JournalUnreadable
from audit.signed_note import Signer, new_key
from audit.sqlite.journal import SqliteJournal, append_once
from audit.sqlite.store import SqliteStore
from audit.sqlite.verification import verify
from audit.verification import Verification
from tests.audit.tampering import tamper

MakeIntent = Callable[..., Entry]
LONG_S = 3_600
SIGNER = Signer("needtoknow", new_key())


class ObservedCheckpointer(Checkpointer):
    """A checkpointer whose runs a test can wait for."""

    def __init__(self, journal: SqliteStore, checkpoint_file: Path, *, every_entries: int, every_s: float) -> None:
        super().__init__(journal, checkpoint_file, SIGNER, every_entries=every_entries, every_s=every_s)
        self._runs = threading.Semaphore(0)

    def sign(self) -> None:
        try:
            super().sign()
        finally:
            self._runs.release()

    def wait(self) -> None:
        """Wait for one run more than were waited for before."""
        assert self._runs.acquire(timeout=30)


@pytest.fixture
def checkpoint_file(tmp_path: Path) -> Path:
    return tmp_path / "elsewhere.jsonl"


@pytest.fixture
def checkpointer(path: Path, checkpoint_file: Path) -> ObservedCheckpointer:
    return ObservedCheckpointer(SqliteStore(path), checkpoint_file, every_entries=5, every_s=LONG_S)


@pytest.fixture
async def signed(path: Path, checkpointer: ObservedCheckpointer) -> AsyncIterator[SqliteJournal]:
    journal = await SqliteJournal.open(path, deadline_s=30, checkpointer=checkpointer)
    checkpointer.wait()
    yield journal
    await journal.close()


def sizes(checkpoint_file: Path) -> list[int]:
    return [anchor.receipt.sequence for anchor in checkpoints.read(checkpoint_file, SIGNER.verifier)]


async def test_a_checkpoint_is_written_after_a_number_of_entries(
    signed: SqliteJournal, checkpointer: ObservedCheckpointer, checkpoint_file: Path, make_intent: MakeIntent
) -> None:
    for number in range(1, 5):
        await signed.append(make_intent(number))
    assert sizes(checkpoint_file) == []

    await signed.append(make_intent(5))
    checkpointer.wait()

    assert sizes(checkpoint_file) == [5]


async def test_a_checkpoint_is_written_after_a_time_for_any_writer(
    path: Path, checkpoint_file: Path, make_intent: MakeIntent
) -> None:
    checkpointer = ObservedCheckpointer(SqliteStore(path), checkpoint_file, every_entries=LONG_S, every_s=0.001)
    journal = await SqliteJournal.open(path, checkpointer=checkpointer)
    await append_once(path, make_intent())
    while sizes(checkpoint_file) != [1]:
        checkpointer.wait()
    await journal.close()


async def test_the_head_is_signed_on_open_and_on_close(
    path: Path, checkpoint_file: Path, make_intent: MakeIntent
) -> None:
    for number in (1, 2):
        journal = await SqliteJournal.open(path, checkpointer=Checkpointer(SqliteStore(path), checkpoint_file, SIGNER))
        await journal.append(make_intent(number))
        await journal.close()
    assert sizes(checkpoint_file) == [1, 2]

    third = await append_once(path, make_intent(3))
    journal = await SqliteJournal.open(path, checkpointer=Checkpointer(SqliteStore(path), checkpoint_file, SIGNER))
    assert sizes(checkpoint_file) == [1, 2, 3]
    await journal.close()
    assert verify(path, anchors=checkpoints.read(checkpoint_file, SIGNER.verifier)) == Verification(
        3, third.hash, covered=3
    )


async def test_a_clock_that_is_set_back_does_not_break_chain_or_checkpoints(
    signed: SqliteJournal,
    checkpointer: ObservedCheckpointer,
    path: Path,
    checkpoint_file: Path,
    make_intent: MakeIntent,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for number, at in enumerate(("2030-01-01", "2020-01-01", "2010-01-01"), 1):
        monkeypatch.setattr(checkpoints, "now", lambda at=at: f"{at}T00:00:00.000000+00:00")
        receipt = await signed.append(
            make_intent(number, at=f"{at}T00:00:00.000000+00:00", record_ids=("persons/P0000001",))
        )
        checkpointer.sign()

        assert receipt.sequence == number
    assert verify(path, anchors=checkpoints.read(checkpoint_file, SIGNER.verifier)) == Verification(
        3, receipt.hash, covered=3
    )


async def test_no_entry_is_written_to_a_journal_that_was_cut_in_use(
    signed: SqliteJournal,
    checkpointer: ObservedCheckpointer,
    path: Path,
    checkpoint_file: Path,
    make_intent: MakeIntent,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await signed.append(make_intent(1))
    for number in range(2, 7):
        await append_once(path, make_intent(number))
    checkpointer.sign()
    checkpointer.wait()
    # The writer itself would go on: entry 1, the last one that it wrote, is still there.
    tamper(path, "DELETE FROM entry WHERE sequence > 1")
    for _ in range(2):
        checkpointer.count(5)
        checkpointer.wait()

    with pytest.raises(JournalUnavailable) as error:
        await signed.append(make_intent(7))

    assert str(error.value.__cause__) == (
        f"entry 6 is missing, which the checkpoint in the last line of {checkpoint_file} was made for"
    )
    assert not await signed.is_ready()
    assert {record.levelno for record in caplog.records if record.name == "audit.checkpointer"} == {logging.CRITICAL}


@pytest.mark.parametrize("change", ["cut", "replaced"])
async def test_a_journal_that_differs_from_its_checkpoint_is_not_opened(
    path: Path, checkpoint_file: Path, make_intent: MakeIntent, change: str
) -> None:
    for number in range(1, 4):
        await append_once(path, make_intent(number))
    Checkpointer(SqliteStore(path), checkpoint_file, SIGNER).sign()
    path.with_name("journal.db-lock").unlink()  # it names the last entry
    if change == "cut":
        tamper(path, "DELETE FROM entry WHERE sequence > 2")
    else:
        path.unlink()
        for number in range(1, 4):
            await append_once(path, make_intent(number))

    with pytest.raises(JournalBroken) as error:
        await SqliteJournal.open(path, checkpointer=Checkpointer(SqliteStore(path), checkpoint_file, SIGNER))

    fault = "is missing, which" if change == "cut" else "is not the one that"
    assert str(error.value) == (
        f"The journal {path} cannot be opened: entry 3 {fault}"
        f" the checkpoint in the last line of {checkpoint_file} was made for."
    )


async def test_a_checkpoint_file_that_fails_at_start_is_an_error(path: Path, tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="cannot be used: Is a directory"):
        await SqliteJournal.open(path, checkpointer=Checkpointer(SqliteStore(path), tmp_path, SIGNER))


async def test_a_checkpoint_file_that_fails_later_is_logged_and_blocks_nothing(
    signed: SqliteJournal,
    checkpointer: ObservedCheckpointer,
    path: Path,
    checkpoint_file: Path,
    make_intent: MakeIntent,
    caplog: pytest.LogCaptureFixture,
) -> None:
    checkpoint_file.unlink()
    checkpoint_file.mkdir()
    for number in range(1, 6):
        await signed.append(make_intent(number))
    checkpointer.wait()
    assert await signed.is_ready()
    checkpoint_file.rmdir()
    for number in range(6, 11):
        await signed.append(make_intent(number))
    checkpointer.wait()

    assert caplog.messages == [
        f"No checkpoint could be written. The checkpoints {checkpoint_file} cannot be used: Is a directory."
    ]
    assert sizes(checkpoint_file) == [10]


@pytest.mark.parametrize(
    "fault",
    [
        MemoryError(),
        RuntimeError("can't start new thread"),
        JournalUnreadable("The journal cannot be read: no memory."),
    ],
)
async def test_a_fault_that_passes_refuses_nothing_and_is_retried_soon(
    path: Path,
    checkpoint_file: Path,
    make_intent: MakeIntent,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    fault: Exception,
) -> None:
    monkeypatch.setattr("audit.checkpointer.RETRY_S", 0.001)
    checkpointer = ObservedCheckpointer(SqliteStore(path), checkpoint_file, every_entries=1, every_s=LONG_S)
    journal = await SqliteJournal.open(path, checkpointer=checkpointer)
    checkpointer.wait()

    def fail(_: Path) -> None:
        raise fault

    with monkeypatch.context() as passing:
        passing.setattr("audit.sqlite.journal_file.open_read_only", fail)
        await journal.append(make_intent(1))
        checkpointer.wait()
        assert await journal.is_ready()
    while sizes(checkpoint_file) != [1]:
        checkpointer.wait()
    await journal.close()

    assert caplog.messages[0] == f"No checkpoint could be written. {fault}"
    assert {record.levelno for record in caplog.records} == {logging.ERROR}


async def test_a_damaged_file_that_the_checkpointer_reads_is_not_written(
    path: Path, checkpoint_file: Path, make_intent: MakeIntent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("audit.checkpointer.RETRY_S", 0.001)
    checkpointer = ObservedCheckpointer(SqliteStore(path), checkpoint_file, every_entries=1, every_s=LONG_S)
    journal = await SqliteJournal.open(path, checkpointer=checkpointer)
    checkpointer.wait()
    malformed = sqlite3.DatabaseError("database disk image is malformed")
    malformed.sqlite_errorcode = sqlite3.SQLITE_CORRUPT

    def fail(_: object) -> None:
        raise malformed

    with monkeypatch.context() as damaged:
        damaged.setattr("audit.sqlite.chain_reader.head", fail)
        await journal.append(make_intent(1))
        for _ in range(2):
            checkpointer.wait()
        with pytest.raises(JournalUnavailable) as refusal:
            await journal.append(make_intent(2))
        assert str(refusal.value.__cause__) == "it cannot be read: database disk image is malformed"
        assert not await journal.is_ready()

    while not await journal.is_ready():
        checkpointer.wait()
    assert (await journal.append(make_intent(3))).sequence == 2
    await journal.close()


async def test_a_hanging_checkpoint_file_delays_neither_entries_nor_close(
    path: Path, checkpoint_file: Path, make_intent: MakeIntent
) -> None:
    checkpointer = ObservedCheckpointer(SqliteStore(path), checkpoint_file, every_entries=1, every_s=LONG_S)
    journal = await SqliteJournal.open(path, deadline_s=1, checkpointer=checkpointer)
    with checkpoint_file.open("rb") as hanging:
        fcntl.flock(hanging, fcntl.LOCK_EX)
        for number in range(1, 4):
            await journal.append(make_intent(number))

        await journal.close()

        assert not sizes(checkpoint_file)
    while sizes(checkpoint_file)[-1:] != [3]:
        checkpointer.wait()
