"""A full disk under the journal's database: no answer without its entry, and answers again when there is space.

The disk is a tmpfs, which root can mount: once it has the tables, once everything of the database server.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg
import pytest

from audit.entry import Kind
from audit.postgres.store import PostgresStore
from bench.postgres_server import NOBODY, QUICK, PostgresServer, is_installed, server_folder
from tests.audit.postgres.databases import Database, new_journal
from tests.harness import World, running_app

QUERY = 'query @inquiry(purpose: C, reason: TRAFFIC_STOP, attention: "Lee 4417") { person(id: "P0000001") { id } }'
DISK_BYTES = 512 << 20
CLIENTS = 16
RECOVERY_S = 120


@dataclass
class Disk:
    """A disk of its own, which a file can fill."""

    folder: Path

    @property
    def filling(self) -> Path:
        return self.folder / "filling"

    def fill(self) -> None:
        """Write a file until no byte more fits."""
        with self.filling.open("ab", buffering=0) as file:
            for size in (1 << 20, 4_096):
                with suppress(OSError):
                    while file.write(bytes(size)):
                        pass
        assert shutil.disk_usage(self.folder).free < 4_096

    def free(self) -> None:
        self.filling.unlink()


@pytest.fixture
def disk(request: pytest.FixtureRequest) -> Iterator[Disk]:
    mount = shutil.which("mount")
    if os.geteuid() or mount is None or not is_installed():
        pytest.skip("root can mount a disk that is full, and nobody else")
    with server_folder() as folder:
        place = folder / "disk"
        place.mkdir()
        done = subprocess.run([mount, "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", place], check=False)
        if done.returncode:
            pytest.skip("this root may not mount a disk")
        try:
            os.chown(place, NOBODY, NOBODY)
            yield Disk(place)
        finally:
            subprocess.run(["umount", "--lazy", place], check=True)


@dataclass
class Counts:
    """What clients got: the ids of answered inquiries, and the number of refusals."""

    answered: list[str] = field(default_factory=list)
    refused: int = 0

    async def ask(self, world: World) -> bool:
        """Whether an operation was answered. If it was not, it has no data."""
        response = await world.execute(QUERY)
        if response.status == 200 and response.data is not None:
            self.answered.append(response.body["extensions"]["inquiry"]["id"])
            return True
        assert (response.status, response.codes, response.data) == (503, ["AUDIT_UNAVAILABLE"], None)
        self.refused += 1
        return False

    async def ask_until(self, world: World, *, is_answered: bool) -> None:
        while (await asyncio.gather(*(self.ask(world) for _ in range(CLIENTS))))[0] is not is_answered:
            pass


async def in_tablespace(disk: Disk, server: PostgresServer) -> Database:
    """A journal whose tables are on the disk, and whose server is not."""
    database = await new_journal(server)
    connection = await asyncpg.connect(server.url())
    await connection.execute(f"CREATE TABLESPACE small LOCATION '{disk.folder}'")
    await connection.execute(f"ALTER DATABASE {database.role.removeprefix('server_of_')} SET TABLESPACE small")
    await connection.close()
    return database


async def entries_of_answers(database: Database, counts: Counts) -> tuple[bool, set[str]]:
    """Whether the journal is whole, and the answered inquiries that have no release in it."""
    store = PostgresStore(database.as_server)
    result = await asyncio.to_thread(store.verify)
    released = await asyncio.to_thread(lambda: {found.entry.id for found in store.search(kind=Kind.RELEASE.value)})
    return result.is_whole, set(counts.answered) - released


async def test_a_full_disk_of_the_tables_withholds_and_recovers(data: Path, disk: Disk) -> None:
    counts = Counts()
    with PostgresServer.create(disk.folder.with_name("cluster"), QUICK) as server:
        database = await in_tablespace(disk, server)
        async with running_app(data, journal=database.as_server.url) as world:
            await counts.ask_until(world, is_answered=True)
            disk.fill()
            await counts.ask_until(world, is_answered=False)
            before = len(counts.answered)
            disk.free()
            await counts.ask_until(world, is_answered=True)
        assert await entries_of_answers(database, counts) == (True, set())

    assert counts.refused >= 1
    assert len(counts.answered) > before >= CLIENTS


async def test_a_full_disk_of_the_whole_server_withholds_and_recovers(data: Path, disk: Disk) -> None:
    """PostgreSQL ends or hangs if its log finds no space; somebody then starts it again."""
    counts = Counts()
    settings = {**QUICK, "max_wal_size": "64MB", "min_wal_size": "32MB"}
    with PostgresServer.create(disk.folder / "cluster", settings) as server:
        database = await new_journal(server)
        async with running_app(data, journal=database.as_server.url) as world:
            await counts.ask_until(world, is_answered=True)
            disk.fill()
            await counts.ask_until(world, is_answered=False)
            with suppress(asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
                async with database.owner() as owner:
                    for _ in range(8):
                        await owner.execute("SELECT pg_logical_emit_message(false, '', 'x'), pg_switch_wal()")
            is_answered = await counts.ask(world)
            disk.free()
            await asyncio.to_thread(server.stop, signal.SIGQUIT)  # it may have ended, or hang in its recovery
            await asyncio.to_thread(server.start)
            await asyncio.wait_for(counts.ask_until(world, is_answered=True), RECOVERY_S)
        assert await entries_of_answers(database, counts) == (True, set())

    assert (is_answered, counts.refused >= 1) == (False, True)
