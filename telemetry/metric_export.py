"""Periodic export of metrics, in a thread of its own.

The SDK's `PeriodicExportingMetricReader` takes metrics from the SDK's own instruments only, which are not used here:
docs/decisions/0031.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from threading import Event, Thread

from opentelemetry.sdk.metrics.export import MetricExporter, MetricExportResult, MetricsData

logger = logging.getLogger("needtoknow.telemetry")


class PeriodicMetricExport:
    """Collects and exports at each interval, and once when it stops.

    The interval is `OTEL_METRIC_EXPORT_INTERVAL` milliseconds (60,000), unless it is given.
    """

    def __init__(
        self, exporter: MetricExporter, collect: Callable[[], MetricsData], *, interval_s: float | None = None
    ) -> None:
        self._exporter = exporter
        self._collect = collect
        self._interval_s = interval_s
        self._has_logged = False
        self._stopping = Event()
        self._thread = Thread(target=self._run, name="metric-export", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Export a last time and shut the exporter down. Blocks."""
        self._stopping.set()
        self._thread.join()
        self._exporter.shutdown()

    def _run(self) -> None:
        interval_s = self._interval_s or positive_integer("OTEL_METRIC_EXPORT_INTERVAL", 60_000) / 1_000
        while not self._stopping.wait(interval_s):
            self._export()
        self._export()

    def _export(self) -> None:
        timeout_ms = positive_integer("OTEL_METRIC_EXPORT_TIMEOUT", 30_000)
        result = self._exporter.export(self._collect(), timeout_millis=timeout_ms)
        # No data is lost: totals are cumulative, so the next export has them.
        if result is not MetricExportResult.SUCCESS and not self._has_logged:
            self._has_logged = True
            logger.warning("Metrics could not be exported. Logged once.")


def positive_integer(variable: str, default: int) -> int:
    """The value of an environment variable; the default if it is no positive integer."""
    value = os.environ.get(variable, "")
    return int(value) if value.isdecimal() and int(value) else default
