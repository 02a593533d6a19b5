"""The PostgreSQL server of tests and benchmarks."""

import signal

import asyncpg
import pytest

from bench.postgres_server import QUICK, PostgresServer, server_folder


async def test_a_new_database_is_empty_and_of_this_version(postgres_url: str) -> None:
    connection = await asyncpg.connect(postgres_url)
    tables = await connection.fetchval("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
    version = connection.get_server_version().major
    await connection.close()

    assert (tables, version) == (0, 18)


async def test_a_connection_with_another_password_is_refused(postgres: PostgresServer) -> None:
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(postgres.url(password="guessed"))


@pytest.mark.slow
async def test_a_standby_has_what_was_committed_before_a_crash(postgres: PostgresServer) -> None:
    settings = {**QUICK, "synchronous_standby_names": "standby"}
    with (
        server_folder() as folder,
        PostgresServer.create(folder / "primary", settings) as primary,
        primary.standby(folder / "standby", "standby") as standby,
    ):
        connection = await asyncpg.connect(primary.url())
        await connection.execute("CREATE TABLE noted AS SELECT 7 AS number")
        connection.terminate()
        primary.stop(signal.SIGQUIT)
        standby.promote()
        promoted = await asyncpg.connect(standby.url())
        noted = await promoted.fetchval("SELECT number FROM noted")
        await promoted.close()

    assert noted == 7
