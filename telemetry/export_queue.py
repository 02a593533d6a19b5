"""A bounded queue of ended spans before one exporter, with counters of lost spans.

A request never waits for the queue. Spans are lost if they end faster than they are exported, or if the exporter
fails. Both are counted, and logged once.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult

from telemetry.metric_export import positive_integer
from telemetry.request_spans import RequestSpans
from telemetry.span import Span

logger = logging.getLogger("needtoknow.telemetry")

# About a dozen spans each. More would hold the interpreter lock for longer; fewer would make more exports.
MAX_REQUESTS_PER_EXPORT = 64


class ExportQueue(SpanExporter):
    """The SDK's batching queue and one exporter. `prepare` filters each span right before its export."""

    def __init__(self, exporter: SpanExporter, prepare: Callable[[Span], ReadableSpan]) -> None:
        self._exporter = exporter
        self._prepare = prepare
        self._max_spans = positive_integer("OTEL_BSP_MAX_QUEUE_SIZE", 2_048)
        self._processor = BatchSpanProcessor(
            self,
            max_queue_size=self._max_spans,
            max_export_batch_size=min(MAX_REQUESTS_PER_EXPORT, self._max_spans),
        )
        self._queued = 0
        self._taken = 0
        self.dropped = 0
        self.not_exported = 0

    def put(self, request: RequestSpans) -> None:
        """Queue the spans of a request, or drop them if too many spans wait. A request larger than the queue fits."""
        count, waiting = len(request.spans), self._queued - self._taken
        # The SDK's queue would drop the oldest ones, and has no counter that can be read.
        if waiting and waiting + count > self._max_spans:
            if not self.dropped:
                logger.warning("Spans are dropped: they end faster than they are exported. Logged once, then counted.")
            self.dropped += count
            return
        self._queued += count
        self._processor.on_end(request)

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Filter and export the spans of some requests. The SDK's queue calls it in its own thread."""
        ended = [span for request in spans if isinstance(request, RequestSpans) for span in request.spans]
        self._taken += len(ended)
        result = self._exporter.export([self._prepare(span) for span in ended])
        if result is not SpanExportResult.SUCCESS:
            if not self.not_exported:
                logger.warning("Spans are lost: the exporter failed. Logged once, then counted.")
            self.not_exported += len(ended)
        return result

    def shutdown(self) -> None:
        """Shut the exporter down. The SDK's queue calls it last; callers use `close`."""
        self._exporter.shutdown()

    def flush(self) -> None:
        """Export what is queued. Blocks."""
        self._processor.force_flush()

    def close(self) -> None:
        """Export what is queued, then close. Blocks."""
        self._processor.shutdown()  # type: ignore[no-untyped-call]
        if self.dropped or self.not_exported:
            logger.warning("Spans lost: %d dropped, %d not exported.", self.dropped, self.not_exported)
