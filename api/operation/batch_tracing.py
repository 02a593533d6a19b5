"""Spans and metrics of the batches of one operation.

An operation is executed level by level: a level starts when all batches of the level above have ended, because their
rows hold its keys. So each batch is linked to the batches of the level above.
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
    """The batches of an operation so far: the spans of the current level and of the level above."""

    def __init__(self, telemetry: Telemetry) -> None:
        self.telemetry = telemetry
        self.running = 0
        self.level: list[Span] = []
        self.level_above: list[Span] = []

    def watch(self, source: str, fetch: str, keys: int) -> BatchSpan:
        """A context manager around one batch of `keys` keys."""
        if not self.running:
            self.level_above, self.level = self.level, []
        return BatchSpan(self, source, fetch, keys)


class BatchSpan:
    """The span of one batch. On entry it returns a function that takes the source's status and the row count."""

    __slots__ = ("_fetch", "_keys", "_source", "_span", "_started_s", "_status", "_tracer")

    def __init__(self, tracer: BatchTracer, source: str, fetch: str, keys: int) -> None:
        self._tracer = tracer
        self._source = source
        self._fetch = fetch
        self._keys = keys
        self._status: str | None = None
        self._started_s = 0.0

    def __enter__(self) -> Callable[[str, int], None]:
        tracer = self._tracer
        span = tracer.telemetry.span(
            BATCH.format(source=self._source),
            links=tracer.level_above,
            system=SYSTEM,
            statement=STATEMENT,
            source=self._source,
            fetch=self._fetch,
            keys=self._keys,
        )
        if isinstance(span, Span):
            tracer.level.append(span)
        tracer.running += 1
        self._span = span.__enter__()
        self._started_s = perf_counter()
        return self._set_result

    def __exit__(
        self, error_type: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        tracer, telemetry = self._tracer, self._tracer.telemetry
        seconds = perf_counter() - self._started_s
        tracer.running -= 1
        if isinstance(error, SourceUnavailable):
            self._status = error.status
            self._span.set(code="SOURCE_UNAVAILABLE", source_status=error.status)
        self._span.__exit__(error_type, error, traceback)
        if self._status is None:
            return  # the batch was cancelled, which does not depend on the source
        telemetry.record(
            "batch", seconds, system=SYSTEM, source=self._source, statement=STATEMENT, source_status=self._status
        )
        telemetry.record("batch_keys", self._keys, source=self._source)

    def _set_result(self, status: str, records: int) -> None:
        self._status = status
        self._span.set(rows=records, source_status=status)
