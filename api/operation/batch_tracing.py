"""Spans and metrics of the batches of one operation.

An operation is executed level by level: a level starts when all batches of the level above have ended, because their
rows hold its keys. So each batch is linked to the batches of the level above.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from time import perf_counter

from sources.errors import SourceUnavailable
from sources.source import Source
from telemetry.allow_list import BATCH
from telemetry.recorder import Telemetry
from telemetry.span import Span

STATEMENT = "SELECT"


class BatchTracer:
    """The batches of an operation so far: the spans of the current level and of the level above."""

    def __init__(self, telemetry: Telemetry, sources: Mapping[str, Source]) -> None:
        self._telemetry = telemetry
        self._sources = sources
        self._running = 0
        self._level: list[Span] = []
        self._level_above: list[Span] = []

    @contextmanager
    def watch(self, source: str, fetch: str, keys: int) -> Iterator[Callable[[str, int], None]]:
        """A span and metrics of one batch of `keys` keys; yields a function of (status, number of records)."""
        telemetry, system, status = self._telemetry, self._sources[source].system, ""
        if not self._running:
            self._level_above, self._level = self._level, []
        name, links = BATCH.format(source=source), self._level_above
        span = telemetry.span(
            name, links=links, system=system, statement=STATEMENT, source=source, fetch=fetch, keys=keys
        )
        if isinstance(span, Span):
            self._level.append(span)

        def report(reported: str, records: int) -> None:
            nonlocal status
            status = reported
            span.set(rows=records, source_status=status)

        self._running += 1
        started_s = perf_counter()
        try:
            with span:
                try:
                    yield report
                except SourceUnavailable as error:
                    status = error.status
                    span.set(code="SOURCE_UNAVAILABLE", source_status=status)
                    raise
        finally:
            self._running -= 1
            # Without a status the batch was cancelled, which does not depend on the source.
            if status:
                seconds = perf_counter() - started_s
                telemetry.record(
                    "batch", seconds, system=system, source=source, statement=STATEMENT, source_status=status
                )
                telemetry.record("batch_keys", keys, source=source)
