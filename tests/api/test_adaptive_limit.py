"""The adaptive concurrency limit: how probes of the executor move it."""

from __future__ import annotations

import asyncio
import math

from api.http.admission import DEFAULT_LIMIT, MIN_LIMIT, PROBES_PER_WINDOW, AdaptiveLimit, Admission

SLOW, FAST = 0.02, 0.001


def limit_after(limit: AdaptiveLimit, *latencies_s: float, active: int, was_exhausted: bool = False) -> int:
    """The limit after one window of probes; the last latency is repeated to fill it."""
    probes = [*latencies_s, *[latencies_s[-1]] * (PROBES_PER_WINDOW - len(latencies_s))]
    *earlier, last = [limit.observe(each, active, was_exhausted=was_exhausted) for each in probes]
    assert (any(earlier), last) == (False, True)
    return limit.limit


def test_a_slow_window_lowers_the_limit_by_a_fifth() -> None:
    limit = AdaptiveLimit(200, 0.005)

    assert limit_after(limit, SLOW, active=100) == 80
    assert limit_after(limit, SLOW, active=80) == 64


def test_a_window_is_slow_only_if_most_probes_are() -> None:
    limit = AdaptiveLimit(200, 0.005)

    assert limit_after(limit, SLOW, SLOW, FAST, active=100) == 200
    assert limit_after(limit, FAST, FAST, SLOW, active=100) == 80


def test_the_limit_never_falls_below_the_minimum() -> None:
    limit = AdaptiveLimit(200, 0.005)
    for _ in range(50):
        limit_after(limit, 1.0, active=limit.limit, was_exhausted=True)

    assert limit.limit == MIN_LIMIT
    assert limit_after(AdaptiveLimit(3, 0.005), 1.0, active=3, was_exhausted=True) == 3


def test_with_free_slots_the_limit_stays_at_the_default() -> None:
    limit = AdaptiveLimit(200, 0.005)

    assert {limit_after(limit, 1.0, active=1) for _ in range(50)} == {DEFAULT_LIMIT}
    assert limit_after(limit, 1.0, active=DEFAULT_LIMIT, was_exhausted=True) == DEFAULT_LIMIT * 4 // 5
    assert limit_after(limit, 1.0, active=1) == DEFAULT_LIMIT * 4 // 5


def test_the_limit_rises_only_if_slots_ran_out() -> None:
    limit = AdaptiveLimit(DEFAULT_LIMIT + 5, 0.005)
    limit_after(limit, SLOW, active=DEFAULT_LIMIT, was_exhausted=True)
    while limit.limit < DEFAULT_LIMIT:
        limit_after(limit, FAST, active=0)
    recovered = limit.limit

    assert [limit_after(limit, FAST, active=0) for _ in range(3)] == [recovered] * 3
    assert [limit_after(limit, FAST, active=recovered, was_exhausted=True) for _ in range(4)] == [
        min(recovered + more, DEFAULT_LIMIT + 5) for more in (2, 4, 6, 8)
    ]


def test_a_latency_of_zero_disables_the_limit() -> None:
    assert limit_after(AdaptiveLimit(200, 0), math.inf, active=100) == 200


async def test_an_overloaded_executor_is_noticed_and_an_idle_one_not_probed() -> None:
    """The clock advances by a second each time it is read, so every probe is slow."""
    now = 0.0

    def clock() -> float:
        nonlocal now
        now += 1.0
        return now

    admission = Admission(limit=100, wait_s=0, executor_latency_s=0.005, clock=clock)
    assert await admission.acquire()
    while admission.slots.limit == 100:
        await asyncio.sleep(0)
    admission.release()
    while admission.is_probing:
        await asyncio.sleep(0)

    assert admission.slots.limit == DEFAULT_LIMIT
