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
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import Link, SpanContext, SpanKind, Status, StatusCode

from api.telemetry.gate import SCOPE
from api.telemetry.lines import Lines, line
from api.telemetry.protobuf import message
from api.telemetry.recorder import Telemetry
from api.telemetry.span import Live
from api.telemetry.vocabulary import Vocabulary

RESOURCE = Resource({"service.name": "needtoknow", "n": 1, "is": True})

contexts = some.builds(SpanContext, some.integers(1, 2**128 - 1), some.integers(1, 2**64 - 1), some.booleans())
times = some.integers(1, 2**63)
numbers = some.integers(-(2**63), 2**63 - 1)
spans = some.builds(
    ReadableSpan,
    some.text(min_size=1, max_size=200),
    contexts,
    some.none() | contexts,
    some.just(RESOURCE),
    some.dictionaries(some.text(min_size=1), some.text(max_size=200) | some.booleans() | numbers, max_size=5),
    links=some.lists(some.builds(Link, contexts), max_size=3),
    kind=some.sampled_from(SpanKind),
    status=some.builds(Status, some.sampled_from(StatusCode)),
    start_time=times,
    end_time=times,
    instrumentation_scope=some.just(SCOPE),
)


@pytest.fixture
def ended() -> InMemorySpanExporter:
    """Spans with all that a span of ours can have."""
    exporter = InMemorySpanExporter()
    telemetry = Telemetry(Vocabulary(sources=["warrants"]), exporters=[exporter], resource=RESOURCE)
    with telemetry.request(f"00-{'a1' * 16}-{'b2' * 8}-01") as request:
        request.set(method="POST", status=503)
        request.failed("503")
    with telemetry.request(None), telemetry.span("execute") as execute:
        assert isinstance(execute, Live)
        with telemetry.span("SELECT warrants", links=[execute, request], source="warrants", keys=2):
            pass
        with telemetry.span("decide"):
            pass
    telemetry.stop()
    return exporter


def test_what_a_request_leaves_is_written_as_the_official_exporters_write_it(ended: InMemorySpanExporter) -> None:
    official, left = io.StringIO(), ended.get_finished_spans()
    FileSpanExporter(stream=official).export(left)

    assert len(left) == 5
    assert json.loads(line(left)) == json.loads(official.getvalue())
    assert line(left).count("\n") == official.getvalue().count("\n") == 1
    assert message(left) == encode_spans(left).SerializeToString()


@given(some.lists(spans, min_size=1, max_size=5))
def test_any_spans_are_written_as_the_official_exporters_write_them(left: list[ReadableSpan]) -> None:
    official = io.StringIO()
    FileSpanExporter(stream=official).export(left)

    assert json.loads(line(left)) == json.loads(official.getvalue())
    assert ExportTraceServiceRequest.FromString(message(left)) == encode_spans(left)


def test_spans_that_cannot_be_written_are_not_taken(ended: InMemorySpanExporter) -> None:
    def full(_line: str) -> None:
        raise OSError

    assert Lines(full).export(ended.get_finished_spans()) is SpanExportResult.FAILURE
