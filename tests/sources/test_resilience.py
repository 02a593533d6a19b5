"""A source under guard: what counts against it, what does not, and what becomes of a read that is not needed."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from sources.circuit_breaker import CircuitBreaker
from sources.errors import SourceUnavailable
from sources.places import Places
from sources.resilience import ResilientSource
from sources.resilience_config import ResilienceConfig
from sources.source import Rows, Statement
from sources.sqlite.source import SqliteSource

ROWS = [["row"]]
STATEMENT = Statement.of_rows("SELECT 'row'", {}, 1)
CARE = ResilienceConfig(deadline_s=60, limit=2, wait_s=60, failures=3, open_s=10, hedge_s=0)


async def answer() -> Rows:
    return ROWS


async def fail() -> Rows:
    raise SourceUnavailable("things", "DOWN")


async def hang() -> Rows:
    await asyncio.Event().wait()
    raise AssertionError("the wait has no other end")


@dataclass
class Scripted:
    """A source that does as the test says, one line for each statement, and then answers."""

    script: list[Callable[[], Awaitable[Rows]]] = field(default_factory=list)
    asked: int = 0
    name: str = "things"
    answered_at: None = None

    async def fetch(self, _statement: Statement) -> Rows:
        self.asked += 1
        return await (self.script.pop(0) if self.script else answer)()

    async def close(self) -> None:
        pass


@dataclass
class Bench:
    """A guarded source, what it guards, and the breaker's clock."""

    care: ResilienceConfig = CARE
    now: float = 0.0
    source: Scripted = field(default_factory=Scripted)

    def __post_init__(self) -> None:
        self.breaker = CircuitBreaker(self.care.failures, self.care.open_s, lambda: self.now)
        self.places = Places(self.care.limit)
        self.guarded = ResilientSource(self.source, self.care, self.breaker, self.places)

    async def statuses(self, number: int, guarded: ResilientSource | None = None) -> list[str]:
        return [await status(guarded or self.guarded) for _ in range(number)]


async def status(guarded: ResilientSource) -> str:
    try:
        assert await guarded.fetch(STATEMENT) == ROWS
    except SourceUnavailable as fault:
        return fault.status
    return "OK"


async def soon(seconds: float = 0.01) -> float:
    return asyncio.get_running_loop().time() + seconds


async def test_after_so_many_failures_it_is_down_at_once_and_not_asked() -> None:
    bench = Bench(source=Scripted([fail] * 3))

    assert await bench.statuses(5) == ["DOWN"] * 5
    assert bench.source.asked == 3


async def test_a_probe_that_is_answered_brings_it_back_for_everybody() -> None:
    bench = Bench(source=Scripted([fail] * 3))
    await bench.statuses(3)
    release = asyncio.Event()

    async def held() -> Rows:
        await release.wait()
        return ROWS

    bench.now, bench.source.script = 10.0, [held]
    probe = asyncio.create_task(status(bench.guarded))
    await asyncio.sleep(0)
    beside = await bench.statuses(2)
    release.set()

    assert (await probe, beside) == ("OK", ["DOWN", "DOWN"])
    assert await bench.statuses(2) == ["OK", "OK"]
    assert bench.source.asked == 6


async def test_a_source_that_hangs_times_out_by_its_deadline_and_opens_the_breaker() -> None:
    bench = Bench(care=replace(CARE, deadline_s=0.01), source=Scripted([hang] * 3))

    assert await bench.statuses(4) == ["TIMEOUT"] * 3 + ["DOWN"]


async def test_one_that_is_asked_late_gets_what_is_left_and_is_not_to_blame() -> None:
    bench = Bench(source=Scripted([hang] * 10))
    for _ in range(10):
        assert await status(bench.guarded.until(await soon())) == "TIMEOUT"

    assert not bench.breaker.is_shut
    assert await status(bench.guarded) == "OK"
    assert bench.places.taken == 0


async def test_one_that_is_asked_after_the_end_is_not_asked() -> None:
    bench = Bench()

    assert await status(bench.guarded.until(await soon(-1))) == "TIMEOUT"
    assert bench.source.asked == 0


async def test_callers_who_leave_open_no_breaker_and_keep_no_place() -> None:
    bench = Bench(source=Scripted([hang] * 10))
    for _ in range(10):
        leaver = asyncio.create_task(status(bench.guarded))
        await asyncio.sleep(0)
        leaver.cancel()
        await asyncio.wait([leaver])

    assert (bench.source.asked, bench.places.taken) == (10, 0)
    assert not bench.breaker.is_shut


