"""GraphQL over HTTP: a request to a `Question`, a `Reply` to a response. Knows nothing of records or callers.

Follows https://graphql.github.io/graphql-over-http/draft/ and, where that has moved on, the server audits of
the npm package `graphql-http`, which clients are tested with; `docs/http.md` lists the differences.

Lookups are POSTed: names and numbers do not belong in URLs, which every proxy logs. A URL may only ask about
the schema.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TypeVar

import orjson
from graphql import FieldNode, GraphQLError, OperationDefinitionNode, OperationType, parse
from graphql.language import FragmentDefinitionNode
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from api.http.admission import Admission
from api.http.body import InvalidRequest, Parameters, from_json, from_url, read
from api.http.negotiation import preferred
from api.operation import errors
from api.operation.messages import GraphQLRequest, GraphQLResponse, Handler, error_response

JSON = "application/json"
GRAPHQL = "application/graphql-response+json"
HTML = "text/html"
OFFERS = (JSON, GRAPHQL)
METHODS = "GET, HEAD, OPTIONS, POST"
# One value each; of two, a proxy in front of us may have looked at the other one.
SINGLE = frozenset({b"content-type", b"content-encoding", b"authorization", b"x-terminal", b"x-inquiry"})
TERMINAL_LENGTH = 64
# A client that leaves is noticed from then on.
PATIENCE_S = 0.02
INTROSPECTION = frozenset({"__typename", "__schema", "__type"})
# GraphiQL's introspection query has about 200.
URL_TOKENS = 500

Page = Callable[[Request], Response]
T = TypeVar("T")


def graphql_route(
    answer: Handler, page: Page | None, admission: Admission, *, body_limit_bytes: int, body_timeout_s: float = 10.0
) -> Route:
    """The route that answers questions, and shows `page` to a browser if there is one."""
    return Route("/graphql", Endpoint(answer, page, admission, body_limit_bytes, body_timeout_s))


class Endpoint:
    """The ASGI application behind the route."""

    def __init__(
        self, answer: Handler, page: Page | None, admission: Admission, body_limit_bytes: int, body_timeout_s: float
    ):
        self._answer = answer
        self._page = page
        self._admission = admission
        self._body_limit_bytes = body_limit_bytes
        self._body_timeout_s = body_timeout_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            response = await self._respond(scope, receive)
        except ClientDisconnect:
            return
        await response(scope, receive, send)

    async def _respond(self, scope: Scope, receive: Receive) -> Response:
        headers = Headers(scope=scope)
        method = scope["method"]
        if method == "OPTIONS":
            return Response(status_code=204, headers={"allow": METHODS})
        if method not in {"GET", "HEAD", "POST"}:
            return _response(error_response(405, "Questions are asked with POST.", headers={"allow": METHODS}), JSON)
        offers = (*OFFERS, HTML) if self._page is not None and method != "POST" else OFFERS
        media_type = _preferred(headers, offers)
        if media_type == HTML and self._page is not None:
            return self._page(Request(scope))
        if media_type is None:
            return _response(error_response(406, f"Replies are {JSON} or {GRAPHQL}."), JSON)
        try:
            single = [name for name, _ in scope["headers"] if name in SINGLE]
            if len(single) > len(set(single)):
                raise InvalidRequest("A header that may stand once stands twice.")
            body = await self._posted(headers, receive) if method == "POST" else None
            # Only now, and until the reply is made: whoever is slow to send or to read keeps nobody out.
            if not await self._admission.enter():
                return overloaded(scope)
            try:
                parameters = _asked_by_url(scope["query_string"]) if body is None else from_json(body)
                question = _question(parameters, scope, headers)
                reply = await _while_connected(self._answer(question), receive)
            finally:
                self._admission.leave()
        except InvalidRequest as wrong:
            refused = error_response(wrong.status, wrong.message, headers=REMEDIES.get(wrong.status))
            return _response(refused, media_type)
        if reply.wait is not None:
            await _while_connected(reply.wait(), receive)
        return _answered(reply, media_type)

    async def _posted(self, headers: Headers, receive: Receive) -> bytes:
        if headers.get("content-encoding", "identity").strip().lower() != "identity":
            raise InvalidRequest("A request body is sent as it is, without a content coding.", 415)
        if not _is_json(headers.get("content-type", "")):
            raise InvalidRequest(f"A request body is {JSON} in UTF-8.", 415)
        length = headers.get("content-length", "")
        return await read(
            receive,
            int(length) if length.isdecimal() and length.isascii() and len(length) < 20 else None,
            limit_bytes=self._body_limit_bytes,
            timeout_s=self._body_timeout_s,
        )


# What a client needs to know with a status. After 408 and 413 the rest of the body is still on its way, so
# the connection is closed.
REMEDIES = {
    405: {"allow": "OPTIONS, POST"},
    408: {"connection": "close"},
    413: {"connection": "close"},
    415: {"accept-post": JSON, "accept-encoding": "identity"},
}


def _asked_by_url(query_string: bytes) -> Parameters:
    """The parameters of a question about the schema alone.

    Raises: RequestWrong (405) for every other one, well-formed or not.
    """
    try:
        parameters = from_url(query_string)
        document = parse(parameters.query, no_location=True, max_tokens=URL_TOKENS)
    except (InvalidRequest, GraphQLError):
        document = None
    if document is None or not all(
        isinstance(definition, FragmentDefinitionNode) or _is_introspection(definition)
        for definition in document.definitions
    ):
        raise InvalidRequest("Questions are asked with POST; a URL may only ask about the schema.", 405)
    return parameters


def _is_introspection(definition: object) -> bool:
    """Whether an operation's own selections are introspection. A fragment could hide anything: it is not."""
    return (
        isinstance(definition, OperationDefinitionNode)
        and definition.operation is OperationType.QUERY
        and all(
            isinstance(selection, FieldNode) and selection.name.value in INTROSPECTION
            for selection in definition.selection_set.selections
        )
    )


