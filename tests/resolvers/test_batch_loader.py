"""BatchLoader: one batch for the new keys of a level, over strawberry's DataLoader."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Sequence
from typing import Any

import pytest

from resolvers.batch_loader import BatchLoader


class BatchFailed(Exception):
    """The batch failed."""


class Reader:
    """A batch function that waits until `go`, and records its batches. The first `failures` batches fail."""

    def __init__(self, failures: int = 0, *, is_ready: bool = True) -> None:
        self.batches: list[list[int]] = []
        self.called, self.go = asyncio.Event(), asyncio.Event()
        self.failures = failures
        if is_ready:
            self.go.set()

    async def read(self, keys: Sequence[int]) -> dict[int, str]:
        self.batches.append(list(keys))
        self.called.set()
        await self.go.wait()
        if len(self.batches) <= self.failures:
            raise BatchFailed
        return {key: f"row {key}" for key in reversed(keys) if key >= 0}


async def test_the_keys_of_a_level_are_one_batch() -> None:
    reader = Reader()

    assert await BatchLoader(reader.read).load_all([3, 1]) == {3: "row 3", 1: "row 1"}
    assert reader.batches == [[3, 1]]


async def test_a_key_is_read_once_and_a_key_without_rows_is_absent() -> None:
    reader = Reader()
    loader = BatchLoader(reader.read)
    await loader.load_all([3, 1])
    rows = await loader.load_all([1, 2, -1])
    await loader.load_all([-1, 3])

    assert (rows[1], rows[2], -1 in rows) == ("row 1", "row 2", False)
    assert reader.batches == [[3, 1], [2, -1]]
    assert loader.cache_hits == 3


async def test_new_keys_of_one_moment_are_one_batch() -> None:
    reader = Reader()
    loader = BatchLoader(reader.read)

    first, second = await asyncio.gather(loader.load_all([1, 2]), loader.load_all([2, 3]))

    assert (first[1], second[2], second[3]) == ("row 1", "row 2", "row 3")
    assert reader.batches == [[1, 2, 3]]


async def test_a_cancelled_waiter_leaves_the_batch_running_for_others() -> None:
    reader = Reader(is_ready=False)
    loader = BatchLoader(reader.read)
    first = loader.load_all([1, 2])
    await reader.called.wait()
    second = loader.load_all([2, 3])
    first.cancel()
    reader.go.set()
    await asyncio.wait([first, second])

    assert first.cancelled()
    assert second.result() == {key: f"row {key}" for key in (1, 2, 3)}
    assert reader.batches == [[1, 2], [3]]


async def test_a_failed_batch_is_not_cached() -> None:
    reader = Reader(failures=1)
    loader = BatchLoader(reader.read)
    with pytest.raises(BatchFailed):
        await loader.load_all([1, 2])

    assert await loader.load_all([2, 1]) == {2: "row 2", 1: "row 1"}
    assert reader.batches == [[1, 2], [2, 1]]


async def test_cancelling_a_loader_stops_its_batch_and_its_waiters() -> None:
    stopped = False

    async def read(_keys: Sequence[int]) -> dict[int, str]:
        nonlocal stopped
        called.set()
        try:
            await asyncio.Event().wait()
        finally:
            stopped = True
        raise AssertionError

    called = asyncio.Event()
    loader = BatchLoader(read)
    waiter = loader.load_all([1])
    await called.wait()

    loader.cancel()

    with pytest.raises(asyncio.CancelledError):
        await waiter
    await asyncio.sleep(0)
    assert stopped


async def test_cancelling_a_loader_starts_no_batch_that_is_scheduled() -> None:
    reader = Reader()
    loader = BatchLoader(reader.read)
    waiter = loader.load_all([1])

    loader.cancel()

    with pytest.raises(asyncio.CancelledError):
        await waiter
    for _ in range(3):
        await asyncio.sleep(0)
    assert reader.batches == []


async def test_a_batch_that_is_cancelled_from_inside_cancels_its_waiters() -> None:
    """strawberry's DataLoader alone would leave them waiting for ever."""

    async def read(_keys: Sequence[int]) -> dict[int, str]:
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await BatchLoader(read).load_all([1])


async def test_a_batch_that_fails_after_its_waiters_left_logs_nothing() -> None:
    complaints: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, complaint: complaints.append(complaint))
    reader = Reader(failures=1, is_ready=False)
    loader = BatchLoader(reader.read)
    waiter = loader.load_all([1])
    await reader.called.wait()
    waiter.cancel()
    await asyncio.wait([waiter])
    reader.go.set()
    for _ in range(5):
        await asyncio.sleep(0)
    del loader, waiter
    gc.collect()

    assert complaints == []


async def test_a_loader_that_is_done_leaves_nothing_to_the_collector() -> None:
    reader = Reader()
    gc.collect()
    gc.disable()
    try:
        loader = BatchLoader(reader.read)
        await loader.load_all([1, 2])
        await asyncio.sleep(0)
        del loader
        assert gc.collect() == 0
    finally:
        gc.enable()
