"""Fixtures: a journal in a real file, a raw connection to it, a stalled writer, and a count of its commits."""

import asyncio
import sqlite3
import struct
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from audit.chain import Receipt
from audit.entry import Entry, Kind
from audit.journal import JournalStore
from audit.postgres.store import PostgresStore
from audit.sqlite.journal import SqliteJournal
from audit.sqlite.store import SqliteStore
from tests.audit.postgres.databases import new_journal


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.db"


@pytest.fixture(params=["sqlite", "postgres"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> JournalStore:
    """A new journal of each kind."""
    if request.param == "sqlite":
        return SqliteStore(tmp_path / "journal.db")
    return PostgresStore((await new_journal(request.getfixturevalue("postgres"))).as_server)


@pytest.fixture
async def journal(path: Path) -> AsyncIterator[SqliteJournal]:
    journal = await SqliteJournal.open(path, deadline_s=10)
    yield journal
    await journal.close()


@pytest.fixture
def raw_connection(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection to the same file that bypasses the journal."""
    connection = sqlite3.connect(path, isolation_level=None, timeout=0)
    yield connection
    connection.close()


@pytest.fixture
def make_intent() -> Callable[..., Entry]:
    def make(number: int = 1, **known: Any) -> Entry:
        return Entry(kind=Kind.INTENT, id=f"{number:032x}", **known)

    return make


@pytest.fixture
async def receipts(path: Path, make_intent: Callable[..., Entry]) -> list[Receipt]:
    """Receipts of twenty entries that name one own and one common record each; the last four are not indexed yet."""
    journal = await SqliteJournal.open(path, deadline_s=30)
    records = [("persons/P0000001", f"vehicles/V{number}") for number in range(1, 21)]
    entries = [make_intent(number, user="demo-patrol", record_ids=ids) for number, ids in enumerate(records, 1)]
    receipts = [await journal.append(entry) for entry in entries]
    await journal.close()
    return receipts


@pytest.fixture
async def stall() -> AsyncIterator[Callable[[SqliteJournal], Callable[[], None]]]:
    """Stalls the thread that writes a journal, and returns the function that resumes it."""
    stalled: list[tuple[threading.Event, asyncio.Future[bool]]] = []

    def stall(journal: SqliteJournal) -> Callable[[], None]:
        go = threading.Event()
        stalled.append((go, journal.writer.submit(lambda _: go.wait())))
        return go.set

    yield stall
    for go, future in stalled:
        go.set()
        await future


@pytest.fixture
async def resume(journal: SqliteJournal, stall: Callable[[SqliteJournal], Callable[[], None]]) -> Callable[[], None]:
    """The thread that writes the journal is stalled until this is called."""
    return stall(journal)


@pytest.fixture
def commits(path: Path) -> Callable[[], int]:
    """The number of transactions since the write-ahead log began, read from the commit frames in it."""

    def count() -> int:
        log = path.with_name("journal.db-wal").read_bytes()
        (page_size,) = struct.unpack_from(">8xI", log)
        salt = log[16:24]
        frames = range(32, len(log), 24 + page_size)
        return sum(log[at + 8 : at + 16] == salt and log[at + 4 : at + 8] != bytes(4) for at in frames)

    return count
