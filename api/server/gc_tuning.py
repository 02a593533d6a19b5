"""The garbage collector, set for a server: what is there at the start stays, and the rest is looked through in peace.

A lookup leaves nothing for the collector to find. What it would look through in the midst of one is answers that are
still being made, and it would hold up everybody meanwhile: 2 to 5 ms for the 10,000 objects of one large answer.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

YOUNG = 10_000
"""Objects more than at the last look: about as many as an answer about 200 people holds."""
MANY = 50 * YOUNG
"""So many more, and there is a look whoever is waiting."""
EVERY_S = 0.5


def freeze_startup_objects() -> None:
    """Leave everything that there is out of every further collection. Call it once all is loaded and open."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, 10, 10)


@asynccontextmanager
async def collect_when_idle(is_busy: Callable[[], object]) -> AsyncIterator[None]:
    """Meanwhile collect only while nobody waits, or where far too much has come together."""
    gc.disable()
    keeper = asyncio.create_task(_keep(is_busy))
    try:
        yield
    finally:
        keeper.cancel()
        gc.enable()


async def _keep(is_busy: Callable[[], object]) -> None:
    while True:
        await asyncio.sleep(EVERY_S)
        collect_if_due(is_busy)


def collect_if_due(is_busy: Callable[[], object]) -> bool:
    """Collect if it is time to; whether it was."""
    # This is counted on while nothing is collected by itself: what was made, less what has gone.
    more, *_ = gc.get_count()
    is_due = more > MANY or (more > YOUNG and not is_busy())
    if is_due:
        gc.collect()
    return is_due
