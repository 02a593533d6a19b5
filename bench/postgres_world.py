"""PostgreSQL databases of the benchmark: the world's rows, and a journal, on one server process of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from audit.postgres.version import migrate
from bench.postgres_server import DURABLE, PostgresServer, server_folder
from bench.processes import Server
from resolvers.catalogue import NAMES
from seed.postgres import copy_world
from sources.postgres.address import Address


@dataclass(frozen=True, slots=True)
class PostgresWorld:
    """A running PostgreSQL server with a world, and its addresses as settings of needtoknow."""

    server: Server
    sources: dict[str, str]
    journal: dict[str, str]


@contextmanager
def postgres_world(world: Path) -> Iterator[PostgresWorld]:
    """The rows of a world's files, and an empty journal. Commits are durable, as PostgreSQL has it by default."""
    # A worker that cleans up would use the CPU of some round.
    settings = {**DURABLE, "autovacuum": "off"}
    with server_folder() as folder, PostgresServer.create(folder / "cluster", settings) as server:
        address = Address.parse(server.url())
        copy_world(world, address)
        asyncio.run(migrate(address))
        yield PostgresWorld(
            Server(server.pid, server.port),
            {f"NEEDTOKNOW_SOURCE_{name.upper()}": server.url() for name in NAMES},
            {"NEEDTOKNOW_JOURNAL": server.url()},
        )
