"""The ended spans of one request, exported together.

During the request each span is only appended to a list. They are filtered and encoded later, hundreds at a time, when
that code is in the processor's caches: docs/decisions/0031.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.trace import SpanContext

from telemetry.allow_list import REQUEST
from telemetry.span import Span

EMPTY = Resource.get_empty()


class RequestSpans(ReadableSpan):
    """Spans that are queued as one item. It is a `ReadableSpan`, because the SDK's queue holds nothing else."""

    def __init__(self, context: SpanContext, spans: Sequence[Span]) -> None:
        super().__init__(REQUEST, context, resource=EMPTY)
        self.spans = spans


class RequestSpanBuffer:
    """Collects the spans of one request and sends them when its root span ends."""

    __slots__ = ("_send", "_spans")

    def __init__(self, send: Callable[[RequestSpans], object]) -> None:
        self._send = send
        self._spans: list[Span] | None = []

    def add(self, span: Span) -> None:
        """Append an ended span; the root span is the last one and sends them all."""
        if self._spans is None:
            # Work that was cancelled with its request ends a moment after it.
            self._send(RequestSpans(span.context, (span,)))
            return
        self._spans.append(span)
        if span.is_root:
            spans, self._spans = self._spans, None
            self._send(RequestSpans(span.context, spans))
