"""SqliteSource: statements that do not end, and files that are missing, corrupt, locked or replaced."""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from sources.sql.dialects import SQLITE
from sources.sql.query import sql_of
from sources.sqlite.connection import FileReplaced, PooledConnection
from sources.sqlite.pool import WorkerPool
from sources.sqlite.source_file import ChangedInPlace, SourceFile
from tests.sources.sqlite_files import (
    ENDLESS,
    NAME,
    OpenSource,
    RunEndless,
    SqliteQuery,
    failure_status,
    request_of,
    write_file,
)


async def test_fetch_returns_the_rows_of_a_statement(open_source: OpenSource) -> None:
    source = open_source()

    assert source.answered_at is None
    assert await source.fetch(NAME) == [["first"]]
    assert source.answered_at is not None


async def test_rows_keep_their_order_nulls_and_every_character(open_source: OpenSource) -> None:
    odd = 'quote " back \\ nul \0 tab \t ñ 漢 😀 \u2028'
    text = "SELECT 3 AS n, :odd UNION ALL SELECT 1, NULL UNION ALL SELECT 9223372036854775807, '' ORDER BY n DESC"

    assert await open_source().fetch(request_of(text, 2, odd=odd)) == [[2**63 - 1, ""], [3, odd], [1, None]]


async def test_no_rows_is_a_valid_response(open_source: OpenSource) -> None:
    assert await open_source().fetch(request_of("SELECT name FROM thing WHERE 0")) == []


async def test_an_endless_statement_times_out_and_its_connection_serves_again(open_source: OpenSource) -> None:
    source = open_source(deadline_s=0.2)

    assert await failure_status(source, ENDLESS) == "TIMEOUT"
    source.deadline_s = 30.0
    assert await source.fetch(NAME) == [["first"]]


async def test_a_statement_that_waits_for_a_connection_gets_the_next_one(open_source: OpenSource) -> None:
    source = open_source(connections=1)

    results = await asyncio.gather(*(source.fetch(NAME) for _ in range(20)))

    assert results == [[["first"]]] * 20


async def test_cancelling_interrupts_the_statement_and_frees_its_connection(
    open_source: OpenSource, run_endless: RunEndless
) -> None:
    source = open_source()
    (running,) = await run_endless(source)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running

    assert await source.fetch(NAME) == [["first"]]


async def test_cancelling_a_waiting_statement_loses_no_connection(
    open_source: OpenSource, run_endless: RunEndless
) -> None:
    source = open_source()
    (running,) = await run_endless(source)
    waiting = asyncio.create_task(source.fetch(NAME))
    await asyncio.sleep(0)
    waiting.cancel()
    running.cancel()
    await asyncio.wait([waiting, running])

    assert waiting.cancelled()
    assert await source.fetch(NAME) == [["first"]]


@pytest.mark.parametrize("steps", range(12))
async def test_cancelling_at_any_moment_loses_no_connection(open_source: OpenSource, steps: int) -> None:
    source = open_source()
    task = asyncio.create_task(source.fetch(NAME))
    for _ in range(steps):
        await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait([task])

    assert await source.fetch(NAME) == [["first"]]


@pytest.mark.parametrize("fault", ["missing", "directory", "corrupt", "empty", "no table"])
async def test_an_unreadable_file_is_down_until_it_can_be_read(path: Path, open_source: OpenSource, fault: str) -> None:
    moved = path.rename(path.with_suffix(".moved"))
    match fault:
        case "directory":
            path.mkdir()
        case "corrupt":
            path.write_bytes(os.urandom(8192))
        case "empty":
            path.touch()
        case "no table":
            with closing(sqlite3.connect(path)) as file:
                file.execute("CREATE TABLE other (x)")
    source = open_source()

    assert await failure_status(source) == "DOWN"
    assert await failure_status(source) == "DOWN"
    if path.is_dir():
        path.rmdir()
    moved.replace(path)
    assert await source.fetch(NAME) == [["first"]]


async def test_a_locked_file_times_out_until_it_is_unlocked(path: Path, open_source: OpenSource) -> None:
    source = open_source(deadline_s=1.0)
    assert await source.fetch(NAME) == [["first"]]
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")

        assert await failure_status(source) == "TIMEOUT"

        other.execute("COMMIT")
    assert await source.fetch(NAME) == [["first"]]


