"""Gates before the rows of each source, so that a test decides in which order sources answer."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from audit.entry import Entry
from sources.request import Request
from sources.source import Rows
from tests.attacks.responses import normalized
from tests.harness import World
from tests.part_stream import NEWER, streamed

TURNS = 100
"""Turns of the event loop without a read after which nothing happens any more."""


class InstantJournal:
    """A journal that is durable at once."""

    async def append(self, _entry: Entry) -> Any:
        return None

    async def is_ready(self) -> bool:
        return True

    async def close(self) -> None:
        return None


@dataclass
class Gates:
    """The requests of all sources of a world. Their rows are read at once, and wait at a gate.

    reading: how many have no rows yet.
    waiting: those with rows, by source.
    """

    reading: int = 0
    waiting: dict[str, list[asyncio.Event]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def before(cls, world: World) -> Gates:
        """Gates before all sources. What else an operation waits for, it no longer waits for."""
        gates = cls()
        for source in world.sources.values():
            source.around = partial(gates._hold, source.name)
        world.reconfigure(journal=InstantJournal())
        return gates

    async def _hold(self, source: str, request: Request, fetch: Callable[[Request], Awaitable[Rows]]) -> Rows:
        self.reading += 1
        try:
            rows = await fetch(request)
        finally:
            self.reading -= 1
        opened = asyncio.Event()
        self.waiting[source].append(opened)
        await opened.wait()
        return rows

    async def settle(self) -> None:
        """Wait until nothing else happens before a gate is opened."""
        turns = 0
        while turns < TURNS:
            await asyncio.sleep(0)
            turns = 0 if self.reading else turns + 1

    def open(self, source: str) -> None:
        """Let all rows of a source pass that wait now."""
        for each in self.waiting.pop(source):
            each.set()

    async def trace(self, world: World, document: str, order: Sequence[str], **given: Any) -> list[Any]:
        """What a client sees: the sources that are awaited, and the bytes that have come, after each answer.

        Whenever nothing else happens, the source that is first in `order` of those that are awaited answers.
        """
        seen: list[Any] = []
        async with streamed(world, document, **{"accept": NEWER, **given}) as stream:
            while True:
                await self.settle()
                awaited = [name for name in order if name in self.waiting]
                seen.append((awaited, normalized(stream.arrived())))
                if not awaited:
                    assert stream.task is not None
                    assert stream.task.done()
                    return seen
                self.open(awaited[0])
