"""GraphQL over HTTP: how a request reaches the handler, and how its response goes out."""

from __future__ import annotations

import logging

import httpx
import pytest

from api.http.negotiation import preferred
from api.operation.errors import INTERNAL
from api.operation.messages import GraphQLRequest, GraphQLResponse
from tests.api.http_client import BODY_LIMIT, GRAPHQL, JSON, JSON_BODY, TYPENAME, StubHandler, stub_app, stub_client

SECRET = "123-45-6789"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


async def test_the_handler_gets_the_whole_request(client: httpx.AsyncClient, handler: StubHandler) -> None:
    body = {
        "query": "query A($id: ID!) { person(id: $id) }",
        "operationName": "A",
        "variables": {"id": "7"},
        "extensions": {"a": 1},
    }
    headers = {"authorization": "Bearer t", "x-terminal": "CAR 12", "x-inquiry": "purpose=C"}
    response = await client.post("/graphql", json=body, headers=headers)

    assert response.json() == {"data": {"person": None}}
    assert handler.requests == [
        GraphQLRequest(
            query="query A($id: ID!) { person(id: $id) }",
            operation_name="A",
            variables={"id": "7"},
            extensions={"a": 1},
            document_ids=(),
            address="10.20.30.40",
            terminal="CAR 12",
            authorization="Bearer t",
            inquiry_header="purpose=C",
        )
    ]


@pytest.mark.parametrize(
    ("header", "terminal"),
    [
        (b"CAR 12", "CAR 12"),
        (b"  CAR 12\t", "CAR 12"),
        (b"CAR\x7f\x1b[31m12", "CAR[31m12"),
        ("Señal".encode("latin-1"), "Seal"),
        (b"x" * 200, "x" * 64),
        (b"", None),
        (b"\x80\x81", None),
    ],
)
async def test_a_terminal_is_cut_to_64_printable_characters(
    client: httpx.AsyncClient, handler: StubHandler, header: bytes, terminal: str | None
) -> None:
    headers = [(b"content-type", JSON.encode()), (b"x-terminal", header)]
    await client.post("/graphql", content=TYPENAME, headers=headers)

    assert handler.requests[0].terminal == terminal


@pytest.mark.parametrize(
    "content_type",
    ["application/json", "Application/JSON", "application/json;charset=UTF-8", 'application/json; charset="utf-8"'],
)
async def test_json_in_utf_8_is_accepted_in_any_spelling(client: httpx.AsyncClient, content_type: str) -> None:
    response = await client.post("/graphql", content=TYPENAME, headers={"content-type": content_type})

    assert response.json() == {"data": {"__typename": "Query"}}


async def test_a_body_of_exactly_the_limit_is_read(client: httpx.AsyncClient) -> None:
    response = await client.post("/graphql", content=TYPENAME.ljust(BODY_LIMIT), headers=JSON_BODY)

    assert response.status_code == 200


@pytest.mark.parametrize("accept", [JSON, GRAPHQL])
async def test_a_url_may_hold_introspection(client: httpx.AsyncClient, handler: StubHandler, accept: str) -> None:
    query = "query T($name: String!) { __type(name: $name) { ...f } } fragment f on __Type { name }"
    params = {"query": query, "variables": '{"name":"Query"}'}
    headers = {"accept": accept, "authorization": "Bearer t"}
    response = await client.get("/graphql", params=params, headers=headers)

    assert response.json() == {"data": {"__type": {"name": "Query"}}}
    assert response.headers["content-type"] == f"{accept}; charset=utf-8"
    assert handler.requests[0].authorization == "Bearer t"


# --- responses ---


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("*/*", JSON),
        ("", JSON),
        (JSON, JSON),
        (GRAPHQL, GRAPHQL),
        ("application/*", JSON),
        (f"{GRAPHQL}; charset=utf-8, {JSON}; charset=utf-8", GRAPHQL),
        (f"{JSON}, {GRAPHQL}", JSON),
        (f"{JSON};q=0.9, {GRAPHQL}", GRAPHQL),
        (f"{GRAPHQL};q=0.1, */*;q=0.5", JSON),
        (f"*/*, {GRAPHQL}", GRAPHQL),
        (f"{JSON};q=0, */*", GRAPHQL),
        (f"multipart/mixed;deferSpec=20220824, {JSON}", JSON),
        (BROWSER, JSON),
    ],
)
async def test_the_response_has_the_preferred_media_type(
    client: httpx.AsyncClient, accept: str, media_type: str
) -> None:
    headers = {**JSON_BODY, "accept": accept}
    response = await client.post("/graphql", content=TYPENAME, headers=headers)

    assert (response.status_code, response.headers["content-type"]) == (200, f"{media_type}; charset=utf-8")


