"""Bad tokens, by the address that they came from, and how long the next refusal there waits. Knows nothing of tokens.

A good token is never slowed: whoever shares its address with somebody who guesses is not to suffer for it.
"""

from __future__ import annotations

import asyncio
import ipaddress
import time
from collections import deque
from collections.abc import Awaitable, Callable

OFTEN = 5
WINDOW_S = 60
ADDRESSES = 4_096
# Whoever has one IPv6 address has all of its network.
IPV6_PREFIX = 64


class FailedAuthThrottle:
    """Remembers the last five bad tokens of each of the last few thousand addresses, and nothing of good ones."""

    def __init__(
        self,
        delay_s: float,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._delay_s = delay_s
        self._clock = clock
        self._sleep = sleep
        self._times: dict[str, deque[float]] = {}

    def is_often(self, address: str) -> bool:
        """Whether there were five within the last minute before this one, which counts for the next."""
        place, now = network(address), self._clock()
        times = self._times.pop(place, None) or deque(maxlen=OFTEN)
        is_often = len(times) == OFTEN and now - times[0] < WINDOW_S
        times.append(now)
        if len(self._times) >= ADDRESSES:
            # The one that has been quiet for longest; a dict keeps the order in which it was filled.
            del self._times[next(iter(self._times))]
        self._times[place] = times
        return is_often

    async def wait(self) -> None:
        """As long as a refusal waits."""
        await self._sleep(self._delay_s)


def network(address: str) -> str:
    """What counts as one address."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 4:
        return address
    return str(ipaddress.ip_network((int(parsed), IPV6_PREFIX), strict=False))
