"""Batch loader: strawberry's DataLoader, given all keys of a level at once, and a cache of the batches by key."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from itertools import chain
from typing import Any

from strawberry.dataloader import DataLoader

Rows = Mapping[Any, Any]
"""Rows by key. A key without rows is absent."""


class BatchLoader:
    """Reads rows by key for one fetch of one operation; each key is read once.

    One item of the DataLoader is a list of keys: a future for each key would be scheduled on its own (decision 0018).
    """

    def __init__(self, read: Callable[[Sequence[Any]], Awaitable[Rows]]) -> None:
        # The function does not refer to `self`: a cycle would be left to the garbage collector.
        batches: dict[Hashable, asyncio.Future[Rows]] = {}

        async def load_fn(key_lists: list[list[Any]]) -> list[Rows | BaseException]:
            try:
                # One list, unless several fields have asked at the same moment.
                rows = await read(key_lists[0] if len(key_lists) == 1 else list(chain.from_iterable(key_lists)))
            except asyncio.CancelledError as cancelled:
                _forget(batches, key_lists)
                return [cancelled] * len(key_lists)  # the DataLoader would leave its waiters waiting for ever
            except Exception:
                _forget(batches, key_lists)
                raise
            return [rows] * len(key_lists)

        # Its own cache would hold failures too.
        self._loader: DataLoader[list[Any], Rows] = DataLoader(load_fn=load_fn, cache=False)
        self._batches = batches
        self.cache_hits = 0

    def load_all(self, keys: Sequence[Hashable]) -> asyncio.Future[Rows]:
        """Rows of all keys, in one batch for the new ones. A waiter that is cancelled leaves the batch running."""
        batches = self._batches
        new = [key for key in keys if key not in batches] if batches else list(keys)
        if new:
            batch = asyncio.ensure_future(self._loader.load(new))
            batches.update(dict.fromkeys(new, batch))
            if len(new) == len(keys):
                return asyncio.shield(batch)
        self.cache_hits += len(keys) - len(new)
        wanted = list(dict.fromkeys(batches[key] for key in keys))
        return asyncio.shield(wanted[0]) if len(wanted) == 1 else asyncio.ensure_future(_merged(wanted))

    def cancel(self) -> None:
        """Stop running batches, and start none that is scheduled. Their waiters are cancelled."""
        for batch in set(self._batches.values()):
            batch.cancel()


def _forget(batches: dict[Hashable, asyncio.Future[Rows]], key_lists: list[list[Any]]) -> None:
    """Forget batches that failed, so that their keys can be loaded again."""
    for keys in key_lists:
        for key in keys:
            batches.pop(key).add_done_callback(_retrieve_exception)


def _retrieve_exception(batch: asyncio.Future[Rows]) -> None:
    # asyncio would log it if no waiter is left.
    if not batch.cancelled():
        batch.exception()


async def _merged(batches: Sequence[asyncio.Future[Rows]]) -> Rows:
    rows: dict[Any, Any] = {}
    for batch in batches:
        rows |= await asyncio.shield(batch)
    return rows
