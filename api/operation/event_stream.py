"""Event stream of a subscription: a look at intervals, and an event when what it shows has changed."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from api.auth.failures import Unauthenticated
from api.operation import errors
from api.operation.looks import Look, Schedule
from api.operation.messages import GraphQLResponse

CHECK_S = 15.0
"""The longest time for which a token that was revoked or has expired keeps a stream open."""
STREAMS, STREAMS_BY_CALLER = 1_000, 10


class OpenStreams:
    """The event streams of one process, bounded for each caller and in all."""

    def __init__(self) -> None:
        self._by_caller: Counter[str] = Counter()

    @contextmanager
    def one(self, caller: str) -> Iterator[bool]:
        """Count one more stream of a caller. False: it exceeds a bound, and must be refused."""
        if self._by_caller.total() >= STREAMS or self._by_caller[caller] >= STREAMS_BY_CALLER:
            yield False
            return
        self._by_caller[caller] += 1
        try:
            yield True
        finally:
            self._by_caller[caller] -= 1
            if not self._by_caller[caller]:
                del self._by_caller[caller]


async def events(
    first: Look,
    look: Callable[[str | None], Awaitable[Look | GraphQLResponse]],
    authenticate: Callable[[], Awaitable[object]],
    seal: Callable[[str], str],
    schedule: Schedule,
) -> AsyncGenerator[GraphQLResponse]:
    """The events of one subscription. The last one may be a refusal; without one the stream has come to its end.

    The first one has no body if a client that resumes has seen it.

    first:        the first look, given what a client that resumes has seen.
    look:         looks again, given the digest of what is known; a response is a refusal.
    authenticate: raises Unauthenticated once the token is no longer valid.
    seal:         makes the id of an event from its digest.
    """
    loop = asyncio.get_running_loop()
    ends_at, is_first = loop.time() + schedule.duration_s, True
    seen: Look | GraphQLResponse = first
    del first  # its response is not kept while the stream is open
    while True:
        if isinstance(seen, GraphQLResponse):
            yield seen
            return
        known = seen.digest
        if seen.response is not None:
            yield replace(seen.response, has_next=True, event_id=seal(known))
        elif is_first:
            yield GraphQLResponse({}, has_next=True, event_id=seal(known))
        is_first = False
        looks_at = loop.time() + schedule.every_s
        while (now := loop.time()) < min(looks_at, ends_at):
            await asyncio.sleep(min(CHECK_S, min(looks_at, ends_at) - now))
            try:
                await authenticate()
            except Unauthenticated:
                yield errors.unauthenticated()
                return
        if loop.time() >= ends_at:
            return
        seen = await look(known)
