"""No data is released if the journal is missing, full, locked or slow. Attack 29."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.attacks.responses import is_refused_by_the_journal, sources_queried
from tests.harness import World, running_app

pytestmark = pytest.mark.files

LOOKUP = 'query @inquiry(purpose: C, reason: INVESTIGATION) { person(id: "P0000001") { name { full } ssn } }'


@pytest.mark.attack(29)
async def test_a_missing_journal_gives_no_data(world: World) -> None:
    (world.folder / "journal.db").rename(world.folder / "elsewhere.db")
    response = await world.execute(LOOKUP, role="records")

    assert is_refused_by_the_journal(response)
    assert sources_queried(world) == set()


@pytest.mark.attack(29)
async def test_a_full_journal_gives_no_data(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with running_app(data):
        pass  # the journal is there
    with limited_to_its_pages(monkeypatch):
        async with running_app(data) as full:
            responses = []
            # The space left in its pages is soon used.
            for number in range(200):
                responses.append(
                    await full.execute(LOOKUP.replace("INVESTIGATION", f'INVESTIGATION, attention: "{number:060}"'))
                )
                if responses[-1].status != 200:
                    break

    assert is_refused_by_the_journal(responses[-1])
    async with running_app(data) as world:
        assert (await world.execute(LOOKUP, role="records")).status == 200


@contextmanager
def limited_to_its_pages(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No SQLite file opened in this context can grow."""
    connect = sqlite3.connect

    def connect_limited(*arguments: Any, **options: Any) -> sqlite3.Connection:
        connection: sqlite3.Connection = connect(*arguments, **options)
        connection.execute("PRAGMA max_page_count = 1")  # SQLite raises it to the number of pages that there are
        return connection

    with monkeypatch.context() as patch:
        patch.setattr(sqlite3, "connect", connect_limited)
        yield


@pytest.mark.attack(29)
async def test_a_locked_journal_gives_no_data_until_it_is_unlocked(world: World) -> None:
    async with running_app(world.folder, journal_deadline_ms=50) as with_short_deadline:
        with closing(sqlite3.connect(world.folder / "journal.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            response = await with_short_deadline.execute(LOOKUP, role="records")
            other.execute("ROLLBACK")

    assert is_refused_by_the_journal(response)
    assert sources_queried(with_short_deadline) == set()
    assert (await world.execute(LOOKUP, role="records")).data["person"]["ssn"] == "999-11-7001"


@pytest.mark.attack(29)
async def test_a_journal_locked_during_a_source_read_gives_no_data(data: Path) -> None:
    """The intent is written; the release cannot be."""
    async with running_app(data, journal_deadline_ms=500) as world:
        other = sqlite3.connect(data / "journal.db", isolation_level=None, check_same_thread=False)
        with closing(other):
            world.sources["persons"].before = lambda _statement: other.execute("BEGIN IMMEDIATE")
            response = await world.execute(LOOKUP, role="records")
            other.execute("ROLLBACK")

    assert is_refused_by_the_journal(response)
    assert sources_queried(world) == {"persons"}


@pytest.mark.attack(29)
async def test_a_slow_journal_gives_no_data(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every statement on the journal waits, as on a disk that does not answer."""
    go = threading.Event()
    go.set()
    connect = sqlite3.connect

    def connect_slow(*arguments: Any, **options: Any) -> sqlite3.Connection:
        connection: sqlite3.Connection = connect(*arguments, **options)
        connection.set_trace_callback(lambda _sql: go.wait(30) and None)
        return connection

    monkeypatch.setattr(sqlite3, "connect", connect_slow)
    async with running_app(data, journal_deadline_ms=50) as world:
        go.clear()
        try:
            response = await world.execute(LOOKUP, role="records")
        finally:
            go.set()

    assert is_refused_by_the_journal(response)
    assert sources_queried(world) == set()
