"""Exporters: to a collector by OTLP over HTTP, as OpenTelemetry's variables configure it, and to files in a folder.

A configuration that is not supported is logged as a warning, and the server runs without that export.
"""

from __future__ import annotations

import importlib
import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, TypeAlias

from opentelemetry.sdk.metrics.export import MetricExporter
from opentelemetry.sdk.trace.export import SpanExporter

from telemetry.otlp_json import OtlpJsonExporter
from telemetry.otlp_protobuf import OtlpProtobufExporter
from telemetry.rotating_file import RotatingFile

logger = logging.getLogger("needtoknow.telemetry")

PROTOCOL = "http/protobuf"

Signal: TypeAlias = Literal["traces", "metrics"]


def span_exporters(folder: Path | None, mebibytes: int) -> list[SpanExporter]:
    return [
        *map(OtlpProtobufExporter, _collector("traces", "trace_exporter", "OTLPSpanExporter")),
        *(OtlpJsonExporter(file.write) for file in _files("traces", folder, mebibytes)),
    ]


def metric_exporters(folder: Path | None, mebibytes: int) -> list[MetricExporter]:
    exporters = list(_collector("metrics", "metric_exporter", "OTLPMetricExporter"))
    files = list(_files("metrics", folder, mebibytes))
    if files and (module := _import("metrics", "json.file.metric_exporter")) is not None:
        exporters += [module.FileMetricExporter(stream=file) for file in files]
    return exporters


def _collector(signal: Signal, module_name: str, class_name: str) -> Iterator[Any]:
    """The SDK's exporter to a collector, if the environment configures one."""
    # The SDK logs every failed export. Here lost spans are counted, and logged once.
    logging.getLogger("opentelemetry.exporter").setLevel(logging.CRITICAL)
    if _wants_collector(signal) and (module := _import(signal, f"proto.http.{module_name}")) is not None:
        yield getattr(module, class_name)()


def _files(signal: Signal, folder: Path | None, mebibytes: int) -> Iterator[RotatingFile]:
    """The files of a signal in the folder, if there is one and the environment does not forbid it."""
    if folder is None or _is_disabled() or _variable(f"OTEL_{signal.upper()}_EXPORTER").lower() == "none":
        return
    try:
        yield RotatingFile(folder, signal, max_bytes=mebibytes << 20)
    except OSError as error:
        logger.warning("No %s are written: %s: %s.", signal, folder, error.strerror)


def _wants_collector(signal: Signal) -> bool:
    name = signal.upper()
    exporter = _variable(f"OTEL_{name}_EXPORTER").lower()
    endpoint = _variable(f"OTEL_EXPORTER_OTLP_{name}_ENDPOINT") or _variable("OTEL_EXPORTER_OTLP_ENDPOINT")
    if exporter == "none" or _is_disabled() or not (exporter or endpoint):
        return False
    if exporter not in {"", "otlp"}:
        logger.warning("No %s are sent: OTEL_%s_EXPORTER must be otlp or none.", signal, name)
        return False
    protocol = _variable(f"OTEL_EXPORTER_OTLP_{name}_PROTOCOL") or _variable("OTEL_EXPORTER_OTLP_PROTOCOL")
    if protocol not in {"", PROTOCOL}:
        logger.warning("No %s are sent: the only supported OTLP protocol is %s.", signal, PROTOCOL)
        return False
    return True


def _import(signal: Signal, module: str) -> Any:
    try:
        return importlib.import_module(f"opentelemetry.exporter.otlp.{module}")
    except ImportError:
        logger.warning("No %s are sent: the exporter is missing; pip install 'needtoknow[otlp]'.", signal)
        return None


def _is_disabled() -> bool:
    return _variable("OTEL_SDK_DISABLED").lower() == "true"


def _variable(name: str) -> str:
    return os.environ.get(name, "").strip()
