"""Hedged request: a slow request is sent a second time, and the first response counts."""

from __future__ import annotations

import asyncio

from sources.limiter import ConcurrencyLimiter
from sources.request import Request
from sources.source import Rows, Source


async def hedged_fetch(source: Source, request: Request, after_s: float, limiter: ConcurrencyLimiter) -> Rows:
    """Rows of the read that succeeds first; the other one is cancelled, which stops it in its source.

    The second read starts after `after_s` seconds, and only if the limiter has a free token: no request should
    wait for a read that may not be needed.

    Raises: SourceUnavailable if every read that started has failed.
    """
    reads = {asyncio.create_task(source.fetch(request))}
    running = set(reads)
    try:
        await asyncio.wait(running, timeout=after_s)
        if not next(iter(running)).done() and limiter.acquire_nowait():
            second = asyncio.create_task(source.fetch(request))
            # Released when the read has ended, not when its result is no longer awaited.
            second.add_done_callback(lambda _: limiter.release())
            running.add(second)
            reads.add(second)
        while True:
            done, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            for read in sorted(done, key=lambda read: read.exception() is not None):
                if not running or read.exception() is None:
                    return read.result()
    finally:
        for read in reads:
            read.cancel()
