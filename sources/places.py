"""Places: so many at once, and a wait for one that has an end. Knows nothing of what they are for.

asyncio.Semaphore waits without an end, and its size cannot change.
"""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import suppress


class Places:
    """Whoever takes one frees it. First come, first served."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._waiting: deque[asyncio.Future[bool]] = deque()
        self.taken = 0

    @property
    def waiting(self) -> int:
        """How many wait for one."""
        return len(self._waiting)

    @property
    def limit(self) -> int:
        """How many there are; with fewer, those that are taken stay taken."""
        return self._limit

    @limit.setter
    def limit(self, limit: int) -> None:
        self._limit = limit
        self._give()

    @property
    def are_free(self) -> bool:
        """Whether there is one for which nobody waits."""
        return self.taken < self._limit and not self._waiting

    def take_now(self) -> bool:
        """Take one if it is free and nobody waits for it."""
        if not self.are_free:
            return False
        self.taken += 1
        return True

    async def take(self, wait_s: float) -> bool:
        """Take one, waiting for so long; whether one was to be had."""
        if self.take_now():
            return True
        if wait_s <= 0:
            return False
        loop = asyncio.get_running_loop()
        waiting: asyncio.Future[bool] = loop.create_future()
        self._waiting.append(waiting)
        late = loop.call_later(wait_s, _give_up, waiting)
        try:
            return await waiting
        except asyncio.CancelledError:
            if not waiting.cancelled() and waiting.result():
                self.free()  # it was given and is not wanted any more
            raise
        finally:
            late.cancel()
            with suppress(ValueError):  # it has been given one
                self._waiting.remove(waiting)

    def free(self) -> None:
        """Give one back, to whoever has waited longest."""
        self.taken -= 1
        self._give()

    def _give(self) -> None:
        while self._waiting and self.taken < self._limit:
            waiting = self._waiting.popleft()
            if not waiting.done():
                self.taken += 1
                waiting.set_result(True)


def _give_up(waiting: asyncio.Future[bool]) -> None:
    if not waiting.done():
        waiting.set_result(False)
