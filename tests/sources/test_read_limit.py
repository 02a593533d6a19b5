"""Read limit: a result with too many bytes is no failure of its source, and others are still read."""

from __future__ import annotations

from pathlib import Path

import pytest

from sources.circuit_breaker import CircuitBreaker
from sources.errors import ResultTooLarge
from sources.limiter import ConcurrencyLimiter
from sources.read_limit import MeteredSource, ReadLimit
from sources.request import Request
from sources.resilience import ResilientSource
from sources.resilience_config import ResilienceConfig
from tests.sources.sqlite_files import NAME, OpenSource, request_of, write_file


def names(length: int) -> Request:
    """A request whose JSON is [["aaa…"]], six characters longer than the name."""
    return request_of(f"SELECT replace(hex(zeroblob({length})), '00', 'a')")


async def test_results_count_in_bytes_of_json(open_source: OpenSource) -> None:
    limit = ReadLimit(100)
    first, second = (MeteredSource(open_source(), limit) for _ in range(2))

    assert await first.fetch(NAME) == [["first"]]
    await second.fetch(names(4))
    await second.fetch(names(5))

    assert (first.bytes_read, second.bytes_read) == (len('[["first"]]'), 10 + 11)
    assert limit.remaining == 100 - 11 - 21


async def test_a_text_that_is_not_ascii_counts_as_utf_8(tmp_path: Path, open_source: OpenSource) -> None:
    source = MeteredSource(open_source(write_file(tmp_path / "emoji.db", "é😀")), ReadLimit(100))

    assert await source.fetch(NAME) == [["é😀"]]
    assert source.bytes_read == 6 + 2 + 4


async def test_many_rows_over_the_limit_are_refused_too(open_source: OpenSource) -> None:
    many = "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n LIMIT 30000) SELECT i FROM n"
    request, source = request_of(many), open_source()
    within = MeteredSource(source, ReadLimit(1_000_000))

    assert len(await within.fetch(request)) == 30_000
    assert within.bytes_read == len(str([[number] for number in range(1, 30_001)]).replace(" ", ""))
    with pytest.raises(ResultTooLarge):
        await MeteredSource(source, ReadLimit(within.bytes_read - 1)).fetch(request)


async def test_a_connection_serves_on_after_a_result_over_the_limit(open_source: OpenSource) -> None:
    source, limit = open_source(), ReadLimit(50)
    for length in (1_000, 100_000):  # refused by the meter, and by SQLite
        with pytest.raises(ResultTooLarge):
            await MeteredSource(source, limit).fetch(names(length))

    assert await MeteredSource(source, limit).fetch(NAME) == [["first"]]
    assert await source.fetch(names(100_000)) == [["a" * 100_000]]
    assert limit.remaining == 50 - 11


async def test_after_a_result_over_the_limit_a_fetch_sends_no_other(open_source: OpenSource) -> None:
    source = MeteredSource(open_source(), ReadLimit(50))
    source.is_over_limit = True

    with pytest.raises(ResultTooLarge):
        await source.fetch(NAME)
    assert source.answered_at is None


async def test_a_result_over_the_limit_opens_no_circuit(open_source: OpenSource) -> None:
    config = ResilienceConfig(deadline_s=60, limit=2, wait_s=60, failures=1, open_s=10, hedge_s=0)
    breaker = CircuitBreaker(config.failures, config.open_s)
    resilient = ResilientSource(open_source(), config, breaker, ConcurrencyLimiter(config.limit))
    for length in (1_000, 100_000):
        with pytest.raises(ResultTooLarge):
            await MeteredSource(resilient, ReadLimit(50)).fetch(names(length))

    assert not breaker.is_open
    assert await MeteredSource(resilient, ReadLimit(50)).fetch(NAME) == [["first"]]
