"""GraphQL request and response as the pipeline sees them, without HTTP."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from telemetry.span import current_trace_id


@dataclass(frozen=True, slots=True)
class GraphQLRequest:
    """A well-formed GraphQL request, with the transport facts that the pipeline and the journal need.

    query: the document's text; None if the request names a trusted document by `document_ids` instead.
    address: the peer's; behind a trusted proxy, the address in `X-Forwarded-For`.
    terminal: value of `X-Terminal`, at most 64 printable ASCII characters; a claim, not a proof.
    authorization, inquiry_header: the headers `Authorization` and `X-Inquiry`, unchecked.
    """

    query: str | None
    operation_name: str | None
    variables: dict[str, Any]
    extensions: dict[str, Any]
    document_ids: tuple[str, ...]
    address: str
    terminal: str | None
    authorization: str | None
    inquiry_header: str | None
    last_event_id: str | None = None


@dataclass(frozen=True, slots=True)
class GraphQLResponse:
    """A GraphQL response body with its HTTP status and headers.

    status: 400 means that a well-formed request has no data, for example because it does not validate. GraphQL over
        HTTP sends that as 200 under `application/json`; the endpoint does so.
    delay: if set, it is awaited before the response is sent.
    has_next: is it a part of a response, or an event, with more to come?
    event_id: of an event of a subscription, for a client that resumes; otherwise None.
    """

    body: dict[str, Any]
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    delay: Callable[[], Awaitable[None]] | None = None
    has_next: bool = False
    event_id: str | None = None


Handler = Callable[[GraphQLRequest], Awaitable[GraphQLResponse]]


def error(
    message: str,
    code: str,
    locations: Iterable[tuple[int, int]] = (),
    path: Iterable[str | int] = (),
    **extensions: Any,
) -> dict[str, Any]:
    """One GraphQL error: a fixed sentence, its code, its place, and the trace id to find it by."""
    points = [{"line": line, "column": column} for line, column in locations]
    keys = list(path)
    return {
        "message": message,
        **({"locations": points} if points else {}),
        **({"path": keys} if keys else {}),
        "extensions": {"code": code, **extensions, "traceId": current_trace_id()},
    }


def error_response(
    status: int, message: str, code: str = "BAD_INPUT", headers: dict[str, str] | None = None
) -> GraphQLResponse:
    """A response without data, for one error."""
    return GraphQLResponse({"errors": [error(message, code)]}, status, headers or {})
