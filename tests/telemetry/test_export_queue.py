"""Spans on their way out: whoever ends one never waits, and what is lost is counted and said once."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence

import pytest
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

from telemetry.export_queue import AT_ONCE
from telemetry.recorder import Telemetry


class Exporter(SpanExporter):
    """Takes nothing until it may, and then all or nothing."""

    def __init__(self, result: SpanExportResult) -> None:
        self.may = threading.Event()
        self.asked = threading.Event()
        self.taken = 0
        self._result = result

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        self.asked.set()
        assert self.may.wait(30)
        self.taken += len(spans)
        return self._result

    def shutdown(self) -> None:
        pass


def counted(reader: InMemoryMetricReader) -> dict[str, int]:
    """The spans lost, by why."""
    data = reader.get_metrics_data()
    assert data is not None
    [metric] = [
        metric
        for resource in data.resource_metrics
        for scope in resource.scope_metrics
        for metric in scope.metrics
        if metric.name == "needtoknow.spans.lost"
    ]
    return {str(dict(point.attributes)["needtoknow.lost"]): point.value for point in metric.data.data_points}


def test_more_spans_than_can_wait_are_dropped_counted_and_said_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("OTEL_BSP_MAX_QUEUE_SIZE", "600")
    exporter, reader = Exporter(SpanExportResult.SUCCESS), InMemoryMetricReader()
    telemetry = Telemetry(exporters=[exporter], readers=[reader])
    for _ in range(AT_ONCE):
        with telemetry.request(None):
            pass
    # These are with the exporter, which holds them. So 600 may wait, and no more.
    assert exporter.asked.wait(30)
    for _ in range(1_000):
        with telemetry.request(None):
            pass

    assert counted(reader) == {"QUEUE_FULL": 400, "NOT_TAKEN": 0}
    exporter.may.set()
    assert telemetry.stop(30)
    assert exporter.taken == AT_ONCE + 600
    assert [record.getMessage() for record in caplog.records] == [
        "Spans are dropped, for more end than are exported; from now on they are only counted.",
        "Of all spans 400 were dropped and 0 not taken.",
    ]


def test_a_question_of_more_spans_than_may_wait_is_told_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_BSP_MAX_QUEUE_SIZE", "2")
    exporter = Exporter(SpanExportResult.SUCCESS)
    exporter.may.set()
    telemetry = Telemetry(exporters=[exporter])
    with telemetry.request(None), telemetry.span("execute"), telemetry.span("decide"):
        pass

    assert telemetry.stop(30)
    assert exporter.taken == 3


def test_spans_that_nobody_takes_are_counted_and_said_once(caplog: pytest.LogCaptureFixture) -> None:
    exporter, reader = Exporter(SpanExportResult.FAILURE), InMemoryMetricReader()
    exporter.may.set()
    telemetry = Telemetry(exporters=[exporter], readers=[reader])
    assert telemetry.provider is not None
    for _ in range(3):
        with telemetry.request(None):
            pass
        telemetry.provider.force_flush()

    assert counted(reader) == {"QUEUE_FULL": 0, "NOT_TAKEN": 3}
    assert telemetry.stop(30)
    assert [record.getMessage() for record in caplog.records] == [
        "Spans are lost, for nobody takes them; from now on they are only counted.",
        "Of all spans 0 were dropped and 3 not taken.",
    ]


def test_a_collector_that_is_not_there_is_said_once_and_fails_nothing(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "0.1")
    telemetry = Telemetry.start()
    assert telemetry.provider is not None
    for _ in range(3):
        with telemetry.request(None) as span:
            span.set(status=200)
        telemetry.provider.force_flush()
    assert telemetry.stop(30)

    assert [record.getMessage() for record in caplog.records] == [
        "Spans are lost, for nobody takes them; from now on they are only counted.",
        "Of all spans 0 were dropped and 3 not taken.",
        "Metrics are not taken; this is said once.",
    ]
