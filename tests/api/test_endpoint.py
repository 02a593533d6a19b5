"""GraphQL over HTTP: which request becomes a question, which reply becomes which response, and who is cut off."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
import uvicorn
from graphql import GraphQLSchema, build_schema, graphql
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from api.http.admission import Admission
from api.http.endpoint import graphql_route
from api.http.middleware import middleware_stack
from api.http.negotiation import preferred
from api.operation.messages import GraphQLRequest, GraphQLResponse, error
from telemetry.recorder import Telemetry

LIMIT = 1_024
JSON = "application/json"
GRAPHQL = "application/graphql-response+json"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
TYPENAME = b'{"query":"{ __typename }"}'
SECRET = "123-45-6789"


@dataclass
class Walk:
    """Answers from a schema of one field, and keeps every question it was asked."""

    schema: GraphQLSchema = field(
        default_factory=lambda: build_schema("type Query { person(id: ID!): String } type Mutation { a: Int }")
    )
    asked: list[GraphQLRequest] = field(default_factory=list)
    reply: GraphQLResponse | None = None
    fails_with: Exception | None = None

    async def __call__(self, question: GraphQLRequest) -> GraphQLResponse:
        self.asked.append(question)
        if self.fails_with is not None:
            raise self.fails_with
        if self.reply is not None:
            return self.reply
        result = await graphql(
            self.schema,
            question.query,
            variable_values=question.variables,
            operation_name=question.operation_name,
        )
        if result.data is None:
            return GraphQLResponse({"errors": [error("The document is not valid.", "BAD_INPUT")]}, 400)
        return GraphQLResponse({"data": result.data})


def page(_: Request) -> Response:
    return HTMLResponse("<p>the page", headers={"cache-control": "no-cache"})


def app_of(walk: Any, *, with_page: bool = True, body_timeout_s: float = 10.0) -> Starlette:
    everybody = Admission(limit=100, wait_s=0, late_s=0)
    route = graphql_route(
        walk, page if with_page else None, everybody, body_limit_bytes=LIMIT, body_timeout_s=body_timeout_s
    )
    return Starlette(routes=[route], middleware=middleware_stack(Telemetry()))


def client_of(app: Starlette) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app, raise_app_exceptions=False, client=("10.20.30.40", 5))
    return httpx.AsyncClient(transport=transport, base_url="http://test", headers={"accept": "*/*"})


@pytest.fixture
def walk() -> Walk:
    return Walk()


@pytest.fixture
async def client(walk: Walk) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(app_of(walk)) as client:
        yield client


# --- what is refused ---

type_json = {"content-type": JSON}


@dataclass(frozen=True)
class Bad:
    """A request that is no question, and the status it gets."""

    status: int
    body: bytes = TYPENAME
    headers: Any = ()
    method: str = "POST"
    url: str = "/graphql"


def typed(content_type: str, status: int = 415, body: bytes = TYPENAME) -> Bad:
    return Bad(status, body, {"content-type": content_type})


def accepting(accept: str, status: int = 406) -> Bad:
    return Bad(status, TYPENAME, {**type_json, "accept": accept})


def twice(name: str, one: str, other: str) -> Bad:
    return Bad(400, TYPENAME, [("content-type", JSON), (name, one), (name, other)])


def asked_by_url(query: str) -> Bad:
    return Bad(405, b"", {"accept": GRAPHQL}, "GET", "/graphql?" + query)


BAD_REQUESTS = {
    "no content type": Bad(415),
    "an empty content type": typed(""),
    "text/plain": typed("text/plain"),
    "text/plain that says JSON": typed("text/plain; application/json"),
    "a form": typed("application/x-www-form-urlencoded", body=b"query=%7Ba%7D"),
    "a multipart form": typed("multipart/form-data; boundary=x", body=b"--x--"),
    "an upload as in the multipart specification": typed("multipart/mixed; boundary=x"),
    "the bare document": typed("application/graphql", body=b"{ __typename }"),
    "the response's media type": typed(GRAPHQL),
    "another JSON": typed("application/merge-patch+json"),
    "JSON in latin 1": typed("application/json; charset=iso-8859-1"),
    "JSON in UTF-16": typed("application/json; charset=utf-16"),
    "JSON in two charsets": typed("application/json; charset=utf-8; charset=utf-7"),
    "two content types in one": typed("application/json, text/plain"),
    "two content types": twice("content-type", JSON, JSON),
    "a compressed body": Bad(415, TYPENAME, {**type_json, "content-encoding": "gzip"}),
    "two codings": twice("content-encoding", "identity", "gzip"),
    "two authorizations": twice("authorization", "Bearer a", "Bearer b"),
    "two terminals": twice("x-terminal", "A1", "B2"),
    "two inquiries": twice("x-inquiry", "a", "b"),
    "HTML alone is acceptable": accepting("text/html"),
    "XML alone is acceptable": accepting("application/xml"),
    "JSON is not acceptable": accepting("application/json;q=0"),
    "nothing is acceptable": accepting("*/*;q=0"),
    "JSON in another charset": accepting("application/json; charset=utf-16"),
    "an Accept of no sense": accepting(";;;,/,q=1"),
    "an Accept with a bad weight": accepting("application/json;q=high"),
    "an Accept with too much weight": accepting("application/json;q=1.5"),
    "no body": Bad(400, b"", type_json),
    "the number 5": typed(JSON, 400, b"5"),
    "a list": typed(JSON, 400, b"[5]"),
    "a batch": typed(JSON, 400, b"[" + TYPENAME + b"]"),
    "bytes that are not UTF-8": typed(JSON, 400, b'{"query":"\xff\xfe"}'),
    "a lone surrogate": typed(JSON, 400, rb'{"query":"\udfff"}'),
    "a byte order mark": typed(JSON, 400, b"\xef\xbb\xbf" + TYPENAME),
    "a truncated body": typed(JSON, 400, TYPENAME[:-3]),
    "a member twice": typed(JSON, 400, b'{"query":"{a}","query":"{b}"}'),
    "NaN": typed(JSON, 400, b'{"query":"{a}","variables":{"a":NaN}}'),
    "no query": typed(JSON, 400, b'{"document":"{a}"}'),
    "a query of another type": typed(JSON, 400, b'{"query":["{a}"]}'),
    "an operation name of another type": typed(JSON, 400, b'{"query":"{a}","operationName":7}'),
    "variables of another type": typed(JSON, 400, b'{"query":"{a}","variables":[]}'),
    "extensions of another type": typed(JSON, 400, b'{"query":"{a}","extensions":1}'),
    "nesting without end": typed(JSON, 400, b'{"query":"{a}","variables":{"a":' + b"[" * 900),
    "a body one byte too long": typed(JSON, 413, b" " * (LIMIT + 1)),
    "a length that is too long": Bad(413, TYPENAME, {**type_json, "content-length": "99999999999"}),
    "GET without a question": asked_by_url(""),
    "GET of a record": asked_by_url("query={person(id:7)}"),
    "GET of a record under another name": asked_by_url("query={__typename:person(id:7)}"),
    "GET of a record beside introspection": asked_by_url("query={__typename person(id:7)}"),
    "GET of a record in an inline fragment": asked_by_url("query={...{person(id:7)}}"),
    "GET of a record in a fragment": asked_by_url("query={...f} fragment f on Query{person(id:7)}"),
    "GET of a record in the other operation": asked_by_url(
        "query=query a{__typename} query b{person(id:7)}&operationName=a"
    ),
    "GET of a mutation": asked_by_url("query=mutation{__typename}"),
    "GET of a subscription": asked_by_url("query=subscription{__typename}"),
    "GET of a type definition": asked_by_url("query=type A{a:Int}"),
    "GET of what does not parse": asked_by_url("query={"),
    "GET of endless nesting": asked_by_url("query={a(b:" + "[" * 480),
    "GET of too many tokens": asked_by_url("query={" + "__typename " * 500 + "}"),
    "GET of two queries": asked_by_url("query={__typename}&query={__typename}"),
    "GET with variables of another type": asked_by_url("query={__typename}&variables=[]"),
    "PUT": Bad(405, TYPENAME, type_json, "PUT"),
    "PATCH": Bad(405, TYPENAME, type_json, "PATCH"),
    "DELETE": Bad(405, b"", (), "DELETE"),
    "TRACE": Bad(405, b"", (), "TRACE"),
    "a method of their own": Bad(405, TYPENAME, type_json, "LOOKUP"),
}


@pytest.mark.parametrize("bad", BAD_REQUESTS.values(), ids=BAD_REQUESTS)
async def test_a_request_that_is_no_question_gets_its_status_and_a_clear_error(
    client: httpx.AsyncClient, walk: Walk, bad: Bad
) -> None:
    response = await client.request(bad.method, bad.url, content=bad.body, headers=bad.headers)

    assert response.status_code == bad.status
    [said] = response.json()["errors"]
    assert said["extensions"].keys() == {"code", "traceId"}
    assert said["extensions"]["code"] == "BAD_INPUT"
    assert said["extensions"]["traceId"] == response.headers["traceresponse"].split("-")[1]
    assert said["message"].endswith(".")
    assert walk.asked == []


def test_the_table_of_bad_requests_is_long_enough() -> None:
    assert len(BAD_REQUESTS) >= 60


@pytest.mark.parametrize(
    "body",
    [f'{{"query":"{SECRET}', f'{{"query":"{{a}}","{SECRET}":1,"{SECRET}":2}}', f'["{SECRET}"]', f'{{"{SECRET}":1}}'],
)
async def test_a_refusal_repeats_nothing_of_what_was_sent(
    client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture, body: str
) -> None:
    headers = {**type_json, "x-terminal": SECRET, "x-inquiry": SECRET, "accept": f"*/*, x/{SECRET}"}
    response = await client.post("/graphql", content=body, headers=headers)

    assert response.status_code == 400
    assert SECRET not in response.text
    assert SECRET not in repr(response.headers)
    assert SECRET not in caplog.text


async def test_a_method_that_is_not_allowed_is_told_which_are(client: httpx.AsyncClient) -> None:
    lookup = await client.get("/graphql", params={"query": "{person(id:7)}"})
    put = await client.put("/graphql")

    assert (lookup.status_code, lookup.headers["allow"]) == (405, "OPTIONS, POST")
    assert (put.status_code, put.headers["allow"]) == (405, "GET, HEAD, OPTIONS, POST")


async def test_head_says_what_get_would_say(client: httpx.AsyncClient, walk: Walk) -> None:
    about_the_schema = await client.head("/graphql", params={"query": "{__typename}"})
    lookup = await client.head("/graphql", params={"query": "{person(id:7)}"})

    assert (about_the_schema.status_code, lookup.status_code) == (200, 405)
    assert [question.query for question in walk.asked] == ["{__typename}"]


async def test_options_says_what_is_allowed_and_nothing_of_other_origins(client: httpx.AsyncClient) -> None:
    asked = {"origin": "https://elsewhere.example", "access-control-request-method": "POST"}
    response = await client.options("/graphql", headers=asked)

    assert (response.status_code, response.content) == (204, b"")
    assert response.headers["allow"] == "GET, HEAD, OPTIONS, POST"
    assert not [name for name in response.headers if name.startswith("access-control")]


async def test_an_unsupported_body_is_told_what_is_supported(client: httpx.AsyncClient) -> None:
    response = await client.post("/graphql", content=b"x", headers={"content-type": "text/plain"})

    assert (response.headers["accept-post"], response.headers["accept-encoding"]) == (JSON, "identity")


# --- what becomes a question ---


async def test_the_walk_gets_the_whole_question(client: httpx.AsyncClient, walk: Walk) -> None:
    body = {
        "query": "query A($id: ID!) { person(id: $id) }",
        "operationName": "A",
        "variables": {"id": "7"},
        "extensions": {"a": 1},
    }
    headers = {"authorization": "Bearer t", "x-terminal": "CAR 12", "x-inquiry": "purpose=C"}
    response = await client.post("/graphql", json=body, headers=headers)

    assert response.json() == {"data": {"person": None}}
    assert walk.asked == [
        GraphQLRequest(
            query="query A($id: ID!) { person(id: $id) }",
            operation_name="A",
            variables={"id": "7"},
            extensions={"a": 1},
            address="10.20.30.40",
            terminal="CAR 12",
            authorization="Bearer t",
            inquiry_header="purpose=C",
        )
    ]


@pytest.mark.parametrize(
    ("sent", "kept"),
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
async def test_a_terminal_is_kept_as_64_printable_characters_at_most(
    client: httpx.AsyncClient, walk: Walk, sent: bytes, kept: str | None
) -> None:
    headers = [(b"content-type", JSON.encode()), (b"x-terminal", sent)]
    await client.post("/graphql", content=TYPENAME, headers=headers)

    assert walk.asked[0].terminal == kept


@pytest.mark.parametrize(
    "content_type",
    ["application/json", "Application/JSON", "application/json;charset=UTF-8", 'application/json; charset="utf-8"'],
)
async def test_json_in_utf_8_is_a_question_however_it_is_spelled(client: httpx.AsyncClient, content_type: str) -> None:
    response = await client.post("/graphql", content=TYPENAME, headers={"content-type": content_type})

    assert response.json() == {"data": {"__typename": "Query"}}


async def test_a_body_of_exactly_the_limit_is_read(client: httpx.AsyncClient) -> None:
    response = await client.post("/graphql", content=TYPENAME.ljust(LIMIT), headers=type_json)

    assert response.status_code == 200


@pytest.mark.parametrize("accept", [JSON, GRAPHQL])
async def test_a_url_may_ask_about_the_schema(client: httpx.AsyncClient, walk: Walk, accept: str) -> None:
    query = "query T($name: String!) { __type(name: $name) { ...f } } fragment f on __Type { name }"
    params = {"query": query, "variables": '{"name":"Query"}'}
    headers = {"accept": accept, "authorization": "Bearer t"}
    response = await client.get("/graphql", params=params, headers=headers)

    assert response.json() == {"data": {"__type": {"name": "Query"}}}
    assert response.headers["content-type"] == f"{accept}; charset=utf-8"
    assert walk.asked[0].authorization == "Bearer t"


# --- what becomes of a reply ---


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
async def test_the_reply_has_the_media_type_that_is_liked_best(
    client: httpx.AsyncClient, accept: str, media_type: str
) -> None:
    headers = {**type_json, "accept": accept}
    response = await client.post("/graphql", content=TYPENAME, headers=headers)

    assert (response.status_code, response.headers["content-type"]) == (200, f"{media_type}; charset=utf-8")


def test_a_long_accept_header_is_not_read_to_its_end() -> None:
    assert preferred("a/b," * 10_000 + JSON, (JSON,)) is None


@pytest.mark.parametrize(
    ("wanted", "as_json", "as_graphql"), [(200, 200, 200), (400, 200, 400), (401, 401, 401), (503, 503, 503)]
)
async def test_only_a_question_without_data_has_a_status_that_depends_on_the_media_type(
    client: httpx.AsyncClient, walk: Walk, wanted: int, as_json: int, as_graphql: int
) -> None:
    walk.reply = GraphQLResponse({"errors": [{"message": "No."}]}, wanted, {"retry-after": "7"})
    responses = [
        await client.post("/graphql", content=TYPENAME, headers={**type_json, "accept": accept})
        for accept in (JSON, GRAPHQL)
    ]

    assert [response.status_code for response in responses] == [as_json, as_graphql]
    assert [response.json() for response in responses] == [{"errors": [{"message": "No."}]}] * 2
    assert [response.headers["retry-after"] for response in responses] == ["7", "7"]


async def test_no_reply_is_kept_by_anyone_or_taken_for_something_else(client: httpx.AsyncClient) -> None:
    answered = await client.post("/graphql", content=TYPENAME, headers=type_json)
    refused = await client.post("/graphql", content=b"5", headers=type_json)
    unknown = await client.get("/elsewhere")

    for response in (answered, refused, unknown):
        assert response.headers["cache-control"] == "private, no-store"
        assert response.headers["x-content-type-options"] == "nosniff"
        assert response.headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
        assert response.headers["referrer-policy"] == "no-referrer"


# --- the page ---


async def test_a_browser_sees_the_page_with_the_headers_that_it_brings(client: httpx.AsyncClient) -> None:
    response = await client.get("/graphql?query={person(id:7)}", headers={"accept": BROWSER})

    assert (response.status_code, response.text) == (200, "<p>the page")
    assert response.headers["cache-control"] == "no-cache"


async def test_who_only_accepts_anything_does_not_see_the_page(client: httpx.AsyncClient) -> None:
    assert (await client.get("/graphql", headers={"accept": "*/*"})).status_code == 405


async def test_without_a_page_a_browser_is_told_to_post(walk: Walk) -> None:
    async with client_of(app_of(walk, with_page=False)) as client:
        response = await client.get("/graphql", headers={"accept": BROWSER})

    assert (response.status_code, response.headers["allow"]) == (405, "OPTIONS, POST")


# --- what goes wrong on our side ---


class WithSecretError(Exception):
    """What a driver raises: it quotes the value."""


async def test_an_exception_becomes_fixed_words_and_is_logged_without_its_message(
    client: httpx.AsyncClient, walk: Walk, caplog: pytest.LogCaptureFixture
) -> None:
    walk.fails_with = WithSecretError(f"no such ssn: {SECRET}")
    response = await client.post("/graphql", content=TYPENAME, headers=type_json)

    trace_id = response.headers["traceresponse"].split("-")[1]
    words = "Internal server error; it was logged."
    extensions = {"code": "INTERNAL", "traceId": trace_id}
    assert response.status_code == 500
    assert response.json() == {"errors": [{"message": words, "extensions": extensions}]}
    assert response.headers["cache-control"] == "private, no-store"
    [record] = caplog.records
    assert record.levelno == logging.ERROR
    assert record.getMessage().startswith("WithSecretError at test_endpoint.py:")
    assert record.getMessage().endswith(f"; trace {trace_id}")
    assert record.exc_info is None


async def test_a_reply_that_cannot_be_written_is_an_error_and_not_half_a_reply(
    client: httpx.AsyncClient, walk: Walk
) -> None:
    walk.reply = GraphQLResponse({"data": {"a": object()}})
    response = await client.post("/graphql", content=TYPENAME, headers=type_json)

    assert (response.status_code, response.json()["errors"][0]["extensions"]["code"]) == (500, "INTERNAL")


# --- over a real connection ---


@contextlib.asynccontextmanager
async def serving(app: Starlette, config: uvicorn.Config | None = None) -> AsyncIterator[int]:
    """The port on which uvicorn serves the application."""
    listener = socket.create_server(("127.0.0.1", 0))
    config = config or uvicorn.Config(app, log_level="warning", lifespan="off", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    # Without its signal handlers: the test runner has its own.
    task = asyncio.create_task(server._serve([listener]))
    try:
        yield listener.getsockname()[1]
    finally:
        server.should_exit = True
        await task


def posted(body: bytes, *headers: str, length: int | None = None) -> bytes:
    lines = ["POST /graphql HTTP/1.1", "Host: x", f"Content-Type: {JSON}", *headers]
    if not any("Transfer-Encoding" in header for header in headers):
        lines.append(f"Content-Length: {len(body) if length is None else length}")
    return "\r\n".join([*lines, "", ""]).encode() + body


async def exchange(port: int, sent: bytes) -> bytes:
    """What comes back until the server closes the connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(sent)
    await writer.drain()
    received = await reader.read()
    writer.close()
    await writer.wait_closed()
    return received


