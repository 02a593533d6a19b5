"""Databases that cannot be a source: `needtoknow sources` and one line of the log say why, without a value."""

from __future__ import annotations

import asyncio
import json
import logging
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import pytest

from bench.postgres_server import PostgresServer, free_port
from resolvers.database_tables import missing_in_database
from resolvers.warrants import STORED
from seed.ddl import create_tables
from sources.errors import SourceUnavailable
from sources.postgres.address import Address
from sources.postgres.source import PostgresSource
from sources.sql.dialects import POSTGRES
from tests.command_line import Run
from tests.postgres import new_database
from tests.sources.things import THINGS

PASSWORD = "s3cret-of-the-reader"
MakeUrl = Callable[[PostgresServer], Awaitable[str]]


async def execute(url: str, *statements: str) -> None:
    connection = await asyncpg.connect(url)
    for statement in statements:
        await connection.execute(statement)
    await connection.close()


async def wrong_password(server: PostgresServer) -> str:
    return server.url(password=PASSWORD)


async def no_such_user(server: PostgresServer) -> str:
    return server.url(user="nobody_here", password=PASSWORD)


async def no_such_database(server: PostgresServer) -> str:
    return server.url("no_such_database")


async def nothing_listens(server: PostgresServer) -> str:
    return server.url(password=PASSWORD).replace(f":{server.port}/", f":{free_port()}/")


async def no_such_host(server: PostgresServer) -> str:
    return server.url(password=PASSWORD).replace("127.0.0.1", "no-such-host.invalid") + "?sslmode=require"


async def no_encryption(server: PostgresServer) -> str:
    return server.url() + "?sslmode=require"


async def other_encoding(server: PostgresServer) -> str:
    url = await new_database(server)
    name = f"{url.rpartition('/')[2]}_latin"
    await execute(url, f"CREATE DATABASE {name} TEMPLATE template0 ENCODING LATIN1 LC_COLLATE 'C' LC_CTYPE 'C'")
    return server.url(name)


async def no_encoding(server: PostgresServer) -> str:
    url = await new_database(server)
    name = f"{url.rpartition('/')[2]}_bytes"
    await execute(url, f"CREATE DATABASE {name} TEMPLATE template0 ENCODING SQL_ASCII LC_COLLATE 'C' LC_CTYPE 'C'")
    return server.url(name)


async def no_tables(server: PostgresServer) -> str:
    return await new_database(server)


async def no_rights(server: PostgresServer) -> str:
    url = await new_database(server)
    role = f"reader_{url[-8:]}"
    await execute(
        url,
        f"CREATE ROLE {role} LOGIN PASSWORD '{PASSWORD}'",
        "CREATE TABLE thing (name TEXT, value TEXT)",
        *create_tables(STORED.metadata, POSTGRES),
    )
    return server.url(url.rpartition("/")[2], role, PASSWORD)


BAD = [
    (wrong_password, "it refuses the user or the password (InvalidPasswordError)"),
    (no_such_user, "it refuses the user or the password (InvalidPasswordError)"),
    (no_such_database, "it has no such database (InvalidCatalogNameError)"),
    (nothing_listens, "nothing listens there (ConnectionRefusedError)"),
    (no_such_host, "its host is not known (gaierror)"),
    (no_encryption, "it refuses encryption (ConnectionError)"),
    (other_encoding, "its encoding is LATIN1, not UTF8"),
    (no_encoding, "its encoding is SQL_ASCII, not UTF8"),
    (no_tables, "a table is missing (UndefinedTableError)"),
    (no_rights, "its role has no right to read a table (InsufficientPrivilegeError)"),
]
OF_TABLES = {no_tables: "table warrant: relation", no_rights: "table warrant: permission denied for table warrant"}


async def failure(url: str, deadline_s: float = 10) -> str:
    """The status of a source whose database is bad."""
    source = PostgresSource("things", Address.parse(url, "prefer-standby"), deadline_s=deadline_s)
    try:
        with pytest.raises(SourceUnavailable) as caught:
            await source.fetch(THINGS)
    finally:
        await source.close()
    return caught.value.status


@pytest.mark.parametrize(("make_url", "cause"), BAD, ids=lambda each: getattr(each, "__name__", ""))
async def test_a_bad_database_is_down_with_its_cause_in_one_line(
    postgres: PostgresServer, caplog: pytest.LogCaptureFixture, make_url: MakeUrl, cause: str
) -> None:
    caplog.set_level(logging.DEBUG)
    url = await make_url(postgres)

    assert await failure(url) == "DOWN"
    assert [each.message for each in caplog.records if each.name.startswith("sources")] == [
        f"source things failed: {cause}"
    ]
    assert PASSWORD not in caplog.text
    assert postgres.password not in caplog.text


@pytest.mark.parametrize(("make_url", "cause"), BAD, ids=lambda each: getattr(each, "__name__", ""))
def test_the_command_names_the_cause_of_a_bad_database(
    postgres: PostgresServer,
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
    seeded: Path,
    make_url: MakeUrl,
    cause: str,
) -> None:
    monkeypatch.setenv("NEEDTOKNOW_SOURCE_WARRANTS", asyncio.run(make_url(postgres)))

    found = run("sources", "--data", seeded, "--json")
    (warrants,) = (each for each in json.loads(found.out)["sources"] if each["name"] == "warrants")

    assert (warrants["status"], found.err) == ("DOWN", "")
    assert warrants["cause"].startswith(OF_TABLES.get(make_url, f"it cannot be read: {cause}"))
    assert PASSWORD not in found.out
    assert postgres.password not in found.out


@asynccontextmanager
async def server_that_sends(*messages: tuple[bytes, bytes]) -> AsyncIterator[str]:
    """The address of a server that answers the first message of each client with messages: a type and a body."""
    reply = b"".join(kind + struct.pack("!i", len(body) + 4) + body for kind, body in messages)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1_000)
        writer.write(reply)
        await reader.read(1_000)
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield f"postgresql://u:{PASSWORD}@127.0.0.1:{server.sockets[0].getsockname()[1]}/records?sslmode=disable"


async def test_an_old_server_is_down_with_its_version(caplog: pytest.LogCaptureFixture) -> None:
    parameters = {"server_version": "12.22", "server_encoding": "UTF8", "client_encoding": "UTF8"}
    sent = [(b"S", f"{name}\0{value}\0".encode()) for name, value in parameters.items()]
    async with server_that_sends((b"R", struct.pack("!i", 0)), *sent, (b"Z", b"I")) as url:
        status = await failure(url)
        (cause,) = await asyncio.to_thread(missing_in_database, "warrants", Address.parse(url))

    assert (status, cause) == ("DOWN", "it cannot be read: it is PostgreSQL 12, and 15 or newer is needed")
    assert caplog.messages == ["source things failed: it is PostgreSQL 12, and 15 or newer is needed"]


async def test_a_server_of_another_protocol_is_down(caplog: pytest.LogCaptureFixture) -> None:
    async with server_that_sends((b"H", b"TTP/1.1 400 Bad Request")) as url:
        assert await failure(url, deadline_s=2) in {"DOWN", "TIMEOUT"}
    assert PASSWORD not in caplog.text
