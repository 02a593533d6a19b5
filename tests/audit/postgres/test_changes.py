"""Changes in a journal's database: each has its entry, and a server misses none and refuses if it might."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest

from audit.changes import Change, ChangeKind
from audit.entry import Kind
from audit.errors import JournalBroken, JournalUnavailable
from audit.postgres.changes import POLL_S, ChangeMonitor, publish, read_changes
from audit.postgres.store import PostgresStore
from tests.audit.postgres.databases import Database


async def test_a_change_is_applied_after_its_connection_was_ended(database: Database) -> None:
    """Each is applied once and in order, however often the connection ends."""
    applied: list[Change] = []
    arrived = asyncio.Event()

    def apply(change: Change) -> None:
        applied.append(change)
        arrived.set()

    changes = [Change(ChangeKind.REVOKE, f"u-{number}") for number in range(60)]
    async with ChangeMonitor.open(database.as_server, apply) as monitor, database.owner() as owner:
        for start in range(0, 60, 20):
            assert monitor.connection is not None
            await owner.fetch("SELECT pg_terminate_backend($1, 5000)", monitor.connection.get_server_pid())
            arrived.clear()
            await asyncio.gather(*(publish(database.as_administrator, [each]) for each in changes[start : start + 20]))
            while len(applied) < start + 20:
                await arrived.wait()
                arrived.clear()
        monitor.raise_if_stale()

    assert [each.change for each in await read_changes(database.as_server)] == applied
    assert set(applied) == set(changes)
    assert len(applied) == 60


async def test_a_server_that_cannot_know_of_changes_refuses(database: Database) -> None:
    async with (
        ChangeMonitor.open(database.as_server, lambda _: None, max_age_s=4 * POLL_S) as monitor,
        database.owner() as owner,
    ):
        monitor.raise_if_stale()
        await owner.execute(f"ALTER ROLE {database.role} NOLOGIN")
        await owner.fetch("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1", database.role)
        await until(monitor, refuses=True)
        await owner.execute(f"ALTER ROLE {database.role} LOGIN")
        await until(monitor, refuses=False)


async def until(monitor: ChangeMonitor, *, refuses: bool) -> None:
    """Return when the monitor refuses, or does not."""
    while True:
        await asyncio.sleep(0)
        try:
            monitor.raise_if_stale()
        except JournalUnavailable:
            if refuses:
                return
        else:
            if not refuses:
                return


async def test_a_change_that_cannot_be_applied_refuses_and_is_logged_once(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    def apply(change: Change) -> None:
        raise ValueError("this program cannot use it")

    async with ChangeMonitor.open(database.as_server, apply, max_age_s=4 * POLL_S) as monitor:
        await publish(database.as_administrator, [Change(ChangeKind.POLICY, "x"), Change(ChangeKind.REVOKE, "u-1")])
        await until(monitor, refuses=True)

    assert monitor.last is None
    assert [record.getMessage() for record in caplog.records] == [
        "changes for all servers cannot be read or applied: this program cannot use it"
    ]


async def test_a_removed_change_refuses(database: Database) -> None:
    """As if a standby that lacks it had taken over."""
    await publish(database.as_administrator, [Change(ChangeKind.REVOKE, "u-1")])
    async with ChangeMonitor.open(database.as_server, lambda _: None) as monitor, database.owner() as owner:
        await owner.execute("ALTER TABLE journal.change DISABLE TRIGGER change_stays; DELETE FROM journal.change")
        with pytest.raises(JournalBroken, match="change 1 was changed or removed since this process applied it"):
            await monitor.poll()


async def test_a_change_has_its_entry_with_who_and_when(database: Database) -> None:
    await publish(database.as_administrator, [Change(ChangeKind.REVOKE, "u-1"), Change(ChangeKind.KEYS, "{}")])
    store = PostgresStore(database.as_server)
    entries = await asyncio.to_thread(lambda: [found.entry for found in store.search(kind="CHANGE")][::-1])
    listed = await read_changes(database.as_server)

    role = database.as_administrator.url.split("//")[1].split(":")[0]
    assert [(entry.kind, entry.user, entry.filters) for entry in entries] == [
        (Kind.CHANGE, f"database:{role}", ("revoke=u-1",)),
        (Kind.CHANGE, f"database:{role}", ("keys=44136fa355b3",)),
    ]
    assert [(each.number, each.user, each.at) for each in listed] == [
        (1, f"database:{role}", entries[0].at),
        (2, f"database:{role}", entries[1].at),
    ]
    assert (await asyncio.to_thread(store.verify)).is_whole


async def test_only_an_administrator_can_publish(database: Database) -> None:
    with pytest.raises(JournalBroken, match="permission denied for function publish"):
        await publish(database.as_server, [Change(ChangeKind.RESTORE, "u-1")])
    for address in (database.as_server, database.as_administrator):
        connection = await asyncpg.connect(address.url)
        for statement in (
            "INSERT INTO journal.change VALUES (1, 'RESTORE', 'u-1', 1)",
            "DELETE FROM journal.change",
            "TRUNCATE journal.change",
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(statement)
        await connection.close()


async def test_an_administrator_cannot_publish_in_the_name_of_another(database: Database) -> None:
    change = Change(ChangeKind.REVOKE, "u-1")
    connection = await asyncpg.connect(database.as_administrator.url)
    for other, kind in (("u-2", "REVOKE"), ("u-1", "RESTORE")):
        body = change.entry(database.as_administrator.url.split("//")[1].split(":")[0]).to_bytes().decode()
        with pytest.raises(asyncpg.RaiseError, match="the entry is not of this change by this role"):
            await connection.fetch("SELECT journal.publish($1, $2, $3)", kind, other, body)
    body = change.entry("somebody").to_bytes().decode()
    with pytest.raises(asyncpg.RaiseError, match="the entry is not of this change by this role"):
        await connection.fetch("SELECT journal.publish('REVOKE', 'u-1', $1)", body)
    await connection.close()


async def test_a_change_that_differs_from_its_entry_is_a_fault(database: Database) -> None:
    await publish(database.as_administrator, [Change(ChangeKind.REVOKE, "u-1"), Change(ChangeKind.REVOKE, "u-2")])
    async with database.owner() as owner:
        await owner.execute("""
            ALTER TABLE journal.change DISABLE TRIGGER change_stays;
            UPDATE journal.change SET content = 'u-9' WHERE number = 2;
            ALTER TABLE journal.change ENABLE ALWAYS TRIGGER change_stays""")
    result = await asyncio.to_thread(PostgresStore(database.as_server).verify)

    assert [str(fault) for fault in result.faults] == ["Change 2 is not the one that entry 2 records."]