async def test_a_body_that_grows_past_the_limit_is_cut_off_and_the_connection_closed(walk: Walk) -> None:
    chunk = b"%x\r\n%s\r\n" % (LIMIT, b" " * LIMIT)
    async with serving(app_of(walk)) as port:
        # The last chunk never comes; only a server that stops reading answers.
        received = await exchange(port, posted(chunk * 2, "Transfer-Encoding: chunked"))

    assert received.startswith(b"HTTP/1.1 413 ")
    assert b"\r\nconnection: close\r\n" in received
    assert walk.asked == []


async def test_a_body_that_is_announced_too_long_is_not_waited_for(walk: Walk) -> None:
    async with serving(app_of(walk)) as port:
        received = await exchange(port, posted(b"", "Expect: 100-continue", length=10**9))

    assert received.startswith(b"HTTP/1.1 413 ")


async def test_a_body_that_does_not_arrive_is_given_up(walk: Walk) -> None:
    async with serving(app_of(walk, body_timeout_s=0.05)) as port:
        received = await exchange(port, posted(b'{"query":', length=100))

    assert received.startswith(b"HTTP/1.1 408 ")
    assert b'"code":"BAD_INPUT"' in received
    assert walk.asked == []


async def test_a_client_that_leaves_in_the_middle_of_its_body_asks_nothing(
    walk: Walk, caplog: pytest.LogCaptureFixture
) -> None:
    left = asyncio.Event()
    app = app_of(walk)

    async def watched(scope: Any, receive: Any, send: Any) -> None:
        await app(scope, receive, send)
        left.set()

    async with serving(watched) as port:  # type: ignore[arg-type]
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(posted(b'{"query":', length=100))
        await writer.drain()
        writer.close()
        await left.wait()

    assert walk.asked == []
    assert [record for record in caplog.records if record.name.startswith("needtoknow")] == []


