"""Metrics are added up as OpenTelemetry's SDK adds them up, and every exporter can say them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some
from opentelemetry.exporter.otlp.proto.common.metrics_encoder import encode_metrics
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader, MetricsData
from opentelemetry.sdk.resources import Resource

from telemetry.allow_list import METRICS, AllowList
from telemetry.recorder import Telemetry

RESOURCE = Resource({"service.name": "needtoknow"})
WORDS = AllowList(sources=["persons", "warrants"])

durations = some.sampled_from([*METRICS["batch"].edges, 0.0]) | some.floats(0, 100)
batches = some.tuples(some.sampled_from(["persons", "warrants"]), some.sampled_from(["OK", "DOWN"]), durations)


def points(data: MetricsData | None) -> dict[str, list[dict[str, Any]]]:
    """Every point of every metric, without its times."""
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


@given(some.lists(batches, min_size=1, max_size=30), some.lists(some.booleans(), min_size=1, max_size=10))
def test_measurements_are_added_up_as_the_official_sdk_adds_them_up(
    measured: list[tuple[str, str, float]], hits: list[bool]
) -> None:
    ours, theirs = InMemoryMetricReader(), InMemoryMetricReader()
    telemetry = Telemetry(WORDS, readers=[ours], resource=RESOURCE)
    meter = MeterProvider([theirs], RESOURCE, shutdown_on_exit=False).get_meter("needtoknow")
    batch, loaded = METRICS["batch"], METRICS["loaded"]
    histogram = meter.create_histogram(
        batch.key, batch.unit, batch.meaning, explicit_bucket_boundaries_advisory=batch.edges
    )
    counter = meter.create_counter(loaded.key, loaded.unit, loaded.meaning)
    for source, answer, seconds in measured:
        said = {"system": "sqlite", "source": source, "statement": "SELECT", "answer": answer}
        telemetry.record("batch", seconds, **said)
        histogram.record(seconds, WORDS.said(said))
    for number, is_hit in enumerate(hits):
        telemetry.count("loaded", number, hit=is_hit)
        counter.add(number, WORDS.said({"hit": is_hit}))

    here = points(ours.get_metrics_data())
    lost = here.pop(f"{METRICS['lost'].key} {METRICS['lost'].unit} {METRICS['lost'].meaning}")
    assert here == points(theirs.get_metrics_data())
    assert [point["value"] for point in lost] == [0, 0]


def test_an_exporter_can_say_them() -> None:
    reader = InMemoryMetricReader()
    telemetry = Telemetry(WORDS, readers=[reader], resource=RESOURCE)
    telemetry.record("batch_keys", 3, source="warrants")
    data = reader.get_metrics_data()
    assert data is not None

    [scope] = encode_metrics(data).resource_metrics[0].scope_metrics
    assert [metric.name for metric in scope.metrics] == ["needtoknow.spans.lost", "needtoknow.batch.keys"]
    [point] = scope.metrics[1].histogram.data_points
    assert (point.count, point.sum, list(point.bucket_counts)[:4]) == (1, 3, [0, 0, 1, 0])
    assert 0 < point.start_time_unix_nano < point.time_unix_nano


def test_a_trace_that_nobody_records_is_not_named() -> None:
    reader = InMemoryMetricReader()
    recorded = Telemetry(WORDS, exporters=[], readers=[reader], resource=RESOURCE)
    with recorded.request(None):
        recorded.record("batch_keys", 3, source="warrants")
    data = reader.get_metrics_data()
    assert data is not None
    [point] = data.resource_metrics[0].scope_metrics[0].metrics[1].data.data_points

    assert point.exemplars == []


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ({"source": "warrants", "fetch": "warrants.by_person"}, KeyError),
        ({}, KeyError),
        ({"source": "123-45-6789"}, ValueError),
    ],
    ids=str,
)
def test_what_is_not_on_the_lists_is_not_counted(said: dict[str, str], wrong: type[Exception]) -> None:
    telemetry = Telemetry(WORDS, readers=[InMemoryMetricReader()])

    with pytest.raises(wrong):
        telemetry.record("batch_keys", 3, **said)
