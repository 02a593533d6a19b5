"""Resilient source: a circuit breaker, a concurrency limit, a deadline and hedged requests around any `Source`.

A source that hangs or fails then takes no operation down with it, other than its own part of the response.
"""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Iterable, Mapping
from datetime import datetime

from sources.circuit_breaker import CircuitBreaker, Permit
from sources.errors import SourceUnavailable, StatementFailed
from sources.hedging import hedged_fetch
from sources.limiter import ConcurrencyLimiter
from sources.request import Request
from sources.resilience_config import ResilienceConfig
from sources.source import Rows, Source

log = logging.getLogger(__name__)


class ResilientSource:
    """Source with resilience. `with_deadline` gives one operation's view of it."""

    __slots__ = ("_config", "_ends_at", "_limiter", "_source", "breaker", "name")

    def __init__(
        self,
        source: Source,
        config: ResilienceConfig,
        breaker: CircuitBreaker,
        limiter: ConcurrencyLimiter,
        ends_at: float = math.inf,
    ) -> None:
        self.name = source.name
        self._source = source
        self._config = config
        self.breaker = breaker
        self._limiter = limiter
        self._ends_at = ends_at

    def with_deadline(self, ends_at: float) -> ResilientSource:
        """The same source for an operation that ends at `ends_at`, a time of the event loop's clock."""
        return ResilientSource(self._source, self._config, self.breaker, self._limiter, ends_at)

    @property
    def system(self) -> str:
        return self._source.system

    @property
    def answered_at(self) -> datetime | None:
        return self._source.answered_at

    async def fetch(self, request: Request) -> Rows:
        """The source's rows.

        Raises: SourceUnavailable: DOWN at once while the breaker is open, TIMEOUT at the deadline.
        """
        if self.breaker.is_open:
            raise SourceUnavailable(self.name, "DOWN")
        limiter = self._limiter
        if not (limiter.acquire_nowait() or await limiter.acquire(min(self._config.wait_s, self._time_left()))):
            raise SourceUnavailable(self.name, "TIMEOUT")
        try:
            permit = self.breaker.acquire()
            if permit is None:
                raise SourceUnavailable(self.name, "DOWN")
            return await self._send(request, permit)
        finally:
            limiter.release()

    async def probe(self) -> None:
        """Whether the source answers, also while the breaker is open. Raises: SourceUnavailable."""
        await self._source.probe()

    async def close(self) -> None:
        await self._source.close()

    def _time_left(self) -> float:
        return self._ends_at - asyncio.get_running_loop().time()

    async def _send(self, request: Request, permit: Permit) -> Rows:
        """Send the request, and record how it ended.

        A cancelled caller, an operation with less time left than the source's deadline, or a request that fails on
        its own parameters or rows says nothing about the source: it is recorded as neither a success nor a failure.
        """
        config, succeeded = self._config, None
        time_left = self._time_left()
        try:
            if time_left <= 0:
                raise TimeoutError
            async with asyncio.timeout(min(config.deadline_s, time_left)):
                rows = await (
                    hedged_fetch(self._source, request, config.hedge_s, self._limiter)
                    if config.hedge_s
                    else self._source.fetch(request)
                )
            succeeded = True
        except TimeoutError:
            succeeded = False if config.deadline_s <= time_left else None
            raise SourceUnavailable(self.name, "TIMEOUT") from None
        except StatementFailed:
            raise
        except SourceUnavailable:
            succeeded = False
            raise
        finally:
            if self.breaker.record(permit, succeeded=succeeded):
                log.warning("source %s keeps failing: its circuit breaker is open for %g s", self.name, config.open_s)
        return rows


def with_resilience(sources: Iterable[Source], config: ResilienceConfig) -> Mapping[str, ResilientSource]:
    """Each source with its own breaker and its own limiter, by name."""
    return {
        source.name: ResilientSource(
            source, config, CircuitBreaker(config.failures, config.open_s), ConcurrencyLimiter(config.limit)
        )
        for source in sources
    }
