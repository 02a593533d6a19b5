"""A database that fails: an entry with a receipt is never lost, and none is written twice."""

import asyncio
import os
import re
import resource
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count

import asyncpg
import pytest

from audit.chain import Receipt
from audit.entry import Entry
from audit.errors import CommitUnconfirmed, JournalUnavailable
from audit.postgres.journal import PostgresJournal
from audit.postgres.verification import verify
from bench.postgres_server import QUICK, PostgresServer, server_folder
from sources.postgres.address import Address
from tests.audit.postgres.databases import Database, new_journal
from tests.postgres import stopped

MakeIntent = Callable[..., Entry]
LOCK = 7_017_452_018_193_560_175
CLIENTS = 16


@contextmanager
def pair(**settings: str) -> Iterator[tuple[PostgresServer, PostgresServer]]:
    """A primary server and its standby."""
    with (
        server_folder() as folder,
        PostgresServer.create(folder / "primary", {**QUICK, **settings}) as primary,
        primary.standby(folder / "standby", "standby") as standby,
    ):
        yield primary, standby


def on_either(database: Database, *servers: PostgresServer) -> Address:
    """The address of a database with several hosts, in their order."""
    user, at, host = database.as_server.url.partition("@")
    hosts = ",".join(f"127.0.0.1:{server.port}" for server in servers)
    return Address.parse(f"{user}{at}{hosts}/{host.partition('/')[2]}")


def server_process(journal: PostgresJournal) -> int:
    """The process of the server that serves the journal's connection."""
    assert journal.connection is not None
    return journal.connection.get_server_pid()


async def append_until_written(journal: PostgresJournal, make: Callable[[], Entry]) -> Receipt:
    """The first receipt of entries that are appended one after another; those before it were refused."""
    while True:
        try:
            return await journal.append(make())
        except JournalUnavailable:
            continue


async def refusal(journal: PostgresJournal, entry: Entry) -> str:
    """Why an entry is refused."""
    with pytest.raises(JournalUnavailable) as refused:
        await journal.append(entry)
    return str(refused.value.__cause__)


@pytest.mark.slow
async def test_a_receipt_follows_the_flush_of_its_entry(make_intent: MakeIntent) -> None:
    settings = {**QUICK, "wal_writer_delay": "10s", "autovacuum": "off"}
    with server_folder() as folder, PostgresServer.create(folder / "cluster", settings) as server:
        database = await new_journal(server)
        journal = await PostgresJournal.open(database.as_server)
        async with database.owner() as owner:
            is_flushed = "SELECT pg_current_wal_flush_lsn() = pg_current_wal_insert_lsn()"
            await owner.execute("SET synchronous_commit = off")
            await owner.fetch("SELECT journal.add(ARRAY['{}'], 0, '')")
            without = await owner.fetchval(is_flushed)
            await journal.append(make_intent(1))
            after = await owner.fetchval(is_flushed)
        await journal.close()

    assert (without, after) == (False, True)


async def test_an_entry_is_written_after_its_connection_was_ended(
    journal: PostgresJournal, owner: asyncpg.Connection, database: Database, make_intent: MakeIntent
) -> None:
    numbers = count(1)
    for _ in range(3):
        await owner.fetch("SELECT pg_terminate_backend($1, 5000)", server_process(journal))
        await append_until_written(journal, lambda: make_intent(next(numbers)))

    assert await journal.is_ready()
    result = await asyncio.to_thread(verify, database.as_server)
    assert (result.is_whole, result.head) == (True, journal.head.hash)


@pytest.mark.slow
async def test_a_server_killed_in_commits_loses_no_receipt_and_doubles_no_entry(make_intent: MakeIntent) -> None:
    numbers, received = count(1), dict[str, Receipt]()
    with server_folder() as folder, PostgresServer.create(folder / "cluster", QUICK) as server:
        database = await new_journal(server)
        journal = await PostgresJournal.open(database.as_server, deadline_s=10)

        async def client(entries: int) -> None:
            for _ in range(entries):
                entry = make_intent(next(numbers))
                try:
                    received[entry.id] = await journal.append(entry)
                except JournalUnavailable:
                    return

        for _ in range(3):
            clients = [asyncio.create_task(client(1_000)) for _ in range(CLIENTS)]
            enough = len(received) + 200
            while len(received) < enough and not all(each.done() for each in clients):
                await asyncio.sleep(0)
            os.kill(server_process(journal), signal.SIGKILL)  # PostgreSQL then restarts all its processes
            await asyncio.gather(*clients)
            await append_until_written(journal, lambda: make_intent(next(numbers)))
        await journal.close()
        result = await asyncio.to_thread(verify, database.as_server)
        async with database.owner() as owner:
            entries = await owner.fetch("SELECT id, sequence, hash FROM journal.entry")

    assert result.is_whole
    assert len(received) >= 600
    assert Counter(id for id, *_ in entries).most_common(1)[0][1] == 1
    stored = {id: Receipt(sequence, hash) for id, sequence, hash in entries}
    assert {id: stored.get(id) for id in received} == received


