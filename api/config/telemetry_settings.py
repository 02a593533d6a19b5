"""Settings of traces and metrics."""

from __future__ import annotations

from dataclasses import dataclass

from api.config.setting import Names, setting


@dataclass(frozen=True, kw_only=True)
class TelemetrySettings:
    """Files of traces and metrics, and the port of metrics."""

    traces: str = setting("", "Folder for trace and metric files in OTLP JSON. Default: none are written.")
    traces_mebibytes: int = setting(
        256, "Maximum MiB of trace files, and of metric files; the oldest are deleted.", 16, 1_048_576
    )
    metrics_port: int = setting(0, "Port of metrics for Prometheus, at /metrics; 0 serves none.", 0, 65_535)
    metrics_host: str = setting("127.0.0.1", "Address of that port. Anyone who reaches it can read all metrics.")
    named_operations: Names = setting(
        (), "Operation names that traces may contain, comma-separated; others could identify a person."
    )
