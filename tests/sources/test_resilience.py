"""ResilientSource: what counts as a failure, what does not, and how reads that are not needed end."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from sources.circuit_breaker import CircuitBreaker
from sources.errors import SourceUnavailable
from sources.limiter import ConcurrencyLimiter
from sources.request import Request
from sources.resilience import ResilientSource
from sources.resilience_config import ResilienceConfig
from sources.source import Rows
from sources.sqlite.pool import WorkerPool
from sources.sqlite.source import SqliteSource
from tests.sources.sqlite_files import ENDLESS, request_of

ROWS = [["row"]]
REQUEST = request_of("SELECT 'row'")
CONFIG = ResilienceConfig(deadline_s=60, limit=2, wait_s=60, failures=3, open_s=10, hedge_s=0)


async def succeed() -> Rows:
    return ROWS


async def fail() -> Rows:
    raise SourceUnavailable("things", "DOWN")


async def hang() -> Rows:
    await asyncio.Event().wait()
    raise AssertionError("this event is never set")


@dataclass
class ScriptedSource:
    """A source whose statements behave as `script` says, one after another, and then succeed."""

    script: list[Callable[[], Awaitable[Rows]]] = field(default_factory=list)
    fetches: int = 0
    name: str = "things"
    answered_at: None = None

    async def fetch(self, _request: Request) -> Rows:
        self.fetches += 1
        return await (self.script.pop(0) if self.script else succeed)()

    async def close(self) -> None:
        """Nothing to close."""


@dataclass
class Harness:
    """A resilient source, its parts, and the breaker's clock."""

    config: ResilienceConfig = CONFIG
    now: float = 0.0
    source: ScriptedSource = field(default_factory=ScriptedSource)

    def __post_init__(self) -> None:
        self.breaker = CircuitBreaker(self.config.failures, self.config.open_s, lambda: self.now)
        self.limiter = ConcurrencyLimiter(self.config.limit)
        self.resilient = ResilientSource(self.source, self.config, self.breaker, self.limiter)

    async def statuses(self, number: int) -> list[str]:
        return [await status(self.resilient) for _ in range(number)]


async def status(source: ResilientSource) -> str:
    """OK, DOWN or TIMEOUT."""
    try:
        assert await source.fetch(REQUEST) == ROWS
    except SourceUnavailable as error:
        return error.status
    return "OK"


async def cancel_soon(source: ResilientSource) -> None:
    """A caller that leaves as soon as its statement is sent."""
    caller = asyncio.create_task(status(source))
    await asyncio.sleep(0)
    caller.cancel()
    await asyncio.wait([caller])


def after(seconds: float) -> float:
    """A time of the event loop's clock."""
    return asyncio.get_running_loop().time() + seconds


async def test_after_enough_failures_it_is_down_and_not_queried() -> None:
    harness = Harness(source=ScriptedSource([fail] * 3))

    assert await harness.statuses(5) == ["DOWN"] * 5
    assert harness.source.fetches == 3


async def test_a_successful_probe_closes_the_breaker_for_every_caller() -> None:
    harness = Harness(source=ScriptedSource([fail] * 3))
    await harness.statuses(3)
    release = asyncio.Event()

    async def wait() -> Rows:
        await release.wait()
        return ROWS

    harness.now, harness.source.script = 10.0, [wait]
    probe = asyncio.create_task(status(harness.resilient))
    await asyncio.sleep(0)
    during_probe = await harness.statuses(2)
    release.set()

    assert (await probe, during_probe) == ("OK", ["DOWN", "DOWN"])
    assert await harness.statuses(2) == ["OK", "OK"]
    assert harness.source.fetches == 6


async def test_a_hanging_source_times_out_and_opens_the_breaker() -> None:
    harness = Harness(config=replace(CONFIG, deadline_s=0.01), source=ScriptedSource([hang] * 3))

    assert await harness.statuses(4) == ["TIMEOUT"] * 3 + ["DOWN"]


async def test_a_late_statement_gets_the_time_left_and_is_no_failure() -> None:
    harness = Harness(source=ScriptedSource([hang] * 10))
    for _ in range(10):
        assert await status(harness.resilient.with_deadline(after(0.01))) == "TIMEOUT"

    assert not harness.breaker.is_open
    assert await status(harness.resilient) == "OK"
    assert harness.limiter.acquired == 0


async def test_after_the_operation_has_ended_nothing_is_sent() -> None:
    harness = Harness()

    assert await status(harness.resilient.with_deadline(after(-1))) == "TIMEOUT"
    assert harness.source.fetches == 0


