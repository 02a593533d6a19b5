"""Helpers of the telemetry tests: a recorder with its spans, its metrics, and a collector."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

from opentelemetry.sdk.metrics.export import MetricExporter, MetricExportResult, MetricsData
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from telemetry.allow_list import AllowList
from telemetry.recorder import Telemetry

TRACE_ID, PARENT_ID = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
TRACEPARENT = f"00-{TRACE_ID}-{PARENT_ID}-01"
SECRET = "123-45-6789"
ALLOW_LIST = AllowList(
    sources=["persons", "warrants"], fetches=["persons.by_id", "warrants.by_person"], operations=["FieldStop"]
)
RESOURCE = Resource({"service.name": "needtoknow", "n": 1, "is": True})


class Recorded:
    """A recorder and the spans that it exported so far, by name."""

    def __init__(self) -> None:
        self._exporter = InMemorySpanExporter()
        self.telemetry = Telemetry(ALLOW_LIST, span_exporters=[self._exporter])

    @property
    def spans(self) -> dict[str, ReadableSpan]:
        self.telemetry.flush()
        return {span.name: span for span in self._exporter.get_finished_spans()}


def parent_of(span: ReadableSpan) -> int | None:
    return span.parent.span_id if span.parent else None


@contextmanager
def collector() -> Iterator[tuple[str, list[tuple[str, bytes]]]]:
    """A collector on this host: its URL, and each request's path and body."""
    received: list[tuple[str, bytes]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            received.append((self.path, self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", received
        finally:
            server.shutdown()
            thread.join()


class DiscardingMetricExporter(MetricExporter):
    """Discards metrics. With it a recorder records them, and `data_points` reads them."""

    def export(self, metrics_data: MetricsData, timeout_millis: float = 10_000, **_: Any) -> MetricExportResult:
        return MetricExportResult.SUCCESS

    def force_flush(self, timeout_millis: float = 10_000) -> bool:
        return True

    def shutdown(self, timeout_millis: float = 30_000, **_: Any) -> None:
        pass


def data_points(telemetry: Telemetry) -> dict[str, list[Any]]:
    """The data points of each metric so far."""
    return {
        metric.name: list(metric.data.data_points)
        for resource in telemetry.metrics.collect().resource_metrics
        for scope in resource.scope_metrics
        for metric in scope.metrics
    }


def lost_spans(telemetry: Telemetry) -> dict[str, int]:
    """How many spans were lost, by reason."""
    points = data_points(telemetry)["needtoknow.spans.lost"]
    return {point.attributes["needtoknow.lost"]: point.value for point in points}
