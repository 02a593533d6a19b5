"""Traces: what a span may say, whose child it is, where it is sent, and what it costs when it is sent nowhere."""

from __future__ import annotations

import asyncio
import logging
import os
import re
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.trace import SpanKind, StatusCode
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from api.http.middleware import middleware_stack
from telemetry.allow_list import ATTRIBUTES, ERROR_TYPE, METRICS, SPANS, AllowList
from telemetry.recorder import Telemetry
from telemetry.span import NOOP_SPAN, current_trace_id
from tests.telemetry.readable import Readable

TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
TRACEPARENT = f"00-{TRACE}-{PARENT}-01"
SECRET = "123-45-6789"
MISTAKEN = "A span said what is not on the lists; it has left without that. This is said once."
WORDS = AllowList(sources=["warrants"], fetches=["warrants.by_person"], operations=["FieldStop"])


class Collected:
    """A telemetry whose spans stay here."""

    def __init__(self) -> None:
        self._exporter = Readable()
        self.telemetry = Telemetry(WORDS, exporters=[self._exporter])

    @property
    def spans(self) -> dict[str, ReadableSpan]:
        assert self.telemetry.provider is not None
        self.telemetry.provider.force_flush()
        return {span.name: span for span in self._exporter.get_finished_spans()}


@pytest.fixture
def collected() -> Iterator[Collected]:
    collected = Collected()
    yield collected
    collected.telemetry.stop()


@pytest.fixture(params=["recorded", "not recorded"])
def telemetry(request: pytest.FixtureRequest, collected: Collected) -> Telemetry:
    """What holds whether or not anybody collects the spans."""
    return collected.telemetry if request.param == "recorded" else Telemetry(WORDS)


# --- what a span may say ---


def test_a_span_says_only_what_is_on_the_list(collected: Collected) -> None:
    with collected.telemetry.request(None), collected.telemetry.span("execute", fields=12) as span:
        span.set(role="patrol", purpose="C", document="0123456789abcdef" * 2, name="FieldStop")

    assert collected.spans["execute"].attributes == {
        "needtoknow.fields": 12,
        "needtoknow.role": "patrol",
        "needtoknow.purpose": "C",
        "graphql.document.hash": "0123456789abcdef" * 2,
        "graphql.operation.name": "FieldStop",
    }


