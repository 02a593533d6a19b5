"""Fault injection: a source that is slow, fails or is down as a fault profile says. For tests, demonstrations and load.

Without a profile no source is wrapped.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, nullcontext
from datetime import datetime
from random import Random
from time import monotonic
from typing import TypeVar

from sources.errors import SourceUnavailable
from sources.fault_profile import Behaviour, FaultProfile
from sources.request import Request
from sources.source import Rows, Source

NO_FAULTS = Behaviour()

T = TypeVar("T")


class FaultInjectingSource:
    """Any source, with the faults of the current profile. Outages count from the moment it is made."""

    def __init__(
        self,
        source: Source,
        current_profile: Callable[[], FaultProfile],
        *,
        deadline_s: float,
        clock: Callable[[], float],
    ) -> None:
        self.name = source.name
        self._source = source
        self._current_profile = current_profile
        self._deadline_s = deadline_s
        self._clock = clock
        self._started_at = clock()
        self._apply(current_profile())

    @property
    def system(self) -> str:
        return self._source.system

    @property
    def answered_at(self) -> datetime | None:
        return self._source.answered_at

    async def fetch(self, request: Request) -> Rows:
        """The source's rows, late. Raises: SourceUnavailable: DOWN as the profile says, TIMEOUT at the deadline."""
        return await self._late(lambda: self._source.fetch(request))

    async def probe(self) -> None:
        """The source's answer, late. Raises: as `fetch`."""
        await self._late(self._source.probe)

    async def _late(self, answer: Callable[[], Awaitable[T]]) -> T:
        profile = self._current_profile()
        if profile is not self._profile:
            self._apply(profile)
        # Drawn for every request, even if it then fails: the n-th request draws the same in every run.
        latency_s, fails = self._draw_latency_s(), self._random.random() < self._behaviour.error_rate
        if self._behaviour.is_down(self._clock() - self._started_at):
            raise SourceUnavailable(self.name, "DOWN")
        try:
            # The source's own deadline would only begin after the wait and the latency.
            async with asyncio.timeout(self._deadline_s), self._semaphore:
                await asyncio.sleep(latency_s)
                if fails:
                    raise SourceUnavailable(self.name, "DOWN")
                return await answer()
        except TimeoutError:
            raise SourceUnavailable(self.name, "TIMEOUT") from None

    async def close(self) -> None:
        await self._source.close()

    def _apply(self, profile: FaultProfile) -> None:
        """Use a profile from the next request on; those under way are not affected."""
        self._profile = profile
        self._behaviour = profile.sources.get(self.name, NO_FAULTS)
        self._sigma = self._behaviour.sigma
        self._semaphore: AbstractAsyncContextManager[None] = (
            asyncio.Semaphore(self._behaviour.concurrency) if self._behaviour.concurrency else nullcontext()
        )
        # The same in every process, and different for each source.
        self._random = Random(f"{profile.seed} {self.name}")  # noqa: S311 - it must be repeatable

    def _draw_latency_s(self) -> float:
        latency_s = self._behaviour.median_ms / 1000 * self._random.lognormvariate(0, self._sigma)
        return math.inf if self._behaviour.is_frozen else latency_s


def with_faults(
    sources: Mapping[str, Source],
    current_profile: Callable[[], FaultProfile],
    *,
    deadline_s: float,
    clock: Callable[[], float] = monotonic,
) -> dict[str, Source]:
    """Each source with fault injection, by name; `current_profile` is called for each request."""
    return {
        name: FaultInjectingSource(source, current_profile, deadline_s=deadline_s, clock=clock)
        for name, source in sources.items()
    }
