"""Sums of the metrics of all workers, and what the supervisor says of them, for Prometheus.

A counter never falls: what a worker has counted is kept when it ends. A gauge is the sum over the workers that live.
Names are those that OpenTelemetry's exporters give: `http.server.request.duration` in seconds becomes
`http_server_request_duration_seconds`, and a counter ends with `_total`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from typing import Any

import orjson
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric as Family
from prometheus_client.registry import Collector

from telemetry.allow_list import ATTRIBUTES, METRICS, Metric
from telemetry.worker_reports import Series

Totals = dict[Series, list[float]]


class WorkerMetrics(Collector):
    """Collector over the reports of workers and of the supervisor."""

    def __init__(self) -> None:
        self._by_pid: dict[int, Totals] = {}
        self._ended: Totals = {}
        self._supervisor: dict[str, Any] = {}

    def receive(self, datagram: bytes) -> None:
        """Take the report of a worker, or of the supervisor, which says which workers live."""
        report = orjson.loads(datagram)
        if "pid" in report:
            self._by_pid[report["pid"]] = {(name, tuple(labels)): values for name, labels, values in report["series"]}
            return
        self._supervisor = report
        for pid in self._by_pid.keys() - {worker["pid"] for worker in report["workers"]}:
            totals = self._by_pid.pop(pid)
            _add(self._ended, {key: each for key, each in totals.items() if not METRICS[key[0]].is_gauge})

    def collect(self) -> Iterator[Family]:
        if self._supervisor:
            yield from supervisor_families(self._supervisor)
        sums: Totals = {}
        for totals in (self._ended, *self._by_pid.values()):
            _add(sums, totals)
        families = {name: family_of(metric) for name, metric in METRICS.items()}
        for (name, labels), values in sums.items():
            family = families[name]
            if isinstance(family, HistogramMetricFamily):
                total, *counts = values
                bounds = (*map(str, METRICS[name].boundaries), "+Inf")
                family.add_metric(labels, list(zip(bounds, accumulate(counts), strict=True)), total)
            elif isinstance(family, CounterMetricFamily | GaugeMetricFamily):
                family.add_metric(labels, values[0])
        yield from families.values()


def family_of(metric: Metric) -> Family:
    """The family of a metric, without samples."""
    name = metric.key.replace(".", "_") + ("_seconds" if metric.unit == "s" else "")
    labels = [ATTRIBUTES[each].key.replace(".", "_") for each in metric.attributes]
    if metric.boundaries:
        return HistogramMetricFamily(name, metric.description, labels=labels)
    if metric.is_gauge:
        return GaugeMetricFamily(name, metric.description, labels=labels)
    return CounterMetricFamily(name, metric.description, labels=labels)


def supervisor_families(report: Mapping[str, Any]) -> Iterator[Family]:
    """Metrics of the server and its workers, from the supervisor's report."""
    workers: Sequence[Mapping[str, Any]] = [each for each in report["workers"] if not each["is_retired"]]
    info = GaugeMetricFamily("needtoknow_build_info", "1; the version is a label.", labels=["version"])
    info.add_metric([report["version"]], 1)
    yield info
    started = "When the server was started, in seconds since 1970."
    yield GaugeMetricFamily("needtoknow_start_time_seconds", started, report["started_at"])
    yield GaugeMetricFamily("needtoknow_workers_wanted", "Workers that the settings ask for.", report["wanted"])
    ready = sum(each["is_ready"] for each in workers)
    yield GaugeMetricFamily("needtoknow_workers_ready", "Workers that accept connections.", ready)
    times = GaugeMetricFamily("needtoknow_worker_start_time_seconds", "When a worker was started.", labels=["worker"])
    for worker in workers:
        times.add_metric([str(worker["number"])], worker["started_at"])
    yield times
    deaths = "Workers that ended although nobody had stopped them, or could not start."
    yield CounterMetricFamily("needtoknow_worker_deaths", deaths, report["deaths"])
    reloads = CounterMetricFamily("needtoknow_reloads", "Reloads of the settings.", labels=["result"])
    for result, number in report["reloads"].items():
        reloads.add_metric([result], number)
    yield reloads
    last = "1 if the last reload was applied or there was none, 0 if it was refused."
    yield GaugeMetricFamily("needtoknow_last_reload_successful", last, report["is_current"])


def _add(sums: Totals, totals: Totals) -> None:
    for series, values in totals.items():
        before = sums.get(series)
        sums[series] = values if before is None else [a + b for a, b in zip(before, values, strict=True)]
