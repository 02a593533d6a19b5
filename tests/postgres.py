"""New databases of the PostgreSQL server that the tests share, and a server that hangs."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import asyncpg

from bench.postgres_server import PostgresServer
from bench.processes import tree


async def new_database(server: PostgresServer, like: str = "template1") -> str:
    """The address of a new database, as the superuser: empty, or a copy of another one that nobody uses.

    It stays until it is dropped, or the server's folder is removed.
    """
    name = f"test_{uuid4().hex}"
    await execute(server.url(), f"CREATE DATABASE {name} TEMPLATE {like}")
    return server.url(name)


async def drop_database(server: PostgresServer, name: str) -> None:
    """Drop a database, although it may be in use."""
    await execute(server.url(), f"DROP DATABASE {name} WITH (FORCE)")


async def execute(url: str, statement: str) -> None:
    """Execute one statement on a connection of its own."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


@contextmanager
def stopped(server: PostgresServer) -> Iterator[None]:
    """No process of the server runs meanwhile."""
    processes = list(tree(server.pid))
    for pid in processes:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in reversed(processes):  # the parent last: it removes those that have ended
            os.kill(pid, signal.SIGCONT)
