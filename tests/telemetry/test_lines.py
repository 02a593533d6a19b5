"""Lines of spans: as OpenTelemetry's own file exporter writes them, and told when they could not be written."""

from __future__ import annotations

import io
import json

import pytest
from opentelemetry.exporter.otlp.json.file import FileSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace.export import SpanExportResult
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from api.telemetry.lines import Lines, line
from api.telemetry.recorder import Telemetry
from api.telemetry.vocabulary import Vocabulary


@pytest.fixture
def ended() -> InMemorySpanExporter:
    """Spans with all that a span of ours can have."""
    exporter = InMemorySpanExporter()
    resource = Resource({"service.name": "needtoknow", "n": 1, "is": True})
    telemetry = Telemetry(Vocabulary(sources=["warrants"]), exporters=[exporter], resource=resource)
    with telemetry.request(f"00-{'a1' * 16}-{'b2' * 8}-01") as request:
        request.set(method="POST", status=503)
        request.failed("503")
    with telemetry.request(None), telemetry.span("execute") as execute:
        with telemetry.span("SELECT warrants", links=[execute.context, request.context], source="warrants", keys=2):
            pass
        with telemetry.span("decide"):
            pass
    telemetry.stop()
    return exporter


def test_a_line_is_what_the_official_exporter_writes(ended: InMemorySpanExporter) -> None:
    official, spans = io.StringIO(), ended.get_finished_spans()
    FileSpanExporter(stream=official).export(spans)

    assert len(spans) == 5
    assert json.loads(line(spans)) == json.loads(official.getvalue())
    assert line(spans).count("\n") == official.getvalue().count("\n") == 1


def test_spans_that_cannot_be_written_are_not_taken(ended: InMemorySpanExporter) -> None:
    def full(_line: str) -> None:
        raise OSError

    assert Lines(full).export(ended.get_finished_spans()) is SpanExportResult.FAILURE
