"""The loaders of one operation: one for each fetch, made at its first use and shared with no other operation."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from engine.declarations import Fetch as AnyFetch
from engine.limits import Limits
from policy.grants import Denied, Grant
from resolvers.batch_loader import BatchLoader
from resolvers.errors import NotGranted
from resolvers.fetch import BatchResult, Fetch
from resolvers.table import GrantedColumns
from sources.errors import ResultTooLarge, SourceUnavailable
from sources.read_limit import MeteredSource, ReadLimit
from sources.source import Source

BatchObserver = Callable[[str, str, int], AbstractContextManager[Callable[[str, int], None]]]
"""Called with (source, fetch, number of keys) around a batch; it yields a function of (status, number of records)."""

FAILURE_STATUSES = ("TIMEOUT", "DOWN")
STATUSES = ("EMPTY", "OK", *FAILURE_STATUSES)
"""The worst is last."""


@dataclass(slots=True)
class SourceOutcome:
    """Outcome of one source in one operation. `ms` is its longest batch: batches run side by side."""

    status: str = "EMPTY"
    ms: int = 0

    def add_batch(self, status: str, ms: int) -> None:
        """Add one batch. The worst status wins: DOWN, TIMEOUT, OK, EMPTY."""
        if STATUSES.index(status) > STATUSES.index(self.status):
            self.status = status
        self.ms = max(self.ms, ms)


class Loaders:
    """Batched rows for one operation: each fetch reads with its own grant, and only its granted columns.

    outcomes:   by source, for each that was read.
    batches:    (source, number of keys) of each batch that was sent, in order.
    records:    record ids that were read, for the journal; a dictionary for its order.
    flags:      what the rows raised, such as OWN_RECORD.
    denied:     the denials of rows that were withheld because of their subject.
    non_empty:  fetches that gave rows.
    cache_hits: keys that were served from the cache; 0 until `close`.
    has_invalid_values: whether an InvalidValue stands in any row so far.
    """

    def __init__(
        self,
        sources: Mapping[str, Source],
        grants: Mapping[AnyFetch, Grant],
        columns: Mapping[AnyFetch, GrantedColumns],
        observer: BatchObserver | None = None,
        read_limit: ReadLimit | None = None,
    ) -> None:
        self._sources = sources
        self._grants = grants
        self._columns = columns
        self._observer = observer
        self._read_limit = read_limit or ReadLimit(Limits().reply_bytes)
        self._loaders: dict[AnyFetch, BatchLoader] = {}
        self._metered: dict[AnyFetch, MeteredSource] = {}
        self._prefetched: set[AnyFetch] = set()
        self._unavailable: dict[str, tuple[str, int]] = {}
        self.outcomes: dict[str, SourceOutcome] = {}
        self.batches: list[tuple[str, int]] = []
        self.records: dict[str, None] = {}
        self.flags: set[str] = set()
        self.denied: set[Denied] = set()
        self.non_empty: set[AnyFetch] = set()
        self.cache_hits = 0
        self.has_invalid_values = False

    def load_all(self, fetch: AnyFetch, keys: Sequence[Hashable]) -> Awaitable[Mapping[Any, Any]]:
        """Rows by key; keys are distinct, and one without rows is absent.

        Raises: NotGranted, SourceUnavailable, ResultTooLarge.
        """
        self._prefetched.discard(fetch)
        return self._loader(fetch).load_all(keys)

    def prefetch(self, fetch: AnyFetch, keys: Sequence[Hashable]) -> Awaitable[Any]:
        """Load rows that `load_all` may want later. If it never does, a fault is not the operation's."""
        if fetch not in self._loaders:
            self._prefetched.add(fetch)
        return self._loader(fetch).load_all(keys)

    def bytes_read(self, fetch: AnyFetch) -> int:
        """Bytes of JSON of all results of a fetch."""
        metered = self._metered.get(fetch)
        return metered.bytes_read if metered else 0

    def close(self) -> None:
        """Cancel what still runs, and drop all rows.

        This breaks the reference cycle between loaders and batches: garbage collection would pause other requests.
        """
        for loader in self._loaders.values():
            loader.cancel()
            self.cache_hits += loader.cache_hits
        self._loaders.clear()

    def _loader(self, fetch: AnyFetch) -> BatchLoader:
        loader = self._loaders.get(fetch)
        if loader is None:
            loader = self._loaders[fetch] = self._new_loader(fetch)
        return loader

    def _new_loader(self, fetch: AnyFetch) -> BatchLoader:
        grant = self._grants.get(fetch)
        if grant is None or not isinstance(fetch, Fetch):
            raise NotGranted(fetch.name)
        source = self._metered[fetch] = MeteredSource(self._sources[fetch.source], self._read_limit)
        columns = self._columns.get(fetch, ())

        async def read(keys: Sequence[Hashable]) -> Mapping[Hashable, Any]:
            fault = self._unavailable.get(fetch.source)
            if fault is not None:
                # The operation has waited for it once. Each further level would wait as long again.
                self._record(fetch, *fault)
                raise SourceUnavailable(fetch.source, fault[0])
            started = time.perf_counter()
            self.batches.append((fetch.source, len(keys)))
            status = "DOWN"
            try:
                if self._observer is None:
                    result = await fetch.read(source, grant, keys, columns)
                else:
                    with self._observer(fetch.source, fetch.name, len(keys)) as report:
                        result = await fetch.read(source, grant, keys, columns)
                        report(_status(result), len(result.records))
                self.has_invalid_values |= source.has_invalid_values
                if result.added_bytes:
                    source.count(result.added_bytes)
                status = _status(result)
            except SourceUnavailable as unavailable:
                status = unavailable.status
                raise
            except ResultTooLarge:
                status, source.is_over_limit = "OK", True
                raise
            finally:
                self._record(fetch, status, round((time.perf_counter() - started) * 1000))
            self.records.update(dict.fromkeys(result.records))
            self.flags |= result.flags
            self.denied |= result.denied
            if result.records or (result.found and not result.denied):
                self.non_empty.add(fetch)
            return result.found

        return BatchLoader(read)

    def _record(self, fetch: Fetch, status: str, ms: int) -> None:
        if status in FAILURE_STATUSES:
            self._unavailable[fetch.source] = status, ms
            if fetch in self._prefetched:
                return  # nothing has asked for these rows yet
        self.outcomes.setdefault(fetch.source, SourceOutcome()).add_batch(status, ms)


def _status(result: BatchResult) -> str:
    return "OK" if result.records or result.found else "EMPTY"
