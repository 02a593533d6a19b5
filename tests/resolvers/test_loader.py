"""BatchLoader, and the three faults of strawberry's own DataLoader that it closes: each is shown on both."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Sequence
from typing import Any

import pytest
from strawberry.dataloader import DataLoader

from resolvers.loader import BatchLoader


class Broken(Exception):
    """The batch failed."""


class Desk:
    """A batch function that waits until it is let go, and remembers what it was asked."""

    def __init__(self, fails: int = 0) -> None:
        self.asked: list[list[int]] = []
        self.called, self.go = asyncio.Event(), asyncio.Event()
        self.fails = fails

    async def mapping(self, keys: Sequence[int]) -> dict[int, str]:
        self.asked.append(list(keys))
        self.called.set()
        await self.go.wait()
        if len(self.asked) <= self.fails:
            raise Broken
        return {key: f"answer {key}" for key in reversed(keys) if key >= 0}

    async def sequence(self, keys: Sequence[int]) -> list[str]:
        found = await self.mapping(keys)
        return [found[key] for key in keys]


async def two_waiters(loader: DataLoader[int, Any], desk: Desk) -> tuple[asyncio.Task[Any], asyncio.Task[Any]]:
    """Two tasks that wait for one key while its batch runs; the first is then cancelled."""

    async def wait() -> Any:
        return await loader.load(1)

    first, second = asyncio.create_task(wait()), asyncio.create_task(wait())
    await desk.called.wait()
    first.cancel()
    desk.go.set()
    await asyncio.wait([first, second])
    assert first.cancelled()
    return first, second


async def test_a_waiter_that_is_cancelled_cancels_the_others_of_strawberry() -> None:
    desk = Desk()
    _, second = await two_waiters(DataLoader(desk.sequence), desk)

    assert second.cancelled()


async def test_a_waiter_that_is_cancelled_leaves_the_others_waiting() -> None:
    desk = Desk()
    _, second = await two_waiters(BatchLoader(desk.mapping), desk)

    assert second.result() == "answer 1"
    assert desk.asked == [[1]]


async def test_a_batch_that_failed_stays_in_the_cache_of_strawberry() -> None:
    desk = Desk(fails=1)
    desk.go.set()
    loader = DataLoader(desk.sequence)
    for _ in range(2):
        with pytest.raises(Broken):
            await loader.load(1)

    assert desk.asked == [[1]]


async def test_a_batch_that_failed_is_asked_again() -> None:
    desk = Desk(fails=1)
    desk.go.set()
    loader = BatchLoader(desk.mapping)
    with pytest.raises(Broken):
        await loader.load(1)

    assert await loader.load(1) == "answer 1"
    assert desk.asked == [[1], [1]]


async def test_clearing_a_key_that_is_not_there_raises_in_strawberry() -> None:
    with pytest.raises(KeyError):
        DataLoader(Desk().sequence).clear(1)


async def test_clearing_a_key_that_is_not_there_does_nothing() -> None:
    desk = Desk()
    desk.go.set()
    loader = BatchLoader(desk.mapping)
    loader.clear(1)
    await loader.load(1)
    loader.clear(1)
    loader.clear(1)
    await loader.load(1)

    assert desk.asked == [[1], [1]]


async def test_keys_asked_together_are_one_batch_and_each_gets_its_own_answer() -> None:
    desk = Desk()
    desk.go.set()
    loader = BatchLoader(desk.mapping)

    assert await loader.load_many([3, 1, 3, 2]) == ["answer 3", "answer 1", "answer 3", "answer 2"]
    assert desk.asked == [[3, 1, 2]]


async def test_a_key_without_an_answer_gets_an_absence_of_its_own() -> None:
    desk = Desk()
    desk.go.set()
    first, second = await BatchLoader(desk.mapping, absent=list).load_many([-1, -2])

    assert first == second == []
    assert first is not second


async def test_a_level_of_keys_is_one_batch_and_what_is_known_is_not_asked_again() -> None:
    desk = Desk()
    desk.go.set()
    loader = BatchLoader(desk.mapping)

    assert await loader.load_all([3, 1]) == {3: "answer 3", 1: "answer 1"}
    known = await loader.load_all([1, 2, -1])
    assert (known[1], known[2], -1 in known) == ("answer 1", "answer 2", False)
    assert await loader.load(3) == "answer 3"
    assert (await loader.load_all([1]))[1] == "answer 1"
    assert desk.asked == [[3, 1], [2, -1]]


async def test_levels_that_wait_for_one_key_share_its_batch_though_one_is_cancelled() -> None:
    desk = Desk()
    loader = BatchLoader(desk.mapping)
    first, second = (asyncio.ensure_future(loader.load_all(keys)) for keys in ([1, 2], [2, 3]))
    await desk.called.wait()
    first.cancel()
    desk.go.set()
    await asyncio.wait([first, second])

    assert first.cancelled()
    assert second.result() == {key: f"answer {key}" for key in (1, 2, 3)}
    assert desk.asked == [[1, 2], [3]]


async def test_a_level_that_failed_is_asked_again() -> None:
    desk = Desk(fails=1)
    desk.go.set()
    loader = BatchLoader(desk.mapping)
    with pytest.raises(Broken):
        await loader.load_all([1, 2])

    assert await loader.load_all([2, 1]) == {2: "answer 2", 1: "answer 1"}
    assert desk.asked == [[1, 2], [2, 1]]


async def test_cancelling_stops_a_level_and_whoever_waits_for_it() -> None:
    desk = Desk()
    loader = BatchLoader(desk.mapping)
    waiting = asyncio.ensure_future(loader.load_all([1]))
    await desk.called.wait()

    loader.cancel()

    with pytest.raises(asyncio.CancelledError):
        await waiting


async def test_cancelling_stops_the_batch_and_everyone_who_waits_for_it() -> None:
    desk = Desk()
    loader = BatchLoader(desk.mapping)
    waiting = asyncio.ensure_future(loader.load(1))
    await desk.called.wait()

    loader.cancel()

    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(waiting, timeout=10)


async def test_cancelling_starts_no_batch_that_is_due() -> None:
    desk = Desk()
    loader = BatchLoader(desk.mapping)
    waiting = asyncio.ensure_future(loader.load(1))

    loader.cancel()

    with pytest.raises(asyncio.CancelledError):
        await waiting
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert desk.asked == []


async def test_a_batch_that_fails_when_all_have_gone_troubles_nobody() -> None:
    complaints: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, complaint: complaints.append(complaint))
    desk = Desk(fails=1)
    loader = BatchLoader(desk.mapping)
    waiting = asyncio.ensure_future(loader.load(1))
    await desk.called.wait()
    waiting.cancel()
    await asyncio.wait([waiting])
    (batch,) = loader._running
    desk.go.set()
    await asyncio.wait([batch])
    del loader, waiting, batch
    gc.collect()

    assert complaints == []