@dataclass
class Slow:
    """A walk that works until it is cancelled, and then has something to finish."""

    started: asyncio.Event = field(default_factory=asyncio.Event)
    finished: asyncio.Event = field(default_factory=asyncio.Event)
    outcome: str = ""

    async def __call__(self, question: GraphQLRequest) -> GraphQLResponse:
        self.started.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            # As the walk's last entry in the journal: its own wait is not cut short.
            await asyncio.sleep(0)
            self.outcome = "journalled"
            self.finished.set()
            raise
        raise AssertionError("the wait has no other end")


async def test_a_client_that_leaves_ends_the_work_and_the_work_may_finish_its_entry(
    caplog: pytest.LogCaptureFixture,
) -> None:
    slow = Slow()
    async with serving(app_of(slow)) as port:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(posted(TYPENAME))
        await slow.started.wait()
        writer.close()
        await slow.finished.wait()

    assert slow.outcome == "journalled"
    assert [record for record in caplog.records if record.name.startswith("needtoknow")] == []


async def test_the_server_stopping_is_not_mistaken_for_a_client_leaving() -> None:
    slow = Slow()
    app = app_of(slow)
    sent: list[Any] = []
    messages = [{"type": "http.request", "body": TYPENAME, "more_body": False}]

    async def receive() -> Any:
        return messages.pop() if messages else await asyncio.Event().wait()

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/graphql",
        "query_string": b"",
        "headers": [(b"content-type", JSON.encode())],
    }
    task = asyncio.create_task(app(scope, receive, send))
    await slow.started.wait()
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task
    assert sent == []


async def test_questions_follow_one_another_on_one_connection(walk: Walk) -> None:
    async with serving(app_of(walk)) as port:
        last = posted(TYPENAME, "Connection: close")
        received = await exchange(port, posted(TYPENAME) + posted(b"5") + last)

    assert re.findall(rb"HTTP/1.1 (\d+) ", received) == [b"200", b"400", b"200"]
    assert len(walk.asked) == 2
