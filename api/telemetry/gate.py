"""The last look at a span before it leaves: what is not on the lists stays here. Knows nothing of where spans go.

Our own spans can say nothing else, for they are checked as they are made. A library's span that somebody else wrote
comes this way too; it loses whatever it says more, and keeps its times and its place in the trace.
"""

from __future__ import annotations

from collections.abc import Iterable

from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor
from opentelemetry.sdk.trace.export import SpanExporter
from opentelemetry.trace import Link, SpanContext
from opentelemetry.trace.status import Status

from api.telemetry.outbox import Outbox
from api.telemetry.span import SCOPE
from api.telemetry.vocabulary import ERROR_TYPE, UNLISTED, Vocabulary


class Gate(SpanProcessor):
    """Lets through what is on the lists, to every outbox."""

    def __init__(self, vocabulary: Vocabulary, exporters: Iterable[SpanExporter]) -> None:
        self._vocabulary = vocabulary
        self.outboxes = [Outbox(exporter) for exporter in exporters]

    def on_end(self, span: ReadableSpan) -> None:
        if not span.context.trace_flags.sampled:
            return
        if not self._is_listed(span):
            span = self._without_more(span)
        for outbox in self.outboxes:
            outbox.put(span)

    def shutdown(self) -> None:
        for outbox in self.outboxes:
            outbox.close()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        flushed = [outbox.flush() for outbox in self.outboxes]
        return all(flushed)

    def lost(self) -> dict[str, int]:
        """How many spans reached nobody, by why."""
        return {
            "QUEUE_FULL": sum(outbox.dropped for outbox in self.outboxes),
            "NOT_TAKEN": sum(outbox.not_taken for outbox in self.outboxes),
        }

    def _is_listed(self, span: ReadableSpan) -> bool:
        """Is it one of ours, and as we make them?"""
        if span.instrumentation_scope is not SCOPE or span.name not in self._vocabulary.spans:
            return False
        has = self._vocabulary.has
        return all(key == ERROR_TYPE or has(key, value) for key, value in (span.attributes or {}).items())

    def _without_more(self, span: ReadableSpan) -> ReadableSpan:
        name = span.name if span.name in self._vocabulary.spans else UNLISTED
        attributes = {key: value for key, value in (span.attributes or {}).items() if self._vocabulary.has(key, value)}
        return ReadableSpan(
            name,
            _ids(span.context),
            span.parent and _ids(span.parent),
            span.resource,
            attributes,
            links=[Link(_ids(link.context)) for link in span.links],
            kind=span.kind,
            status=Status(span.status.status_code),
            start_time=span.start_time,
            end_time=span.end_time,
            instrumentation_scope=SCOPE,
        )


def _ids(context: SpanContext) -> SpanContext:
    """A context without `tracestate`, which is free text."""
    return SpanContext(context.trace_id, context.span_id, context.is_remote, context.trace_flags)
