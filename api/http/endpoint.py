"""GraphQL over HTTP: the endpoint at /graphql.

It follows https://graphql.github.io/graphql-over-http/draft/ and, where that has moved on, the server audits of the npm
package `graphql-http`, which clients are tested with. `docs/http.md` lists the differences.

Lookups need POST: names and numbers do not belong in URLs, which every proxy logs. A URL may hold introspection only.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import NamedTuple, TypeVar

import orjson
from graphql import FieldNode, GraphQLError, OperationDefinitionNode, OperationType, parse
from graphql.language import FragmentDefinitionNode
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from api.http.admission import Admission
from api.http.body import InvalidRequest, Parameters, from_json, from_url, read
from api.http.client_address import header
from api.http.negotiation import preferred
from api.http.part_media import PartMedia, event_media, part_media
from api.http.streamed_response import CONNECTION, ResponseQueue, StreamConnection, StreamedResponse
from api.operation import errors
from api.operation.messages import GraphQLRequest, GraphQLResponse, Handler, error_response
from api.operation.parts import PartFormat, StreamForm, StreamHandler

JSON = "application/json"
GRAPHQL = "application/graphql-response+json"
HTML = "text/html"
OFFERS = (JSON, GRAPHQL)
METHODS = "GET, HEAD, OPTIONS, POST"
# If one of these occurs twice, a proxy in front of us may have checked the other value.
SINGLE_HEADERS = frozenset({b"content-type", b"content-encoding", b"authorization", b"x-terminal", b"x-inquiry"})
# After 408 and 413 the rest of the body is still on its way, so the connection is closed.
STATUS_HEADERS = {
    405: {"allow": "OPTIONS, POST"},
    408: {"connection": "close"},
    413: {"connection": "close"},
    415: {"accept-post": JSON, "accept-encoding": "identity"},
}
TERMINAL_LENGTH = 64
DISCONNECT_CHECK_AFTER_S = 0.02
INTROSPECTION = frozenset({"__typename", "__schema", "__type"})
# GraphiQL's introspection query has about 200.
URL_TOKENS = 500

Page = Callable[[Request], Response]
Headers = Mapping[bytes, bytes]
T = TypeVar("T")


class Negotiated(NamedTuple):
    """What a client takes: the media types of JSON, of parts and of events, if it takes them."""

    accept: str | None
    media_type: str | None
    parts: PartMedia | None
    events: PartMedia | None

    def form(self) -> StreamForm:
        """Formats that the client takes, as of now. A client of events alone gets its queries whole."""
        part_format = self.parts.part_format if self.parts else PartFormat.SUBSCRIPTION_10
        return StreamForm(part_format, self.events is not None, datetime.now(UTC))

    def media_of(self, first: GraphQLResponse) -> PartMedia:
        """The media type of a stream that begins so."""
        media = self.events if first.event_id is not None or self.parts is None else self.parts
        assert media is not None
        return media


@dataclass(eq=False)
class GraphQLEndpoint:
    """ASGI application of the GraphQL route.

    page:         what a browser gets, if there is one.
    stream_handler: executes operations for clients that take parts or events; without one, nobody is sent any.
    """

    handler: Handler
    admission: Admission
    body_limit_bytes: int
    body_timeout_s: float = 10.0
    page: Page | None = None
    stream_handler: StreamHandler | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            response = await self._respond(scope, receive)
            await response(scope, receive, send)
        except ClientDisconnect:
            return

    async def _respond(self, scope: Scope, receive: Receive) -> ASGIApp:
        method = scope["method"]
        if method == "OPTIONS":
            return Response(status_code=204, headers={"allow": METHODS})
        if method not in {"GET", "HEAD", "POST"}:
            return _json(error_response(405, "Send operations with POST.", headers={"allow": METHODS}), JSON)
        offers = (*OFFERS, HTML) if self.page is not None and method != "POST" else OFFERS
        accept = header(scope, b"accept") or None
        media_type = preferred(accept, offers)
        if media_type == HTML and self.page is not None:
            return self.page(Request(scope))
        may_stream = method == "POST" and self.stream_handler is not None
        parts, events = (part_media(accept), event_media(accept)) if may_stream else (None, None)
        if media_type is None and not (parts or events):
            return _json(error_response(406, f"Responses are {JSON} or {GRAPHQL}."), JSON)
        try:
            single = [name for name, _ in scope["headers"] if name in SINGLE_HEADERS]
            if len(single) > len(set(single)):
                raise InvalidRequest("A header that may occur once occurs twice.")
            headers: Headers = dict(scope["headers"])
            body = await self._read_body(headers, receive) if method == "POST" else None
            if (parts or events) and body is not None:
                negotiated = Negotiated(accept, media_type, parts, events)
                return await self._stream(body, scope, headers, receive, negotiated)
            response = await self._execute(body, scope, headers, receive)
        except InvalidRequest as error:
            response = error_response(error.status, str(error), headers=STATUS_HEADERS.get(error.status))
            return _json(response, media_type or GRAPHQL)
        return await _after_delay(response, media_type or GRAPHQL, accept, receive)

    async def _read_body(self, headers: Headers, receive: Receive) -> bytes:
        if headers.get(b"content-encoding", b"identity").strip().lower() != b"identity":
            raise InvalidRequest("Send the request body without a content coding.", 415)
        if not _is_json(headers.get(b"content-type", b"").decode("latin-1")):
            raise InvalidRequest(f"Send the request body as {JSON} in UTF-8.", 415)
        length = headers.get(b"content-length", b"")
        return await read(
            receive,
            int(length) if length.isdigit() and len(length) < 20 else None,
            limit_bytes=self.body_limit_bytes,
            timeout_s=self.body_timeout_s,
        )

    async def _stream(
        self, body: bytes, scope: Scope, headers: Headers, receive: Receive, negotiated: Negotiated
    ) -> ASGIApp:
        """The response to a client that takes parts; JSON, if it takes that too and there is one part only."""
        media_type = negotiated.media_type or GRAPHQL
        if not await self.admission.acquire():
            return _operation_response(errors.overloaded(), media_type, negotiated.accept)
        try:
            request = _request(from_json(body), scope, headers)
        except BaseException:
            self.admission.release()
            raise
        assert self.stream_handler is not None
        connection: StreamConnection = scope.get("extensions", {}).get(CONNECTION) or StreamConnection()
        queue = ResponseQueue(self.stream_handler(request, negotiated.form()), connection, self.admission.release)
        try:
            first = await _cancel_on_disconnect(queue.first(), receive)
        except BaseException:
            await queue.close()
            raise
        if first.has_next or (negotiated.media_type is None and first.status == 200):
            stopping, abandoning = self.admission.stopping, self.admission.abandoning
            media = negotiated.media_of(first)
            return StreamedResponse(first, queue, media, stopping=stopping, abandoning=abandoning)
        await queue.end()
        return await _after_delay(first, media_type, negotiated.accept, receive)

    async def _execute(self, body: bytes | None, scope: Scope, headers: Headers, receive: Receive) -> GraphQLResponse:
        # Between reading and writing: a client that is slow to send or to read holds no slot.
        if not await self.admission.acquire():
            return errors.overloaded()
        try:
            parameters = _introspection(scope["query_string"]) if body is None else from_json(body)
            return await _cancel_on_disconnect(self.handler(_request(parameters, scope, headers)), receive)
        finally:
            self.admission.release()


def _introspection(query_string: bytes) -> Parameters:
    """The parameters of introspection in a URL.

    Raises: InvalidRequest (405) for every other operation, well-formed or not.
    """
    try:
        parameters = from_url(query_string)
        document = parse(parameters.query or "", no_location=True, max_tokens=URL_TOKENS)
    except (InvalidRequest, GraphQLError):
        document = None
    if document is None or not all(
        isinstance(definition, FragmentDefinitionNode) or _is_introspection(definition)
        for definition in document.definitions
    ):
        raise InvalidRequest("Send operations with POST; a URL may hold introspection only.", 405)
    return parameters


def _is_introspection(definition: object) -> bool:
    """Whether all root fields of an operation are introspection. A fragment could hold anything, so it is not."""
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


def _request(parameters: Parameters, scope: Scope, headers: Headers) -> GraphQLRequest:
    terminal = "".join(letter for letter in _text(headers, b"x-terminal") or "" if " " <= letter <= "~").strip()
    client = scope.get("client")
    return GraphQLRequest(
        *parameters,
        address=client[0] if client else "",
        terminal=terminal[:TERMINAL_LENGTH].rstrip() or None,
        authorization=_text(headers, b"authorization"),
        inquiry_header=_text(headers, b"x-inquiry"),
        last_event_id=_text(headers, b"last-event-id"),
    )


def _text(headers: Headers, name: bytes) -> str | None:
    value = headers.get(name)
    return None if value is None else value.decode("latin-1")


async def _cancel_on_disconnect(awaitable: Awaitable[T], receive: Receive) -> T:
    """The awaitable's result, unless the client disconnects first: then the work is cancelled.

    Raises: ClientDisconnect, once the cancelled work has ended.
    """
    work = asyncio.current_task()
    assert work is not None
    watchers: list[asyncio.Task[None]] = []

    async def watch() -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        work.cancel()

    # Most operations end sooner, and a task for each would cost as much as parsing its document.
    timer = asyncio.get_running_loop().call_later(
        DISCONNECT_CHECK_AFTER_S, lambda: watchers.append(asyncio.create_task(watch()))
    )
    try:
        return await awaitable
    except asyncio.CancelledError:
        # A stopping server cancels too, and that must propagate.
        if any(watcher.done() for watcher in watchers) and work.uncancel() == 0:
            raise ClientDisconnect from None
        raise
    finally:
        timer.cancel()
        for watcher in watchers:
            watcher.cancel()


async def _after_delay(response: GraphQLResponse, media_type: str, accept: str | None, receive: Receive) -> Response:
    if response.delay is not None:
        await _cancel_on_disconnect(response.delay(), receive)
    return _operation_response(response, media_type, accept)


def _operation_response(response: GraphQLResponse, media_type: str, accept: str | None) -> Response:
    """The response to a well-formed request, in the media type that clients read its status by."""
    if response.status == 503 and preferred(accept, (JSON,)) is not None:
        # Clients retry a failure of HTTP, and take the other media type for the answer of an operation.
        media_type = JSON
    if response.status == 400 and media_type == JSON:
        # In the older media type a status is about HTTP alone; a proxy may have set it.
        response = replace(response, status=200)
    return _json(response, media_type)


def _json(response: GraphQLResponse, media_type: str) -> Response:
    return Response(orjson.dumps(response.body), response.status, response.headers, f"{media_type}; charset=utf-8")
