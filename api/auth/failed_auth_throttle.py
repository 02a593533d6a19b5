"""Throttle of failed authentication: delays the 401 of addresses that send many bad tokens.

A valid token is never delayed, so a caller who shares an address with an attacker is not affected.
"""

from __future__ import annotations

import asyncio
import ipaddress
import time
from collections import deque
from collections.abc import Awaitable, Callable
from functools import partial

FAILURE_LIMIT = 5
WINDOW_S = 60
MAX_ADDRESSES = 4_096
IPV6_PREFIX = 64
"""An IPv6 client usually has a whole /64 network, so failures are counted per network."""


class FailedAuthThrottle:
    """Remembers the last five failures of each of the last 4,096 addresses."""

    def __init__(
        self,
        delay_s: float,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """`delay` waits as long as a delayed response has to."""
        self.delay = partial(sleep, delay_s)
        self._clock = clock
        self._failures: dict[str, deque[float]] = {}

    def __len__(self) -> int:
        """How many addresses are remembered."""
        return len(self._failures)

    def should_delay(self, address: str) -> bool:
        """Record a failure; whether there were five within the last minute before it."""
        key, now = network(address), self._clock()
        times = self._failures.pop(key, None) or deque(maxlen=FAILURE_LIMIT)
        should_delay = len(times) == FAILURE_LIMIT and now - times[0] < WINDOW_S
        times.append(now)
        if len(self._failures) >= MAX_ADDRESSES:
            # The least recently active address; a dict is in insertion order.
            del self._failures[next(iter(self._failures))]
        self._failures[key] = times
        return should_delay


def network(address: str) -> str:
    """The address, or the /64 network of an IPv6 address."""
    try:
        return str(ipaddress.IPv6Network((address, IPV6_PREFIX), strict=False))
    except ValueError:
        return address
