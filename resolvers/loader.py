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
        self._running: set[asyncio.Task[None]] = set()
        self._pending: set[asyncio.Future[Any]] = set()

    def load(self, key: K) -> Awaitable[Any]:
        """The answer for a key. What cancels this waiter leaves the others waiting."""
        pending = super().load(key)
        assert isinstance(pending, asyncio.Future)
        if not pending.done():
            self._pending.add(pending)
            pending.add_done_callback(self._settle)
        return asyncio.shield(pending)

    def clear(self, key: K) -> None:
        """Forget a key; one that is not there is forgotten already."""
        if self.cache_map.get(key) is not None:
            super().clear(key)

    def cancel(self) -> None:
        """Stop the batches under way and start none that is due; who still waits is cancelled too."""
        for pending in [*self._running, *self._pending]:
            pending.cancel()

    async def _in_key_order(self, keys: list[K]) -> list[Any]:
        task = asyncio.current_task()
        assert task is not None
        self._running.add(task)
        try:
            found = await self._batch(keys)
        except BaseException:
            for key in keys:
                self.clear(key)
            raise
        finally:
            self._running.discard(task)
        return [found[key] if key in found else self._absent() for key in keys]

    def _settle(self, pending: asyncio.Future[Any]) -> None:
        self._pending.discard(pending)
        if not pending.cancelled():
            pending.exception()  # all who waited may have gone, and then nobody else asks for it
