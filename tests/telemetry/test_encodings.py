"""Spans as text and as bytes: as OpenTelemetry's own exporters have them, and told when they could not be written."""

from __future__ import annotations

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as some
from opentelemetry.exporter.otlp.json.file import FileSpanExporter
from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExportResult
from opentelemetry.trace import SpanKind, StatusCode

from telemetry.allow_list import AllowList
from telemetry.export_span import ExportSpan, Link, SpanTemplate
from telemetry.otlp_json import OtlpJsonExporter, line
from telemetry.otlp_protobuf import message
from telemetry.recorder import Telemetry
from telemetry.span import Span
from tests.telemetry.readable import Readable, readable

RESOURCE = Resource({"service.name": "needtoknow", "n": 1, "is": True})

trace_ids, span_ids = some.integers(1, 2**128 - 1), some.integers(1, 2**64 - 1)
times = some.integers(1, 2**63)
numbers = some.integers(-(2**63), 2**63 - 1)
shapes = some.builds(
    SpanTemplate,
    some.text(min_size=1, max_size=200),
    some.sampled_from(SpanKind),
    some.dictionaries(some.text(min_size=1), some.text(max_size=200) | some.booleans() | numbers, max_size=5),
    some.sampled_from(StatusCode),
)
links = some.builds(Link, trace_ids, span_ids, some.booleans())
parents = some.tuples(some.none(), some.just(False)) | some.tuples(span_ids, some.booleans())


@some.composite
def spans(draw: some.DrawFn) -> ExportSpan:
    place = (draw(trace_ids), draw(span_ids), *draw(parents))
    return ExportSpan(draw(shapes), *place, draw(times), draw(times), draw(some.lists(links, max_size=3)))


@pytest.fixture
def left() -> list[ExportSpan]:
    """Spans with all that a span of ours can have."""
    exporter = Readable()
    telemetry = Telemetry(AllowList(sources=["warrants"]), exporters=[exporter], resource=RESOURCE)
    with telemetry.request(f"00-{'a1' * 16}-{'b2' * 8}-01") as request:
        request.set(method="POST", status=503)
        request.failed("503")
    with telemetry.request(None), telemetry.span("execute") as execute:
        assert isinstance(execute, Span)
        with telemetry.span("SELECT warrants", links=[execute, request], source="warrants", keys=2):
            pass
        with telemetry.span("decide"):
            pass
    telemetry.stop()
    return exporter.left


def test_what_a_request_leaves_is_written_as_the_official_exporters_write_it(left: list[ExportSpan]) -> None:
    official = io.StringIO()
    FileSpanExporter(stream=official).export(theirs(left))

    assert len(left) == 5
    assert json.loads(line(left, RESOURCE)) == json.loads(official.getvalue())
    assert line(left, RESOURCE).count("\n") == official.getvalue().count("\n") == 1
    assert message(left, RESOURCE) == encode_spans(theirs(left)).SerializeToString()


@given(some.lists(spans(), min_size=1, max_size=5))
def test_any_spans_are_written_as_the_official_exporters_write_them(left: list[ExportSpan]) -> None:
    official = io.StringIO()
    FileSpanExporter(stream=official).export(theirs(left))

    assert json.loads(line(left, RESOURCE)) == json.loads(official.getvalue())
    assert ExportTraceServiceRequest.FromString(message(left, RESOURCE)) == encode_spans(theirs(left))


def test_whatever_else_a_resource_says_is_told_as_text(left: list[ExportSpan]) -> None:
    resource = Resource({"process.command_args": ("needtoknow", "serve"), "n": 1.5})

    [above] = json.loads(line(left, resource))["resourceSpans"]
    assert [each["value"] for each in above["resource"]["attributes"]] == [
        {"stringValue": "('needtoknow', 'serve')"},
        {"stringValue": "1.5"},
    ]
    [same] = ExportTraceServiceRequest.FromString(message(left, resource)).resource_spans
    assert [each.value.string_value for each in same.resource.attributes] == ["('needtoknow', 'serve')", "1.5"]


def theirs(left: list[ExportSpan]) -> list[ReadableSpan]:
    return [readable(span, RESOURCE) for span in left]


def test_spans_that_cannot_be_written_are_not_taken(left: list[ExportSpan]) -> None:
    def full(_line: str) -> None:
        raise OSError

    assert OtlpJsonExporter(full, RESOURCE).export(left) is SpanExportResult.FAILURE