async def test_a_probe_whose_caller_leaves_is_followed_by_the_next() -> None:
    bench = Bench(source=Scripted([fail] * 3))
    await bench.statuses(3)
    bench.now, bench.source.script = 10.0, [hang]
    leaver = asyncio.create_task(status(bench.guarded))
    await asyncio.sleep(0)
    leaver.cancel()
    await asyncio.wait([leaver])

    assert await status(bench.guarded) == "OK"


async def test_without_a_place_in_time_it_is_a_timeout_and_no_failure() -> None:
    bench = Bench(care=replace(CARE, wait_s=0.001))
    bench.source.script = [hang] * 2
    inside = [asyncio.create_task(status(bench.guarded)) for _ in range(2)]
    await asyncio.sleep(0)

    assert await bench.statuses(5) == ["TIMEOUT"] * 5
    assert bench.source.asked == 2
    assert not bench.breaker.is_shut
    for task in inside:
        task.cancel()
    await asyncio.wait(inside)


async def test_an_open_breaker_is_not_waited_for() -> None:
    """With every place taken and a minute to wait for one, the answer would not come."""
    bench = Bench(source=Scripted([fail] * 3))
    await bench.statuses(3)
    assert bench.places.take_now()
    assert bench.places.take_now()

    assert await status(bench.guarded) == "DOWN"


async def test_an_error_that_is_no_fault_of_the_source_goes_through_and_does_not_count() -> None:
    async def broken() -> Rows:
        raise KeyError

    bench = Bench(source=Scripted([broken] * 5))
    for _ in range(5):
        with pytest.raises(KeyError):
            await bench.guarded.fetch(STATEMENT)

    assert not bench.breaker.is_shut
    assert bench.places.taken == 0


HEDGED = replace(CARE, hedge_s=0.001)


async def test_a_slow_statement_is_sent_again_and_the_first_answer_counts() -> None:
    bench = Bench(care=HEDGED, source=Scripted([hang]))

    assert await status(bench.guarded) == "OK"
    await asyncio.sleep(0)
    assert (bench.source.asked, bench.places.taken) == (2, 0)


async def test_a_quick_statement_is_sent_once() -> None:
    bench = Bench(care=replace(CARE, hedge_s=60))

    assert await bench.statuses(3) == ["OK"] * 3
    assert bench.source.asked == 3


async def test_of_two_reads_one_may_fail() -> None:
    bench = Bench(care=HEDGED)
    failed = asyncio.Event()

    async def slow() -> Rows:
        await failed.wait()
        return ROWS

    async def fail_first() -> Rows:
        failed.set()
        return await fail()

    bench.source.script = [slow, fail_first]

    assert await status(bench.guarded) == "OK"


async def test_where_both_fail_it_is_one_failure() -> None:
    second = asyncio.Event()

    async def fail_last() -> Rows:
        await second.wait()
        return await fail()

    async def fail_first() -> Rows:
        second.set()
        return await fail()

    bench = Bench(care=replace(HEDGED, failures=2), source=Scripted([fail_last, fail_first]))

    assert await bench.statuses(2) == ["DOWN", "OK"]


async def test_nobody_waits_for_a_place_that_a_second_read_has_taken() -> None:
    bench = Bench(care=replace(HEDGED, limit=1, deadline_s=0.05), source=Scripted([hang]))

    assert await status(bench.guarded) == "TIMEOUT"
    assert bench.source.asked == 1


@pytest.fixture
async def locked(tmp_path: Path) -> AsyncIterator[SqliteSource]:
    """A real file."""
    path = tmp_path / "things.db"
    with closing(sqlite3.connect(path)) as file:
        file.execute("CREATE TABLE thing (name TEXT)")
    source = SqliteSource("things", path, connections=2, deadline_s=30)
    yield source
    await source.close()


async def test_the_statement_of_a_read_that_is_cut_short_is_interrupted(locked: SqliteSource) -> None:
    endless = "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
    guarded = ResilientSource(locked, replace(CARE, hedge_s=0.001), CircuitBreaker(3, 10), Places(2), await soon(0.2))
    with pytest.raises(SourceUnavailable) as caught:
        await guarded.fetch(Statement(endless, {}))
    async with asyncio.timeout(10):
        while len(locked._free) < 2:
            await asyncio.sleep(0)

    assert caught.value.status == "TIMEOUT"
    assert await locked.fetch(STATEMENT) == ROWS
