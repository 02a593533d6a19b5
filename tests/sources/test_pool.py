"""WorkerPool: how many threads start, and which jobs delay which others."""

from __future__ import annotations

import asyncio
import os
import threading
from pathlib import Path

import pytest

from sources.errors import SourceUnavailable
from sources.sqlite.pool import WorkerPool
from tests.sources.sqlite_files import ENDLESS, NAME, OpenSource, RunEndless, worker_threads, write_file


@pytest.fixture
def quick_path(tmp_path: Path) -> Path:
    return write_file(tmp_path / "quick.db", "quick")


@pytest.mark.parametrize("pool", [pytest.param(WorkerPool(poll_interval_s=3_600), id="without polls")])
async def test_one_thread_reads_every_file_while_none_is_slow(tmp_path: Path, open_source: OpenSource) -> None:
    """Without polls no thread counts as stalled, however slow the machine is."""
    before = worker_threads()
    sources = [open_source(write_file(tmp_path / name, name), connections=2) for name in ("one", "two", "three")]

    for _ in range(20):
        rows = await asyncio.gather(*(source.fetch(NAME) for source in sources))
        assert rows == [[["one"]], [["two"]], [["three"]]]
    assert len(worker_threads() - before) == 1


async def test_slow_files_hold_up_no_other(
    tmp_path: Path, pool: WorkerPool, open_source: OpenSource, run_endless: RunEndless, quick_path: Path
) -> None:
    slow, quick = open_source(), open_source(quick_path)
    slower = open_source(write_file(tmp_path / "slower.db", "slower"), connections=2)
    endless = [*await run_endless(slow), *await run_endless(slower, 2)]

    for _ in range(3):
        assert await quick.fetch(NAME) == [["quick"]]
    assert not any(task.done() for task in endless)
    assert pool.statistics().busy_workers <= 4


async def test_a_hanging_file_system_holds_up_no_other_file_or_deadline(
    tmp_path: Path, open_source: OpenSource, quick_path: Path
) -> None:
    hanging_path = tmp_path / "hanging.db"
    os.mkfifo(hanging_path)  # opening it waits for a writer, in a call that nothing interrupts
    hanging, quick = open_source(hanging_path, deadline_s=0.05), open_source(quick_path)

    for _ in range(3):
        with pytest.raises(SourceUnavailable):
            await hanging.fetch(NAME)
        assert await quick.fetch(NAME) == [["quick"]]
    os.close(os.open(hanging_path, os.O_WRONLY))  # end the wait


async def test_a_job_without_a_free_connection_wakes_no_thread(
    pool: WorkerPool, open_source: OpenSource, run_endless: RunEndless, quick_path: Path
) -> None:
    slow, quick = open_source(), open_source(quick_path)
    (endless,) = await run_endless(slow)
    assert await quick.fetch(NAME) == [["quick"]]  # so the endless statement's thread counts as stalled
    while pool.statistics().busy_workers > 1:
        await asyncio.sleep(0)

    waiting = []
    for _ in range(100):
        waiting.append(asyncio.create_task(slow.fetch(NAME)))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert pool.statistics().busy_workers == 1
    assert pool.statistics().queued == 100
    endless.cancel()

    assert await asyncio.gather(*waiting) == [[["first"]]] * 100


async def test_interrupting_one_statement_never_hits_the_next(open_source: OpenSource, run_endless: RunEndless) -> None:
    source = open_source()
    for _ in range(40):
        (endless,) = await run_endless(source)
        waiting = asyncio.gather(*(source.fetch(NAME) for _ in range(5)))
        endless.cancel()

        assert await waiting == [[["first"]]] * 5


async def test_if_no_thread_can_start_the_source_is_down(
    open_source: OpenSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    source = open_source()
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", refuse)
        with pytest.raises(SourceUnavailable) as caught:
            await source.fetch(NAME)
    assert caught.value.status == "DOWN"

    assert await source.fetch(NAME) == [["first"]]


async def test_threads_end_with_the_last_source_and_not_before(open_source: OpenSource, quick_path: Path) -> None:
    before = worker_threads()
    first, second = open_source(), open_source(quick_path)
    await first.fetch(NAME)

    await first.close()
    assert await second.fetch(NAME) == [["quick"]]
    started = worker_threads() - before
    assert started

    await second.close()
    for thread in started:
        thread.join(timeout=10)
        assert not thread.is_alive()


async def test_a_pool_without_sources_serves_the_next_source_with_its_deadline(open_source: OpenSource) -> None:
    first = open_source()
    await first.fetch(NAME)
    await first.close()

    second = open_source(deadline_s=0.05)
    async with asyncio.timeout(10):
        with pytest.raises(SourceUnavailable):
            await second.fetch(ENDLESS)


async def test_threads_of_a_closed_source_end_while_others_are_open(
    open_source: OpenSource, run_endless: RunEndless, quick_path: Path
) -> None:
    await run_endless(open_source())
    before = worker_threads()

    for _ in range(3):
        quick = open_source(quick_path)
        assert await quick.fetch(NAME) == [["quick"]]
        await quick.close()

    for thread in worker_threads() - before:
        thread.join(timeout=10)
        assert not thread.is_alive()


async def test_a_thread_that_hangs_past_close_is_not_counted_for_the_next_source(
    tmp_path: Path, open_source: OpenSource, quick_path: Path
) -> None:
    path = tmp_path / "hanging.db"
    os.mkfifo(path)
    hanging = open_source(path, deadline_s=0.05)
    with pytest.raises(SourceUnavailable):
        await hanging.fetch(NAME)
    await hanging.close()

    assert await open_source(quick_path).fetch(NAME) == [["quick"]]
    os.close(os.open(path, os.O_WRONLY))  # end the wait
