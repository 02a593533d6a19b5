"""Fixtures: a journal's database, as the role of a server and as its owner."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from audit.postgres.journal import PostgresJournal
from bench.postgres_server import PostgresServer
from tests.audit.postgres.databases import Database, new_journal


@pytest.fixture
async def database(postgres: PostgresServer) -> Database:
    return await new_journal(postgres)


@pytest.fixture
async def journal(database: Database) -> AsyncIterator[PostgresJournal]:
    journal = await PostgresJournal.open(database.as_server, deadline_s=10)
    yield journal
    await journal.close()


@pytest.fixture
async def owner(database: Database) -> AsyncIterator[asyncpg.Connection]:
    async with database.owner() as connection:
        yield connection
