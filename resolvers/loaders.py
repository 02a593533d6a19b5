"""The loaders of one operation: one for each fetch, made when first asked, shared with nobody else."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

from engine.declarations import Fetch as AnyFetch
from policy.grants import Grant
from resolvers.errors import NotGranted
from resolvers.fetch import Fetch
from resolvers.loader import BatchLoader
from resolvers.table import Columns
from sources.errors import SourceUnavailable
from sources.source import Source

BatchObserver = Callable[[str, str, int], AbstractContextManager[Callable[[str, int], None]]]
"""Called with (source, fetch, number of keys) around each batch; what it gives is told (status, number of records)."""

FAULTS = ("TIMEOUT", "DOWN")


@dataclass(slots=True)
class SourceOutcome:
    """How one source fared in one operation. `ms` is the longest of its batches: they run side by side."""

    status: str = "EMPTY"
    ms: int = 0

    def note(self, status: str, ms: int) -> None:
        """Take in one batch: a fault outweighs an answer, and an answer an empty one."""
        self.status = max(self.status, status, key=("EMPTY", "OK", *FAULTS).index)
        self.ms = max(self.ms, ms)


class Loaders:
    """Batched answers for one operation, each fetch with the grant and the columns that were ruled for it.

    Once they are closed, `hits` is how many keys had their answers there already, or on their way.
    """

    def __init__(
        self,
        sources: Mapping[str, Source],
        grants: Mapping[AnyFetch, Grant],
        columns: Mapping[AnyFetch, Columns],
        watch: BatchObserver | None = None,
    ) -> None:
        self._sources = sources
        self._grants = grants
        self._columns = columns
        self._watch = watch or _unwatched
        self._loaders: dict[AnyFetch, BatchLoader[Hashable]] = {}
        self.batches: list[tuple[str, int]] = []
        self.hits = 0
        self._ahead: set[AnyFetch] = set()
        self._silent: dict[str, tuple[str, int]] = {}
        self.asked: dict[str, SourceOutcome] = {}
        self.records: dict[str, None] = {}
        self.flags: set[str] = set()
        self.answered: set[AnyFetch] = set()

    def load(self, fetch: AnyFetch, key: Hashable) -> Awaitable[Any]:
        """The answer for one key. Raises NotGranted, SourceUnavailable."""
        self._ahead.discard(fetch)
        return self._of(fetch).load(key)

    def load_all(self, fetch: AnyFetch, keys: Sequence[Hashable]) -> Awaitable[Mapping[Any, Any]]:
        """The answers for keys, each given once; a key without one is absent. Raises NotGranted, SourceUnavailable."""
        self._ahead.discard(fetch)
        return self._of(fetch).load_all(keys)

    def begin(self, fetch: AnyFetch, keys: Sequence[Hashable]) -> Awaitable[Any]:
        """The same for keys whose answers will be loaded later, or not at all."""
        if fetch not in self._loaders:
            self._ahead.add(fetch)
        return self._of(fetch).load_all(keys)

    def close(self) -> None:
        """Stop what is still under way, if the caller has gone, and let go of all answers.

        Loaders and what they batch hold each other. The collector would find them, and hold up everybody meanwhile.
        """
        for loader in self._loaders.values():
            loader.cancel()
            self.hits += loader.hits
        self._loaders.clear()

    def _of(self, fetch: AnyFetch) -> BatchLoader[Hashable]:
        loader = self._loaders.get(fetch)
        if loader is None:
            loader = self._loaders[fetch] = self._loader(fetch)
        return loader

    def _loader(self, fetch: AnyFetch) -> BatchLoader[Hashable]:
        grant = self._grants.get(fetch)
        if grant is None or not isinstance(fetch, Fetch):
            raise NotGranted(fetch.name)
        source = self._sources[fetch.source]
        columns = self._columns.get(fetch, ())

        async def batch(keys: Sequence[Hashable]) -> Mapping[Hashable, Any]:
            before = self._silent.get(fetch.source)
            if before is not None:
                # Whoever asks has waited for it once; every further level would wait as long again.
                self._note(fetch, *before)
                raise SourceUnavailable(fetch.source, before[0])
            started = time.perf_counter()
            self.batches.append((fetch.source, len(keys)))
            status = "DOWN"
            try:
                with self._watch(fetch.source, fetch.name, len(keys)) as answered:
                    given = await fetch.ask(source, grant, keys, columns)
                    status = "OK" if given.records or given.found else "EMPTY"
                    answered(status, len(given.records))
            except SourceUnavailable as fault:
                status = fault.status
                raise
            finally:
                ms = round((time.perf_counter() - started) * 1000)
                self._note(fetch, status, ms)
            self.records.update(dict.fromkeys(given.records))
            self.flags |= given.flags
            if status == "OK":
                self.answered.add(fetch)
            return given.found

        return BatchLoader(batch, fetch.absent)

    def _note(self, fetch: Fetch, status: str, ms: int) -> None:
        """Take in how a batch ended. What was begun ahead may fail and be missed by nobody."""
        if status in FAULTS:
            self._silent[fetch.source] = status, ms
            if fetch in self._ahead:
                return
        self.asked.setdefault(fetch.source, SourceOutcome()).note(status, ms)


def _untold(_status: str, _records: int) -> None:
    """For whoever does not watch."""


def _unwatched(_source: str, _fetch: str, _keys: int) -> AbstractContextManager[Callable[[str, int], None]]:
    return _UNTOLD


_UNTOLD = nullcontext(_untold)
