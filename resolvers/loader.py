"""strawberry's DataLoader with three faults closed and its answers keyed. Knows nothing of sources.

    a waiter that is cancelled cancels the future that others wait for   -> it is shielded
    a batch that failed stays in the cache                               -> its keys are forgotten
    clearing a key that is not there raises                              -> it does nothing

A batch function here gives a mapping, so an answer can be neither out of order nor one short.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Hashable, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

from strawberry.dataloader import DataLoader

K = TypeVar("K", bound=Hashable)


class BatchLoader(DataLoader[K, Any]):
    """Answers for keys, asked for together. A key that the batch function leaves out gets `absent()`."""

    def __init__(
        self,
        batch: Callable[[Sequence[K]], Coroutine[Any, Any, Mapping[K, Any]]],
        absent: Callable[[], Any] = lambda: None,
    ) -> None:
        super().__init__(load_fn=self.load_fn)
        # The method is enough. A loader that holds itself would wait for the collector.
        del self.load_fn
        self._batch = batch
        self._absent = absent
        self._running: set[asyncio.Task[Mapping[K, Any]]] = set()
        self._batches: dict[K, asyncio.Task[Mapping[K, Any]]] = {}
        self._pending: set[asyncio.Future[Any]] = set()
        self.hits = 0

    def load(self, key: K) -> Awaitable[Any]:
        """The answer for a key. What cancels this waiter leaves the others waiting."""
        pending = super().load(key)
        assert isinstance(pending, asyncio.Future)
        if not pending.done():
            self._pending.add(pending)
            pending.add_done_callback(self._settle)
        return asyncio.shield(pending)

    def load_all(self, keys: Sequence[K]) -> asyncio.Future[Mapping[K, Any]]:
        """The answers for keys, each given once: one batch for those that are new. A key without an answer is absent.

        What cancels this waiter leaves the batch running for the others.
        """
        batches = self._batches
        new = [key for key in keys if key not in batches]
        self.hits += len(keys) - len(new)
        if new:
            batches.update(dict.fromkeys(new, self._start(new)))
        wanted = list(dict.fromkeys(batches[key] for key in keys))
        return asyncio.shield(wanted[0]) if len(wanted) == 1 else asyncio.ensure_future(_all(wanted))

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
        batch = asyncio.create_task(self._batch(keys))
        self._running.add(batch)
        batch.add_done_callback(partial(self._ended, keys))
        return batch

    def _ended(self, keys: list[K], batch: asyncio.Task[Mapping[K, Any]]) -> None:
        self._running.discard(batch)
        if batch.cancelled() or batch.exception() is not None:
            for key in keys:
                self.clear(key)

    async def load_fn(self, keys: list[K]) -> list[Any]:
        """For the DataLoader: the answers in the order of the keys."""
        try:
            found = await self.load_all(keys)
            return [found[key] if key in found else self._absent() for key in keys]
        except BaseException:
            for key in keys:
                self.clear(key)
            raise

    def _settle(self, pending: asyncio.Future[Any]) -> None:
        self._pending.discard(pending)
        _retrieve(pending)


async def _all(batches: Sequence[asyncio.Task[Mapping[K, Any]]]) -> dict[K, Any]:
    found: dict[K, Any] = {}
    for batch in batches:
        found |= await asyncio.shield(batch)
    return found


def _retrieve(done: asyncio.Future[Any]) -> None:
    if not done.cancelled():
        done.exception()  # all who waited may have gone, and then nobody else asks for it
