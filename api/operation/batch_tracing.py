"""The batches of one operation, as telemetry tells of them. Knows nothing of what a batch asks.

A run goes level by level: none begins before all of the one before have ended, for their rows hold its keys. So a batch
is linked to those of the level before it.
"""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from types import TracebackType

from sources.errors import SourceUnavailable
from telemetry.allow_list import BATCH
from telemetry.recorder import Telemetry
from telemetry.span import Span

SYSTEM = "sqlite"
STATEMENT = "SELECT"


class BatchTracer:
    """All batches so far: those of the level that is under way, and those of the level above."""

    def __init__(self, telemetry: Telemetry) -> None:
        self.telemetry = telemetry
        self.under_way = 0
        self.level: list[Span] = []
        self.above: list[Span] = []

    def watch(self, source: str, fetch: str, keys: int) -> BatchSpan:
        """Around one batch, which says how the source answered and how many records it gave."""
        if not self.under_way:
            self.above, self.level = self.level, []
        return BatchSpan(self, source, fetch, keys)


class BatchSpan:
    """One batch, from its first statement to its last row."""

    __slots__ = ("_answer", "_batches", "_fetch", "_keys", "_source", "_span", "_started")

    def __init__(self, batches: BatchTracer, source: str, fetch: str, keys: int) -> None:
        self._batches = batches
        self._source = source
        self._fetch = fetch
        self._keys = keys
        self._answer: str | None = None
        self._started = 0.0

    def __enter__(self) -> Callable[[str, int], None]:
        batches = self._batches
        span = batches.telemetry.span(
            BATCH.format(source=self._source),
            links=batches.above,
            system=SYSTEM,
            statement=STATEMENT,
            source=self._source,
            fetch=self._fetch,
            keys=self._keys,
        )
        if isinstance(span, Span):
            batches.level.append(span)
        batches.under_way += 1
        self._span = span.__enter__()
        self._started = perf_counter()
        return self._answered

    def __exit__(
        self, error_type: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        batches, telemetry = self._batches, self._batches.telemetry
        seconds = perf_counter() - self._started
        batches.under_way -= 1
        if isinstance(error, SourceUnavailable):
            self._answer = error.status
            self._span.set(code="SOURCE_UNAVAILABLE", answer=error.status)
        self._span.__exit__(error_type, error, traceback)
        if self._answer is None:
            return  # it was broken off, which says nothing of the source
        telemetry.record("batch", seconds, system=SYSTEM, source=self._source, statement=STATEMENT, answer=self._answer)
        telemetry.record("batch_keys", self._keys, source=self._source)

    def _answered(self, status: str, records: int) -> None:
        self._answer = status
        self._span.set(rows=records, answer=status)