async def test_a_short_lock_only_delays_the_statement(path: Path, pool: WorkerPool, open_source: OpenSource) -> None:
    source = open_source()
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        waiting = asyncio.create_task(source.fetch(NAME))
        while not pool.statistics().running:
            await asyncio.sleep(0)
        other.execute("COMMIT")

    assert await waiting == [["first"]]


async def test_a_replaced_file_is_read_anew(tmp_path: Path, path: Path, open_source: OpenSource) -> None:
    source = open_source()
    assert await source.fetch(NAME) == [["first"]]

    write_file(tmp_path / "new.db", "second").replace(path)

    assert await source.fetch(NAME) == [["second"]]


async def test_a_file_overwritten_in_place_is_down(tmp_path: Path, path: Path, open_source: OpenSource) -> None:
    source = open_source(connections=2)
    assert await source.fetch(NAME) == [["first"]]

    shutil.copyfile(write_file(tmp_path / "new.db", "second"), path)

    assert [await failure_status(source) for _ in range(3)] == ["DOWN"] * 3
    (tmp_path / "new.db").replace(path)
    assert await source.fetch(NAME) == [["second"]]


async def test_a_file_changed_before_its_first_statement_is_down(path: Path, open_source: OpenSource) -> None:
    source = open_source()
    os.truncate(path, path.stat().st_size // 2)

    assert await failure_status(source) == "DOWN"


class Touching(dict[str, str]):
    """Parameters that touch a file when a statement binds them, and count how often."""

    def __init__(self, path: Path, **parameters: str) -> None:
        super().__init__(parameters)
        self.path, self.times = path, 0

    def __getitem__(self, name: str) -> str:
        self.path.touch()
        self.times += 1
        return super().__getitem__(name)


BY_NAME = sql_of(SqliteQuery("SELECT name FROM thing WHERE name = :name", 1), SQLITE).text


async def test_rows_read_while_the_file_is_changed_are_not_used(path: Path) -> None:
    connection = PooledConnection(SourceFile(path), lock_timeout_s=1)
    assert connection.query_json(BY_NAME, {"name": "first"}) == b'[["first"]]'

    with pytest.raises(ChangedInPlace):
        connection.query_json(BY_NAME, Touching(path, name="first"))


async def test_a_file_that_its_program_writes_is_read_once(path: Path) -> None:
    connection = PooledConnection(SourceFile(path, may_change=True), lock_timeout_s=1)
    parameters = Touching(path, name="first")

    assert connection.query_json(BY_NAME, parameters) == b'[["first"]]'
    assert parameters.times == 1


class Renaming(dict[str, str]):
    """Parameters that rename a copy over a file, so many times, when a statement binds them."""

    def __init__(self, path: Path, times: int, **parameters: str) -> None:
        super().__init__(parameters)
        self.path, self.times = path, times

    def __getitem__(self, name: str) -> str:
        if self.times:
            self.times -= 1
            shutil.copy(self.path, self.path.with_name("copy.db")).replace(self.path)
        return super().__getitem__(name)


async def test_a_statement_runs_once_more_if_its_file_is_replaced(path: Path) -> None:
    connection = PooledConnection(SourceFile(path), lock_timeout_s=1)

    assert connection.query_json(BY_NAME, Renaming(path, 1, name="first")) == b'[["first"]]'
    with pytest.raises(FileReplaced):
        connection.query_json(BY_NAME, Renaming(path, 2, name="first"))


async def test_a_file_deleted_while_open_is_down(path: Path, open_source: OpenSource) -> None:
    source = open_source()
    assert await source.fetch(NAME) == [["first"]]
    path.unlink()

    assert await failure_status(source) == "DOWN"


@pytest.mark.parametrize("text", ["INSERT INTO thing VALUES ('x')", "DROP TABLE thing", "CREATE TEMP TABLE t (x)"])
def test_nothing_can_be_written_through_a_connection(path: Path, text: str) -> None:
    before = path.read_bytes()
    connection = PooledConnection(SourceFile(path), lock_timeout_s=1)

    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        connection.query_json(text, {})
    assert path.read_bytes() == before


async def test_a_failure_is_logged_without_its_statement(
    open_source: OpenSource, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")

    assert (
        await failure_status(open_source(), request_of("SELECT secret FROM thing WHERE name = :name", name="SSN"))
        == "DOWN"
    )

    assert "OperationalError" in caplog.text
    assert "secret" not in caplog.text
    assert "SSN" not in caplog.text
