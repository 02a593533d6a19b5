"""Garbage collector tuning: startup objects are frozen, and the rest is collected while the server is idle.

A lookup leaves no reference cycles. A collection during a lookup would visit objects that are still in use, and delay
every request: 2 to 5 ms for the 10,000 objects of one large response. So only new objects are collected; a full
collection also visits every cached document, which takes half a second if they fill their cache.

After large responses an idle server runs a full collection, although there is no garbage: that empties CPython's free
lists, whose few objects keep whole blocks of memory from being returned.
"""

from __future__ import annotations

import asyncio
import gc
import resource
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

IDLE_THRESHOLD = 10_000
"""New objects above which an idle server collects them: about as many as a response about 200 people holds."""
BUSY_THRESHOLD = 5 * IDLE_THRESHOLD
"""New objects above which a busy server collects them too."""
IDLE_MEMORY_THRESHOLD = 16 * 2**20
"""Bytes of memory by which an idle server may have grown since the last full collection."""
BUSY_MEMORY_THRESHOLD = 256 * 2**20
"""Bytes by which a busy server may have grown."""
NEW_OBJECTS = 1
"""Generation of the objects that are new or survived one collection; a survivor of two is visited by full ones only."""
INTERVAL_S = 0.5


def freeze_startup_objects() -> None:
    """Exclude all existing objects from later collections. Call it once, when everything is loaded and open."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(IDLE_THRESHOLD, 10, 10)


@asynccontextmanager
async def collect_when_idle(is_busy: Callable[[], object]) -> AsyncIterator[None]:
    """Replace automatic collection, inside the block, by `collect_if_due` at intervals."""

    async def collect_at_intervals() -> None:
        resident = resident_bytes()
        while True:
            await asyncio.sleep(INTERVAL_S)
            if collect_if_due(is_busy, grown_bytes=resident_bytes() - resident):
                # A busy server may soon give up memory that it holds, so it is looked at again when it is idle.
                resident = resident_bytes() - (IDLE_MEMORY_THRESHOLD if is_busy() else 0)

    gc.disable()
    task = asyncio.create_task(collect_at_intervals())
    try:
        yield
    finally:
        task.cancel()
        gc.enable()


def resident_bytes() -> int:
    """The memory of this process; 0 where there is no /proc."""
    try:
        return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * resource.getpagesize()
    except OSError:
        return 0


def collect_if_due(is_busy: Callable[[], object], *, grown_bytes: int = 0) -> bool:
    """Collect what is due, and return whether it was a full collection.

    grown_bytes: by how much the memory of this process has grown since the last one.
    """
    # Without automatic collection, this counts all objects allocated less all deallocated.
    new_objects, *_ = gc.get_count()
    busy = is_busy()
    is_full = grown_bytes > (BUSY_MEMORY_THRESHOLD if busy else IDLE_MEMORY_THRESHOLD)
    if is_full:
        gc.collect()
    elif new_objects > (BUSY_THRESHOLD if busy else IDLE_THRESHOLD):
        gc.collect(NEW_OBJECTS)
    return is_full
