"""SQLite sources over real files, whose threads end with the test."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from sources.source import Source
from sources.sqlite.pool import WorkerPool
from sources.sqlite.source import SqliteSource
from tests.sources.sqlite_files import ENDLESS, OpenSource, RunEndless, worker_threads, write_file


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file whose NAME is "first"."""
    return write_file(tmp_path / "things.db", "first")


@pytest.fixture
def pool() -> WorkerPool:
    """The threads of every source that the test opens."""
    return WorkerPool()


@pytest.fixture
async def open_source(path: Path, pool: WorkerPool) -> AsyncIterator[OpenSource]:
    """Opens sources of one pool, which are closed at the end.

    The deadline is far off unless the test is about it.
    """
    opened: list[SqliteSource] = []
    before = worker_threads()

    def open_source(at: Path = path, *, connections: int = 1, deadline_s: float = 30.0) -> SqliteSource:
        opened.append(SqliteSource("things", at, connections=connections, deadline_s=deadline_s, pool=pool))
        return opened[-1]

    yield open_source
    for source in opened:
        await source.close()
    for thread in worker_threads() - before:
        thread.join(timeout=10)
        assert not thread.is_alive()
    assert pool.statistics().queued == 0


@pytest.fixture
def run_endless(pool: WorkerPool) -> RunEndless:
    """Sends endless statements, and returns their tasks when all of them run in a thread."""

    async def run_endless(source: Source, count: int = 1) -> list[asyncio.Task[Any]]:
        before = pool.statistics().running
        tasks = [asyncio.create_task(source.fetch(ENDLESS)) for _ in range(count)]
        while pool.statistics().running < before + count:
            await asyncio.sleep(0)
        return tasks

    return run_endless
