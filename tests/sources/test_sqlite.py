"""SqliteSource: what becomes of statements that do not end, and of files that are not what they should be."""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest

from sources.errors import SourceUnavailable
from sources.source import Statement
from sources.sqlite.source import SqliteSource

ENDLESS = Statement("WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n", {})
NAME = Statement.of_rows("SELECT name FROM thing", {}, 1)
Open = Callable[..., SqliteSource]


def write(path: Path, name: str) -> Path:
    with closing(sqlite3.connect(path)) as file:
        file.execute("CREATE TABLE thing (name TEXT)")
        file.execute("INSERT INTO thing VALUES (?)", (name,))
        file.commit()
    return path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return write(tmp_path / "things.db", "first")


@pytest.fixture
async def open_(path: Path) -> AsyncIterator[Open]:
    """Sources that are closed at the end. The deadline is far off where it is not what the test is about."""
    opened: list[SqliteSource] = []
    before = set(threading.enumerate())

    def open_(at: Path = path, *, connections: int = 1, deadline_s: float = 30.0) -> SqliteSource:
        opened.append(SqliteSource("things", at, connections=connections, deadline_s=deadline_s))
        return opened[-1]

    yield open_
    for source in opened:
        await source.close()
    for thread in set(threading.enumerate()) - before:
        thread.join(timeout=10)
        assert not thread.is_alive()


async def status(source: SqliteSource, statement: Statement = NAME) -> str:
    with pytest.raises(SourceUnavailable) as caught:
        await source.fetch(statement)
    return caught.value.status


async def started(source: SqliteSource) -> asyncio.Task[Any]:
    """A statement without end, on its way in a thread."""
    task = asyncio.create_task(source.fetch(ENDLESS))
    while not source._crew._running:
        await asyncio.sleep(0)
    return task


async def test_a_statement_answers_with_its_rows(open_: Open) -> None:
    source = open_()

    assert source.answered_at is None
    assert await source.fetch(NAME) == [["first"]]
    assert source.answered_at is not None


async def test_rows_keep_their_order_their_nulls_and_every_character(open_: Open) -> None:
    odd = 'quote " back \\ nul \0 tab \t ñ 漢 😀 \u2028'
    text = "SELECT 3 AS n, :odd UNION ALL SELECT 1, NULL UNION ALL SELECT 9223372036854775807, '' ORDER BY n DESC"

    assert await open_().fetch(Statement.of_rows(text, {"odd": odd}, 2)) == [[2**63 - 1, ""], [3, odd], [1, None]]


async def test_no_rows_is_an_answer_too(open_: Open) -> None:
    assert await open_().fetch(Statement.of_rows("SELECT name FROM thing WHERE 0", {}, 1)) == []


async def test_an_endless_statement_is_stopped_at_the_deadline_and_its_connection_serves_again(open_: Open) -> None:
    source = open_(deadline_s=0.2)
    before = perf_counter()

    assert await status(source, ENDLESS) == "TIMEOUT"
    assert perf_counter() - before < 2.0
    assert await source.fetch(NAME) == [["first"]]


async def test_what_waits_for_a_connection_gets_the_next_one(open_: Open) -> None:
    source = open_(connections=1)

    answers = await asyncio.gather(*(source.fetch(NAME) for _ in range(20)))

    assert answers == [[["first"]]] * 20


async def test_cancelling_stops_the_statement_and_frees_its_connection(open_: Open) -> None:
    source = open_()
    running = await started(source)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running

    assert await source.fetch(NAME) == [["first"]]


async def test_cancelling_what_waits_for_a_connection_loses_none(open_: Open) -> None:
    source = open_()
    running = await started(source)
    waiting = asyncio.create_task(source.fetch(NAME))
    await asyncio.sleep(0)
    waiting.cancel()
    running.cancel()
    await asyncio.wait([waiting, running])

    assert waiting.cancelled()
    assert await source.fetch(NAME) == [["first"]]


@pytest.mark.parametrize("turns", range(12))
async def test_cancelling_at_any_step_of_the_way_loses_no_connection(open_: Open, turns: int) -> None:
    source = open_()
    task = asyncio.create_task(source.fetch(NAME))
    for _ in range(turns):
        await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait([task])

    assert await source.fetch(NAME) == [["first"]]


@pytest.mark.parametrize("what", ["missing", "directory", "corrupt", "empty", "no table"])
async def test_a_file_that_cannot_be_read_is_down_and_is_used_again_when_it_can(
    path: Path, open_: Open, what: str
) -> None:
    kept = path.rename(path.with_suffix(".kept"))
    match what:
        case "directory":
            path.mkdir()
        case "corrupt":
            path.write_bytes(os.urandom(8192))
        case "empty":
            path.touch()
        case "no table":
            with closing(sqlite3.connect(path)) as file:
                file.execute("CREATE TABLE other (x)")
    source = open_()

    assert await status(source) == "DOWN"
    assert await status(source) == "DOWN"
    if path.is_dir():
        path.rmdir()
    kept.replace(path)
    assert await source.fetch(NAME) == [["first"]]


