"""A source that cannot take the others down with it: a breaker, a number of places, a deadline, a second read.

Between an operation and any `Source`. It knows nothing of what is asked, and of the operation only when it ends.
"""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Iterable, Mapping
from datetime import datetime

from sources.circuit_breaker import CircuitBreaker, Permit
from sources.errors import SourceUnavailable
from sources.hedging import hedged
from sources.places import Places
from sources.resilience_config import ResilienceConfig
from sources.source import Rows, Source, Statement

log = logging.getLogger(__name__)


class ResilientSource:
    """A source as one operation sees it, or as all do until `until` is called."""

    __slots__ = ("_breaker", "_care", "_ends", "_places", "_source", "name")

    def __init__(
        self, source: Source, care: ResilienceConfig, breaker: CircuitBreaker, places: Places, ends: float = math.inf
    ) -> None:
        self.name = source.name
        self._source = source
        self._care = care
        self._breaker = breaker
        self._places = places
        self._ends = ends

    def until(self, ends: float) -> ResilientSource:
        """The same for an operation that ends at such a time of the event loop's clock."""
        return ResilientSource(self._source, self._care, self._breaker, self._places, ends)

    @property
    def answered_at(self) -> datetime | None:
        return self._source.answered_at

    async def fetch(self, statement: Statement) -> Rows:
        """Raises SourceUnavailable: DOWN at once while the breaker is open, TIMEOUT when the time is over."""
        if self._breaker.is_shut:
            raise SourceUnavailable(self.name, "DOWN")
        places = self._places
        if not (places.take_now() or await places.take(min(self._care.wait_s, self._left()))):
            raise SourceUnavailable(self.name, "TIMEOUT")
        try:
            turn = self._breaker.enter()
            if turn is None:
                raise SourceUnavailable(self.name, "DOWN")
            return await self._ask(statement, turn)
        finally:
            places.free()

    async def close(self) -> None:
        await self._source.close()

    def _left(self) -> float:
        return self._ends - asyncio.get_running_loop().time()

    async def _ask(self, statement: Statement, turn: Permit) -> Rows:
        """What ends for another reason than the source's own says nothing of it: a caller may leave, or ask late."""
        care, answered = self._care, None
        left = self._left()
        try:
            if left <= 0:
                raise TimeoutError
            async with asyncio.timeout(min(care.deadline_s, left)):
                rows = await (
                    hedged(self._source, statement, care.hedge_s, self._places)
                    if care.hedge_s
                    else self._source.fetch(statement)
                )
            answered = True
        except TimeoutError:
            answered = False if care.deadline_s <= left else None
            raise SourceUnavailable(self.name, "TIMEOUT") from None
        except SourceUnavailable:
            answered = False
            raise
        finally:
            if self._breaker.leave(turn, answered=answered):
                log.warning("source %s fails, and is left alone for %g s", self.name, care.open_s)
        return rows


def with_resilience(sources: Iterable[Source], care: ResilienceConfig) -> Mapping[str, ResilientSource]:
    """Each source with a breaker and places of its own."""
    return {
        source.name: ResilientSource(source, care, CircuitBreaker(care.failures, care.open_s), Places(care.limit))
        for source in sources
    }