@pytest.mark.parametrize(
    "said",
    [{"ssn": SECRET}, {"text": "{ me }"}, {"db.namespace": "warrants"}, {ERROR_TYPE: SECRET}],
    ids=str,
)
def test_an_attribute_that_is_not_on_the_list_does_not_leave_and_is_a_line_in_the_log(
    collected: Collected, said: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    with collected.telemetry.request(None), collected.telemetry.span("execute", fields=12, **said) as span:
        span.set(**said)

    assert collected.spans["execute"].attributes == {"needtoknow.fields": 12}
    assert [record.getMessage() for record in caplog.records] == [MISTAKEN]


def test_a_span_of_another_name_leaves_without_it(collected: Collected, caplog: pytest.LogCaptureFixture) -> None:
    with collected.telemetry.request(None), collected.telemetry.span(f"person {SECRET}", fields=12):
        pass

    assert collected.spans.keys() == {"POST /graphql", "unlisted"}
    assert [record.getMessage() for record in caplog.records] == [MISTAKEN]


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
def test_a_value_outside_of_its_vocabulary_does_not_leave(
    collected: Collected, wrong: Any, caplog: pytest.LogCaptureFixture
) -> None:
    with collected.telemetry.request(None), collected.telemetry.span("execute") as span:
        span.set(**wrong)

    assert collected.spans["execute"].attributes == {}
    assert [record.getMessage() for record in caplog.records] == [MISTAKEN]


def test_what_nobody_records_is_not_even_looked_at() -> None:
    telemetry = Telemetry(WORDS)
    with telemetry.request(None) as request:
        request.set(role="chief")
        steps = {telemetry.span("execute", fields=12), telemetry.span(f"person {SECRET}")}

    assert steps == {NOOP_SPAN}
    assert not telemetry.is_on


def test_an_exception_leaves_its_class_and_nothing_of_its_message(collected: Collected) -> None:
    with pytest.raises(LookupError), collected.telemetry.request(None), collected.telemetry.span("execute"):
        raise LookupError(SECRET)

    for span in collected.spans.values():
        assert span.attributes is not None
        assert span.attributes[ERROR_TYPE] == "LookupError"
        assert (span.status.status_code, span.status.description) == (StatusCode.ERROR, None)
        assert span.events == ()
        assert SECRET not in span.to_json()


def test_no_value_of_the_vocabulary_is_free_text() -> None:
    for attribute in ATTRIBUTES.values():
        if isinstance(attribute.values, frozenset):
            assert all(re.fullmatch(r"[A-Za-z_]+|/graphql", word) for word in attribute.values), attribute
        else:
            assert attribute.values in (int, bool, re.compile("[0-9a-f]{32}"))


def test_the_vocabulary_names_every_role_purpose_and_reason() -> None:
    assert ATTRIBUTES["role"].values == frozenset(
        "patrol dispatcher investigator records supervision prosecutor court jail auditor admin outsider".split()
    )
    assert ATTRIBUTES["purpose"].values == frozenset("CJDFXAHISVR")
    assert isinstance(reasons := ATTRIBUTES["reason"].values, frozenset)
    assert len(reasons) == 13


# --- whose child a span is ---


def test_spans_nest_as_the_steps_do(collected: Collected) -> None:
    telemetry = collected.telemetry
    with telemetry.request(None) as request, telemetry.span("query") as operation, telemetry.span("plan"):
        assert current_trace_id() == f"{request.context.trace_id:032x}"

    spans = collected.spans
    assert parent_of(spans["POST /graphql"]) is None
    assert parent_of(spans["query"]) == request.context.span_id
    assert operation.context is not None
    assert parent_of(spans["plan"]) == operation.context.span_id
    assert [spans[name].kind for name in ("POST /graphql", "plan")] == [SpanKind.SERVER, SpanKind.INTERNAL]


def test_a_step_is_linked_to_those_that_it_waited_for(collected: Collected) -> None:
    telemetry = collected.telemetry
    with telemetry.request(None), telemetry.span("execute") as execute:
        with telemetry.span("SELECT warrants") as first, telemetry.span("decide") as second:
            pass
        with telemetry.span("plan", links=[first, second]):
            pass

    span = collected.spans["plan"]
    assert [link.context for link in span.links] == [first.context, second.context]
    assert execute.context is not None
    assert parent_of(span) == execute.context.span_id


def test_a_step_that_ends_after_its_request_is_told_all_the_same(collected: Collected) -> None:
    with collected.telemetry.request(TRACEPARENT):
        late = collected.telemetry.span("execute")
    with late:
        pass

    assert {name: f"{span.context.trace_id:x}" for name, span in collected.spans.items()} == {
        "POST /graphql": TRACE,
        "execute": TRACE,
    }


async def test_requests_at_the_same_time_do_not_share_a_trace(collected: Collected) -> None:
    barrier = asyncio.Barrier(20)

    async def ask() -> tuple[str, int]:
        with collected.telemetry.request(None) as span:
            await barrier.wait()
            return current_trace_id(), span.context.trace_id

    found = await asyncio.gather(*(ask() for _ in range(20)))

    assert len({trace_id for trace_id, _ in found}) == 20
    assert all(int(seen, 16) == own for seen, own in found)


def test_a_request_does_not_inherit_what_was_current_before_it(collected: Collected) -> None:
    telemetry = collected.telemetry
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


async def test_the_trace_that_a_caller_names_is_carried_on_and_sent_back(telemetry: Telemetry) -> None:
    async with client_of(telemetry) as client:
        response = await client.post("/graphql", headers={"traceparent": TRACEPARENT})

    version, trace_id, span_id, _ = response.headers["traceresponse"].split("-")
    assert (version, trace_id, response.json()["trace"]) == ("00", TRACE, TRACE)
    assert re.fullmatch("[0-9a-f]{16}", span_id)
    assert span_id not in {PARENT, "0" * 16}


async def test_the_request_is_the_child_of_the_span_that_its_caller_names(collected: Collected) -> None:
    async with client_of(collected.telemetry) as client:
        await client.post("/graphql", headers={"traceparent": TRACEPARENT})

    span = collected.spans["POST /graphql"]
    assert parent_of(span) == int(PARENT, 16)
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
        f"00-{TRACE}-{PARENT}",
        f"ff-{TRACE}-{PARENT}-01",
        f"00-{TRACE}-{PARENT}-01-{SECRET}",
        f"00-{TRACE.upper()}-{PARENT}-01",
        f"00-{'0' * 32}-{PARENT}-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"00-{TRACE}-{PARENT}-zz",
    ],
)
async def test_a_malformed_trace_is_ignored(telemetry: Telemetry, malformed: str) -> None:
    async with client_of(telemetry) as client:
        response = await client.post("/graphql", headers={"traceparent": malformed})

    trace_id = response.json()["trace"]
    assert response.status_code == 200
    assert re.fullmatch("[0-9a-f]{32}", trace_id)
    assert trace_id not in {TRACE, "0" * 32}
    assert response.headers["traceresponse"].split("-")[1] == trace_id


async def test_of_two_traces_neither_is_taken(telemetry: Telemetry) -> None:
    async with client_of(telemetry) as client:
        response = await client.post("/graphql", headers=[("traceparent", TRACEPARENT)] * 2)

    assert response.json()["trace"] != TRACE


