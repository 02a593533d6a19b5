"""A journal in a real file, and ways to hold its disk still and to count its commits."""

import asyncio
import sqlite3
import struct
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from audit.entry import Entry, Kind
from audit.journal import Journal


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.db"


@pytest.fixture
async def journal(path: Path) -> AsyncIterator[Journal]:
    journal = await Journal.open(path, deadline_s=10)
    yield journal
    await journal.close()


@pytest.fixture
def raw(path: Path) -> Iterator[sqlite3.Connection]:
    """Someone with the file in hand and no respect for it."""
    connection = sqlite3.connect(path, isolation_level=None, timeout=0)
    yield connection
    connection.close()


@pytest.fixture
def intent() -> Callable[..., Entry]:
    def make(number: int = 1, **known: Any) -> Entry:
        return Entry(kind=Kind.INTENT, id=f"{number:032x}", **known)

    return make


@pytest.fixture
async def resume(journal: Journal) -> AsyncIterator[Callable[[], None]]:
    """The thread that writes stands still until this is called."""
    go = threading.Event()
    standing = asyncio.ensure_future(journal._connection._execute(go.wait))  # type: ignore[no-untyped-call]
    await asyncio.sleep(0)
    yield go.set
    go.set()
    await standing


@pytest.fixture
def commits(path: Path) -> Callable[[], int]:
    """How often the file itself says that a transaction ended: the marks in the write-ahead log since it began."""

    def count() -> int:
        log = path.with_name("journal.db-wal").read_bytes()
        (page_size,) = struct.unpack_from(">8xI", log)
        salt = log[16:24]
        frames = range(32, len(log), 24 + page_size)
        return sum(log[at + 8 : at + 16] == salt and log[at + 4 : at + 8] != bytes(4) for at in frames)

    return count
