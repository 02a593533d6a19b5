"""The last look at a span before it leaves: what is not on the lists stays here. Knows nothing of where spans go.

Whoever wrote it, us or a library, it keeps its times, its place in the trace and what is listed. Where we said what is
not, that is a mistake in the program, and a line in the log.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor
from opentelemetry.trace.status import StatusCode

from telemetry.allow_list import ERROR_TYPE, SPANS, UNLISTED, AllowList
from telemetry.export_queue import Exporter, ExportQueue
from telemetry.export_span import SHAPES, ExportSpan, Link, SpanTemplate
from telemetry.request_spans import RequestSpans
from telemetry.span import Span

logger = logging.getLogger("needtoknow.telemetry")


class AllowListProcessor(SpanProcessor):
    """Lets through what is on the lists, to every outbox."""

    def __init__(self, vocabulary: AllowList, exporters: Iterable[Exporter]) -> None:
        self._vocabulary = vocabulary
        self._has_told = False
        # By type, for True is 1 to a dict.
        self._kept = lru_cache(maxsize=SHAPES, typed=True)(self._shape)
        self.outboxes = [ExportQueue(exporter, self._let_through) for exporter in exporters]

    def on_end(self, span: ReadableSpan) -> None:
        """For the SDK: a library's span."""
        self.send(RequestSpans(span.context, (span,)))

    def send(self, parcel: RequestSpans) -> None:
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

    def _let_through(self, span: Span | ReadableSpan) -> ExportSpan:
        return self._ours(span) if isinstance(span, Span) else self._theirs(span)

    def _ours(self, span: Span) -> ExportSpan:
        parent, links, attributes = span.parent, span.links, span.attributes
        said: tuple[Any, ...] = (span.name, span.is_failed, span.failed_by, *attributes, *attributes.values())
        try:
            shape = self._kept(*said)
        except TypeError:  # what cannot be kept is on no list
            shape = self._shape(*said)
        return ExportSpan(
            shape,
            span.trace_id,
            span.span_id,
            None if parent is None else parent.span_id,
            # A parent that is no step of ours is the caller's.
            parent is not None and not isinstance(parent, Span),
            span.started,
            span.ended,
            [Link(link.trace_id, link.span_id) for link in links] if links else (),
        )

    def _shape(self, name: str, is_failed: bool, failed_by: str | None, *said: Any) -> SpanTemplate:
        """Of a span that was told what half of `said` names, in the order of the values in the other half."""
        half = len(said) // 2
        known = self._vocabulary.spans.get(name)
        listed = self._vocabulary.listed(dict(zip(said[:half], said[half:], strict=True)))
        if known is None or len(listed) < half:
            self._mistaken()
        if failed_by is not None:
            listed[ERROR_TYPE] = failed_by
        status = StatusCode.ERROR if is_failed else StatusCode.UNSET
        return SpanTemplate(name if known else UNLISTED, (known or SPANS[UNLISTED]).kind, listed, status)

    def _theirs(self, span: ReadableSpan) -> ExportSpan:
        context, parent = span.context, span.parent
        assert span.start_time is not None
        assert span.end_time is not None
        name = span.name if span.name in self._vocabulary.spans else UNLISTED
        attributes = self._vocabulary.among(span.attributes or {})
        return ExportSpan(
            SpanTemplate(name, span.kind, attributes, span.status.status_code),
            context.trace_id,
            context.span_id,
            parent and parent.span_id,
            parent is not None and parent.is_remote,
            span.start_time,
            span.end_time,
            # A context has free text too, in its `tracestate`.
            [Link(link.context.trace_id, link.context.span_id, link.context.is_remote) for link in span.links],
        )

    def _mistaken(self) -> None:
        if not self._has_told:
            self._has_told = True
            # Not what it was: it could be a value.
            logger.error("A span said what is not on the lists; it has left without that. This is said once.")
