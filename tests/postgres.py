"""New databases of the PostgreSQL server that the tests share."""

from __future__ import annotations

from uuid import uuid4

import asyncpg

from bench.postgres_server import PostgresServer


async def new_database(server: PostgresServer, like: str = "template1") -> str:
    """The address of a new database, as the superuser: empty, or a copy of another one that nobody uses.

    It stays until the server's folder is removed.
    """
    name = f"test_{uuid4().hex}"
    connection = await asyncpg.connect(server.url())
    try:
        await connection.execute(f"CREATE DATABASE {name} TEMPLATE {like}")
    finally:
        await connection.close()
    return server.url(name)
