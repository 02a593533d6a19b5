"""Metrics: histograms with exemplars, and counters. Knows nothing of what is measured.

The SDK takes 7 µs for one measurement after another and 25 in the midst of a question, which makes some thirty. So they
are added up here, and the SDK's readers and exporters take what has come of it: docs/decisions/0031.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from threading import Lock
from time import time_ns
from typing import TypeAlias

from opentelemetry.sdk.metrics import export
from opentelemetry.sdk.metrics.export import AggregationTemporality, MetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.util.instrumentation import InstrumentationScope

from telemetry.allow_list import METRICS, AllowList, Value
from telemetry.export_span import SCOPE
from telemetry.instruments import Counter, Histogram

SO_FAR = AggregationTemporality.CUMULATIVE

Said: TypeAlias = tuple[tuple[str, Value], ...]


class Metrics:
    """All metrics, or nothing when nobody reads them. `lost` says how many spans were lost, by why."""

    def __init__(
        self,
        vocabulary: AllowList,
        resource: Resource,
        readers: Iterable[MetricReader],
        lost: Callable[[], Mapping[str, int]],
    ) -> None:
        self._vocabulary = vocabulary
        self._resource = resource
        self._readers = list(readers)
        self._lost = lost
        self._since = time_ns()
        self._totals: dict[str, dict[Said, Counter]] = {name: {} for name, each in METRICS.items() if not each.edges}
        self._histograms: dict[str, dict[Said, Histogram]] = {name: {} for name, each in METRICS.items() if each.edges}
        # A reader has a thread of its own.
        self._lock = Lock()
        self.is_on = bool(self._readers)
        for reader in self._readers:
            # What the SDK's own provider does; there is no other way to be asked.
            reader._set_collect_callback(self._collected)  # noqa: SLF001

    def count(self, name: str, number: int = 1, **attributes: Value) -> None:
        """Raises KeyError, ValueError for what is not on the lists."""
        if not self.is_on:
            return
        said = tuple(attributes.items())
        with self._lock:
            totals = self._totals[name]
            if said not in totals:
                totals[said] = Counter(self._listed(name, attributes))
            totals[said].value += number

    def record(self, name: str, value: float, **attributes: Value) -> None:
        """Raises KeyError, ValueError for what is not on the lists."""
        if not self.is_on:
            return
        said = tuple(attributes.items())
        with self._lock:
            histograms = self._histograms[name]
            if said not in histograms:
                histograms[said] = Histogram(self._listed(name, attributes), METRICS[name].edges)
            histograms[said].add(value)

    def shutdown(self) -> None:
        for reader in self._readers:
            reader.shutdown()

    def _listed(self, name: str, attributes: Mapping[str, Value]) -> dict[str, Value]:
        if attributes.keys() != set(METRICS[name].attributes):
            raise KeyError(name)
        return self._vocabulary.said(attributes)

    def _collected(self, _reader: MetricReader, timeout_millis: float) -> export.MetricsData:
        """For a reader, in its thread: everything, as it is now."""
        now = time_ns()
        with self._lock:
            for why, number in self._lost().items():
                self._totals["lost"][("lost", why),] = Counter(self._listed("lost", {"lost": why}), number)
            sums: dict[str, export.Sum | export.Histogram] = {
                name: export.Sum([each.point(self._since, now) for each in totals.values()], SO_FAR, is_monotonic=True)
                for name, totals in self._totals.items()
            }
            sums |= {
                name: export.Histogram([each.point(self._since, now) for each in histograms.values()], SO_FAR)
                for name, histograms in self._histograms.items()
            }
        metrics = [
            export.Metric(METRICS[name].key, METRICS[name].meaning, METRICS[name].unit, data)
            for name, data in sums.items()
            if data.data_points
        ]
        scope = export.ScopeMetrics(InstrumentationScope(SCOPE), metrics, "")
        return export.MetricsData([export.ResourceMetrics(self._resource, [scope], self._resource.schema_url)])