@pytest.mark.slow
async def test_every_receipt_is_on_the_standby_that_takes_over(make_intent: MakeIntent) -> None:
    numbers = count(1)
    with pair(synchronous_standby_names="standby") as (primary, standby):
        database = await new_journal(primary)
        address = on_either(database, primary, standby)
        journal = await PostgresJournal.open(address, deadline_s=10)
        receipts = await asyncio.gather(*(journal.append(make_intent(next(numbers))) for _ in range(100)))
        primary.stop(signal.SIGQUIT)
        with pytest.raises(JournalUnavailable):
            await journal.append(make_intent(next(numbers)))
        standby.promote()
        after = await append_until_written(journal, lambda: make_intent(next(numbers)))
        await journal.close()
        result = await asyncio.to_thread(verify, address)

    assert [receipt.sequence for receipt in receipts] == list(range(1, 101))
    assert (result.is_whole, result.count, result.head) == (True, 101, after.hash)


@pytest.mark.slow
async def test_a_host_that_hangs_does_not_keep_the_journal_from_the_other(make_intent: MakeIntent) -> None:
    with pair() as (primary, standby):
        database = await new_journal(primary)
        address = on_either(database, standby, primary)
        with stopped(standby):
            journal = await PostgresJournal.open(address, deadline_s=6)
            receipts = [await journal.append(make_intent(number)) for number in (1, 2)]
            await journal.close()

    assert [receipt.sequence for receipt in receipts] == [1, 2]


@pytest.mark.slow
async def test_a_standby_that_lacks_an_entry_with_a_receipt_is_refused(make_intent: MakeIntent) -> None:
    with pair() as (primary, standby):
        database = await new_journal(primary)
        journal = await PostgresJournal.open(on_either(database, primary, standby), deadline_s=10)
        async with database.owner() as owner:
            position = await owner.fetchval("SELECT pg_current_wal_lsn()")
            while not await owner.fetchval("SELECT bool_and(replay_lsn >= $1) FROM pg_stat_replication", position):
                pass
        standby.stop()
        await journal.append(make_intent(1))
        primary.stop(signal.SIGQUIT)
        standby.start()
        standby.promote()
        while (cause := await refusal(journal, make_intent(2))) == "connection was closed in the middle of operation":
            pass
        is_ready = await journal.is_ready()
        await journal.close()

    assert (cause, is_ready) == ("entry 1 was changed or removed since this process wrote it", False)


@pytest.mark.slow
async def test_a_cancelled_wait_for_the_standby_is_no_receipt(make_intent: MakeIntent) -> None:
    """PostgreSQL says only by a warning that the standby lacks what it has committed."""
    with pair(synchronous_standby_names="standby") as (primary, standby):
        database = await new_journal(primary)
        journal = await PostgresJournal.open(database.as_server, deadline_s=30)
        await journal.append(make_intent(1))
        standby.stop()
        waiting = asyncio.create_task(journal.append(make_intent(2)))
        async with database.owner() as owner:
            cancel = "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE pid = $1 AND wait_event = 'SyncRep'"
            while not await owner.fetchval(cancel, server_process(journal)):
                pass
            with pytest.raises(JournalUnavailable) as refused:
                await waiting
            standby.start()
            receipt = await journal.append(make_intent(3))
            ids = [int(id, 16) for (id,) in await owner.fetch("SELECT id FROM journal.entry ORDER BY sequence")]
        await journal.close()

    assert isinstance(refused.value.__cause__, CommitUnconfirmed)
    assert (receipt.sequence, ids) == (3, [1, 2, 3])


async def test_a_lock_that_is_held_refuses_at_the_deadline_until_released(
    database: Database, owner: asyncpg.Connection, make_intent: MakeIntent
) -> None:
    journal = await PostgresJournal.open(database.as_server, deadline_s=0.3)
    await owner.fetch("SELECT pg_advisory_lock($1)", LOCK)
    with pytest.raises(JournalUnavailable):
        await journal.append(make_intent(1))
    assert not await journal.is_ready()
    await owner.fetch("SELECT pg_advisory_unlock($1)", LOCK)

    assert (await append_until_written(journal, lambda: make_intent(2))).sequence == 1
    await journal.close()


@contextmanager
def files_limited_to(size: int) -> Iterator[None]:
    """Processes that are started meanwhile cannot make a file longer than that."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.slow
async def test_a_table_that_cannot_grow_refuses_and_harms_nothing(make_intent: MakeIntent) -> None:
    """In place of a full disk, which a test cannot make: no file grows past 17 MiB. Those of the log have 16."""
    numbers, written, causes = count(1), 0, set[str]()
    with server_folder() as folder:
        server = PostgresServer.create(folder / "cluster", QUICK)
        with files_limited_to(17 << 20), server:
            database = await new_journal(server)
            journal = await PostgresJournal.open(database.as_server, deadline_s=10)
            while not causes:
                many = [journal.append(make_intent(next(numbers), attention="x" * 1_500)) for _ in range(500)]
                results = await asyncio.gather(*many, return_exceptions=True)
                written += sum(isinstance(each, Receipt) for each in results)
                causes = {str(each.__cause__) for each in results if isinstance(each, JournalUnavailable)}
        with server:
            receipt = await append_until_written(journal, lambda: make_intent(next(numbers)))
            await journal.close()
            result = await asyncio.to_thread(verify, database.as_server)

    assert [re.sub(r'".*"', "…", cause.splitlines()[0]) for cause in causes] == [
        "could not extend file …: File too large"
    ]
    assert (receipt.sequence, result.is_whole) == (written + 1, True)
