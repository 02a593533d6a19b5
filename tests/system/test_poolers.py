"""Sources and journal through PgBouncer in transaction mode: alike, without session state, and after it was killed."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import asyncpg
import pytest

from audit.chain import Receipt
from audit.changes import Change, ChangeKind
from audit.entry import Entry, Kind
from audit.errors import JournalUnavailable
from audit.postgres.changes import ChangeMonitor, publish
from audit.postgres.journal import PostgresJournal
from audit.postgres.store import PostgresStore
from bench.pgbouncer import PREPARED_SINCE, PgBouncer, version_of
from bench.postgres_server import QUICK, PostgresServer, server_folder
from resolvers.catalogue import NAMES
from resolvers.database_tables import check_rows, missing_in_database
from seed.postgres import copy_world
from sources.errors import SourceUnavailable
from sources.postgres.address import POOLERS, Address
from sources.postgres.source import PostgresSource
from tests.audit.postgres.databases import PASSWORD, Database, new_journal
from tests.harness import PEOPLE_COUNT
from tests.postgres import new_database
from tests.sources.things import SLOW, THINGS, create_things

CLIENTS = 8
# A commit that does not flush the log would leave it unflushed.
SETTINGS = {**QUICK, "wal_writer_delay": "10s", "autovacuum": "off"}
ROWS = [["one", "first"]]


@dataclass(frozen=True)
class Pooled:
    """A server, and the pooler in front of it. The pooler knows the superuser and the role of the journal's server."""

    server: PostgresServer
    pooler: PgBouncer
    kind: str
    journal: Database

    def address(self, url: str, session: str = "read-write") -> Address:
        """The same database through the pooler."""
        return Address.parse(self.url(url), session)

    def url(self, url: str) -> str:
        through = url.partition("?")[0].replace(f":{self.server.port}/", f":{self.pooler.port}/")
        return f"{through}?pooler={self.kind}"

    @asynccontextmanager
    async def things(self, *, connections: int = 2, deadline_s: float = 30.0) -> AsyncIterator[PostgresSource]:
        """A source with one thing, in a database of its own."""
        url = await new_database(self.server)
        await create_things(url)
        address = self.address(url, "prefer-standby")
        source = PostgresSource("things", address, connections=connections, deadline_s=deadline_s)
        yield source
        await source.close()


@pytest.fixture(scope="module", params=POOLERS)
def pooled(tool: Callable[[str], str], request: pytest.FixtureRequest) -> Iterator[Pooled]:
    kind: str = request.param
    if kind == "prepared" and version_of(tool("pgbouncer")) < PREPARED_SINCE:
        pytest.skip("this PgBouncer is older than 1.21, and knows no prepared statements")
    with server_folder() as folder, PostgresServer.create(folder / "cluster", SETTINGS) as server:
        journal = asyncio.run(new_journal(server))
        users = {"postgres": server.password, journal.role: PASSWORD}
        settings = {"max_prepared_statements": "100"} if kind == "prepared" else {}
        with PgBouncer(folder / "pooler", server.port, users, **settings) as pooler:
            yield Pooled(server, pooler, kind, journal)


@pytest.fixture
async def direct(pooled: Pooled) -> AsyncIterator[asyncpg.Connection]:
    """A connection to the server itself."""
    connection = await asyncpg.connect(pooled.server.url())
    yield connection
    await connection.close()


