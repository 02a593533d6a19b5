"""OTLP JSON encoder of spans, and an exporter that writes one line for each export.

The SDK's encoder makes an object for each attribute, which costs several times as much: docs/decisions/0031. A test
compares the two.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import orjson
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from opentelemetry.trace import Link, SpanKind
from opentelemetry.trace.status import StatusCode

from telemetry.otlp import CACHE_SIZE, flags


class OtlpJsonExporter(SpanExporter):
    """Writes lines by `write`. An export fails if that raises OSError."""

    def __init__(self, write: Callable[[str], object]) -> None:
        self._write = write

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        try:
            self._write(encode(spans))
        except OSError:
            return SpanExportResult.FAILURE
        return SpanExportResult.SUCCESS


def encode(spans: Sequence[ReadableSpan]) -> str:
    """An ExportTraceServiceRequest as a line. All spans have the resource and the scope of the first."""
    scope = spans[0].instrumentation_scope
    assert scope is not None
    resource = f'{{"attributes":[{_attributes(spans[0].resource.attributes)}]}}'
    scope_spans = f'{{"scope":{{"name":{_json(scope.name)}}},"spans":[{",".join([_span(span) for span in spans])}]}}'
    return f'{{"resourceSpans":[{{"resource":{resource},"scopeSpans":[{scope_spans}]}}]}}\n'


def _span(span: ReadableSpan) -> str:
    context, parent, links, attributes = span.context, span.parent, span.links, span.attributes
    parent_id = f'"parentSpanId":"{parent.span_id:016x}",' if parent is not None else ""
    links_field = f'"links":[{",".join([_link(link) for link in links])}],' if links else ""
    attributes_field = f'"attributes":[{_attributes(attributes)}],' if attributes else ""
    return (
        f'{{"traceId":"{context.trace_id:032x}","spanId":"{context.span_id:016x}",{parent_id}'
        f"{_name_and_kind(span.name, span.kind)}"
        f'"startTimeUnixNano":"{span.start_time}","endTimeUnixNano":"{span.end_time}",'
        f'{attributes_field}{links_field}{_status(span.status.status_code)}"flags":{flags(parent)}}}'
    )


def _link(link: Link) -> str:
    context = link.context
    return f'{{"traceId":"{context.trace_id:032x}","spanId":"{context.span_id:016x}","flags":{flags(context)}}}'


@lru_cache(maxsize=CACHE_SIZE)
def _name_and_kind(name: str, kind: SpanKind) -> str:
    # OTLP counts kinds from one; zero means unspecified.
    return f'"name":{_json(name)},"kind":{kind.value + 1},'


@lru_cache
def _status(code: StatusCode) -> str:
    return f'"status":{_json({"code": code.value} if code.value else {})},'


def _attributes(attributes: Mapping[str, Any]) -> str:
    return ",".join([_attribute(key, value) for key, value in attributes.items()])


# By type too, because True equals 1.
@lru_cache(maxsize=CACHE_SIZE, typed=True)
def _attribute(key: str, value: Any) -> str:
    """A key with a string, a boolean or an integer, which JSON has as a string.

    Any other value, which only a resource can have, becomes a string.
    """
    if type(value) is bool:
        return _json({"key": key, "value": {"boolValue": value}})
    return _json({"key": key, "value": {"intValue" if type(value) is int else "stringValue": str(value)}})


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()
