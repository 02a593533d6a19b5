"""Who is let in: so many operations at once, and fewer while the processor cannot keep up. Knows nothing of them.

One process has one event loop, and what waits for the processor waits there. So how late the loop runs is how long an
operation queues; one that waits for a slow source adds nothing to it, and is kept out by the number alone.
"""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections.abc import Callable

from resolvers.places import Places

logger = logging.getLogger("needtoknow.admission")

TICK_S = 0.01
TICKS = 5
FEWEST = 16
SAID_EVERY_S = 10.0


class Throttle:
    """How many operations at once, by how late the event loop runs: fewer by a fifth, more by two at a time.

    As in CoDel the least lateness of an interval counts: one long answer is no queue. As in TCP there are only ever
    more where more were wanted, so that what was learnt is kept through a quiet minute.
    """

    def __init__(self, most: int, late_s: float) -> None:
        """Never more than `most`. A loop later than `late_s` all along is too late; 0 takes no notice."""
        self._most = most
        self._fewest = min(FEWEST, most)
        self._late_s = late_s or math.inf
        self._least_s = math.inf
        self._ticks = 0
        self.limit = most

    def note(self, late_s: float, taken: int, *, was_short: bool) -> bool:
        """Take in how late a tick was, with so many under way; whether an interval is over."""
        self._least_s = min(self._least_s, late_s)
        self._ticks += 1
        if self._ticks < TICKS:
            return False
        if self._least_s > self._late_s:
            self.limit = max(self._fewest, min(self.limit, taken) * 4 // 5)
        elif was_short:
            self.limit = min(self._most, self.limit + 2)
        self._least_s, self._ticks = math.inf, 0
        return True


class Admission:
    """Lets operations in. Each that was let in leaves."""

    def __init__(
        self, *, limit: int, wait_s: float, late_s: float, clock: Callable[[], float] = time.perf_counter
    ) -> None:
        self._places = Places(limit)
        self._wait_s = wait_s
        self._throttle = Throttle(limit, late_s)
        self._clock = clock
        self._is_ticking = self._is_closed = self._was_short = False
        self._said_at = -math.inf
        self.refused = 0

    @property
    def under_way(self) -> int:
        """How many are in."""
        return self._places.taken

    async def enter(self) -> bool:
        """Whether there is a place, at once or very soon. The caller of one that got none was never asked who it is."""
        if not self._is_closed:
            if self._places.take_now():
                self._tick_on()
                return True
            self._was_short = True
            if await self._places.take(self._wait_s):
                return True
        self._refuse()
        return False

    def leave(self) -> None:
        """Free the place."""
        self._places.free()

    def close(self) -> None:
        """Let nobody in any more."""
        self._is_closed = True

    def _refuse(self) -> None:
        self.refused += 1
        now = self._clock()
        if now >= self._said_at + SAID_EVERY_S:
            self._said_at = now
            logger.warning("overloaded: %d refused so far, %d let in at once", self.refused, self._places.limit)

    def _tick_on(self) -> None:
        if not self._is_ticking:
            self._is_ticking = True
            asyncio.get_running_loop().call_later(TICK_S, self._tick, self._clock() + TICK_S)

    def _tick(self, due: float) -> None:
        self._is_ticking = False
        if self._throttle.note(self._clock() - due, self._places.taken, was_short=self._was_short):
            self._was_short = False
            self._places.limit = self._throttle.limit
        # Nobody is woken for a server that rests.
        if self._places.taken:
            self._tick_on()
