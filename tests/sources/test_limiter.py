"""ConcurrencyLimiter: the limit holds, waiters are served in order, and no token is lost."""

from __future__ import annotations

import asyncio

import pytest

from sources.limiter import ConcurrencyLimiter

LONG_S = 60.0


async def waiters(limiter: ConcurrencyLimiter, number: int) -> list[asyncio.Task[bool]]:
    """Tasks that wait for a token, in order."""
    tasks = [asyncio.create_task(limiter.acquire(LONG_S)) for _ in range(number)]
    while limiter.waiting < number:
        await asyncio.sleep(0)
    return tasks


async def test_no_more_tokens_than_the_limit() -> None:
    limiter = ConcurrencyLimiter(2)

    assert [limiter.acquire_nowait() for _ in range(3)] == [True, True, False]
    assert not await limiter.acquire(0)
    assert not await limiter.acquire(0.001)
    assert limiter.acquired == 2


async def test_the_longest_waiter_is_next_and_is_not_overtaken() -> None:
    limiter = ConcurrencyLimiter(1)
    assert limiter.acquire_nowait()
    first, second = await waiters(limiter, 2)
    limiter.release()

    assert not limiter.acquire_nowait()
    assert await first
    assert not second.done()
    limiter.release()
    assert await second
    assert limiter.acquired == 1


async def test_a_waiter_that_timed_out_is_skipped() -> None:
    limiter = ConcurrencyLimiter(1)
    assert limiter.acquire_nowait()
    assert not await limiter.acquire(0.001)
    (patient,) = await waiters(limiter, 1)
    limiter.release()

    assert await patient


@pytest.mark.parametrize("has_token", [False, True], ids=["before it gets a token", "after"])
async def test_a_cancelled_waiter_passes_its_token_on(has_token: bool) -> None:
    limiter = ConcurrencyLimiter(1)
    assert limiter.acquire_nowait()
    cancelled, patient = await waiters(limiter, 2)
    if has_token:
        limiter.release()
    cancelled.cancel()
    await asyncio.wait([cancelled])
    if not has_token:
        limiter.release()

    assert cancelled.cancelled()
    assert await patient
    limiter.release()
    assert limiter.acquired == 0
    assert limiter.acquire_nowait()


async def test_a_lower_limit_takes_no_token_and_a_higher_one_wakes_waiters() -> None:
    limiter = ConcurrencyLimiter(2)
    assert limiter.acquire_nowait()
    assert limiter.acquire_nowait()
    first, second = await waiters(limiter, 2)
    limiter.limit = 1
    limiter.release()
    await asyncio.sleep(0)
    assert (limiter.acquired, first.done()) == (1, False)
    limiter.limit = 3

    assert await first
    assert await second
    assert limiter.acquired == 3


def test_a_limiter_can_be_made_outside_an_event_loop() -> None:
    limiter = ConcurrencyLimiter(1)

    assert asyncio.run(limiter.acquire(0))
