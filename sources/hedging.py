"""A second read beside one that is slow: the first answer counts. Knows nothing of deadlines."""

from __future__ import annotations

import asyncio

from sources.places import Places
from sources.source import Rows, Source, Statement


async def hedged(source: Source, statement: Statement, after_s: float, places: Places) -> Rows:
    """The rows of whichever read answers first; the other one is cancelled, and its statement interrupted with it.

    A second read is begun only where there is a place for it: nobody is to wait for a read that may not be needed.
    Raises: SourceUnavailable where all that were begun have failed.
    """
    reads = {asyncio.create_task(source.fetch(statement))}
    running = set(reads)
    try:
        await asyncio.wait(running, timeout=after_s)
        if not next(iter(running)).done() and places.take_now():
            second = asyncio.create_task(source.fetch(statement))
            # When it has ended, and not when it is no longer waited for.
            second.add_done_callback(lambda _: places.free())
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
