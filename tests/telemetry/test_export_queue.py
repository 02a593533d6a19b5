"""The export queue: it never blocks a request, and lost spans are counted and logged once."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

from telemetry.export_queue import MAX_REQUESTS_PER_EXPORT
from telemetry.recorder import Telemetry
from tests.telemetry.helpers import DiscardingMetricExporter, lost_spans

DROPPED = "Spans are dropped: they end faster than they are exported. Logged once, then counted."
FAILED = "Spans are lost: the exporter failed. Logged once, then counted."


class BlockingExporter(SpanExporter):
    """Blocks in each export until `released` is set, then returns `result`."""

    def __init__(self, result: SpanExportResult) -> None:
        self.released = threading.Event()
        self.is_exporting = threading.Event()
        self.exported = 0
        self._result = result

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        self.is_exporting.set()
        assert self.released.wait(30)
        self.exported += len(spans)
        return self._result


def recorder(exporter: SpanExporter) -> Telemetry:
    return Telemetry(span_exporters=[exporter], metric_exporters=[DiscardingMetricExporter()])


def test_spans_beyond_the_queue_are_dropped_counted_and_logged_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("OTEL_BSP_MAX_QUEUE_SIZE", "600")
    exporter = BlockingExporter(SpanExportResult.SUCCESS)
    telemetry = recorder(exporter)
    for _ in range(MAX_REQUESTS_PER_EXPORT):
        with telemetry.request(None):
            pass
    # The exporter now holds these, so the queue has room for 600 more.
    assert exporter.is_exporting.wait(30)
    for _ in range(1_000):
        with telemetry.request(None):
            pass

    assert lost_spans(telemetry) == {"QUEUE_FULL": 400, "NOT_EXPORTED": 0}
    exporter.released.set()
    assert telemetry.stop(30)
    assert exporter.exported == MAX_REQUESTS_PER_EXPORT + 600
    assert [record.getMessage() for record in caplog.records] == [
        DROPPED,
        "Spans lost: 400 dropped, 0 not exported.",
    ]


def test_a_request_larger_than_the_queue_is_exported_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_BSP_MAX_QUEUE_SIZE", "2")
    exporter = BlockingExporter(SpanExportResult.SUCCESS)
    exporter.released.set()
    telemetry = recorder(exporter)
    with telemetry.request(None), telemetry.span("execute"), telemetry.span("decide"):
        pass

    assert telemetry.stop(30)
    assert exporter.exported == 3


def test_spans_that_fail_to_export_are_counted_and_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    exporter = BlockingExporter(SpanExportResult.FAILURE)
    exporter.released.set()
    telemetry = recorder(exporter)
    for _ in range(3):
        with telemetry.request(None):
            pass
        telemetry.flush()

    assert lost_spans(telemetry) == {"QUEUE_FULL": 0, "NOT_EXPORTED": 3}
    assert telemetry.stop(30)
    assert [record.getMessage() for record in caplog.records] == [
        FAILED,
        "Spans lost: 0 dropped, 3 not exported.",
    ]


def test_an_unreachable_collector_is_logged_once_and_fails_nothing(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "0.1")
    telemetry = Telemetry.start()
    for _ in range(3):
        with telemetry.request(None) as span:
            span.set(status=200)
        telemetry.flush()
    assert telemetry.stop(30)

    assert [record.getMessage() for record in caplog.records] == [
        FAILED,
        "Spans lost: 0 dropped, 3 not exported.",
        "Metrics could not be exported. Logged once.",
    ]
