"""The recorder: attributes, parents, headers and exporters of spans, and the documentation of them."""

from __future__ import annotations

import asyncio
import logging
import os
import re
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from api.http.middleware import middleware_stack
from telemetry.allow_list import ATTRIBUTES, ERROR_TYPE, METRICS, SPANS
from telemetry.recorder import Telemetry
from telemetry.span import NOOP_SPAN, current_trace_id
from tests.telemetry.helpers import ALLOW_LIST, PARENT_ID, SECRET, TRACE_ID, TRACEPARENT, collector

UNLISTED = "A span has a name or an attribute that is not on the allow-list; it was dropped. Logged once."


class Recorded:
    """A recorder and the spans that it exported so far, by name."""

    def __init__(self) -> None:
        self._exporter = InMemorySpanExporter()
        self.telemetry = Telemetry(ALLOW_LIST, span_exporters=[self._exporter])

    @property
    def spans(self) -> dict[str, ReadableSpan]:
        assert self.telemetry.provider is not None
        self.telemetry.provider.force_flush()
        return {span.name: span for span in self._exporter.get_finished_spans()}


@pytest.fixture
def recorded() -> Iterator[Recorded]:
    recorded = Recorded()
    yield recorded
    recorded.telemetry.stop()


@pytest.fixture(params=["recorded", "not recorded"])
def telemetry(request: pytest.FixtureRequest, recorded: Recorded) -> Telemetry:
    """A recorder with or without an exporter, for what holds in both cases."""
    return recorded.telemetry if request.param == "recorded" else Telemetry(ALLOW_LIST)


# --- attributes ---


def test_listed_attributes_are_exported_by_their_keys(recorded: Recorded) -> None:
    with recorded.telemetry.request(None), recorded.telemetry.span("execute", fields=12) as span:
        span.set(role="patrol", purpose="C", document="0123456789abcdef" * 2, name="FieldStop")

    assert recorded.spans["execute"].attributes == {
        "needtoknow.fields": 12,
        "needtoknow.role": "patrol",
        "needtoknow.purpose": "C",
        "graphql.document.hash": "0123456789abcdef" * 2,
        "graphql.operation.name": "FieldStop",
    }


