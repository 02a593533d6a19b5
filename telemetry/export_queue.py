"""Spans on their way out: a bounded queue, and a count of those that reached nobody. Knows nothing of what they say.

Whoever ends a span never waits. Where spans are not taken, or come faster than they go, they are lost, counted, and
the log says so once for each.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Sequence
from typing import Protocol, cast

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult

from telemetry.export_span import ExportSpan
from telemetry.request_spans import RequestSpans
from telemetry.span import Span

logger = logging.getLogger("needtoknow.telemetry")

# Parcels, of a dozen spans each. More would hold the interpreter's lock for longer, and fewer pay for more exports.
AT_ONCE = 64


class Exporter(Protocol):
    """Where spans go. Neither is called on the event loop."""

    def export(self, spans: Sequence[ExportSpan]) -> SpanExportResult: ...

    def shutdown(self) -> None: ...


class ExportQueue:
    """One exporter and the SDK's queue before it. `look` is the last that is done to a span."""

    def __init__(self, exporter: Exporter, look: Callable[[Span | ReadableSpan], ExportSpan]) -> None:
        self._exporter = exporter
        self._look = look
        self._most = _most()
        # To the queue a span is anything that has a context, and an exporter whatever takes a list of them.
        self._queue = BatchSpanProcessor(
            cast(SpanExporter, self), max_queue_size=self._most, max_export_batch_size=min(AT_ONCE, self._most)
        )
        self._put = 0
        self._out = 0
        self.dropped = 0
        self.not_taken = 0

    def put(self, parcel: RequestSpans) -> None:
        number, waiting = len(parcel.spans), self._put - self._out
        # The SDK's own queue would push out the oldest, and count it nowhere that we can look.
        if waiting and waiting + number > self._most:
            if not self.dropped:
                logger.warning("Spans are dropped, for more end than are exported; from now on they are only counted.")
            self.dropped += number
            return
        self._put += number
        self._queue.on_end(cast(ReadableSpan, parcel))

    def export(self, parcels: Sequence[RequestSpans]) -> SpanExportResult:
        """For the queue, in its thread."""
        self._out += sum(len(parcel.spans) for parcel in parcels)
        spans = [self._look(span) for parcel in parcels for span in parcel.spans]
        result = self._exporter.export(spans)
        if result is not SpanExportResult.SUCCESS:
            if not self.not_taken:
                logger.warning("Spans are lost, for nobody takes them; from now on they are only counted.")
            self.not_taken += len(spans)
        return result

    def shutdown(self) -> None:
        """For the queue, as its last."""
        self._exporter.shutdown()

    def flush(self) -> bool:
        return self._queue.force_flush()

    def close(self) -> None:
        self._queue.shutdown()  # type: ignore[no-untyped-call]
        if self.dropped or self.not_taken:
            logger.warning("Of all spans %d were dropped and %d not taken.", self.dropped, self.not_taken)


def _most() -> int:
    """As many as OpenTelemetry's variable says may wait."""
    asked = os.environ.get("OTEL_BSP_MAX_QUEUE_SIZE", "")
    return int(asked) if asked.isdecimal() and int(asked) else 2_048
