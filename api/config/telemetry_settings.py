"""Settings of traces and metrics."""

from __future__ import annotations

from dataclasses import dataclass

from api.config.setting import Names, setting


@dataclass(frozen=True, kw_only=True)
class TelemetrySettings:
    """Files of traces and metrics."""

    traces: str = setting("", "Folder for trace and metric files in OTLP JSON. Default: none are written.")
    traces_mebibytes: int = setting(
        256, "Maximum MiB of trace files, and of metric files; the oldest are deleted.", 16, 1_048_576
    )
    named_operations: Names = setting(
        (), "Operation names that traces may contain, comma-separated; others could identify a person."
    )
