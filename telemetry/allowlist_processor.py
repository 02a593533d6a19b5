"""The allow-list processor: the last step before export, which drops everything that is not on the allow-list.

It filters our own spans and those of any library. Each keeps its times, its ids and its listed attributes. An unlisted
attribute of our own is a bug, and is logged.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable

from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor
from opentelemetry.sdk.trace.export import SpanExporter
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import Link, SpanContext
from opentelemetry.trace.status import Status, StatusCode

from telemetry.allow_list import ERROR_TYPE, SCOPE_NAME, SPANS, UNLISTED, AllowList
from telemetry.export_queue import ExportQueue
from telemetry.request_spans import RequestSpans
from telemetry.span import Span

logger = logging.getLogger("needtoknow.telemetry")

SCOPE = InstrumentationScope(SCOPE_NAME)
UNSET, FAILED = Status(StatusCode.UNSET), Status(StatusCode.ERROR)


class AllowListProcessor(SpanProcessor):
    """Queues ended spans for every exporter, and filters each one right before its export."""

    def __init__(self, allow_list: AllowList, exporters: Iterable[SpanExporter], resource: Resource) -> None:
        self._allow_list = allow_list
        self._resource = resource
        self._has_logged = False
        self.queues = [ExportQueue(exporter, self._filter) for exporter in exporters]

    def on_end(self, span: ReadableSpan) -> None:
        """Queue a span of a library, which the SDK's tracer made."""
        if span.context.trace_flags.sampled:
            self.put(RequestSpans(span.context, (span,)))

    def put(self, request: RequestSpans) -> None:
        """Queue the spans of a request."""
        for queue in self.queues:
            queue.put(request)

    def shutdown(self) -> None:
        for queue in self.queues:
            queue.close()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        flushed = [queue.flush() for queue in self.queues]
        return all(flushed)

    def lost(self) -> dict[str, int]:
        """How many spans were lost so far, by reason."""
        return {
            "QUEUE_FULL": sum(queue.dropped for queue in self.queues),
            "NOT_EXPORTED": sum(queue.not_exported for queue in self.queues),
        }

    def _filter(self, span: Span | ReadableSpan) -> ReadableSpan:
        return self._filter_own(span) if isinstance(span, Span) else self._filter_library(span)

    def _filter_own(self, span: Span) -> ReadableSpan:
        spec = self._allow_list.spans.get(span.name)
        attributes = self._allow_list.filter(span.attributes)
        if spec is None or len(attributes) < len(span.attributes):
            self._log_unlisted()
        if span.error_type is not None:
            attributes[ERROR_TYPE] = span.error_type
        parent = span.parent
        return ReadableSpan(
            span.name if spec else UNLISTED,
            span.context,
            parent.context if isinstance(parent, Span) else parent,
            self._resource,
            attributes,
            links=[Link(link.context) for link in span.links],
            kind=(spec or SPANS[UNLISTED]).kind,
            status=FAILED if span.is_failed else UNSET,
            start_time=span.start_ns,
            end_time=span.end_ns,
            instrumentation_scope=SCOPE,
        )

    def _filter_library(self, span: ReadableSpan) -> ReadableSpan:
        return ReadableSpan(
            span.name if span.name in self._allow_list.spans else UNLISTED,
            _without_state(span.context),
            span.parent and _without_state(span.parent),
            self._resource,
            self._allow_list.filter_raw(span.attributes or {}),
            links=[Link(_without_state(link.context)) for link in span.links],
            kind=span.kind,
            status=Status(span.status.status_code),
            start_time=span.start_time,
            end_time=span.end_time,
            instrumentation_scope=SCOPE,
        )

    def _log_unlisted(self) -> None:
        if not self._has_logged:
            self._has_logged = True
            # The name or attribute itself is not logged: it could hold a value of a record.
            logger.error(
                "A span has a name or an attribute that is not on the allow-list; it was dropped. Logged once."
            )


def _without_state(context: SpanContext) -> SpanContext:
    """The same ids without `tracestate`, which is free text."""
    return SpanContext(context.trace_id, context.span_id, context.is_remote, context.trace_flags)
