"""Spans as lines of OTLP's JSON, one for each export, as OpenTelemetry's file exporter has them, whose output a test
compares. Knows nothing of where the lines go.

Theirs makes an object for each attribute: docs/decisions/0031.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import orjson
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace.export import SpanExportResult

from telemetry.export_span import SCOPE, SHAPES, ExportSpan, Link, SpanTemplate, flags_of


class OtlpJsonExporter:
    """Writes each export as one line; one that cannot be written is not taken."""

    def __init__(self, write: Callable[[str], object], resource: Resource) -> None:
        self._write = write
        self._resource = resource

    def export(self, spans: Sequence[ExportSpan]) -> SpanExportResult:
        try:
            self._write(line(spans, self._resource))
        except OSError:
            return SpanExportResult.FAILURE
        return SpanExportResult.SUCCESS

    def shutdown(self) -> None:
        pass


def line(spans: Sequence[ExportSpan], resource: Resource) -> str:
    above = _json({"attributes": _attributes(resource.attributes)})
    scope = _json({"name": SCOPE})
    said = ",".join([_span(span) for span in spans])
    return f'{{"resourceSpans":[{{"resource":{above},"scopeSpans":[{{"scope":{scope},"spans":[{said}]}}]}}]}}\n'


def _span(span: ExportSpan) -> str:
    shape, trace_id, span_id, parent_id, is_remote, started, ended, links = span
    place = f'"parentSpanId":"{parent_id:016x}",' if parent_id is not None else ""
    if links:
        place += f'"links":[{",".join([_link(link) for link in links])}],'
    return (
        f'{{"traceId":"{trace_id:032x}","spanId":"{span_id:016x}",{place}'
        f'"startTimeUnixNano":"{started}","endTimeUnixNano":"{ended}",{_written(shape, is_remote)}'
    )


def _link(link: Link) -> str:
    return f'{{"traceId":"{link.trace_id:032x}","spanId":"{link.span_id:016x}","flags":{flags_of(link.is_remote)}}}'


@lru_cache(maxsize=SHAPES)
def _written(shape: SpanTemplate, is_remote: bool) -> str:
    """The rest of a span's object, to its end."""
    # OTLP counts kinds from one, for zero is none.
    rest: dict[str, Any] = {"flags": flags_of(is_remote), "name": shape.name, "kind": shape.kind.value + 1}
    rest["status"] = {"code": shape.status.value} if shape.status.value else {}
    if shape.attributes:
        rest["attributes"] = _attributes(shape.attributes)
    return _json(rest).removeprefix("{")


def _attributes(attributes: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [{"key": key, "value": _value(value)} for key, value in attributes.items()]


def _value(value: Any) -> dict[str, Any]:
    """A text, a yes or no, or a whole number, which is a text in JSON; what else a resource may say is told as text."""
    if type(value) is bool:
        return {"boolValue": value}
    return {"intValue" if type(value) is int else "stringValue": str(value)}


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()