async def test_a_locked_file_times_out_and_is_used_again(path: Path, open_: Open) -> None:
    source = open_(deadline_s=1.0)
    assert await source.fetch(NAME) == [["first"]]
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")

        assert await status(source) == "TIMEOUT"

        other.execute("COMMIT")
    assert await source.fetch(NAME) == [["first"]]


async def test_a_short_lock_is_waited_out(path: Path, open_: Open) -> None:
    source = open_()
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        waiting = asyncio.create_task(source.fetch(NAME))
        while not source._crew._running:
            await asyncio.sleep(0)
        other.execute("COMMIT")

    assert await waiting == [["first"]]


async def test_a_file_that_is_replaced_is_answered_from_anew(tmp_path: Path, path: Path, open_: Open) -> None:
    source = open_()
    assert await source.fetch(NAME) == [["first"]]

    write(tmp_path / "new.db", "second").replace(path)

    assert await source.fetch(NAME) == [["second"]]


async def test_a_file_that_is_written_over_in_place_answers_anew(tmp_path: Path, path: Path, open_: Open) -> None:
    source = open_()
    assert await source.fetch(NAME) == [["first"]]

    shutil.copyfile(write(tmp_path / "new.db", "second"), path)

    assert await source.fetch(NAME) == [["second"]]


async def test_a_file_that_is_deleted_while_open_is_down(path: Path, open_: Open) -> None:
    source = open_()
    assert await source.fetch(NAME) == [["first"]]
    path.unlink()

    assert await status(source) == "DOWN"


async def test_nothing_can_be_written_through_it(path: Path, open_: Open) -> None:
    before = path.read_bytes()
    source = open_()
    await source.fetch(NAME)
    (line,) = source._lines
    assert line._connection is not None

    for text in ("INSERT INTO thing VALUES ('x')", "DROP TABLE thing", "CREATE TEMP TABLE t (x)"):
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            line._connection.execute(text)
    assert path.read_bytes() == before


async def test_close_twice_and_at_once(open_: Open) -> None:
    source = open_(connections=2)
    await source.fetch(NAME)

    await asyncio.gather(source.close(), source.close())
    await source.close()

    assert await status(source) == "DOWN"


async def test_close_stops_what_runs_on_a_connection_that_was_open(open_: Open) -> None:
    source = open_()
    await source.fetch(NAME)
    running = await started(source)

    async with asyncio.timeout(10):
        await source.close()

    with pytest.raises(SourceUnavailable) as caught:
        await running
    assert caught.value.status == "DOWN"


async def test_close_stops_what_runs_and_turns_away_what_waits(open_: Open) -> None:
    source = open_()
    running = await started(source)
    waiting = asyncio.create_task(source.fetch(NAME))
    await asyncio.sleep(0)

    await source.close()

    for task in (running, waiting):
        with pytest.raises(SourceUnavailable) as caught:
            await task
        assert caught.value.status == "DOWN"


async def test_a_file_system_that_hangs_holds_up_neither_the_answer_nor_close(path: Path, open_: Open) -> None:
    path.unlink()
    os.mkfifo(path)  # opening it waits for a writer, in a call that nothing interrupts
    source = open_(deadline_s=0.1)

    assert await status(source) == "TIMEOUT"
    assert await status(source) == "TIMEOUT"
    threads = [thread for thread in threading.enumerate() if "_connection_worker_thread" in thread.name]
    assert len(threads) == 1  # what hangs keeps its line, so it cannot pile up
    await source.close()

    os.close(os.open(path, os.O_WRONLY))  # let it go
    threads[0].join(timeout=10)
    assert not threads[0].is_alive()


@pytest.mark.parametrize("ending", ["await source.close()", "pass"])
@pytest.mark.parametrize("how", ["endless", "hanging", "healthy"])
def test_the_process_ends_whatever_the_source_does(path: Path, how: str, ending: str) -> None:
    if how == "hanging":
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
        await source.fetch(Statement({(ENDLESS if how == "endless" else NAME).text!r}, {{}}))
        print("OK")
    except SourceUnavailable as fault:
        print(fault.status)
    {ending}

asyncio.run(main())
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=20, check=True)

    assert done.stdout.split() == ["OK" if how == "healthy" else "TIMEOUT"]


async def test_what_went_wrong_is_logged_without_a_word_of_the_statement(
    open_: Open, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")

    assert await status(open_(), Statement("SELECT secret FROM thing WHERE name = :name", {"name": "SSN"})) == "DOWN"

    assert "OperationalError" in caplog.text
    assert "secret" not in caplog.text
    assert "SSN" not in caplog.text
