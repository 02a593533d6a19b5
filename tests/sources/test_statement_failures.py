"""Statements that fail: what the source did is a failure of its own, and what one question or one row did is not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from engine.errors import InvalidValue
from sources.circuit_breaker import CircuitBreaker
from sources.errors import SourceUnavailable, StatementFailed
from sources.limiter import ConcurrencyLimiter
from sources.request import Request
from sources.resilience import ResilientSource
from sources.resilience_config import ResilienceConfig
from sources.sqlite.source import SqliteSource
from tests.sources.sqlite_files import NAME, request_of, write_file

CONFIG = ResilienceConfig(deadline_s=60, limit=2, wait_s=60, failures=3, open_s=10, hedge_s=0)


OF_ONE_QUESTION = {
    "a row that is no JSON": request_of("SELECT json_extract(name, '$') FROM thing"),
    "a sum that is too large": request_of("SELECT abs(-9223372036854775808)"),
    "a number beyond 64 bits": request_of("SELECT :n", n=2**63),
    "a parameter that is no text": request_of("SELECT :n", n=object()),
}
OF_THE_SOURCE = {
    "no table": request_of("SELECT name FROM other"),
    "no column": request_of("SELECT other FROM thing"),
    "no index": request_of("SELECT name FROM thing INDEXED BY other"),
}


@pytest.fixture
async def source(tmp_path: Path) -> Any:
    source = SqliteSource("things", write_file(tmp_path / "things.db", "one"), deadline_s=60)
    yield source
    await source.close()


@pytest.mark.parametrize("asked", OF_ONE_QUESTION.values(), ids=OF_ONE_QUESTION)
async def test_a_statement_that_fails_on_its_own_is_no_failure(source: SqliteSource, asked: Request) -> None:
    breaker = CircuitBreaker(CONFIG.failures, CONFIG.open_s)
    resilient = ResilientSource(source, CONFIG, breaker, ConcurrencyLimiter(CONFIG.limit))
    for _ in range(10):
        with pytest.raises(StatementFailed):
            await resilient.fetch(asked)

    assert not breaker.openings
    assert await resilient.fetch(NAME) == [["one"]]


@pytest.mark.parametrize("asked", OF_THE_SOURCE.values(), ids=OF_THE_SOURCE)
async def test_a_source_without_a_part_that_is_used_fails(source: SqliteSource, asked: Request) -> None:
    breaker = CircuitBreaker(CONFIG.failures, CONFIG.open_s)
    resilient = ResilientSource(source, CONFIG, breaker, ConcurrencyLimiter(CONFIG.limit))
    for _ in range(3):
        with pytest.raises(SourceUnavailable) as caught:
            await resilient.fetch(asked)
        assert (type(caught.value), caught.value.status) == (SourceUnavailable, "DOWN")

    assert breaker.is_open


async def test_a_value_that_cannot_be_read_stands_beside_the_others(source: SqliteSource) -> None:
    sql = "SELECT 'ü' UNION ALL SELECT x'c3bc' UNION ALL SELECT CAST(x'e9' AS TEXT) UNION ALL SELECT 9e999"
    rows = await source.fetch(request_of(sql))

    assert [row[0] if isinstance(row[0], str) else type(row[0]) for row in rows] == ["ü", "ü", InvalidValue, "Inf"]
