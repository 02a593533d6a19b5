"""Reports of workers to the process that serves metrics: all totals of one worker, as one datagram."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

import orjson
from opentelemetry.sdk.metrics.export import (
    HistogramDataPoint,
    MetricExporter,
    MetricExportResult,
    MetricsData,
    NumberDataPoint,
)

from telemetry.allow_list import ATTRIBUTES, METRICS

SEND_TIMEOUT_S = 1.0
INTERVAL_S = 1.0
"""Seconds between two reports of a worker. What a worker that is killed has counted since its last one is lost."""

Series: TypeAlias = tuple[str, tuple[str, ...]]
"""A metric on the allow-list, and the values of its attributes."""


class WorkerReportExporter(MetricExporter):
    """Exporter that sends reports. The socket is shared by all workers, which keeps the order of their reports."""

    def __init__(self, sender: socket.socket) -> None:
        super().__init__()
        self._sender = sender

    def export(self, metrics_data: MetricsData, timeout_millis: float = 10_000, **_: Any) -> MetricExportResult:
        is_sent = send_report(self._sender, {"pid": os.getpid(), "series": list(series_of(metrics_data))})
        return MetricExportResult.SUCCESS if is_sent else MetricExportResult.FAILURE

    def force_flush(self, timeout_millis: float = 10_000) -> bool:
        return True

    def shutdown(self, timeout_millis: float = 30_000, **_: Any) -> None:
        """The socket stays open for other workers."""


def series_of(data: MetricsData) -> Iterator[tuple[str, list[str], list[float]]]:
    """Each series with its total: one number, or the sum and the number in each bucket of a histogram."""
    names = {metric.key: name for name, metric in METRICS.items()}
    for resource in data.resource_metrics:
        for scope in resource.scope_metrics:
            for metric in scope.metrics:
                for point in metric.data.data_points:
                    name, attributes = names[metric.name], point.attributes or {}
                    labels = [_text(attributes[ATTRIBUTES[each].key]) for each in METRICS[name].attributes]
                    if isinstance(point, HistogramDataPoint):
                        yield name, labels, [point.sum, *point.bucket_counts]
                    elif isinstance(point, NumberDataPoint):
                        yield name, labels, [point.value]


def send_report(sender: socket.socket, report: Mapping[str, Any]) -> bool:
    """Send a report. It is dropped if the receiver is too slow: the next one has the totals."""
    try:
        sender.send(orjson.dumps(report))
    except OSError:
        return False
    return True


def report_sockets() -> tuple[socket.socket, socket.socket]:
    """A receiver and a sender of reports."""
    receiver, sender = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    receiver.setblocking(False)
    sender.settimeout(SEND_TIMEOUT_S)
    return receiver, sender


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