@pytest.mark.parametrize(
    "attributes",
    [{"ssn": SECRET}, {"text": "{ me }"}, {"db.namespace": "warrants"}, {ERROR_TYPE: SECRET}],
    ids=str,
)
def test_an_unlisted_attribute_is_dropped_and_logged_once(
    recorded: Recorded, attributes: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    with recorded.telemetry.request(None), recorded.telemetry.span("execute", fields=12, **attributes) as span:
        span.set(**attributes)

    assert recorded.spans["execute"].attributes == {"needtoknow.fields": 12}
    assert [record.getMessage() for record in caplog.records] == [UNLISTED]


def test_a_span_with_an_unlisted_name_is_exported_without_it(
    recorded: Recorded, caplog: pytest.LogCaptureFixture
) -> None:
    with recorded.telemetry.request(None), recorded.telemetry.span(f"person {SECRET}", fields=12):
        pass

    assert recorded.spans.keys() == {"POST /graphql", "unlisted"}
    assert [record.getMessage() for record in caplog.records] == [UNLISTED]


@pytest.mark.parametrize(
    "wrong",
    [
        {"role": "chief"},
        {"source": SECRET},
        {"source": "vehicles"},
        {"purpose": "c"},
        {"fields": "12"},
        {"fields": True},
        {"fields": 1.0},
        {"hit": 1},
        {"name": "LookUp_Smith_555"},
        {"document": SECRET},
        {"document": "{ me { name } }"},
        {"code": "Reyes"},
        {"role": ["patrol"]},
    ],
    ids=str,
)
def test_a_value_off_the_allow_list_is_dropped(
    recorded: Recorded, wrong: Any, caplog: pytest.LogCaptureFixture
) -> None:
    with recorded.telemetry.request(None), recorded.telemetry.span("execute") as span:
        span.set(**wrong)

    assert recorded.spans["execute"].attributes == {}
    assert [record.getMessage() for record in caplog.records] == [UNLISTED]


def test_without_an_exporter_steps_make_no_span() -> None:
    telemetry = Telemetry(ALLOW_LIST)
    with telemetry.request(None) as request:
        request.set(role="chief")
        steps = {telemetry.span("execute", fields=12), telemetry.span(f"person {SECRET}")}

    assert steps == {NOOP_SPAN}
    assert not telemetry.is_on


def test_of_an_exception_only_the_class_is_exported(recorded: Recorded) -> None:
    with pytest.raises(LookupError), recorded.telemetry.request(None), recorded.telemetry.span("execute"):
        raise LookupError(SECRET)

    for span in recorded.spans.values():
        assert span.attributes is not None
        assert span.attributes[ERROR_TYPE] == "LookupError"
        assert (span.status.status_code, span.status.description) == (StatusCode.ERROR, None)
        assert span.events == ()
        assert SECRET not in span.to_json()


def test_no_listed_value_is_free_text() -> None:
    for attribute in ATTRIBUTES.values():
        if isinstance(attribute.values, frozenset):
            assert all(re.fullmatch(r"[A-Za-z_]+|/graphql", word) for word in attribute.values), attribute
        else:
            assert attribute.values in (int, bool, re.compile("[0-9a-f]{32}"))


def test_every_role_purpose_and_reason_is_listed() -> None:
    assert ATTRIBUTES["role"].values == frozenset(
        "patrol dispatcher investigator records supervision prosecutor court jail auditor admin outsider".split()
    )
    assert ATTRIBUTES["purpose"].values == frozenset("CJDFXAHISVR")
    assert isinstance(reasons := ATTRIBUTES["reason"].values, frozenset)
    assert len(reasons) == 13


# --- parents and links ---


def test_spans_nest_as_the_steps_do(recorded: Recorded) -> None:
    telemetry = recorded.telemetry
    with telemetry.request(None) as request, telemetry.span("query") as operation, telemetry.span("plan"):
        assert current_trace_id() == f"{request.context.trace_id:032x}"

    spans = recorded.spans
    assert parent_of(spans["POST /graphql"]) is None
    assert parent_of(spans["query"]) == request.context.span_id
    assert operation.context is not None
    assert parent_of(spans["plan"]) == operation.context.span_id
    assert [spans[name].kind for name in ("POST /graphql", "plan")] == [SpanKind.SERVER, SpanKind.INTERNAL]


def test_a_step_is_linked_to_the_steps_it_waited_for(recorded: Recorded) -> None:
    telemetry = recorded.telemetry
    with telemetry.request(None), telemetry.span("execute") as execute:
        with telemetry.span("SELECT warrants") as first, telemetry.span("decide") as second:
            pass
        with telemetry.span("plan", links=[first, second]):
            pass

    span = recorded.spans["plan"]
    assert [link.context for link in span.links] == [first.context, second.context]
    assert execute.context is not None
    assert parent_of(span) == execute.context.span_id


def test_a_step_that_ends_after_its_request_is_exported_too(recorded: Recorded) -> None:
    with recorded.telemetry.request(TRACEPARENT):
        late = recorded.telemetry.span("execute")
    with late:
        pass

    assert {name: f"{span.context.trace_id:x}" for name, span in recorded.spans.items()} == {
        "POST /graphql": TRACE_ID,
        "execute": TRACE_ID,
    }


async def test_requests_at_the_same_time_do_not_share_a_trace(recorded: Recorded) -> None:
    barrier = asyncio.Barrier(20)

    async def ask() -> tuple[str, int]:
        with recorded.telemetry.request(None) as span:
            await barrier.wait()
            return current_trace_id(), span.context.trace_id

    found = await asyncio.gather(*(ask() for _ in range(20)))

    assert len({trace_id for trace_id, _ in found}) == 20
    assert all(int(seen, 16) == own for seen, own in found)


def test_a_request_does_not_inherit_what_was_current_before_it(recorded: Recorded) -> None:
    telemetry = recorded.telemetry
    with telemetry.request(None) as before, telemetry.request(None) as after:
        assert after.context.trace_id != before.context.trace_id
        assert current_trace_id() == f"{after.context.trace_id:032x}"


def parent_of(span: ReadableSpan) -> int | None:
    return span.parent.span_id if span.parent else None


# --- the headers ---


def client_of(telemetry: Telemetry) -> httpx.AsyncClient:
    async def answer(request: Request) -> Response:
        return JSONResponse({"trace": current_trace_id()}, int(request.headers.get("x-status", "200")))

    routes = [Route("/graphql", answer, methods=["POST"]), Route("/healthz", answer)]
    app = Starlette(routes=routes, middleware=middleware_stack(telemetry))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test")


async def test_the_trace_of_traceparent_is_continued_and_sent_back(telemetry: Telemetry) -> None:
    async with client_of(telemetry) as client:
        response = await client.post("/graphql", headers={"traceparent": TRACEPARENT})

    version, trace_id, span_id, _ = response.headers["traceresponse"].split("-")
    assert (version, trace_id, response.json()["trace"]) == ("00", TRACE_ID, TRACE_ID)
    assert re.fullmatch("[0-9a-f]{16}", span_id)
    assert span_id not in {PARENT_ID, "0" * 16}


async def test_the_request_is_a_child_of_the_span_in_traceparent(recorded: Recorded) -> None:
    async with client_of(recorded.telemetry) as client:
        await client.post("/graphql", headers={"traceparent": TRACEPARENT})

    span = recorded.spans["POST /graphql"]
    assert parent_of(span) == int(PARENT_ID, 16)
    assert span.attributes == {
        "http.request.method": "POST",
        "url.scheme": "http",
        "url.path": "/graphql",
        "http.route": "/graphql",
        "http.response.status_code": 200,
    }


@pytest.mark.parametrize(
    "malformed",
    [
        "",
        "00",
        SECRET,
        f"00-{TRACE_ID}-{PARENT_ID}",
        f"ff-{TRACE_ID}-{PARENT_ID}-01",
        f"00-{TRACE_ID}-{PARENT_ID}-01-{SECRET}",
        f"00-{TRACE_ID.upper()}-{PARENT_ID}-01",
        f"00-{'0' * 32}-{PARENT_ID}-01",
        f"00-{TRACE_ID}-{'0' * 16}-01",
        f"00-{TRACE_ID}-{PARENT_ID}-zz",
    ],
)
async def test_a_malformed_traceparent_is_ignored(telemetry: Telemetry, malformed: str) -> None:
    async with client_of(telemetry) as client:
        response = await client.post("/graphql", headers={"traceparent": malformed})

    trace_id = response.json()["trace"]
    assert response.status_code == 200
    assert re.fullmatch("[0-9a-f]{32}", trace_id)
    assert trace_id not in {TRACE_ID, "0" * 32}
    assert response.headers["traceresponse"].split("-")[1] == trace_id


async def test_two_traceparents_are_ignored(telemetry: Telemetry) -> None:
    async with client_of(telemetry) as client:
        response = await client.post("/graphql", headers=[("traceparent", TRACEPARENT)] * 2)

    assert response.json()["trace"] != TRACE_ID


async def test_no_text_of_a_request_header_is_exported(recorded: Recorded) -> None:
    headers = {
        "traceparent": TRACEPARENT,
        "tracestate": f"ssn={SECRET}",
        "baggage": f"ssn={SECRET}",
        "user-agent": SECRET,
    }
    async with client_of(recorded.telemetry) as client:
        await client.post(f"/graphql?ssn={SECRET}", headers=headers)

    assert SECRET not in recorded.spans["POST /graphql"].to_json()


async def test_a_trace_that_the_caller_does_not_sample_is_not_exported(recorded: Recorded) -> None:
    async with client_of(recorded.telemetry) as client:
        response = await client.post("/graphql", headers={"traceparent": f"00-{TRACE_ID}-{PARENT_ID}-00"})

    assert response.headers["traceresponse"].endswith("-00")
    assert recorded.spans == {}


async def test_a_server_error_marks_the_span_and_a_client_error_does_not(recorded: Recorded) -> None:
    async with client_of(recorded.telemetry) as client:
        await client.post("/graphql", headers={"x-status": "400"})
        theirs = recorded.spans["POST /graphql"]
        await client.post("/graphql", headers={"x-status": "503"})
        ours = recorded.spans["POST /graphql"]

    assert [span.status.status_code for span in (theirs, ours)] == [StatusCode.UNSET, StatusCode.ERROR]
    assert ours.attributes is not None
    assert ours.attributes[ERROR_TYPE] == "503"


async def test_a_health_check_has_a_trace_id_and_no_span(recorded: Recorded) -> None:
    async with client_of(recorded.telemetry) as client:
        response = await client.get("/healthz", headers={"traceparent": TRACEPARENT})

    assert response.json()["trace"] == TRACE_ID
    assert recorded.spans == {}


# --- exporters ---


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

    # The connection is now closed. What the exporter logs about it belongs to this test.
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


# --- the documentation ---


def test_the_documentation_lists_every_span_and_every_attribute() -> None:
    page = (Path(__file__).parents[2] / "docs" / "telemetry.md").read_text()
    rows = [
        tuple(cell.strip() for cell in line.strip("|\n ").split("|"))
        for line in page.partition("\n## Spans\n")[2].splitlines()
        if line.startswith("| `")
    ]

    spans = [(f"`{name}`".format(source="…"), span.kind.name.lower(), span.description) for name, span in SPANS.items()]
    attributes = [
        (f"`{attribute.key}`", documented(name, attribute.values), attribute.description)
        for name, attribute in ATTRIBUTES.items()
    ]
    failure = (
        f"`{ERROR_TYPE}`",
        "a class's name or a status",
        "What ended the step: an exception, or a status of 500 or more.",
    )
    metrics = [
        (
            f"`{metric.key}`",
            "histogram" if metric.boundaries else "counter",
            f"`{metric.unit}`",
            ", ".join(f"`{ATTRIBUTES[name].key}`" for name in metric.attributes) or "—",
            metric.description,
        )
        for metric in METRICS.values()
    ]
    assert rows == [*spans, *attributes, failure, *metrics]


def documented(name: str, values: Any) -> str:
    from_elsewhere = {
        "role": "the roles",
        "purpose": "the purpose codes",
        "reason": "the reason codes",
        "source": "the sources' names",
        "fetch": "the fetches' names",
        "name": "the names that are set",
        "record_class": "the record classes",
        "code": "the error codes",
    }
    if name in from_elsewhere:
        return from_elsewhere[name]
    if isinstance(values, frozenset):
        return ", ".join(f"`{word}`" for word in sorted(values))
    return {int: "a number", bool: "true or false"}.get(values, "32 hexadecimal digits")
