"""strawberry's DataLoader with three faults closed and its answers keyed. Knows nothing of sources.

    a waiter that is cancelled cancels the future that others wait for   -> it is shielded
    a batch that failed stays in the cache                               -> its keys are forgotten
    clearing a key that is not there raises                              -> it does nothing

A batch function here gives a mapping, so an answer can be neither out of order nor one short.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from typing import Any, TypeVar

from strawberry.dataloader import DataLoader

K = TypeVar("K", bound=Hashable)


class BatchLoader(DataLoader[K, Any]):
    """Answers for keys, asked for together. A key that the batch function leaves out gets `absent()`."""

    def __init__(
        self,
        batch: Callable[[Sequence[K]], Awaitable[Mapping[K, Any]]],
        absent: Callable[[], Any] = lambda: None,
    ) -> None:
        super().__init__(load_fn=self._in_key_order)
        self._batch = batch
        self._absent = absent
        self._running: set[asyncio.Task[Mapping[K, Any]]] = set()
        self._batches: dict[K, asyncio.Task[Mapping[K, Any]]] = {}
        self._pending: set[asyncio.Future[Any]] = set()

    def load(self, key: K) -> Awaitable[Any]:
        """The answer for a key. What cancels this waiter leaves the others waiting."""
        pending = super().load(key)
        assert isinstance(pending, asyncio.Future)
        if not pending.done():
            self._pending.add(pending)
            pending.add_done_callback(self._settle)
        return asyncio.shield(pending)

    async def load_all(self, keys: Sequence[K]) -> list[Any]:
        """The answers for many keys, in their order: one batch for those that are new, and no future for each.

        What cancels this waiter leaves the batch running for the others.
        """
        batches = self._batches
        new = [key for key in dict.fromkeys(keys) if key not in batches]
        if new:
            batches.update(dict.fromkeys(new, self._start(new)))
        found: Mapping[K, Any] = {}
        for batch in dict.fromkeys(batches[key] for key in keys):
            here = await asyncio.shield(batch)
            found = {**found, **here} if found else here
        return [found[key] if key in found else self._absent() for key in keys]

    def clear(self, key: K) -> None:
        """Forget a key; one that is not there is forgotten already."""
        self._batches.pop(key, None)
        if self.cache_map.get(key) is not None:
            super().clear(key)

    def cancel(self) -> None:
        """Stop the batches under way and start none that is due; who still waits is cancelled too."""
        for pending in [*self._running, *self._pending]:
            pending.cancel()

    def _start(self, keys: list[K]) -> asyncio.Task[Mapping[K, Any]]:
        batch = asyncio.ensure_future(self._ask(keys))
        self._running.add(batch)
        batch.add_done_callback(self._running.discard)
        batch.add_done_callback(_retrieve)
        return batch

    async def _ask(self, keys: list[K]) -> Mapping[K, Any]:
        try:
            return await self._batch(keys)
        except BaseException:
            for key in keys:
                self.clear(key)
            raise

    async def _in_key_order(self, keys: list[K]) -> list[Any]:
        try:
            return await self.load_all(keys)
        except BaseException:
            for key in keys:
                self.clear(key)
            raise

    def _settle(self, pending: asyncio.Future[Any]) -> None:
        self._pending.discard(pending)
        _retrieve(pending)


def _retrieve(done: asyncio.Future[Any]) -> None:
    if not done.cancelled():
        done.exception()  # all who waited may have gone, and then nobody else asks for it