async def test_cancelled_callers_open_no_breaker_and_hold_no_token() -> None:
    harness = Harness(source=ScriptedSource([hang] * 10))
    for _ in range(10):
        await cancel_soon(harness.resilient)

    assert (harness.source.fetches, harness.limiter.acquired) == (10, 0)
    assert not harness.breaker.is_open


async def test_after_a_cancelled_probe_the_next_statement_is_the_probe() -> None:
    harness = Harness(source=ScriptedSource([fail] * 3))
    await harness.statuses(3)
    harness.now, harness.source.script = 10.0, [hang]
    await cancel_soon(harness.resilient)

    assert await status(harness.resilient) == "OK"


async def test_without_a_free_token_in_time_it_is_a_timeout_and_no_failure() -> None:
    harness = Harness(config=replace(CONFIG, wait_s=0.001))
    harness.source.script = [hang] * 2
    running = [asyncio.create_task(status(harness.resilient)) for _ in range(2)]
    await asyncio.sleep(0)

    assert await harness.statuses(5) == ["TIMEOUT"] * 5
    assert harness.source.fetches == 2
    assert not harness.breaker.is_open
    for task in running:
        task.cancel()
    await asyncio.wait(running)


async def test_with_an_open_breaker_no_statement_waits_for_a_token() -> None:
    """Every token is held and the wait is a minute, so a wait would show."""
    harness = Harness(source=ScriptedSource([fail] * 3))
    await harness.statuses(3)
    assert harness.limiter.acquire_nowait()
    assert harness.limiter.acquire_nowait()

    assert await status(harness.resilient) == "DOWN"


async def test_an_error_that_is_not_the_sources_passes_and_does_not_count() -> None:
    async def broken() -> Rows:
        raise KeyError

    harness = Harness(source=ScriptedSource([broken] * 5))
    for _ in range(5):
        with pytest.raises(KeyError):
            await harness.resilient.fetch(REQUEST)

    assert not harness.breaker.is_open
    assert harness.limiter.acquired == 0


HEDGED = replace(CONFIG, hedge_s=0.001)


async def test_a_slow_statement_is_sent_again_and_the_first_rows_count() -> None:
    harness = Harness(config=HEDGED, source=ScriptedSource([hang]))

    assert await status(harness.resilient) == "OK"
    await asyncio.sleep(0)
    assert (harness.source.fetches, harness.limiter.acquired) == (2, 0)


async def test_a_quick_statement_is_sent_once() -> None:
    harness = Harness(config=replace(CONFIG, hedge_s=60))

    assert await harness.statuses(3) == ["OK"] * 3
    assert harness.source.fetches == 3


async def test_one_of_two_hedged_reads_may_fail() -> None:
    harness = Harness(config=HEDGED)
    failed = asyncio.Event()

    async def succeed_last() -> Rows:
        await failed.wait()
        return ROWS

    async def fail_first() -> Rows:
        failed.set()
        return await fail()

    harness.source.script = [succeed_last, fail_first]

    assert await status(harness.resilient) == "OK"


async def test_two_failed_hedged_reads_are_one_failure() -> None:
    failed = asyncio.Event()

    async def fail_last() -> Rows:
        await failed.wait()
        return await fail()

    async def fail_first() -> Rows:
        failed.set()
        return await fail()

    harness = Harness(config=replace(HEDGED, failures=2), source=ScriptedSource([fail_last, fail_first]))

    assert await harness.statuses(2) == ["DOWN", "OK"]


async def test_a_second_read_is_only_sent_if_a_token_is_free() -> None:
    harness = Harness(config=replace(HEDGED, limit=1, deadline_s=0.05), source=ScriptedSource([hang]))

    assert await status(harness.resilient) == "TIMEOUT"
    assert harness.source.fetches == 1


async def test_hedged_reads_that_time_out_are_interrupted_in_sqlite(path: Path) -> None:
    pool = WorkerPool()
    source = SqliteSource("things", path, connections=2, deadline_s=30, pool=pool)
    resilient = ResilientSource(
        source, replace(CONFIG, hedge_s=0.001), CircuitBreaker(3, 10), ConcurrencyLimiter(2), after(0.2)
    )
    try:
        with pytest.raises(SourceUnavailable) as caught:
            await resilient.fetch(ENDLESS)
        async with asyncio.timeout(10):
            while pool.statistics().running:
                await asyncio.sleep(0)

        assert caught.value.status == "TIMEOUT"
        assert await source.fetch(REQUEST) == ROWS
    finally:
        await source.close()
