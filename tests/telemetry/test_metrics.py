"""Metrics: equal to the SDK's own, limited to the allow-list, and exported periodically."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.exporter.otlp.proto.common.metrics_encoder import encode_metrics
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader, MetricExportResult, MetricsData

from telemetry.allow_list import METRICS
from telemetry.metric_export import PeriodicMetricExport
from telemetry.metrics import Metrics
from telemetry.recorder import Telemetry
from tests.telemetry.helpers import ALLOW_LIST, RESOURCE, DiscardingMetricExporter, data_points

durations = st.sampled_from([*METRICS["batch"].boundaries, 0.0]) | st.floats(0, 100)
batches = st.tuples(st.sampled_from(["persons", "warrants"]), st.sampled_from(["OK", "DOWN"]), durations)


@pytest.fixture
def metrics() -> Metrics:
    return recorded()


def recorded() -> Metrics:
    return Metrics(ALLOW_LIST, RESOURCE, dict, is_on=True)


def points(data: MetricsData | None) -> dict[str, list[dict[str, Any]]]:
    """Every data point of every metric, without times and exemplars."""
    assert data is not None
    [resource] = data.resource_metrics
    [scope] = resource.scope_metrics
    assert resource.resource == RESOURCE
    return {
        f"{metric.name} {metric.unit} {metric.description}": sorted(
            (
                {
                    name: getattr(point, name)
                    for name in point.__dataclass_fields__
                    if "time" not in name and name != "exemplars"
                }
                for point in metric.data.data_points
            ),
            key=repr,
        )
        for metric in scope.metrics
    }


@given(st.lists(batches, min_size=1, max_size=30), st.lists(st.booleans(), min_size=1, max_size=10))
def test_measurements_add_up_as_in_the_official_sdk(measured: list[tuple[str, str, float]], hits: list[bool]) -> None:
    metrics, reader = recorded(), InMemoryMetricReader()
    meter = MeterProvider([reader], RESOURCE, shutdown_on_exit=False).get_meter("needtoknow")
    batch, loaded = METRICS["batch"], METRICS["keys_loaded"]
    histogram = meter.create_histogram(
        batch.key, batch.unit, batch.description, explicit_bucket_boundaries_advisory=batch.boundaries
    )
    counter = meter.create_counter(loaded.key, loaded.unit, loaded.description)
    for source, status, seconds in measured:
        attributes = {"system": "sqlite", "source": source, "statement": "SELECT", "source_status": status}
        metrics.record("batch", seconds, **attributes)
        histogram.record(seconds, ALLOW_LIST.encode(attributes))
    for number, is_hit in enumerate(hits):
        metrics.count("keys_loaded", number, hit=is_hit)
        counter.add(number, ALLOW_LIST.encode({"hit": is_hit}))

    assert points(metrics.collect()) == points(reader.get_metrics_data())


def test_the_official_encoder_takes_our_metrics(metrics: Metrics) -> None:
    metrics.record("batch_keys", 3, source="warrants")

    [scope] = encode_metrics(metrics.collect()).resource_metrics[0].scope_metrics
    [metric] = scope.metrics
    [point] = metric.histogram.data_points
    assert metric.name == "needtoknow.batch.keys"
    assert (point.count, point.sum, list(point.bucket_counts)[:4]) == (1, 3, [0, 0, 1, 0])
    assert 0 < point.start_time_unix_nano < point.time_unix_nano


def test_a_trace_that_is_not_recorded_is_no_exemplar() -> None:
    telemetry = Telemetry(ALLOW_LIST, metric_exporters=[DiscardingMetricExporter()])
    with telemetry.request(None):
        telemetry.record("batch_keys", 3, source="warrants")

    [point] = data_points(telemetry)["needtoknow.batch.keys"]
    assert point.exemplars == []


@pytest.mark.parametrize(
    ("attributes", "error"),
    [
        ({"source": "warrants", "fetch": "warrants.by_person"}, KeyError),
        ({}, KeyError),
        ({"source": "123-45-6789"}, ValueError),
    ],
    ids=str,
)
def test_attributes_off_the_allow_list_cannot_be_counted(
    metrics: Metrics, attributes: dict[str, str], error: type[Exception]
) -> None:
    with pytest.raises(error):
        metrics.record("batch_keys", 3, **attributes)


class CountingExporter(DiscardingMetricExporter):
    """Counts exports, fails each of them, and signals the second."""

    def __init__(self) -> None:
        super().__init__()
        self.exports = 0
        self.is_shut_down = False
        self.second_export = threading.Event()

    def export(self, metrics_data: MetricsData, timeout_millis: float = 10_000, **_: Any) -> MetricExportResult:
        assert not self.is_shut_down
        self.exports += 1
        if self.exports == 2:
            self.second_export.set()
        return MetricExportResult.FAILURE

    def shutdown(self, timeout_millis: float = 30_000, **_: Any) -> None:
        self.is_shut_down = True


def test_metrics_are_exported_at_each_interval(
    metrics: Metrics, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("OTEL_METRIC_EXPORT_INTERVAL", "1")
    exporter = CountingExporter()
    export = PeriodicMetricExport(exporter, metrics.collect)

    assert exporter.second_export.wait(30)
    export.stop()
    assert [record.getMessage() for record in caplog.records] == ["Metrics could not be exported. Logged once."]


def test_metrics_are_exported_a_last_time_when_it_stops(metrics: Metrics) -> None:
    exporter = CountingExporter()
    PeriodicMetricExport(exporter, metrics.collect).stop()

    assert (exporter.exports, exporter.is_shut_down) == (1, True)
