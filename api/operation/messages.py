"""A question as it leaves HTTP and the reply as it goes back. Knows nothing of how an answer is found."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from telemetry.span import current_trace_id


@dataclass(frozen=True, slots=True)
class GraphQLRequest:
    """One well-formed GraphQL request, and the facts of its transport that the walk and the journal need.

    address: the peer's; behind a proxy, what the server was told to believe.
    terminal: what `X-Terminal` says, at most 64 printable ASCII characters; a claim, not a proof.
    authorization, inquiry_header: the headers `Authorization` and `X-Inquiry` as they came, unchecked.
    """

    query: str
    operation_name: str | None
    variables: dict[str, Any]
    extensions: dict[str, Any]
    address: str
    terminal: str | None
    authorization: str | None
    inquiry_header: str | None


@dataclass(frozen=True, slots=True)
class GraphQLResponse:
    """A GraphQL response, the status it asks for and the headers that go with it.

    Status 400 says that a well-formed question has no data: it does not parse or validate, or its variables
    do not fit. Under `application/json` that goes out as 200, as GraphQL over HTTP has it. Others stay.
    `wait`, if there is one, is awaited before the reply goes out.
    """

    body: dict[str, Any]
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    wait: Callable[[], Awaitable[None]] | None = None


Handler = Callable[[GraphQLRequest], Awaitable[GraphQLResponse]]


def error(message: str, code: str, **extensions: Any) -> dict[str, Any]:
    """One GraphQL error in the house's shape: a fixed sentence, its code and the trace to look it up by."""
    return {"message": message, "extensions": {"code": code, **extensions, "traceId": current_trace_id()}}


def error_response(
    status: int, message: str, code: str = "BAD_INPUT", headers: dict[str, str] | None = None
) -> GraphQLResponse:
    """A reply without data, for one reason."""
    return GraphQLResponse({"errors": [error(message, code)]}, status, headers or {})