async def test_what_a_client_writes_into_its_headers_is_not_exported(collected: Collected) -> None:
    headers = {
        "traceparent": TRACEPARENT,
        "tracestate": f"ssn={SECRET}",
        "baggage": f"ssn={SECRET}",
        "user-agent": SECRET,
    }
    async with client_of(collected.telemetry) as client:
        await client.post(f"/graphql?ssn={SECRET}", headers=headers)

    assert SECRET not in collected.spans["POST /graphql"].to_json()


async def test_a_caller_that_does_not_record_its_trace_is_followed(collected: Collected) -> None:
    async with client_of(collected.telemetry) as client:
        response = await client.post("/graphql", headers={"traceparent": f"00-{TRACE}-{PARENT}-00"})

    assert response.headers["traceresponse"].endswith("-00")
    assert collected.spans == {}


async def test_a_failure_of_ours_marks_the_span_and_a_mistake_of_theirs_does_not(collected: Collected) -> None:
    async with client_of(collected.telemetry) as client:
        await client.post("/graphql", headers={"x-status": "400"})
        theirs = collected.spans["POST /graphql"]
        await client.post("/graphql", headers={"x-status": "503"})
        ours = collected.spans["POST /graphql"]

    assert [span.status.status_code for span in (theirs, ours)] == [StatusCode.UNSET, StatusCode.ERROR]
    assert ours.attributes is not None
    assert ours.attributes[ERROR_TYPE] == "503"


async def test_a_health_check_has_a_trace_id_and_makes_no_span(collected: Collected) -> None:
    async with client_of(collected.telemetry) as client:
        response = await client.get("/healthz", headers={"traceparent": TRACEPARENT})

    assert response.json()["trace"] == TRACE
    assert collected.spans == {}


# --- where spans are sent ---


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Sets OpenTelemetry's variables, of which there are no others."""
    for name in [name for name in os.environ if name.startswith("OTEL_")]:
        monkeypatch.delenv(name)

    def set_all(**variables: str) -> None:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)

    return set_all


@contextmanager
def collecting() -> Iterator[tuple[str, list[tuple[str, bytes]]]]:
    """A collector on this host: its address, and each request's path and body."""
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


def test_spans_go_to_the_collector_that_the_environment_names(environment: Callable[..., None]) -> None:
    with collecting() as (address, received):
        environment(OTEL_EXPORTER_OTLP_ENDPOINT=address, OTEL_RESOURCE_ATTRIBUTES="deployment=here")
        telemetry = Telemetry.start(WORDS)
        with telemetry.request(TRACEPARENT), telemetry.span("decide"):
            pass
        assert telemetry.stop(timeout_s=30)

    [(path, body)] = [each for each in received if each[0] == "/v1/traces"]
    [exported] = ExportTraceServiceRequest.FromString(body).resource_spans
    spans = exported.scope_spans[0].spans
    resource = {attribute.key: attribute.value.string_value for attribute in exported.resource.attributes}
    assert path == "/v1/traces"
    assert [(span.name, span.trace_id.hex()) for span in spans] == [("decide", TRACE), ("POST /graphql", TRACE)]
    assert (resource["service.name"], resource["deployment"]) == ("needtoknow", "here")


def test_a_collector_that_hangs_does_not_hold_up_the_end(environment: Callable[..., None]) -> None:
    # It takes connections and never answers.
    with socket.create_server(("127.0.0.1", 0)) as hanging:
        port = hanging.getsockname()[1]
        environment(OTEL_EXPORTER_OTLP_ENDPOINT=f"http://127.0.0.1:{port}", OTEL_EXPORTER_OTLP_TIMEOUT="1")
        telemetry = Telemetry.start()
        with telemetry.request(None):
            pass

        assert telemetry.stop(timeout_s=0.1) is False

    # Its connection is cut now, and what it logs of that belongs to this test.
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
def test_nothing_is_sent_and_nothing_said_unless_asked_for(
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
        ({"OTEL_TRACES_EXPORTER": "zipkin"}, "No traces are sent: OTEL_TRACES_EXPORTER may be otlp or none."),
        (
            {"OTEL_TRACES_EXPORTER": "otlp", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"},
            "No traces are sent: of OTLP's protocols only http/protobuf is spoken here.",
        ),
    ],
    ids=str,
)
def test_what_is_asked_for_and_not_offered_is_one_line_at_the_start(
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
    text = (Path(__file__).parents[2] / "docs" / "telemetry.md").read_text()
    rows = [
        tuple(cell.strip() for cell in line.strip("|\n ").split("|"))
        for line in text.splitlines()
        if line.startswith("| `")
    ]

    spans = [(f"`{name}`".format(source="…"), span.kind.name.lower(), span.meaning) for name, span in SPANS.items()]
    attributes = [
        (f"`{attribute.key}`", documented(name, attribute.values), attribute.meaning)
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
            "histogram" if metric.edges else "counter",
            f"`{metric.unit}`",
            ", ".join(f"`{ATTRIBUTES[name].key}`" for name in metric.attributes) or "—",
            metric.meaning,
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
