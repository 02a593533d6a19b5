"""The spans of one request, which leave together once it has ended. Knows nothing of where they go.

So the request itself puts each aside and does no more, and what is made of them is made of hundreds at a time, by code
that the processor then has in its caches.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.trace import SpanContext

if TYPE_CHECKING:
    from telemetry.span import Span


class RequestSpans(NamedTuple):
    """Spans that leave together. The context is that of the last, which the SDK's queue asks whether it is sampled."""

    context: SpanContext
    spans: Sequence[Span | ReadableSpan]


class RequestSpanBuffer:
    """Packs the parcel of one request."""

    __slots__ = ("_send", "_spans")

    def __init__(self, send: Callable[[RequestSpans], object]) -> None:
        self._send = send
        self._spans: list[Span] | None = []

    def add(self, span: Span) -> None:
        """Put aside a span that has ended; with the request's own, which is the last of it, all leave."""
        if self._spans is None:
            # Work that was cancelled with its request ends a moment after it.
            self._send(RequestSpans(span.context, (span,)))
            return
        self._spans.append(span)
        if span.is_root:
            spans, self._spans = self._spans, None
            self._send(RequestSpans(span.context, spans))
