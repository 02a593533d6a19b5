"""Trace headers: the trace of a request, and what of the headers is exported."""

from __future__ import annotations

import re

import httpx
import pytest
from opentelemetry.trace import StatusCode
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from api.http.middleware import middleware_stack
from telemetry.allow_list import ERROR_TYPE
from telemetry.recorder import Telemetry
from telemetry.span import current_trace_id
from tests.telemetry.helpers import PARENT_ID, SECRET, TRACE_ID, TRACEPARENT, Recorded, parent_of


def client_of(telemetry: Telemetry) -> httpx.AsyncClient:
    async def respond(request: Request) -> Response:
        return JSONResponse({"trace": current_trace_id()}, int(request.headers.get("x-status", "200")))

    routes = [Route("/graphql", respond, methods=["POST"]), Route("/healthz", respond)]
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
