"""The crew: how many threads there are for how much work, and who is held up by whom."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from pathlib import Path

import pytest

from sources.errors import SourceUnavailable
from sources.source import Statement
from sources.sqlite import pool
from sources.sqlite.pool import WorkerPool
from sources.sqlite.source import SqliteSource

ENDLESS = Statement("WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n", {})
NAME = Statement.of_rows("SELECT name FROM thing", {}, 1)
Open = Callable[..., SqliteSource]


def threads() -> set[threading.Thread]:
    return {thread for thread in threading.enumerate() if "_connection_worker_thread" in thread.name}


@pytest.fixture
async def open_(tmp_path: Path) -> AsyncIterator[Open]:
    """Sources of one crew, each in its own file with its own name in it."""
    opened: list[SqliteSource] = []
    shared = WorkerPool()

    def open_(name: str, *, connections: int = 1, deadline_s: float = 30.0) -> SqliteSource:
        with closing(sqlite3.connect(tmp_path / name)) as file:
            file.execute("CREATE TABLE thing (name TEXT)")
            file.execute("INSERT INTO thing VALUES (?)", (name,))
            file.commit()
        opened.append(SqliteSource(name, tmp_path / name, connections=connections, deadline_s=deadline_s, crew=shared))
        return opened[-1]

    yield open_
    for source in opened:
        await source.close()
    assert not shared._due


async def running(source: SqliteSource, count: int) -> list[asyncio.Task[object]]:
    """So many statements without end, all at work."""
    before = len(source._crew._running)
    tasks = [asyncio.create_task(source.fetch(ENDLESS)) for _ in range(count)]
    while len(source._crew._running) < before + count:
        await asyncio.sleep(0)
    return tasks


async def test_one_thread_answers_for_all_files_while_none_is_slow(
    open_: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool, "TICK_S", 3_600)  # or a machine that does other things beside makes one of them slow
    before = threads()
    sources = [open_(name, connections=2) for name in ("first", "second", "third")]

    for _ in range(20):
        assert await asyncio.gather(*(source.fetch(NAME) for source in sources)) == [
            [["first"]],
            [["second"]],
            [["third"]],
        ]
    assert len(threads() - before) == 1


async def test_files_that_are_slow_hold_up_no_other(open_: Open) -> None:
    slow, slower, quick = open_("slow"), open_("slower", connections=2), open_("quick")
    stuck = [*await running(slow, 1), *await running(slower, 2)]

    for _ in range(3):
        assert await quick.fetch(NAME) == [["quick"]]
    assert not any(task.done() for task in stuck)
    assert len(slow._crew._awake) <= 4


async def test_a_file_system_that_hangs_holds_up_no_other_and_no_deadline(tmp_path: Path, open_: Open) -> None:
    hung, quick = open_("hung", deadline_s=0.05), open_("quick")
    (tmp_path / "hung").unlink()
    os.mkfifo(tmp_path / "hung")  # opening it waits for a writer, in a call that nothing interrupts

    for _ in range(3):
        with pytest.raises(SourceUnavailable):
            await hung.fetch(NAME)
        assert await quick.fetch(NAME) == [["quick"]]
    os.close(os.open(tmp_path / "hung", os.O_WRONLY))  # let it go


async def test_what_has_no_line_to_go_by_wakes_nobody(open_: Open) -> None:
    slow, quick = open_("slow"), open_("quick")
    (stuck,) = await running(slow, 1)
    waiting = asyncio.create_task(slow.fetch(NAME))
    assert await quick.fetch(NAME) == [["quick"]]
    while len(slow._crew._awake) > 1:
        await asyncio.sleep(0)

    for _ in range(1000):
        slow._crew._call()
        assert len(slow._crew._awake) == 1
    stuck.cancel()

    assert await waiting == [["slow"]]


async def test_stopping_one_statement_never_hits_the_next(open_: Open) -> None:
    source = open_("only", deadline_s=30)
    for _ in range(40):
        (stuck,) = await running(source, 1)
        waiting = asyncio.gather(*(source.fetch(NAME) for _ in range(5)))
        stuck.cancel()

        assert await waiting == [[["only"]]] * 5


async def test_where_no_thread_can_be_started_the_source_is_down(open_: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    source = open_("only")
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", refuse)
        with pytest.raises(SourceUnavailable) as caught:
            await source.fetch(NAME)
    assert caught.value.status == "DOWN"

    assert await source.fetch(NAME) == [["only"]]


async def test_threads_end_with_the_last_source_and_not_before(open_: Open) -> None:
    before = threads()
    first, second = open_("first"), open_("second")
    await first.fetch(NAME)

    await first.close()
    assert await second.fetch(NAME) == [["second"]]
    started = threads() - before
    assert started

    await second.close()
    for thread in started:
        thread.join(timeout=10)
        assert not thread.is_alive()
