"""Who is let in: so many operations at once, and fewer while the processor cannot keep up. Knows nothing of them.

Whatever is read or journalled goes to a thread and comes back. So a hop that does nothing tells whether the processor
keeps up. An operation that waits for a slow source makes it no slower; the number alone keeps it out.

A burst may wait a little for its places. Once anybody had to be refused it is no burst, and until a moment has passed
in which nobody was, whoever finds no place is refused at once: a queue that stays makes everybody late for nothing.
"""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections.abc import Callable

from sources.limiter import ConcurrencyLimiter

logger = logging.getLogger("needtoknow.admission")

HOP_EVERY_S = 0.02
HOPS = 5
FEWEST, USUAL = 8, 24
QUEUE = 16
MOMENT_S = 1.0
SAID_EVERY_S = 10.0


class AdaptiveLimit:
    """How many operations at once, by how long a hop takes: fewer by a fifth, more by two at a time.

    Most hops of an interval must be late: one long answer is no queue. Where there were places left, it was not their
    number that made hops late, so a few are kept for a burst. As in TCP there are more than these only where more were
    wanted, so that what was learnt is kept through a quiet minute.
    """

    def __init__(self, most: int, late_s: float) -> None:
        """Never more than `most`. A hop that takes longer than `late_s` is late; with 0 none is."""
        self._most = most
        self._fewest, self._usual = min(FEWEST, most), min(USUAL, most)
        self._late_s = late_s or math.inf
        self._hops = self._late = 0
        self.limit = most

    def note(self, hop_s: float, taken: int, *, was_short: bool) -> bool:
        """Take in how long a hop took, with so many under way; whether an interval is over."""
        self._hops += 1
        self._late += hop_s > self._late_s
        if self._hops < HOPS:
            return False
        if self._late > HOPS // 2:
            least = self._fewest if was_short else min(self.limit, self._usual)
            self.limit = max(least, min(self.limit, taken) * 4 // 5)
        elif was_short or self.limit < self._usual:
            self.limit = min(self._most, self.limit + 2)
        self._hops = self._late = 0
        return True


class Admission:
    """Lets operations in. Each that was let in leaves."""

    def __init__(
        self,
        *,
        limit: int,
        wait_s: float,
        late_s: float,
        count: Callable[[], object] = int,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        """`count` is called for each that is refused."""
        self._limiter = ConcurrencyLimiter(limit)
        self._wait_s = wait_s
        self._throttle = AdaptiveLimit(limit, late_s)
        self._count = count
        self._clock = clock
        self._is_hopping = self._is_closed = self._was_short = False
        self._said_at = self._refused_at = -math.inf
        self.refused = 0

    @property
    def under_way(self) -> int:
        """How many are in."""
        return self._limiter.acquired

    async def enter(self) -> bool:
        """Whether there is a place, at once or soon. The caller of one that got none was never asked who it is."""
        if self.turns_away():
            return False
        if await self._limiter.acquire(self._wait_s):
            self._hop_on()
            return True
        self._refuse()
        return False

    def turns_away(self) -> bool:
        """Whether there is no place and no waiting for one; then another one is refused. Takes none."""
        if not self._is_closed:
            if self._limiter.has_free:
                return False
            self._was_short = True
            if self._may_wait:
                return False
        self._refuse()
        return True

    def leave(self) -> None:
        """Free the place."""
        self._limiter.release()

    def close(self) -> None:
        """Let nobody in any more."""
        self._is_closed = True

    @property
    def _may_wait(self) -> bool:
        is_burst = self._clock() - self._refused_at > MOMENT_S
        return self._wait_s > 0 and is_burst and self._limiter.waiting < QUEUE

    def _refuse(self) -> None:
        self.refused += 1
        self._count()
        now = self._refused_at = self._clock()
        if now >= self._said_at + SAID_EVERY_S:
            self._said_at = now
            logger.warning("overloaded: %d refused so far, %d let in at once", self.refused, self._limiter.limit)

    def _hop_on(self) -> None:
        if not self._is_hopping:
            self._is_hopping = True
            asyncio.get_running_loop().call_later(HOP_EVERY_S, self._hop)

    def _hop(self) -> None:
        begun = self._clock()
        asyncio.get_running_loop().run_in_executor(None, int).add_done_callback(lambda _: self._landed(begun))

    def _landed(self, begun: float) -> None:
        self._is_hopping = False
        if self._throttle.note(self._clock() - begun, self._limiter.acquired, was_short=self._was_short):
            self._was_short = False
            self._limiter.limit = self._throttle.limit
        # Nobody is woken for a server that rests.
        if self._limiter.acquired:
            self._hop_on()
