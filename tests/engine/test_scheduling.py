"""Long operations take turns, and pause for short ones. Time is virtual, and so is the processor's."""

from __future__ import annotations

import asyncio

import pytest

from engine.scheduling import TIME_SLICE_S, Scheduler, TimeSlice
from tests.sources.virtual_time import now, run_in_virtual_time

LONG_S, SHORT_S = TIME_SLICE_S * 2, TIME_SLICE_S / 2


class Processor:
    """Operations that use processor time, and the order in which they use it."""

    def __init__(self) -> None:
        self.used_s = 0.0
        self.scheduler = Scheduler(lambda: self.used_s, lambda: self.used_s)
        self.order: list[str] = []

    async def operate(self, name: str, seconds: float, times: int = 3) -> float:
        """Use this many seconds so many times, and pause where it is due. Returns when it ended."""
        with self.scheduler.operation() as time_slice:
            for _ in range(times):
                self.order.append(name)
                self.used_s += seconds
                if time_slice.is_over:
                    await time_slice.pause()
        return now()


def run(*operations: tuple[str, float, int]) -> tuple[list[str], list[float]]:
    """The order of the parts of operations that begin together, and the time at which each operation ended."""
    processor = Processor()

    async def operate_all() -> list[float]:
        return await asyncio.gather(*(processor.operate(*each) for each in operations))

    ended = run_in_virtual_time(operate_all())
    assert processor.scheduler.short_operations == 0
    assert not processor.scheduler.turn.locked()
    return processor.order, ended


def test_a_short_operation_never_pauses() -> None:
    order, ended = run(("a", SHORT_S, 1), ("b", SHORT_S, 1))

    assert (order, ended) == (["a", "b"], [0, 0])


def test_an_operation_is_long_by_the_sum_of_its_parts() -> None:
    processor = Processor()
    time_slice = TimeSlice(processor.scheduler)
    processor.used_s += SHORT_S
    assert not time_slice.is_over
    processor.used_s += SHORT_S * 1.5
    assert time_slice.is_over


def test_a_long_operation_alone_waits_for_nothing() -> None:
    order, ended = run(("a", LONG_S, 5))

    assert (order, ended) == (["a"] * 5, [0])


def test_long_operations_take_turns() -> None:
    order, ended = run(("a", LONG_S, 3), ("b", LONG_S, 3), ("c", LONG_S, 3))

    assert order == ["a", "b", "c"] * 3
    # The first pauses while the others are still short.
    assert max(ended) <= LONG_S * 2


async def hold(scheduler: Scheduler, until: asyncio.Event) -> None:
    with scheduler.operation():
        await until.wait()


def test_a_long_operation_pauses_as_long_as_it_works_beside_a_short_one() -> None:
    async def pair() -> tuple[float, float]:
        processor, done = Processor(), asyncio.Event()
        short = asyncio.create_task(hold(processor.scheduler, done))
        await asyncio.sleep(0)
        beside = await processor.operate("a", LONG_S, 5)
        done.set()
        await short
        return beside, await processor.operate("b", LONG_S, 5) - beside

    beside, alone = run_in_virtual_time(pair())
    assert beside == pytest.approx(5 * LONG_S)
    assert alone == 0


def test_a_long_operation_that_waits_lets_others_have_its_turn() -> None:
    async def pair() -> list[str]:
        processor, answered = Processor(), asyncio.Event()

        async def wait_for_a_source() -> None:
            with processor.scheduler.operation() as time_slice:
                processor.used_s += LONG_S
                await time_slice.pause()
                time_slice.suspend()
                await answered.wait()
                await time_slice.resume()
                processor.order.append("a")

        waiting = asyncio.create_task(wait_for_a_source())
        await asyncio.sleep(1)
        await processor.operate("b", LONG_S, 2)
        answered.set()
        await waiting
        return processor.order

    assert run_in_virtual_time(pair()) == ["b", "b", "a"]


def test_after_a_turn_without_a_pause_the_next_begins_with_one() -> None:
    async def pair() -> float:
        processor, done = Processor(), asyncio.Event()
        short = asyncio.create_task(hold(processor.scheduler, done))
        await asyncio.sleep(0)
        with processor.scheduler.operation() as first, processor.scheduler.operation() as second:
            await first.pause()
            waiting = asyncio.create_task(second.pause())
            await asyncio.sleep(0)
            processor.used_s += LONG_S
            first.suspend()
            await waiting
        done.set()
        await short
        return now()

    assert run_in_virtual_time(pair()) == pytest.approx(LONG_S)


def test_a_cancelled_operation_gives_its_turn_back() -> None:
    async def cancel() -> tuple[bool, bool]:
        processor, done = Processor(), asyncio.Event()
        short = asyncio.create_task(hold(processor.scheduler, done))
        both = [asyncio.create_task(processor.operate(name, LONG_S, 1_000)) for name in "ab"]
        await asyncio.sleep(LONG_S * 10.5)
        before = processor.scheduler.turn.locked()
        for each in both:
            each.cancel()
        await asyncio.wait(both)
        done.set()
        await short
        return before, processor.scheduler.turn.locked()

    assert run_in_virtual_time(cancel()) == (True, False)
