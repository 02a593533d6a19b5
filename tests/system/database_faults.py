"""Faults of sources and of a journal in PostgreSQL, caused by other sessions and by the server's own end."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import asyncpg

from bench.postgres_server import PostgresServer
from resolvers.catalogue import NAMES, SPECS
from tests.audit.postgres.databases import Database
from tests.postgres import execute
from tests.system.faults import Fault

TABLE = {spec.name: spec.tables[0].name for spec in SPECS}


@dataclass(frozen=True, slots=True)
class DatabaseEnvironment:
    """A PostgreSQL server, the world in it, which each source reads as a role of its own, and the journal."""

    server: PostgresServer
    world: str
    journal: Database

    async def create_roles(self) -> None:
        for source in NAMES:
            await execute(self.world, f"CREATE ROLE {source} LOGIN PASSWORD '{source}' IN ROLE pg_read_all_data")

    def settings(self) -> dict[str, str]:
        """Addresses of sources and journal, as variables of a server's environment."""
        name = self.world.rpartition("/")[2]
        sources = {f"NEEDTOKNOW_SOURCE_{source.upper()}": self.server.url(name, source, source) for source in NAMES}
        return {**sources, "NEEDTOKNOW_JOURNAL": self.journal.as_server.url}

    def of_source(self, source: str) -> list[Fault]:
        return [self._refused(source), self._renamed(source), self._locked(source)]

    def of_all(self) -> list[Fault]:
        return [self._journal_refused(), self._crashed()]

    def _refused(self, source: str) -> Fault:
        """The source's sessions are ended, and its role may not connect."""
        return Fault("refused", lambda: self._without(source), (source,), (source, "DOWN"))

    def _renamed(self, source: str) -> Fault:
        """A table has another name."""

        @asynccontextmanager
        async def during() -> AsyncIterator[None]:
            table = TABLE[source]
            await execute(self.world, f"ALTER TABLE {table} RENAME TO away")
            try:
                yield
            finally:
                await execute(self.world, f"ALTER TABLE away RENAME TO {table}")

        return Fault("renamed", during, (source,), (source, "DOWN"))

    def _locked(self, source: str) -> Fault:
        """Another session holds an exclusive lock on a table."""

        @asynccontextmanager
        async def during() -> AsyncIterator[None]:
            connection = await asyncpg.connect(self.world)
            try:
                async with connection.transaction():
                    await connection.execute(f"LOCK TABLE {TABLE[source]} IN ACCESS EXCLUSIVE MODE")
                    yield
            finally:
                await connection.close()

        return Fault("locked", during, (source,), (source, "TIMEOUT"))

    def _journal_refused(self) -> Fault:
        return Fault("journal refused", lambda: self._without(self.journal.role), shows="AUDIT_UNAVAILABLE")

    def _crashed(self) -> Fault:
        """The whole server ends at once, and starts again."""

        @asynccontextmanager
        async def during() -> AsyncIterator[None]:
            await asyncio.to_thread(self.server.stop, signal.SIGQUIT)
            try:
                yield
            finally:
                await asyncio.to_thread(self.server.start)

        return Fault("crashed", during, NAMES, "AUDIT_UNAVAILABLE")

    @asynccontextmanager
    async def _without(self, role: str) -> AsyncIterator[None]:
        await execute(self.world, f"ALTER ROLE {role} NOLOGIN")
        await execute(self.world, f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{role}'")
        try:
            yield
        finally:
            await execute(self.world, f"ALTER ROLE {role} LOGIN")
