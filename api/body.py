"""The parameters of a GraphQL request, strictly read from bytes. Knows nothing of what its document means.

RequestWrong says why bytes are not a request, in a fixed sentence that repeats nothing of them.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

import orjson
from starlette.requests import ClientDisconnect
from starlette.types import Receive

DEPTH = 32
CONTAINERS = frozenset({dict, list})
QUOTED = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
PARAMETERS = frozenset({"query", "operationName", "variables", "extensions"})


class RequestWrong(Exception):
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

    Raises: RequestWrong (413, 408), ClientDisconnect.
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
        raise RequestWrong("The request body did not arrive in time.", 408) from None
    return bytes(body)


def _too_large(limit_bytes: int) -> RequestWrong:
    return RequestWrong(f"The request body is larger than {limit_bytes} bytes.", 413)


def from_json(body: bytes) -> Parameters:
    """The parameters in a JSON body. Other members are ignored, as GraphQL over HTTP asks.

    Raises: RequestWrong.
    """
    if not body:
        raise RequestWrong("The request has no body.")
    return _checked(strict_json(body, "The request body"))


def from_url(query_string: bytes) -> Parameters:
    """The parameters in a URL's query; variables and extensions are JSON texts there.

    Raises: RequestWrong.
    """
    try:
        pairs = parse_qsl(query_string.decode("ascii"), errors="strict", max_num_fields=16)
    except ValueError:
        raise RequestWrong("The URL's query cannot be read.") from None
    found: dict[str, Any] = {name: value for name, value in pairs if name in PARAMETERS}
    if len(found) != sum(name in PARAMETERS for name, _ in pairs):
        raise RequestWrong("The URL's query says something twice.")
    for name in ("variables", "extensions"):
        if name in found:
            found[name] = strict_json(found[name].encode(), f"`{name}`")
    return _checked(found)


def strict_json(text: bytes, what: str) -> Any:
    """The value of a JSON text in UTF-8: no byte order mark, NaN, lone surrogate or repeated name.

    Raises: RequestWrong, whose message begins with `what`.
    """
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        # orjson's own message quotes the text.
        raise RequestWrong(f"{what} is not JSON in UTF-8.") from None
    # A name that stands twice is two colons in the text and one member of the value: outside of strings, JSON
    # has no other colons. orjson keeps the last of the two; a proxy may have looked at the first.
    if QUOTED.sub(b"", text).count(b":") != _members(value, DEPTH, what):
        raise RequestWrong(f"{what} has an object that names a member twice.")
    return value


def _members(value: Any, depth: int, what: str) -> int:
    if not isinstance(value, dict | list):
        return 0
    if depth == 0:
        raise RequestWrong(f"{what} is nested too deeply.")
    own, below = (len(value), value.values()) if isinstance(value, dict) else (0, value)
    # Most of what is sent is one list of a thousand words.
    return own + sum(_members(item, depth - 1, what) for item in below if item.__class__ in CONTAINERS)


def _checked(found: Any) -> Parameters:
    if not isinstance(found, dict):
        raise RequestWrong("The request body is not a JSON object.")
    query, operation_name = found.get("query"), found.get("operationName")
    variables, extensions = found.get("variables"), found.get("extensions")
    if query is None:
        raise RequestWrong("The request has no `query`.")
    if not isinstance(query, str):
        raise RequestWrong("`query` is not a string.")
    if not isinstance(operation_name, str | None):
        raise RequestWrong("`operationName` is not a string.")
    if not isinstance(variables, dict | None):
        raise RequestWrong("`variables` is not an object.")
    if not isinstance(extensions, dict | None):
        raise RequestWrong("`extensions` is not an object.")
    return Parameters(query, operation_name or None, variables or {}, extensions or {})
