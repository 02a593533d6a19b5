"""Metrics: counters, histograms with exemplars, and gauges that are read when they are exported.

The SDK's own instruments took 7 µs a measurement in a loop and 25 µs within a request, which makes some thirty. So
measurements are added up here, and only the SDK's exporters are used: docs/decisions/0031.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from threading import Lock
from time import time_ns
from typing import Any, TypeAlias

from opentelemetry.sdk.metrics import export
from opentelemetry.sdk.metrics.export import AggregationTemporality, NumberDataPoint
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.util.instrumentation import InstrumentationScope

from telemetry.allow_list import METRICS, SCOPE_NAME, AllowList, Value
from telemetry.instruments import Counter, Histogram

CUMULATIVE = AggregationTemporality.CUMULATIVE

Attributes: TypeAlias = tuple[tuple[str, Value], ...]
ReadGauge: TypeAlias = Callable[[], Mapping[Attributes, float]]
"""Returns the value now for each set of attributes; one without attributes is `{(): value}`."""


class Metrics:
    """All metrics of a server, recorded only if `is_on`. `lost` returns the number of lost spans by reason."""

    def __init__(
        self, allow_list: AllowList, resource: Resource, lost: Callable[[], Mapping[str, int]], *, is_on: bool
    ) -> None:
        self.is_on = is_on
        self._allow_list = allow_list
        self._resource = resource
        self._lost = lost
        self._start_ns = time_ns()
        self._series: dict[str, dict[Attributes, Counter | Histogram]] = {name: {} for name in METRICS}
        self._gauges: dict[str, ReadGauge] = {}
        # `collect` runs in an exporter's thread.
        self._lock = Lock()

    def record(self, name: str, value: float = 1, **attributes: Value) -> None:
        """Add a value to a histogram or a counter. Raises KeyError or ValueError for what is not on the allow-list."""
        if not self.is_on:
            return
        items = tuple(attributes.items())
        with self._lock:
            series = self._series[name]
            if items not in series:
                encoded, boundaries = self._encode(name, attributes), METRICS[name].boundaries
                series[items] = Histogram(encoded, boundaries) if boundaries else Counter(encoded)
            series[items].add(value)

    count = record

    def observe(self, name: str, read: ReadGauge) -> None:
        """Export the values that `read` returns whenever metrics are exported. It is called in another thread."""
        self._gauges[name] = read

    def collect(self) -> export.MetricsData:
        """Every metric with its total so far."""
        now_ns = time_ns()
        metrics = []
        with self._lock:
            for reason, number in self._lost().items():
                self._series["lost"][("lost", reason),] = Counter(self._encode("lost", {"lost": reason}), number)
            for name, metric in METRICS.items():
                points: Any = [each.data_point(self._start_ns, now_ns) for each in self._series[name].values()]
                if name in self._gauges:
                    values = self._gauges[name]().items()
                    encoded = [(self._encode(name, dict(items)), value) for items, value in values]
                    gauge = export.Gauge(
                        [NumberDataPoint(each, self._start_ns, now_ns, value) for each, value in encoded]
                    )
                    metrics.append(export.Metric(metric.key, metric.description, metric.unit, gauge))
                elif points:
                    data: export.Histogram | export.Sum = (
                        export.Histogram(points, CUMULATIVE)
                        if metric.boundaries
                        else export.Sum(points, CUMULATIVE, is_monotonic=True)
                    )
                    metrics.append(export.Metric(metric.key, metric.description, metric.unit, data))
        scope = export.ScopeMetrics(InstrumentationScope(SCOPE_NAME), metrics, "")
        return export.MetricsData([export.ResourceMetrics(self._resource, [scope], self._resource.schema_url)])

    def _encode(self, name: str, attributes: Mapping[str, Value]) -> dict[str, Value]:
        if attributes.keys() != set(METRICS[name].attributes):
            raise KeyError(name)
        return self._allow_list.encode(attributes)
