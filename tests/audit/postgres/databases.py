"""New journals in databases of a PostgreSQL server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import asyncpg

from audit.postgres.version import migrate
from bench.postgres_server import PostgresServer
from sources.postgres.address import Address
from tests.postgres import new_database

PASSWORD = "a-password-that-no-log-may-have"


@dataclass(frozen=True)
class Database:
    """A journal's database: the address of its owner, and that of a server, whose role can only append and read."""

    as_owner: Address
    as_server: Address
    as_administrator: Address
    """The address of a role that may publish and archive, and not append."""
    role: str
    """The role of a server."""
    name: str

    @asynccontextmanager
    async def owner(self) -> AsyncIterator[asyncpg.Connection]:
        """A connection as the superuser, who owns the journal."""
        connection = await asyncpg.connect(self.as_owner.url)
        yield connection
        await connection.close()


async def new_journal(server: PostgresServer) -> Database:
    url = await new_database(server)
    name = url.rpartition("/")[2]
    role = f"server_of_{name}"
    connection = await asyncpg.connect(url)
    administrator = f"administrator_of_{name}"
    for each in (role, administrator):
        await connection.execute(f"CREATE ROLE {each} LOGIN PASSWORD '{PASSWORD}'")
    await connection.close()
    owner = Address.parse(url)
    await migrate(owner, writers=[role], administrators=[administrator])
    as_server, as_administrator = (Address.parse(server.url(name, each, PASSWORD)) for each in (role, administrator))
    return Database(owner, as_server, as_administrator, role, name)
