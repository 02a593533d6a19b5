"""OTLP encoders: equal to the SDK's own, for what a request leaves and for any spans."""

from __future__ import annotations

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.exporter.otlp.json.file import FileSpanExporter
from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExportResult
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import Link, SpanContext, SpanKind
from opentelemetry.trace.status import Status, StatusCode

from telemetry import otlp_json, otlp_protobuf
from telemetry.otlp_json import OtlpJsonExporter
from telemetry.otlp_protobuf import OtlpProtobufExporter
from telemetry.recorder import Telemetry
from telemetry.span import Span
from tests.telemetry.helpers import ALLOW_LIST, RESOURCE, TRACEPARENT, collector

contexts = st.builds(SpanContext, st.integers(1, 2**128 - 1), st.integers(1, 2**64 - 1), st.booleans())
texts = st.text(max_size=200)
times = st.integers(1, 2**63)
spans = st.builds(
    ReadableSpan,
    st.text(min_size=1, max_size=200),
    contexts,
    st.none() | contexts,
    st.just(RESOURCE),
    st.dictionaries(st.text(min_size=1), texts | st.booleans() | st.integers(-(2**63), 2**63 - 1), max_size=5),
    links=st.lists(st.builds(Link, contexts), max_size=3),
    kind=st.sampled_from(SpanKind),
    status=st.builds(Status, st.sampled_from(StatusCode)),
    start_time=times,
    end_time=times,
    instrumentation_scope=st.just(InstrumentationScope("needtoknow")),
)


def exported_by_a_request(resource: Resource = RESOURCE) -> list[ReadableSpan]:
    """Spans with everything that our own spans can have."""
    exporter = InMemorySpanExporter()
    telemetry = Telemetry(ALLOW_LIST, span_exporters=[exporter], resource=resource)
    with telemetry.request(TRACEPARENT) as request:
        request.set(method="POST", status=503)
        request.mark_failed("503")
    with telemetry.request(None), telemetry.span("execute") as execute:
        assert isinstance(execute, Span)
        with telemetry.span("SELECT warrants", links=[execute, request], source="warrants", keys=2):
            pass
        with telemetry.span("decide"):
            pass
    telemetry.stop()
    return list(exporter.get_finished_spans())


def official_json(spans: list[ReadableSpan]) -> str:
    stream = io.StringIO()
    FileSpanExporter(stream=stream).export(spans)
    return stream.getvalue()


def test_a_request_is_encoded_as_the_official_exporters_do() -> None:
    exported = exported_by_a_request()

    assert len(exported) == 5
    line, official = otlp_json.encode(exported), official_json(exported)
    assert json.loads(line) == json.loads(official)
    assert line.count("\n") == official.count("\n") == 1
    assert otlp_protobuf.encode(exported) == encode_spans(exported).SerializeToString()


@given(st.lists(spans, min_size=1, max_size=5))
def test_any_spans_are_encoded_as_the_official_exporters_do(some: list[ReadableSpan]) -> None:
    assert json.loads(otlp_json.encode(some)) == json.loads(official_json(some))
    assert ExportTraceServiceRequest.FromString(otlp_protobuf.encode(some)) == encode_spans(some)


def test_other_resource_values_are_encoded_as_text() -> None:
    exported = exported_by_a_request(Resource({"process.command_args": ("needtoknow", "serve"), "n": 1.5}))

    [resource] = json.loads(otlp_json.encode(exported))["resourceSpans"]
    assert [each["value"] for each in resource["resource"]["attributes"]] == [
        {"stringValue": "('needtoknow', 'serve')"},
        {"stringValue": "1.5"},
    ]
    [message] = ExportTraceServiceRequest.FromString(otlp_protobuf.encode(exported)).resource_spans
    assert [each.value.string_value for each in message.resource.attributes] == ["('needtoknow', 'serve')", "1.5"]


def test_a_line_that_cannot_be_written_is_a_failed_export() -> None:
    def write(_line: str) -> None:
        raise OSError

    assert OtlpJsonExporter(write).export(exported_by_a_request()) is SpanExportResult.FAILURE


@pytest.mark.parametrize("is_reachable", [True, False])
def test_the_sdk_exporter_sends_an_encoded_message(is_reachable: bool) -> None:
    """The one private name of a library: it fails when `OTLPSpanExporter._client.export` is gone."""
    with collector() as (url, received):
        endpoint = f"{url}/v1/traces" if is_reachable else "http://127.0.0.1:9/v1/traces"
        exporter = OtlpProtobufExporter(OTLPSpanExporter(endpoint, timeout=10 if is_reachable else 0.1))
        exported = exported_by_a_request()
        result = exporter.export(exported)
        exporter.shutdown()

    assert result is (SpanExportResult.SUCCESS if is_reachable else SpanExportResult.FAILURE)
    assert received == ([("/v1/traces", otlp_protobuf.encode(exported))] if is_reachable else [])
