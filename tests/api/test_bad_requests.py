"""Requests that are not GraphQL over HTTP: the status and error of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from tests.api.http_client import BODY_LIMIT, GRAPHQL, JSON, JSON_BODY, TYPENAME, StubHandler

SECRET = "123-45-6789"


@dataclass(frozen=True)
class BadRequest:
    """A request that is not GraphQL over HTTP, and its status."""

    status: int
    body: bytes = TYPENAME
    headers: Any = ()
    method: str = "POST"
    url: str = "/graphql"


def with_type(content_type: str, status: int = 415, body: bytes = TYPENAME) -> BadRequest:
    return BadRequest(status, body, {"content-type": content_type})


def with_accept(accept: str, status: int = 406) -> BadRequest:
    return BadRequest(status, TYPENAME, {**JSON_BODY, "accept": accept})


def twice(name: str, one: str, other: str) -> BadRequest:
    return BadRequest(400, TYPENAME, [("content-type", JSON), (name, one), (name, other)])


def get(query: str) -> BadRequest:
    return BadRequest(405, b"", {"accept": GRAPHQL}, "GET", "/graphql?" + query)


BAD_REQUESTS = {
    "no content type": BadRequest(415),
    "an empty content type": with_type(""),
    "text/plain": with_type("text/plain"),
    "text/plain with JSON as a parameter": with_type("text/plain; application/json"),
    "a form": with_type("application/x-www-form-urlencoded", body=b"query=%7Ba%7D"),
    "a multipart form": with_type("multipart/form-data; boundary=x", body=b"--x--"),
    "an upload as in the multipart specification": with_type("multipart/mixed; boundary=x"),
    "the bare document": with_type("application/graphql", body=b"{ __typename }"),
    "the response's media type": with_type(GRAPHQL),
    "another JSON": with_type("application/merge-patch+json"),
    "JSON in latin 1": with_type("application/json; charset=iso-8859-1"),
    "JSON in UTF-16": with_type("application/json; charset=utf-16"),
    "JSON in two charsets": with_type("application/json; charset=utf-8; charset=utf-7"),
    "two content types in one": with_type("application/json, text/plain"),
    "two content types": twice("content-type", JSON, JSON),
    "a compressed body": BadRequest(415, TYPENAME, {**JSON_BODY, "content-encoding": "gzip"}),
    "two codings": twice("content-encoding", "identity", "gzip"),
    "two authorizations": twice("authorization", "Bearer a", "Bearer b"),
    "two terminals": twice("x-terminal", "A1", "B2"),
    "two inquiries": twice("x-inquiry", "a", "b"),
    "HTML alone is acceptable": with_accept("text/html"),
    "XML alone is acceptable": with_accept("application/xml"),
    "JSON is not acceptable": with_accept("application/json;q=0"),
    "nothing is acceptable": with_accept("*/*;q=0"),
    "JSON in another charset": with_accept("application/json; charset=utf-16"),
    "a malformed Accept": with_accept(";;;,/,q=1"),
    "an Accept with a bad weight": with_accept("application/json;q=high"),
    "an Accept with too much weight": with_accept("application/json;q=1.5"),
    "no body": BadRequest(400, b"", JSON_BODY),
    "the number 5": with_type(JSON, 400, b"5"),
    "a list": with_type(JSON, 400, b"[5]"),
    "a batch": with_type(JSON, 400, b"[" + TYPENAME + b"]"),
    "bytes that are not UTF-8": with_type(JSON, 400, b'{"query":"\xff\xfe"}'),
    "a lone surrogate": with_type(JSON, 400, rb'{"query":"\udfff"}'),
    "a byte order mark": with_type(JSON, 400, b"\xef\xbb\xbf" + TYPENAME),
    "a truncated body": with_type(JSON, 400, TYPENAME[:-3]),
    "a member twice": with_type(JSON, 400, b'{"query":"{a}","query":"{b}"}'),
    "NaN": with_type(JSON, 400, b'{"query":"{a}","variables":{"a":NaN}}'),
    "no query": with_type(JSON, 400, b'{"document":"{a}"}'),
    "a query of another type": with_type(JSON, 400, b'{"query":["{a}"]}'),
    "an operation name of another type": with_type(JSON, 400, b'{"query":"{a}","operationName":7}'),
    "variables of another type": with_type(JSON, 400, b'{"query":"{a}","variables":[]}'),
    "extensions of another type": with_type(JSON, 400, b'{"query":"{a}","extensions":1}'),
    "unclosed nesting": with_type(JSON, 400, b'{"query":"{a}","variables":{"a":' + b"[" * 900),
    "a body one byte too long": with_type(JSON, 413, b" " * (BODY_LIMIT + 1)),
    "a length that is too long": BadRequest(413, TYPENAME, {**JSON_BODY, "content-length": "99999999999"}),
    "GET without a query": get(""),
    "GET of a record": get("query={person(id:7)}"),
    "GET of a record under another name": get("query={__typename:person(id:7)}"),
    "GET of a record beside introspection": get("query={__typename person(id:7)}"),
    "GET of a record in an inline fragment": get("query={...{person(id:7)}}"),
    "GET of a record in a fragment": get("query={...f} fragment f on Query{person(id:7)}"),
    "GET of a record in the other operation": get("query=query a{__typename} query b{person(id:7)}&operationName=a"),
    "GET of a mutation": get("query=mutation{__typename}"),
    "GET of a subscription": get("query=subscription{__typename}"),
    "GET of a type definition": get("query=type A{a:Int}"),
    "GET of a syntax error": get("query={"),
    "GET of deep nesting": get("query={a(b:" + "[" * 480),
    "GET of too many tokens": get("query={" + "__typename " * 500 + "}"),
    "GET of two queries": get("query={__typename}&query={__typename}"),
    "GET with variables of another type": get("query={__typename}&variables=[]"),
    "PUT": BadRequest(405, TYPENAME, JSON_BODY, "PUT"),
    "PATCH": BadRequest(405, TYPENAME, JSON_BODY, "PATCH"),
    "DELETE": BadRequest(405, b"", (), "DELETE"),
    "TRACE": BadRequest(405, b"", (), "TRACE"),
    "an unknown method": BadRequest(405, TYPENAME, JSON_BODY, "LOOKUP"),
}


@pytest.mark.parametrize("bad", BAD_REQUESTS.values(), ids=BAD_REQUESTS)
async def test_a_bad_request_gets_its_status_and_a_clear_error(
    client: httpx.AsyncClient, handler: StubHandler, bad: BadRequest
) -> None:
    response = await client.request(bad.method, bad.url, content=bad.body, headers=bad.headers)

    assert response.status_code == bad.status
    [error] = response.json()["errors"]
    assert error["extensions"].keys() == {"code", "traceId"}
    assert error["extensions"]["code"] == "BAD_INPUT"
    assert error["extensions"]["traceId"] == response.headers["traceresponse"].split("-")[1]
    assert error["message"].endswith(".")
    assert handler.requests == []


def test_the_table_has_at_least_60_bad_requests() -> None:
    assert len(BAD_REQUESTS) >= 60


@pytest.mark.parametrize(
    "body",
    [f'{{"query":"{SECRET}', f'{{"query":"{{a}}","{SECRET}":1,"{SECRET}":2}}', f'["{SECRET}"]', f'{{"{SECRET}":1}}'],
)
async def test_an_error_repeats_nothing_of_the_request(
    client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture, body: str
) -> None:
    headers = {**JSON_BODY, "x-terminal": SECRET, "x-inquiry": SECRET, "accept": f"*/*, x/{SECRET}"}
    response = await client.post("/graphql", content=body, headers=headers)

    assert response.status_code == 400
    assert SECRET not in response.text
    assert SECRET not in repr(response.headers)
    assert SECRET not in caplog.text


async def test_a_405_lists_the_allowed_methods(client: httpx.AsyncClient) -> None:
    lookup = await client.get("/graphql", params={"query": "{person(id:7)}"})
    put = await client.put("/graphql")

    assert (lookup.status_code, lookup.headers["allow"]) == (405, "OPTIONS, POST")
    assert (put.status_code, put.headers["allow"]) == (405, "GET, HEAD, OPTIONS, POST")


async def test_head_gets_the_status_of_get(client: httpx.AsyncClient, handler: StubHandler) -> None:
    introspection = await client.head("/graphql", params={"query": "{__typename}"})
    lookup = await client.head("/graphql", params={"query": "{person(id:7)}"})

    assert (introspection.status_code, lookup.status_code) == (200, 405)
    assert [request.query for request in handler.requests] == ["{__typename}"]


async def test_options_lists_methods_and_sends_no_cors_header(client: httpx.AsyncClient) -> None:
    preflight = {"origin": "https://elsewhere.example", "access-control-request-method": "POST"}
    response = await client.options("/graphql", headers=preflight)

    assert (response.status_code, response.content) == (204, b"")
    assert response.headers["allow"] == "GET, HEAD, OPTIONS, POST"
    assert not [name for name in response.headers if name.startswith("access-control")]


async def test_a_415_says_what_is_supported(client: httpx.AsyncClient) -> None:
    response = await client.post("/graphql", content=b"x", headers={"content-type": "text/plain"})

    assert (response.headers["accept-post"], response.headers["accept-encoding"]) == (JSON, "identity")
