"""Concurrency limiter: anyio's CapacityLimiter with an acquire that has a timeout."""

from __future__ import annotations

import asyncio

from anyio import CapacityLimiter, WouldBlock


class ConcurrencyLimiter:
    """A semaphore whose limit can change. Waiters are served first come, first served.

    CapacityLimiter counts one token for each task. Here a task may hold several, and another task may release them.
    """

    def __init__(self, limit: int) -> None:
        self._limiter = CapacityLimiter(limit)
        self._held: list[object] = []

    @property
    def limit(self) -> int:
        """The number of tokens. A lower limit takes no token back; a higher one wakes waiters."""
        return int(self._limiter.total_tokens)

    @limit.setter
    def limit(self, limit: int) -> None:
        self._limiter.total_tokens = limit

    @property
    def acquired(self) -> int:
        """The number of tokens that are held."""
        return self._limiter.borrowed_tokens

    @property
    def waiting(self) -> int:
        """The number of tasks that wait for a token."""
        return self._limiter.statistics().tasks_waiting

    def acquire_nowait(self) -> bool:
        """Take a token, if one is free: a released token goes to a waiter at once, if there is one."""
        token = object()
        try:
            self._limiter.acquire_on_behalf_of_nowait(token)
        except WouldBlock:
            return False
        self._held.append(token)
        return True

    async def acquire(self, timeout_s: float) -> bool:
        """Take a token, or return False if none was free within `timeout_s` seconds."""
        if self.acquire_nowait():
            return True
        if timeout_s <= 0:
            return False
        token = object()
        try:
            async with asyncio.timeout(timeout_s):
                await self._limiter.acquire_on_behalf_of(token)
        except TimeoutError:
            return False
        self._held.append(token)
        return True

    def release(self) -> None:
        """Return a token. The task that has waited longest gets it."""
        self._limiter.release_on_behalf_of(self._held.pop())
