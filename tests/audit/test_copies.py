"""Copies of a journal: whole, consistent while it is written, and in bounded memory."""

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from audit.chain import Receipt
from audit.copies import copy_to_database, copy_to_file
from audit.entry import Entry
from audit.errors import JournalBroken
from audit.journal import JournalStore
from audit.postgres.store import PostgresStore
from audit.sqlite import journal_copy
from audit.sqlite.store import SqliteStore
from tests.audit.postgres.databases import new_journal

MakeIntent = Callable[..., Entry]


async def write(store: JournalStore, make_intent: MakeIntent, count: int) -> Receipt:
    journal = await store.open(deadline_s=30)
    odd = "Zoë 😀 \x00 \\u0000 \u2028"
    entries = [make_intent(number, attention=odd, record_ids=(f"persons/P{number}",)) for number in range(1, count + 1)]
    receipts = await asyncio.gather(*map(journal.append, entries))
    await journal.close()
    return receipts[-1]


async def test_a_copy_in_a_file_has_the_same_chain(
    store: JournalStore, make_intent: MakeIntent, tmp_path: Path
) -> None:
    last = await write(store, make_intent, 1_000)
    copy = SqliteStore(tmp_path / "copy.db")
    done: list[tuple[int, int]] = []
    copied = await asyncio.to_thread(copy_to_file, store, copy.path, lambda *each: done.append(each))
    result = copy.verify()

    assert copied == last
    assert (result.is_whole, result.count, result.head) == (True, 1_000, last.hash)
    assert done[-1][0] == done[-1][1]
    assert copy.path.stat().st_mode & 0o777 == 0o600
    assert [found.sequence for found in copy.search(subject="persons/P7")] == [7]


async def test_a_copy_in_a_database_has_the_same_chain(
    store: JournalStore, make_intent: MakeIntent, postgres: object
) -> None:
    last = await write(store, make_intent, 1_000)
    target = (await new_journal(postgres)).as_server  # type: ignore[arg-type]
    copied = await asyncio.to_thread(copy_to_database, store, target.url)
    result = await asyncio.to_thread(PostgresStore(target).verify)

    assert copied == last
    assert (result.is_whole, result.count, result.head) == (True, 1_000, last.hash)
    with pytest.raises(JournalBroken, match="it has entries already"):
        await asyncio.to_thread(copy_to_database, store, target.url)


async def test_a_copy_can_be_written_on(store: JournalStore, make_intent: MakeIntent, tmp_path: Path) -> None:
    await write(store, make_intent, 20)
    copy = SqliteStore(tmp_path / "copy.db")
    await asyncio.to_thread(copy_to_file, store, copy.path)

    assert (await copy.append_once(make_intent(21))).sequence == 21
    assert copy.verify().is_whole


async def test_a_file_is_copied_as_it_was_while_it_is_written(
    tmp_path: Path, make_intent: MakeIntent, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each step of the copy is followed by another entry; the copy ends all the same, and has none of them."""
    monkeypatch.setattr(journal_copy, "PAGES", 5)
    store, copy = SqliteStore(tmp_path / "journal.db"), SqliteStore(tmp_path / "copy.db")
    last = await write(store, make_intent, 500)
    journal = await store.open(deadline_s=30)
    loop, steps = asyncio.get_running_loop(), 0

    def append_one(_done: int, _all: int) -> None:
        nonlocal steps
        steps += 1
        asyncio.run_coroutine_threadsafe(journal.append(make_intent(500 + steps)), loop).result()

    copied = await asyncio.to_thread(copy_to_file, store, copy.path, append_one)
    await journal.close()
    result = copy.verify()

    assert steps > 10
    assert (copied, result.is_whole, result.count, result.head) == (last, True, 500, last.hash)
    assert store.verify().count == 500 + steps


async def test_a_copy_replaces_no_file(store: JournalStore, make_intent: MakeIntent, tmp_path: Path) -> None:
    await write(store, make_intent, 2)
    (tmp_path / "copy.db").write_text("mine")
    with pytest.raises(FileExistsError):
        await asyncio.to_thread(copy_to_file, store, tmp_path / "copy.db")

    assert (tmp_path / "copy.db").read_text() == "mine"
    assert [each.name for each in tmp_path.iterdir() if each.name.startswith(".")] == []


async def test_entries_that_are_not_whole_are_not_copied_into_a_database(
    tmp_path: Path, make_intent: MakeIntent, postgres: object
) -> None:
    store = SqliteStore(tmp_path / "journal.db")
    await write(store, make_intent, 3)
    with closing(sqlite3.connect(store.path, isolation_level=None)) as connection:
        connection.executescript("DROP TRIGGER entry_stays_as_it_is; UPDATE entry SET body = '{}' WHERE sequence = 2")
    target = (await new_journal(postgres)).as_server  # type: ignore[arg-type]

    with pytest.raises(JournalBroken, match="does not follow from the one before it"):
        await asyncio.to_thread(copy_to_database, store, target.url)
