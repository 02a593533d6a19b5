"""Request body: the parameters of a GraphQL request, parsed strictly from bytes."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from starlette.requests import ClientDisconnect
from starlette.types import Receive

from api.config.strict_json import InvalidJson, strict_json

ID_PARAMETERS = ("documentId", "id", "doc_id")
"""Ids of a trusted document, as clients of graphql-codegen and urql send them, and network layers of Relay."""
PARAMETERS = frozenset({"query", "operationName", "variables", "extensions", *ID_PARAMETERS})


class InvalidRequest(Exception):
    """A request that is not GraphQL over HTTP. The message is a fixed sentence that repeats none of its bytes."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


class Parameters(NamedTuple):
    """Parameters of a well-formed GraphQL request. A null optional parameter is the same as an absent one.

    document_ids: ids of a trusted document, as they were sent. Without a `query` there is at least one.
    """

    query: str | None
    operation_name: str | None
    variables: dict[str, Any]
    extensions: dict[str, Any]
    document_ids: tuple[str, ...] = ()


async def read(receive: Receive, content_length: int | None, *, limit_bytes: int, timeout_s: float) -> bytes:
    """The whole body. Reading stops at the limit and at the timeout.

    Raises: InvalidRequest (413, 408), ClientDisconnect.
    """
    body, size, is_complete = bytearray(), content_length or 0, False
    try:
        async with asyncio.timeout(timeout_s):
            while True:
                if size > limit_bytes:
                    raise InvalidRequest(f"The request body is larger than {limit_bytes} bytes.", 413)
                if is_complete:
                    return bytes(body)
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise ClientDisconnect
                body += message.get("body", b"")
                size = len(body)
                is_complete = not message.get("more_body", False)
    except TimeoutError:
        raise InvalidRequest("The request body did not arrive in time.", 408) from None


def from_json(body: bytes) -> Parameters:
    """The parameters in a JSON body. Other members are ignored, as GraphQL over HTTP requires.

    Raises: InvalidRequest.
    """
    if not body:
        raise InvalidRequest("The request has no body.")
    return _validated(_json(body, "The request body"))


def from_url(query_string: bytes) -> Parameters:
    """The parameters in a URL's query string, where variables and extensions are JSON texts.

    Raises: InvalidRequest, also for the id of a document: its variables hold names and numbers.
    """
    try:
        pairs = parse_qsl(query_string.decode("ascii"), errors="strict", max_num_fields=16)
    except ValueError:
        raise InvalidRequest("The query string of the URL is malformed.") from None
    parameters: dict[str, Any] = {name: value for name, value in pairs if name in PARAMETERS}
    if len(parameters) != sum(name in PARAMETERS for name, _ in pairs):
        raise InvalidRequest("A parameter occurs twice in the query string of the URL.")
    for name in ("variables", "extensions"):
        if name in parameters:
            parameters[name] = _json(parameters[name].encode(), f"`{name}`")
    extensions = parameters.get("extensions")
    if parameters.keys() & set(ID_PARAMETERS) or (isinstance(extensions, dict) and "persistedQuery" in extensions):
        raise InvalidRequest("A URL may not name a document.")
    return _validated(parameters)


def _json(text: bytes, name: str) -> Any:
    try:
        return strict_json(text, name)
    except InvalidJson as error:
        raise InvalidRequest(str(error)) from None


def _validated(parameters: Any) -> Parameters:
    if isinstance(parameters, list):
        raise InvalidRequest("The request body is a list. Send one operation in each request, as a JSON object.")
    if not isinstance(parameters, dict):
        raise InvalidRequest("The request body is not a JSON object.")
    query, operation_name = parameters.get("query"), parameters.get("operationName")
    variables, extensions = parameters.get("variables"), parameters.get("extensions")
    if not isinstance(query, str | None):
        raise InvalidRequest("`query` is not a string.")
    if not isinstance(operation_name, str | None):
        raise InvalidRequest("`operationName` is not a string.")
    if not isinstance(variables, dict | None):
        raise InvalidRequest("`variables` is not an object.")
    if not isinstance(extensions, dict | None):
        raise InvalidRequest("`extensions` is not an object.")
    ids = tuple(_document_ids(parameters, extensions or {}, has_text=query is not None))
    if query is None and not ids:
        raise InvalidRequest("The request has no `query`.")
    return Parameters(query, operation_name or None, variables or {}, extensions or {}, ids)


def _document_ids(parameters: Mapping[str, Any], extensions: Mapping[str, Any], *, has_text: bool) -> Iterator[str]:
    """The ids of a document. Beside a text, `id` and `doc_id` are other members, and a malformed id is none.

    Raises: InvalidRequest.
    """
    for name in ("documentId",) if has_text else ID_PARAMETERS:
        id = parameters.get(name)
        if isinstance(id, str):
            yield id
        elif id is not None and not has_text:
            raise InvalidRequest(f"`{name}` is not a string.")
    persisted = extensions.get("persistedQuery")
    hash = persisted.get("sha256Hash") if isinstance(persisted, dict) and persisted.get("version") == 1 else None
    if isinstance(hash, str):
        yield hash
    elif persisted is not None and not has_text:
        raise InvalidRequest("`extensions.persistedQuery` needs version 1 and sha256Hash.")
