"""The parameters of a GraphQL request, strictly read from bytes. Knows nothing of what its document means.

InvalidRequest says why bytes are not a request, in a fixed sentence that repeats nothing of them.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import ClientDisconnect
from starlette.types import Receive

from api.config.strict_json import InvalidJson, strict_json

PARAMETERS = frozenset({"query", "operationName", "variables", "extensions"})


class InvalidRequest(Exception):
    """Not a request that we can read. `status` says in which way."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.message = message
        self.status = status


@dataclass(frozen=True, slots=True)
class Parameters:
    """A well-formed GraphQL request; an optional parameter that is null is the same as one that is absent."""

    query: str
    operation_name: str | None
    variables: dict[str, Any]
    extensions: dict[str, Any]


async def read(receive: Receive, declared: int | None, *, limit_bytes: int, timeout_s: float) -> bytes:
    """The whole body. Nothing is read past the limit, and a client that dribbles is not waited for.

    Raises: InvalidRequest (413, 408), ClientDisconnect.
    """
    if declared is not None and declared > limit_bytes:
        raise _too_large(limit_bytes)
    body = bytearray()
    try:
        async with asyncio.timeout(timeout_s):
            more = True
            while more:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise ClientDisconnect
                body += message.get("body", b"")
                more = message.get("more_body", False)
                if len(body) > limit_bytes:
                    raise _too_large(limit_bytes)
    except TimeoutError:
        raise InvalidRequest("The request body did not arrive in time.", 408) from None
    return bytes(body)


def _too_large(limit_bytes: int) -> InvalidRequest:
    return InvalidRequest(f"The request body is larger than {limit_bytes} bytes.", 413)


def from_json(body: bytes) -> Parameters:
    """The parameters in a JSON body. Other members are ignored, as GraphQL over HTTP asks.

    Raises: InvalidRequest.
    """
    if not body:
        raise InvalidRequest("The request has no body.")
    return _checked(_json(body, "The request body"))


def from_url(query_string: bytes) -> Parameters:
    """The parameters in a URL's query; variables and extensions are JSON texts there.

    Raises: InvalidRequest.
    """
    try:
        pairs = parse_qsl(query_string.decode("ascii"), errors="strict", max_num_fields=16)
    except ValueError:
        raise InvalidRequest("The URL's query cannot be read.") from None
    found: dict[str, Any] = {name: value for name, value in pairs if name in PARAMETERS}
    if len(found) != sum(name in PARAMETERS for name, _ in pairs):
        raise InvalidRequest("The URL's query says something twice.")
    for name in ("variables", "extensions"):
        if name in found:
            found[name] = _json(found[name].encode(), f"`{name}`")
    return _checked(found)


def _json(text: bytes, what: str) -> Any:
    try:
        return strict_json(text, what)
    except InvalidJson as error:
        raise InvalidRequest(str(error)) from None


def _checked(found: Any) -> Parameters:
    if not isinstance(found, dict):
        raise InvalidRequest("The request body is not a JSON object.")
    query, operation_name = found.get("query"), found.get("operationName")
    variables, extensions = found.get("variables"), found.get("extensions")
    if query is None:
        raise InvalidRequest("The request has no `query`.")
    if not isinstance(query, str):
        raise InvalidRequest("`query` is not a string.")
    if not isinstance(operation_name, str | None):
        raise InvalidRequest("`operationName` is not a string.")
    if not isinstance(variables, dict | None):
        raise InvalidRequest("`variables` is not an object.")
    if not isinstance(extensions, dict | None):
        raise InvalidRequest("`extensions` is not an object.")
    return Parameters(query, operation_name or None, variables or {}, extensions or {})
