"""SqliteSource: statements that do not end, and files that are missing, corrupt, locked or replaced."""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest

from sources.errors import SourceUnavailable
from sources.source import Source, Statement
from sources.sqlite.connection import PooledConnection
from sources.sqlite.pool import WorkerPool
from tests.sources.sqlite_files import ENDLESS, NAME, OpenSource, RunEndless, worker_threads, write_file


async def status(source: Source, statement: Statement = NAME) -> str:
    """TIMEOUT or DOWN."""
    with pytest.raises(SourceUnavailable) as caught:
        await source.fetch(statement)
    return caught.value.status


async def test_fetch_returns_the_rows_of_a_statement(open_source: OpenSource) -> None:
    source = open_source()

    assert source.answered_at is None
    assert await source.fetch(NAME) == [["first"]]
    assert source.answered_at is not None


async def test_rows_keep_their_order_nulls_and_every_character(open_source: OpenSource) -> None:
    odd = 'quote " back \\ nul \0 tab \t ñ 漢 😀 \u2028'
    text = "SELECT 3 AS n, :odd UNION ALL SELECT 1, NULL UNION ALL SELECT 9223372036854775807, '' ORDER BY n DESC"

    assert await open_source().fetch(Statement.of_rows(text, {"odd": odd}, 2)) == [[2**63 - 1, ""], [3, odd], [1, None]]


async def test_no_rows_is_a_valid_response(open_source: OpenSource) -> None:
    assert await open_source().fetch(Statement.of_rows("SELECT name FROM thing WHERE 0", {}, 1)) == []


async def test_an_endless_statement_times_out_and_its_connection_serves_again(open_source: OpenSource) -> None:
    source = open_source(deadline_s=0.2)

    assert await status(source, ENDLESS) == "TIMEOUT"
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

    assert await status(source) == "DOWN"
    assert await status(source) == "DOWN"
    if path.is_dir():
        path.rmdir()
    moved.replace(path)
    assert await source.fetch(NAME) == [["first"]]


async def test_a_locked_file_times_out_until_it_is_unlocked(path: Path, open_source: OpenSource) -> None:
    source = open_source(deadline_s=1.0)
    assert await source.fetch(NAME) == [["first"]]
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")

        assert await status(source) == "TIMEOUT"

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


async def test_a_file_overwritten_in_place_is_read_anew(tmp_path: Path, path: Path, open_source: OpenSource) -> None:
    source = open_source()
    assert await source.fetch(NAME) == [["first"]]

    shutil.copyfile(write_file(tmp_path / "new.db", "second"), path)

    assert await source.fetch(NAME) == [["second"]]


async def test_a_file_deleted_while_open_is_down(path: Path, open_source: OpenSource) -> None:
    source = open_source()
    assert await source.fetch(NAME) == [["first"]]
    path.unlink()

    assert await status(source) == "DOWN"


@pytest.mark.parametrize("text", ["INSERT INTO thing VALUES ('x')", "DROP TABLE thing", "CREATE TEMP TABLE t (x)"])
def test_nothing_can_be_written_through_a_connection(path: Path, text: str) -> None:
    before = path.read_bytes()
    connection = PooledConnection(path, lock_timeout_s=1)

    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        connection.query_json(Statement(text, {}))
    assert path.read_bytes() == before


async def test_close_may_be_called_twice_and_concurrently(open_source: OpenSource) -> None:
    source = open_source(connections=2)
    await source.fetch(NAME)

    await asyncio.gather(source.close(), source.close())
    await source.close()

    assert await status(source) == "DOWN"


async def test_close_interrupts_the_statement_on_an_open_connection(
    open_source: OpenSource, run_endless: RunEndless
) -> None:
    source = open_source()
    await source.fetch(NAME)
    (running,) = await run_endless(source)

    async with asyncio.timeout(10):
        await source.close()

    with pytest.raises(SourceUnavailable) as caught:
        await running
    assert caught.value.status == "DOWN"


async def test_close_fails_running_and_waiting_statements(open_source: OpenSource, run_endless: RunEndless) -> None:
    source = open_source()
    (running,) = await run_endless(source)
    waiting = asyncio.create_task(source.fetch(NAME))
    await asyncio.sleep(0)

    await source.close()

    for task in (running, waiting):
        with pytest.raises(SourceUnavailable) as caught:
            await task
        assert caught.value.status == "DOWN"


async def test_a_hanging_file_system_holds_up_neither_the_deadline_nor_close(
    path: Path, open_source: OpenSource
) -> None:
    path.unlink()
    os.mkfifo(path)  # opening it waits for a writer, in a call that nothing interrupts
    source = open_source(deadline_s=0.1)
    before = worker_threads()

    assert await status(source) == "TIMEOUT"
    assert await status(source) == "TIMEOUT"
    (thread,) = worker_threads() - before  # the hanging call holds its connection, so such calls cannot pile up
    await source.close()

    os.close(os.open(path, os.O_WRONLY))  # end the wait
    thread.join(timeout=10)
    assert not thread.is_alive()


async def test_a_connection_that_hangs_past_close_is_closed_when_it_returns(
    path: Path, open_source: OpenSource
) -> None:
    resume = threading.Event()

    class HangingPath(type(path)):  # type: ignore[misc]
        """A path whose file system hangs until `resume` is set."""

        def stat(self, **_: bool) -> os.stat_result:
            resume.wait()
            return path.stat()

    source = open_source(HangingPath(path), deadline_s=0.05)
    before = worker_threads()
    assert await status(source) == "TIMEOUT"
    (thread,) = worker_threads() - before
    await source.close()

    resume.set()
    thread.join(timeout=10)

    assert not thread.is_alive()
    assert str(path) not in {os.path.realpath(each) for each in Path("/proc/self/fd").iterdir()}


@pytest.mark.parametrize("ending", ["await source.close()", "pass"])
@pytest.mark.parametrize("source", ["endless", "hanging", "healthy"])
def test_the_process_ends_even_if_the_source_hangs(path: Path, source: str, ending: str) -> None:
    if source == "hanging":
        path.unlink()
        os.mkfifo(path)
    script = f"""
import asyncio
from pathlib import Path
from sources.errors import SourceUnavailable
from sources.source import Statement
from sources.sqlite.source import SqliteSource

async def main():
    source = SqliteSource("things", Path({str(path)!r}), deadline_s=0.2)
    try:
        await source.fetch(Statement({(ENDLESS if source == "endless" else NAME).text!r}, {{}}))
        print("OK")
    except SourceUnavailable as error:
        print(error.status)
    {ending}

asyncio.run(main())
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=20, check=True)

    assert done.stdout.split() == ["OK" if source == "healthy" else "TIMEOUT"]


async def test_a_failure_is_logged_without_its_statement(
    open_source: OpenSource, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")

    assert (
        await status(open_source(), Statement("SELECT secret FROM thing WHERE name = :name", {"name": "SSN"})) == "DOWN"
    )

    assert "OperationalError" in caplog.text
    assert "secret" not in caplog.text
    assert "SSN" not in caplog.text
