"""Verification of the hash chain: whole, cut, rewritten and damaged journals."""

import asyncio
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from audit.chain import GENESIS, Anchor, Receipt
from audit.entry import Entry
from audit.errors import JournalBroken
from audit.faults import FaultKind
from audit.sqlite.journal import SqliteJournal, append_once
from audit.sqlite.verification import verify
from audit.verification import Verification
from tests.audit.tampering import tamper

MakeIntent = Callable[..., Entry]


def test_an_untouched_journal_is_whole(path: Path, receipts: list[Receipt]) -> None:
    assert verify(path) == Verification(20, receipts[-1].hash)


async def test_an_empty_journal_is_whole(path: Path, journal: SqliteJournal) -> None:
    assert verify(path) == Verification(0, GENESIS)


def test_a_cut_end_is_detected_by_an_anchor(path: Path, receipts: list[Receipt]) -> None:
    tamper(path, "DELETE FROM entry WHERE sequence > 17")

    assert verify(path) == Verification(17, receipts[16].hash)
    assert verify(path, anchors=[Anchor(receipts[16])]) == Verification(17, receipts[16].hash, covered=17)
    assert verify(path, anchors=[Anchor(receipts[18])]).faults == (
        (FaultKind.SEQUENCE, 18, "it is missing, with all entries up to 19, which the anchor was made for"),
    )


def test_a_cut_end_is_detected_by_a_longer_record_index(path: Path, receipts: list[Receipt]) -> None:
    tamper(path, "DELETE FROM entry WHERE sequence > 7")

    assert verify(path).faults == ((FaultKind.SEQUENCE, 8, "it is missing; the record index has entries up to 16"),)


async def test_a_rewritten_journal_is_detected_by_an_anchor(
    path: Path, receipts: list[Receipt], make_intent: MakeIntent
) -> None:
    other = path.with_name("other.db")
    for number in range(1, 10):
        await append_once(other, make_intent(number))

    assert verify(other).is_whole
    reason = "it is not the entry that the anchor was made for; the journal was rewritten from entry 1 or later on"
    assert verify(other, anchors=[Anchor(receipts[4])]).faults == ((FaultKind.CHECKPOINT, 5, reason),)


def test_a_file_that_is_not_a_database_is_not_whole(path: Path) -> None:
    path.write_bytes(b"not a database, but long enough to be looked at as one" * 20)

    assert verify(path).faults == ((FaultKind.FILE, None, "the file cannot be read: file is not a database"),)


def test_verify_does_not_create_a_missing_journal(path: Path) -> None:
    with pytest.raises(JournalBroken, match="There is no journal at"):
        verify(path)

    assert not path.exists()


@pytest.mark.slow
async def test_a_long_journal_is_verified_in_little_memory_with_progress(path: Path, make_intent: MakeIntent) -> None:
    journal = await SqliteJournal.open(path, deadline_s=30)
    for start in range(0, 10_000, 1_000):
        numbers = range(start, start + 1_000)
        await asyncio.gather(*(journal.append(make_intent(n, record_ids=("persons/P0000001",))) for n in numbers))
    await journal.close()
    reports: list[tuple[int, int]] = []

    tracemalloc.start()
    try:
        result = verify(path, progress=lambda done, total: reports.append((done, total)))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert result.is_whole
    assert (result.count, result.covered) == (10_000, 0)
    assert reports == [(done, 10_000) for done in range(1_000, 11_000, 1_000)]
    assert peak < 200_000


async def test_a_journal_can_be_verified_while_it_is_written(
    journal: SqliteJournal, path: Path, make_intent: MakeIntent
) -> None:
    async def verify_in_thread() -> Verification:
        return await asyncio.to_thread(verify, path)

    results = await asyncio.gather(
        verify_in_thread(), *(journal.append(make_intent(number)) for number in range(1, 501)), verify_in_thread()
    )

    assert results[0].is_whole
    assert results[-1].is_whole