def _is_json(content_type: str) -> bool:
    media, *parameters = (part.strip().lower() for part in content_type.split(";"))
    charsets = (part.partition("=")[2].strip('"') for part in parameters if part.startswith("charset="))
    return media == JSON and all(charset in {"utf-8", "utf8"} for charset in charsets)


def _question(parameters: Parameters, scope: Scope, headers: Headers) -> GraphQLRequest:
    terminal = "".join(letter for letter in headers.get("x-terminal", "") if " " <= letter <= "~").strip()
    client = scope.get("client")
    return GraphQLRequest(
        query=parameters.query,
        operation_name=parameters.operation_name,
        variables=parameters.variables,
        extensions=parameters.extensions,
        address=client[0] if client else "",
        terminal=terminal[:TERMINAL_LENGTH].rstrip() or None,
        authorization=headers.get("authorization"),
        inquiry_header=headers.get("x-inquiry"),
    )


async def _while_connected(answer: Awaitable[T], receive: Receive) -> T:
    """What comes of it, unless the client leaves first: then the work is cancelled.

    Raises: ClientDisconnect, once the cancelled work has ended.
    """
    work = asyncio.current_task()
    assert work is not None
    has_left = False

    async def watch() -> None:
        nonlocal has_left
        while (await receive())["type"] != "http.disconnect":
            pass
        has_left = True
        work.cancel()

    watcher: asyncio.Task[None] | None = None

    def begin() -> None:
        nonlocal watcher
        watcher = asyncio.create_task(watch())

    # Most have their answer sooner, and a task for each would cost as much as parsing what they ask.
    patience = asyncio.get_running_loop().call_later(PATIENCE_S, begin)
    try:
        return await answer
    except asyncio.CancelledError:
        # The server stopping cancels too, and that is not ours to swallow.
        if has_left and work.uncancel() == 0:
            raise ClientDisconnect from None
        raise
    finally:
        patience.cancel()
        if watcher is not None:
            watcher.cancel()


def _answered(reply: GraphQLResponse, media_type: str) -> Response:
    """The response to a well-formed question."""
    # In the older media type a status speaks of HTTP alone, as a proxy may have set it; only in the newer one
    # does it speak of the question.
    without_data = reply.status == 400 and media_type == JSON
    return _response(replace(reply, status=200) if without_data else reply, media_type)


def overloaded(scope: Scope) -> Response:
    """The response to a question for which there is no place, whatever it is."""
    return _response(errors.overloaded(), _preferred(Headers(scope=scope), OFFERS) or JSON)


def _preferred(headers: Headers, offers: tuple[str, ...]) -> str | None:
    return preferred(", ".join(headers.getlist("accept")) or None, offers)


def _response(reply: GraphQLResponse, media_type: str) -> Response:
    return Response(orjson.dumps(reply.body), reply.status, reply.headers, f"{media_type}; charset=utf-8")
