"""A source that is slow, fails or is away as a profile says, in front of one that is not.

Made for tests and load: where no profile is set, none of it is there. Knows nothing of what is asked.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager, nullcontext
from datetime import datetime
from random import Random
from time import monotonic

from sources.errors import SourceUnavailable
from sources.fault_profile import Behaviour, FaultProfile
from sources.source import Rows, Source, Statement

AS_IT_IS = Behaviour()


class FaultInjectingSource:
    """Any source, behaving as the profile of the moment says. Its clock starts when it is made."""

    def __init__(
        self, source: Source, profile: Callable[[], FaultProfile], *, deadline_s: float, clock: Callable[[], float]
    ) -> None:
        self.name = source.name
        self._source = source
        self._now = profile
        self._deadline_s = deadline_s
        self._clock = clock
        self._began = clock()
        self._take_up(profile())

    @property
    def answered_at(self) -> datetime | None:
        return self._source.answered_at

    async def fetch(self, statement: Statement) -> Rows:
        """The source's rows, late. Raises SourceUnavailable: DOWN as the profile says, TIMEOUT at the deadline."""
        profile = self._now()
        if profile is not self._profile:
            self._take_up(profile)
        # Drawn for each statement, whatever becomes of it: the n-th one has the same luck in every run.
        latency_s, fails = self._latency_s(), self._random.random() < self._behaviour.error_rate
        if self._behaviour.is_down(self._clock() - self._began):
            raise SourceUnavailable(self.name, "DOWN")
        try:
            # The source's own deadline begins only when it is asked, and this one when we are.
            async with asyncio.timeout(self._deadline_s), self._places:
                await asyncio.sleep(latency_s)
                if fails:
                    raise SourceUnavailable(self.name, "DOWN")
                return await self._source.fetch(statement)
        except TimeoutError:
            raise SourceUnavailable(self.name, "TIMEOUT") from None

    async def close(self) -> None:
        await self._source.close()

    def _take_up(self, profile: FaultProfile) -> None:
        """Whoever is being answered is answered as before."""
        self._profile = profile
        self._behaviour = behaviour = profile.sources.get(self.name, AS_IT_IS)
        self._sigma = behaviour.sigma
        self._places: AbstractAsyncContextManager[None] = (
            asyncio.Semaphore(behaviour.concurrency) if behaviour.concurrency else nullcontext()
        )
        # The same in every process, and another one for each source.
        self._random = Random(f"{profile.seed} {self.name}")  # noqa: S311  it is to be repeatable

    def _latency_s(self) -> float:
        drawn = self._behaviour.median_ms / 1000 * self._random.lognormvariate(0, self._sigma)
        return math.inf if self._behaviour.is_frozen else drawn


def with_faults(
    sources: Mapping[str, Source],
    profile: Callable[[], FaultProfile],
    *,
    deadline_s: float,
    clock: Callable[[], float] = monotonic,
) -> dict[str, Source]:
    """Each source behind its faults, by name; `profile` says with each statement what holds now."""
    return {
        name: FaultInjectingSource(source, profile, deadline_s=deadline_s, clock=clock)
        for name, source in sources.items()
    }