def test_a_long_accept_header_is_read_in_part() -> None:
    assert preferred("a/b," * 10_000 + JSON, (JSON,)) is None


@pytest.mark.parametrize(
    ("status", "as_json", "as_graphql"), [(200, 200, 200), (400, 200, 400), (401, 401, 401), (503, 503, 503)]
)
async def test_only_400_depends_on_the_media_type(
    client: httpx.AsyncClient, handler: StubHandler, status: int, as_json: int, as_graphql: int
) -> None:
    handler.response = GraphQLResponse({"errors": [{"message": "No."}]}, status, {"retry-after": "7"})
    responses = [
        await client.post("/graphql", content=TYPENAME, headers={**JSON_BODY, "accept": accept})
        for accept in (JSON, GRAPHQL)
    ]

    assert [response.status_code for response in responses] == [as_json, as_graphql]
    assert [response.json() for response in responses] == [{"errors": [{"message": "No."}]}] * 2
    assert [response.headers["retry-after"] for response in responses] == ["7", "7"]


async def test_every_response_has_the_security_headers(client: httpx.AsyncClient) -> None:
    successful = await client.post("/graphql", content=TYPENAME, headers=JSON_BODY)
    rejected = await client.post("/graphql", content=b"5", headers=JSON_BODY)
    unknown = await client.get("/elsewhere")

    for response in (successful, rejected, unknown):
        assert response.headers["cache-control"] == "private, no-store"
        assert response.headers["x-content-type-options"] == "nosniff"
        assert response.headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
        assert response.headers["referrer-policy"] == "no-referrer"


# --- the GraphiQL page ---


async def test_a_browser_gets_the_page_with_its_own_headers(client: httpx.AsyncClient) -> None:
    response = await client.get("/graphql?query={person(id:7)}", headers={"accept": BROWSER})

    assert (response.status_code, response.text) == (200, "<p>the page")
    assert response.headers["cache-control"] == "no-cache"


async def test_an_accept_of_anything_does_not_get_the_page(client: httpx.AsyncClient) -> None:
    assert (await client.get("/graphql", headers={"accept": "*/*"})).status_code == 405


async def test_without_a_page_a_browser_gets_405(handler: StubHandler) -> None:
    async with stub_client(stub_app(handler, page=None)) as client:
        response = await client.get("/graphql", headers={"accept": BROWSER})

    assert (response.status_code, response.headers["allow"]) == (405, "OPTIONS, POST")


# --- internal errors ---


class WithSecretError(Exception):
    """An error that quotes a value, as that of a driver does."""


async def test_an_exception_is_a_fixed_500_and_logged_without_its_message(
    client: httpx.AsyncClient, handler: StubHandler, caplog: pytest.LogCaptureFixture
) -> None:
    handler.exception = WithSecretError(f"no such ssn: {SECRET}")
    response = await client.post("/graphql", content=TYPENAME, headers=JSON_BODY)

    trace_id = response.headers["traceresponse"].split("-")[1]
    extensions = {"code": "INTERNAL", "traceId": trace_id}
    assert response.status_code == 500
    assert response.json() == {"errors": [{"message": INTERNAL, "extensions": extensions}]}
    assert response.headers["cache-control"] == "private, no-store"
    [record] = caplog.records
    assert record.levelno == logging.ERROR
    assert record.getMessage().startswith("WithSecretError at http_client.py:")
    assert record.getMessage().endswith(f"; trace {trace_id}")
    assert record.exc_info is None


async def test_an_unserializable_response_is_a_500(client: httpx.AsyncClient, handler: StubHandler) -> None:
    handler.response = GraphQLResponse({"data": {"a": object()}})
    response = await client.post("/graphql", content=TYPENAME, headers=JSON_BODY)

    assert (response.status_code, response.json()["errors"][0]["extensions"]["code"]) == (500, "INTERNAL")
