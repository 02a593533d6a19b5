"""Exporters: configured by OpenTelemetry's environment variables."""

from __future__ import annotations

import logging
import os
import socket
import sys
import threading
from collections.abc import Callable

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from telemetry.recorder import Telemetry
from telemetry.span import NOOP_SPAN
from tests.telemetry.helpers import ALLOW_LIST, TRACE_ID, TRACEPARENT, collector


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Sets OpenTelemetry's variables; all others are removed."""
    for name in [name for name in os.environ if name.startswith("OTEL_")]:
        monkeypatch.delenv(name)

    def set_all(**variables: str) -> None:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)

    return set_all


def test_spans_are_sent_to_the_collector_of_the_environment(environment: Callable[..., None]) -> None:
    with collector() as (address, received):
        environment(OTEL_EXPORTER_OTLP_ENDPOINT=address, OTEL_RESOURCE_ATTRIBUTES="deployment=here")
        telemetry = Telemetry.start(ALLOW_LIST)
        with telemetry.request(TRACEPARENT), telemetry.span("decide"):
            pass
        assert telemetry.stop(timeout_s=30)

    [(path, body)] = [each for each in received if each[0] == "/v1/traces"]
    [exported] = ExportTraceServiceRequest.FromString(body).resource_spans
    spans = exported.scope_spans[0].spans
    resource = {attribute.key: attribute.value.string_value for attribute in exported.resource.attributes}
    assert path == "/v1/traces"
    assert [(span.name, span.trace_id.hex()) for span in spans] == [("decide", TRACE_ID), ("POST /graphql", TRACE_ID)]
    assert (resource["service.name"], resource["deployment"]) == ("needtoknow", "here")


def test_a_collector_that_hangs_does_not_block_the_stop(environment: Callable[..., None]) -> None:
    # It accepts connections and never responds.
    with socket.create_server(("127.0.0.1", 0)) as hanging:
        port = hanging.getsockname()[1]
        environment(OTEL_EXPORTER_OTLP_ENDPOINT=f"http://127.0.0.1:{port}", OTEL_EXPORTER_OTLP_TIMEOUT="1")
        telemetry = Telemetry.start()
        with telemetry.request(None):
            pass

        assert telemetry.stop(timeout_s=0.1) is False

    # The connection is now closed. The exporter's log lines about it belong to this test.
    for thread in threading.enumerate():
        if thread.name == "telemetry-stop":
            thread.join()


@pytest.mark.parametrize(
    "variables",
    [
        {},
        {
            "OTEL_TRACES_EXPORTER": "none",
            "OTEL_METRICS_EXPORTER": "none",
            "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9",
        },
        {"OTEL_SDK_DISABLED": "true", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9"},
        {"OTEL_EXPORTER_OTLP_ENDPOINT": " "},
    ],
    ids=str,
)
def test_nothing_is_sent_or_logged_unless_configured(
    environment: Callable[..., None], caplog: pytest.LogCaptureFixture, variables: dict[str, str]
) -> None:
    environment(**variables)
    telemetry = Telemetry.start()

    with telemetry.request(None), telemetry.span("decide") as span:
        assert span is NOOP_SPAN
    assert telemetry.stop()
    assert caplog.records == []


@pytest.mark.parametrize(
    ("variables", "line"),
    [
        ({"OTEL_TRACES_EXPORTER": "zipkin"}, "No traces are sent: OTEL_TRACES_EXPORTER must be otlp or none."),
        (
            {"OTEL_TRACES_EXPORTER": "otlp", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"},
            "No traces are sent: the only supported OTLP protocol is http/protobuf.",
        ),
    ],
    ids=str,
)
def test_an_unsupported_configuration_is_one_line_at_the_start(
    environment: Callable[..., None],
    caplog: pytest.LogCaptureFixture,
    variables: dict[str, str],
    line: str,
) -> None:
    environment(**variables)
    Telemetry.start()

    assert [(record.levelno, record.getMessage()) for record in caplog.records] == [(logging.WARNING, line)]


def test_a_missing_exporter_is_one_line_at_the_start(
    environment: Callable[..., None], caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.exporter.otlp.proto.http.trace_exporter", None)
    environment(OTEL_EXPORTER_OTLP_TRACES_ENDPOINT="http://127.0.0.1:9/v1/traces")
    telemetry = Telemetry.start()

    assert telemetry.stop()
    assert [record.getMessage() for record in caplog.records] == [
        "No traces are sent: the exporter is missing; pip install 'needtoknow[otlp]'."
    ]