async def backends(direct: asyncpg.Connection, state: str = "active") -> int:
    """How many statements of sources the server executes."""
    running = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(%3600%' AND state = $1 AND pid <> $2"
    count: int = await direct.fetchval(running, state, direct.get_server_pid())
    return count


async def test_many_requests_share_the_poolers_connections(pooled: Pooled) -> None:
    async with pooled.things(connections=CLIENTS) as source:
        assert await asyncio.gather(*(source.fetch(THINGS) for _ in range(200))) == [ROWS] * 200
    assert "prepared statement" not in pooled.server.log.read_text()


async def test_nothing_can_be_written_and_no_setting_stays(pooled: Pooled) -> None:
    async with pooled.things(deadline_s=7) as source:
        await source.fetch(THINGS)
        other = await asyncpg.connect(source.address.url, statement_cache_size=0)
        settings = [
            await other.fetchval(f"SHOW {name}") for name in ("statement_timeout", "default_transaction_read_only")
        ]
        names = await other.fetchval("SELECT count(*) FROM pg_prepared_statements")
        await other.close()

    assert settings == ["0", "off"]
    assert (names > 0) == (pooled.kind == "prepared")


async def test_a_late_statement_is_ended_on_the_server_too(pooled: Pooled, direct: asyncpg.Connection) -> None:
    async with pooled.things(deadline_s=0.5) as source:
        with pytest.raises(SourceUnavailable, match="things") as late:
            await source.fetch(SLOW)
        while await backends(direct):
            pass
        rows = await source.fetch(THINGS)

    assert (late.value.status, rows) == ("TIMEOUT", ROWS)


async def test_a_killed_pooler_is_a_cause_and_never_no_record(pooled: Pooled, caplog: pytest.LogCaptureFixture) -> None:
    seen = Counter[str]()
    async with pooled.things(connections=CLIENTS, deadline_s=5) as source:

        async def ask(is_over: asyncio.Event) -> None:
            while not is_over.is_set():
                try:
                    seen["right" if await source.fetch(THINGS) == ROWS else "wrong"] += 1
                except SourceUnavailable as error:
                    seen[error.status] += 1

        for _ in range(3):
            is_over = asyncio.Event()
            clients = [asyncio.create_task(ask(is_over)) for _ in range(CLIENTS)]
            before = seen["right"]
            while seen["right"] < before + 200:
                await asyncio.sleep(0)
            pooled.pooler.stop()
            failed = seen["DOWN"]
            while seen["DOWN"] < failed + CLIENTS:
                await asyncio.sleep(0)
            pooled.pooler.start()
            before = seen["right"]
            while seen["right"] < before + 200:
                await asyncio.sleep(0)
            is_over.set()
            await asyncio.gather(*clients)

    assert set(seen) == {"right", "DOWN"}
    assert "source things failed: nothing listens there (ConnectionRefusedError)" in caplog.messages


async def test_a_server_that_stops_behind_its_pooler_is_down_and_used_again(pooled: Pooled) -> None:
    async with pooled.things(deadline_s=5) as source:
        assert await source.fetch(THINGS) == ROWS
        pooled.server.stop()
        statuses = []
        for _ in range(2):
            with pytest.raises(SourceUnavailable) as caught:
                await source.fetch(THINGS)
            statuses.append(caught.value.status)
        pooled.server.start()
        while True:
            with suppress(SourceUnavailable):
                assert await source.fetch(THINGS) == ROWS
                break

    assert set(statuses) <= {"DOWN", "TIMEOUT"}


async def test_commands_leave_nothing_in_the_poolers_connections(pooled: Pooled, seeded: Path) -> None:
    address = pooled.address(await new_database(pooled.server), "prefer-standby")
    await asyncio.to_thread(copy_world, seeded, address)
    missing = [await asyncio.to_thread(missing_in_database, name, address) for name in NAMES]
    rows, cause = await asyncio.to_thread(check_rows, "persons", address, {}, lambda: False, lambda _: None)
    other = await asyncpg.connect(address.url, statement_cache_size=0)
    setting = await other.fetchval("SHOW enable_seqscan")
    names = await other.fetchval("SELECT count(*) FROM pg_prepared_statements WHERE statement NOT LIKE '%pg_prepared%'")
    await other.close()

    assert (missing, cause, setting) == ([[]] * len(NAMES), None, "on")
    assert sum(each.rows for each in rows) > PEOPLE_COUNT
    assert names == 0 or pooled.kind == "prepared"


def intent(number: int) -> Entry:
    return Entry(id=f"{number:032x}", kind=Kind.INTENT, user="a", role="patrol")


async def test_the_journal_is_written_and_read_through_it(pooled: Pooled) -> None:
    store = PostgresStore(pooled.address(pooled.journal.as_server.url))
    journal = await store.open(deadline_s=30)
    before = len(await asyncio.to_thread(lambda: list(store.search())))
    receipts = await asyncio.gather(*(journal.append(intent(number)) for number in range(200)))
    await journal.close()
    found = await asyncio.to_thread(lambda: list(store.search()))
    result = await asyncio.to_thread(store.verify)

    assert [receipt.sequence for receipt in receipts] == list(range(before + 1, before + 201))
    assert len(found) == before + 200
    assert (result.is_whole, result.head) == (True, receipts[-1].hash)


async def test_an_entry_is_flushed_whatever_its_role_is_set_to(pooled: Pooled, direct: asyncpg.Connection) -> None:
    role = pooled.journal.role
    await direct.execute(f"ALTER ROLE {role} SET synchronous_commit = off")
    await direct.execute(f"ALTER ROLE {role} SET search_path = public")
    pooled.pooler.stop()
    pooled.pooler.start()
    try:
        journal = await PostgresJournal.open(pooled.address(pooled.journal.as_server.url), deadline_s=30)
        await journal.append(intent(1))
        flushed = await direct.fetchval("SELECT pg_current_wal_flush_lsn() = pg_current_wal_insert_lsn()")
        await journal.close()
    finally:
        await direct.execute(f"ALTER ROLE {role} RESET ALL")

    assert flushed


async def test_a_pooler_killed_in_commits_loses_no_receipt_and_doubles_no_entry(pooled: Pooled) -> None:
    numbers, received = count(10_000), dict[str, Receipt]()
    refusals = Counter[str]()
    journal = await PostgresJournal.open(pooled.address(pooled.journal.as_server.url), deadline_s=10)

    async def append(is_over: asyncio.Event) -> None:
        while not is_over.is_set():
            entry = intent(next(numbers))
            try:
                received[entry.id] = await journal.append(entry)
            except JournalUnavailable as refused:
                refusals[type(refused.__cause__).__name__] += 1

    for _ in range(3):
        is_over = asyncio.Event()
        clients = [asyncio.create_task(append(is_over)) for _ in range(CLIENTS)]
        for _ in range(2):
            enough = len(received) + 100
            while len(received) < enough:
                await asyncio.sleep(0)
            refused = refusals.total()
            pooled.pooler.stop()
            while refusals.total() == refused:
                await asyncio.sleep(0)
            pooled.pooler.start()
        while len(received) < enough + 100:
            await asyncio.sleep(0)
        is_over.set()
        await asyncio.gather(*clients)
    await journal.close()
    async with pooled.journal.owner() as owner:
        entries = await owner.fetch("SELECT id, sequence, hash FROM journal.entry WHERE id >= $1", f"{10_000:032x}")
    result = await asyncio.to_thread(PostgresStore(pooled.journal.as_server).verify)

    stored = {id: Receipt(sequence, hash) for id, sequence, hash in entries}
    assert {id: stored.get(id) for id in received} == received
    assert (len(stored), result.is_whole) == (len(entries), True)


async def test_a_lock_that_is_held_is_given_up_at_the_deadline(pooled: Pooled) -> None:
    journal = await PostgresJournal.open(pooled.address(pooled.journal.as_server.url), deadline_s=0.5)
    async with pooled.journal.owner() as owner:
        await owner.fetch("SELECT pg_advisory_lock(7017452018193560175)")
        with pytest.raises(JournalUnavailable):
            await journal.append(intent(1))
        while await owner.fetchval("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"):
            pass
        await owner.fetch("SELECT pg_advisory_unlock(7017452018193560175)")

    assert await journal.is_ready()
    await journal.close()


async def test_a_change_reaches_a_server_though_the_pooler_was_killed(pooled: Pooled) -> None:
    applied: list[Change] = []
    server, administrator = (pooled.address(each.url) for each in (pooled.journal.as_server, pooled.journal.as_owner))
    async with ChangeMonitor.open(server, applied.append) as monitor:
        for number in (1, 2):
            await publish(administrator, [Change(ChangeKind.REVOKE, f"u-{number}")])
            while len(applied) < number:
                await asyncio.sleep(0)
            pooled.pooler.stop()
            pooled.pooler.start()
        monitor.raise_if_stale()

    assert [each.content for each in applied] == ["u-1", "u-2"]
