"""Spans that have left, as the SDK's own, which its exporters take and tests look at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExportResult
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import Link, SpanContext, TraceFlags
from opentelemetry.trace.status import Status

from telemetry.export_span import SCOPE, ExportSpan


class Readable(InMemorySpanExporter):
    """Keeps what leaves; `left` has it as it came."""

    def __init__(self) -> None:
        super().__init__()
        self.left: list[ExportSpan] = []

    def export(self, spans: Sequence[Any]) -> SpanExportResult:
        self.left += spans
        return super().export([readable(span) for span in spans])

    def clear(self) -> None:
        self.left.clear()
        super().clear()


def readable(span: ExportSpan, resource: Resource | None = None) -> ReadableSpan:
    shape = span.shape
    return ReadableSpan(
        shape.name,
        _context(span.trace_id, span.span_id, is_remote=False),
        None if span.parent_id is None else _context(span.trace_id, span.parent_id, span.is_remote),
        resource,
        shape.attributes,
        links=[Link(_context(*link)) for link in span.links],
        kind=shape.kind,
        status=Status(shape.status),
        start_time=span.started,
        end_time=span.ended,
        instrumentation_scope=InstrumentationScope(SCOPE),
    )


def _context(trace_id: int, span_id: int, is_remote: bool) -> SpanContext:
    return SpanContext(trace_id, span_id, is_remote, TraceFlags(TraceFlags.SAMPLED))
