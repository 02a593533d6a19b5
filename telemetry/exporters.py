"""Where telemetry goes: a collector, by OTLP over HTTP, as OpenTelemetry's variables say, and files in a folder.

Knows nothing of what it says. What is asked for and cannot be done is one line in the log.
"""

from __future__ import annotations

import importlib
import logging
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from opentelemetry.sdk.metrics.export import MetricExporter, MetricExportResult
from opentelemetry.sdk.resources import Resource

from telemetry.export_queue import Exporter
from telemetry.otlp_json import OtlpJsonExporter
from telemetry.otlp_protobuf import OtlpProtobufExporter
from telemetry.rotating_file import RotatingFile

logger = logging.getLogger("needtoknow.telemetry")

PROTOCOL = "http/protobuf"
MISSING = "the exporter is missing; pip install 'needtoknow[otlp]'"


def span_exporters(resource: Resource, folder: Path | None, mebibytes: int) -> list[Exporter]:
    exporters: list[Exporter] = [
        OtlpProtobufExporter(theirs, resource)
        for theirs in _to_a_collector("traces", "trace_exporter", "OTLPSpanExporter")
    ]
    exporters += [OtlpJsonExporter(spool.write, resource) for spool in _to_files("traces", folder, mebibytes)]
    return exporters


def metric_exporters(folder: Path | None, mebibytes: int) -> list[MetricExporter]:
    exporters = list(_to_a_collector("metrics", "metric_exporter", "OTLPMetricExporter"))
    if folder is not None and (found := _find("metrics", "json.file.metric_exporter")) is not None:
        exporters += [found.FileMetricExporter(stream=spool) for spool in _to_files("metrics", folder, mebibytes)]
    for exporter in exporters:
        exporter.export = _told(exporter.export)
    return exporters


def _to_a_collector(what: str, module: str, name: str) -> Iterable[Any]:
    # An exporter logs each thing that goes wrong, each time. What it loses is counted, and said once.
    logging.getLogger("opentelemetry.exporter").setLevel(logging.CRITICAL)
    if _asks_for_a_collector(what) and (found := _find(what, f"proto.http.{module}")) is not None:
        yield getattr(found, name)()


def _to_files(what: str, folder: Path | None, mebibytes: int) -> Iterable[RotatingFile]:
    if folder is None or _is_disabled() or _variable(f"OTEL_{what.upper()}_EXPORTER").lower() == "none":
        return
    try:
        yield RotatingFile(folder, what, most_bytes=mebibytes << 20)
    except OSError as fault:
        logger.warning("No %s are written: %s: %s.", what, folder, fault.strerror)


def _told(export: Callable[..., MetricExportResult]) -> Callable[..., MetricExportResult]:
    """Says the first time that metrics are not taken. Nothing is lost by it: the next ones hold their totals."""
    told: list[MetricExportResult] = []

    def exported(*arguments: Any, **named: Any) -> MetricExportResult:
        result = export(*arguments, **named)
        if result is not MetricExportResult.SUCCESS and not told:
            told.append(result)
            logger.warning("Metrics are not taken; this is said once.")
        return result

    return exported


def _asks_for_a_collector(what: str) -> bool:
    signal = what.upper()
    asked = _variable(f"OTEL_{signal}_EXPORTER").lower()
    endpoint = _variable(f"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT") or _variable("OTEL_EXPORTER_OTLP_ENDPOINT")
    if asked == "none" or _is_disabled() or not (asked or endpoint):
        return False
    if asked not in {"", "otlp"}:
        logger.warning("No %s are sent: OTEL_%s_EXPORTER may be otlp or none.", what, signal)
        return False
    protocol = _variable(f"OTEL_EXPORTER_OTLP_{signal}_PROTOCOL") or _variable("OTEL_EXPORTER_OTLP_PROTOCOL")
    if protocol not in {"", PROTOCOL}:
        logger.warning("No %s are sent: of OTLP's protocols only %s is spoken here.", what, PROTOCOL)
        return False
    return True


def _find(what: str, module: str) -> Any:
    try:
        return importlib.import_module(f"opentelemetry.exporter.otlp.{module}")
    except ImportError:
        logger.warning("No %s are sent: %s.", what, MISSING)
        return None


def _is_disabled() -> bool:
    return _variable("OTEL_SDK_DISABLED").lower() == "true"


def _variable(name: str) -> str:
    return os.environ.get(name, "").strip()
