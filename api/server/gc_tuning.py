"""Garbage collector tuning: startup objects are frozen, and the rest is collected while the server is idle.

A lookup leaves no reference cycles. A collection during a lookup would visit objects that are still in use, and delay
every request: 2 to 5 ms for the 10,000 objects of one large response. After large responses an idle server collects
too, although there is no garbage: a full collection empties CPython's free lists, whose few objects keep whole blocks
of memory from being returned.
"""

from __future__ import annotations

import asyncio
import gc
import resource
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

IDLE_THRESHOLD = 10_000
"""New objects above which an idle server collects: about as many as a response about 200 people holds."""
BUSY_THRESHOLD = 50 * IDLE_THRESHOLD
"""New objects above which a busy server collects too."""
MEMORY_THRESHOLD = 16 * 2**20
"""Bytes of memory by which an idle server may have grown since the last collection."""
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
            has_grown = resident_bytes() > resident + MEMORY_THRESHOLD
            if collect_if_due(is_busy, has_grown=has_grown) and not is_busy():
                resident = resident_bytes()

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


def collect_if_due(is_busy: Callable[[], object], *, has_grown: bool = False) -> bool:
    """Collect if the server is idle above one threshold, or busy above the other, and return whether it did.

    has_grown: whether its memory has grown by more than MEMORY_THRESHOLD.
    """
    # Without automatic collection, this counts all objects allocated less all deallocated.
    new_objects, *_ = gc.get_count()
    is_due = new_objects > BUSY_THRESHOLD or ((new_objects > IDLE_THRESHOLD or has_grown) and not is_busy())
    if is_due:
        gc.collect()
    return is_due
