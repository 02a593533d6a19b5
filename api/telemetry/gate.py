"""The last look at a span before it leaves: what is not on the lists stays here. Knows nothing of where spans go.

Whoever wrote it, us or a library, it keeps its times, its place in the trace and what is listed. Where we said what is
not, that is a mistake in the program, and a line in the log.
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

from api.telemetry.outbox import Outbox
from api.telemetry.parcel import Parcel
from api.telemetry.span import Live
from api.telemetry.vocabulary import ERROR_TYPE, SPANS, UNLISTED, Vocabulary

logger = logging.getLogger("needtoknow.telemetry")

SCOPE = InstrumentationScope("needtoknow")
UNSET, ERROR = Status(StatusCode.UNSET), Status(StatusCode.ERROR)


class Gate(SpanProcessor):
    """Lets through what is on the lists, to every outbox."""

    def __init__(self, vocabulary: Vocabulary, resource: Resource, exporters: Iterable[SpanExporter]) -> None:
        self._vocabulary = vocabulary
        self._resource = resource
        self._has_told = False
        self.outboxes = [Outbox(exporter, self._let_through) for exporter in exporters]

    def on_end(self, span: ReadableSpan) -> None:
        """For the SDK: a library's span."""
        self.send(Parcel(span.context, (span,)))

    def send(self, parcel: Parcel) -> None:
        """Let spans go, each looked at right before it leaves."""
        if parcel.context.trace_flags.sampled:
            for outbox in self.outboxes:
                outbox.put(parcel)

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

    def _let_through(self, span: Live | ReadableSpan) -> ReadableSpan:
        return self._ours(span) if isinstance(span, Live) else self._theirs(span)

    def _ours(self, span: Live) -> ReadableSpan:
        listed = self._vocabulary.spans.get(span.name)
        said = self._vocabulary.listed(span.attributes)
        if listed is None or len(said) < len(span.attributes):
            self._mistaken()
        if span.failed_by is not None:
            said[ERROR_TYPE] = span.failed_by
        parent = span.parent
        return ReadableSpan(
            span.name if listed else UNLISTED,
            span.context,
            parent.context if isinstance(parent, Live) else parent,
            self._resource,
            said,
            links=[Link(link.context) for link in span.links],
            kind=(listed or SPANS[UNLISTED]).kind,
            status=ERROR if span.is_failed else UNSET,
            start_time=span.started,
            end_time=span.ended,
            instrumentation_scope=SCOPE,
        )

    def _theirs(self, span: ReadableSpan) -> ReadableSpan:
        return ReadableSpan(
            span.name if span.name in self._vocabulary.spans else UNLISTED,
            _ids(span.context),
            span.parent and _ids(span.parent),
            span.resource,
            self._vocabulary.among(span.attributes or {}),
            links=[Link(_ids(link.context)) for link in span.links],
            kind=span.kind,
            status=Status(span.status.status_code),
            start_time=span.start_time,
            end_time=span.end_time,
            instrumentation_scope=SCOPE,
        )

    def _mistaken(self) -> None:
        if not self._has_told:
            self._has_told = True
            # Not what it was: it could be a value.
            logger.error("A span said what is not on the lists; it has left without that. This is said once.")


def _ids(context: SpanContext) -> SpanContext:
    """A context without `tracestate`, which is free text."""
    return SpanContext(context.trace_id, context.span_id, context.is_remote, context.trace_flags)
