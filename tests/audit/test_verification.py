"""Verification goes on after a fault: every fault is counted, and the first of each kind are listed."""

from __future__ import annotations

import asyncio
import re
import sqlite3
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from audit.chain import Anchor, Receipt
from audit.entry import Entry
from audit.faults import LISTED, FaultKind, FaultLog, JournalFault
from audit.sqlite.journal import SqliteJournal
from audit.sqlite.verification import verify
from tests.audit.tampering import tamper

PAGE = (Path(__file__).parents[2] / "docs" / "journal.md").read_text("utf-8")
MakeIntent = Callable[..., Entry]
TEXT = "its text does not match its hash"


def edit(path: Path, *sequences: int) -> None:
    places = ", ".join(map(str, sequences))
    tamper(path, f"UPDATE entry SET body = replace(body, 'demo-patrol', 'demo-court') WHERE sequence IN ({places})")


async def write(path: Path, make_intent: MakeIntent, count: int, **known: str) -> None:
    journal = await SqliteJournal.open(path, deadline_s=30, queue_limit=count)
    numbers = range(1, count + 1)
    await asyncio.gather(*(journal.append(make_intent(number, user="demo-patrol", **known)) for number in numbers))
    await journal.close()


def test_a_kind_with_many_faults_hides_no_other_kind() -> None:
    log = FaultLog(listed=2)
    for sequence in range(1_000, 0, -1):
        log.add(FaultKind.EMPTY_COLUMN, sequence, "empty")
    log.add(FaultKind.TEXT, 7, "text")
    log.add(FaultKind.INDEX, 3, "index")
    log.add(FaultKind.FILE, None, "file")

    assert list(log) == [
        JournalFault(FaultKind.TEXT, 7, "text"),
        JournalFault(FaultKind.EMPTY_COLUMN, 999, "empty"),
        JournalFault(FaultKind.EMPTY_COLUMN, 1_000, "empty"),
        JournalFault(FaultKind.INDEX, 3, "index"),
        JournalFault(FaultKind.FILE, None, "file"),
    ]
    assert {kind.value: count for kind, count in log.counts.items()} == {
        "TEXT": 1,
        "EMPTY_COLUMN": 1_000,
        "INDEX": 1,
        "FILE": 1,
    }


def test_the_journal_page_lists_every_kind_of_fault() -> None:
    rows = re.findall(r"^\| `([A-Z_]+)` \| (.+) \|$", PAGE.partition("| kind of fault |")[2], re.MULTILINE)

    assert dict(rows) == {kind.value: kind.meaning for kind in FaultKind}


async def test_a_thousand_faults_hide_no_later_one_and_take_no_memory(path: Path, make_intent: MakeIntent) -> None:
    await write(path, make_intent, 3_000)
    tamper(path, "UPDATE entry SET case_number = '' WHERE sequence > 100")
    edit(path, 2_000, 3_000)

    tracemalloc.start()
    try:
        result = verify(path)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert [fault for fault in result.faults if fault.kind is FaultKind.TEXT] == [
        (FaultKind.TEXT, 2_000, TEXT),
        (FaultKind.TEXT, 3_000, TEXT),
    ]
    assert result.fault_counts == {FaultKind.TEXT: 2, FaultKind.EMPTY_COLUMN: 2_898}
    assert len(result.faults) == 2 + LISTED
    assert peak < 200_000


@pytest.mark.parametrize("place", [0.2, 0.5, 0.8])
async def test_entries_after_a_damaged_page_are_verified(path: Path, make_intent: MakeIntent, place: float) -> None:
    await write(path, make_intent, 200, attention="x" * 2_000)
    edit(path, 3, 198)
    with path.open("r+b") as file:
        file.seek(int(path.stat().st_size * place))
        file.write(b"\xff" * 8_192)

    result = verify(path)

    faults = [fault for fault in result.faults if fault.sequence is not None]
    assert faults[0] == (FaultKind.TEXT, 3, TEXT)
    assert faults[-1] == (FaultKind.TEXT, 198, TEXT)
    (unreadable,) = faults[1:-1]
    (last,) = re.findall(r"^it and those up to (\d+) cannot be read: ", unreadable.reason)
    assert unreadable.kind is FaultKind.UNREADABLE
    assert result.count == 200 - (int(last) - unreadable.sequence + 1)  # type: ignore[operator]
    assert FaultKind.FILE in result.fault_counts


async def test_a_damaged_end_is_reported_with_the_entries_before(path: Path, make_intent: MakeIntent) -> None:
    await write(path, make_intent, 200, attention="x" * 2_000)
    edit(path, 3)
    with path.open("r+b") as file:
        file.seek(-8_192, 2)
        file.write(b"\xff" * 8_192)

    result = verify(path, anchors=[Anchor(Receipt(200, bytes(32)))])

    first, end = (fault for fault in result.faults if fault.sequence is not None)
    assert first == (FaultKind.TEXT, 3, TEXT)
    assert end == (FaultKind.UNREADABLE, result.count + 1, end.reason)
    assert end.reason.startswith("it and those after it cannot be read: ")


def test_a_broken_index_hides_no_entry(path: Path, receipts: list[Receipt], raw_connection: sqlite3.Connection) -> None:
    edit(path, 5)
    raw_connection.execute("UPDATE about_data SET block = x'ffffffffffff' WHERE id = 10")

    result = verify(path)

    assert result.faults[0] == (FaultKind.TEXT, 5, TEXT)
    assert [fault.reason.partition(":")[0] for fault in result.faults if fault.kind is FaultKind.INDEX] == [
        "the record index cannot be read"
    ]


def test_every_anchor_is_compared_whatever_failed_before(path: Path, receipts: list[Receipt]) -> None:
    edit(path, 2)
    tamper(path, "DELETE FROM entry WHERE sequence IN (4, 20)")
    wrong = Receipt(9, bytes(32))

    result = verify(path, anchors=map(Anchor, (receipts[3], receipts[5], wrong, receipts[18], receipts[19])))

    assert result.faults == (
        (FaultKind.TEXT, 2, TEXT),
        (FaultKind.SEQUENCE, 4, "it is missing; the next entry is 5"),
        (
            FaultKind.CHECKPOINT,
            9,
            "it is not the entry that the anchor was made for; the journal was rewritten from entry 7 or later on",
        ),
        (FaultKind.SEQUENCE, 20, "it is missing, with all entries up to 20, which the anchor was made for"),
    )
    assert result.covered == 19
