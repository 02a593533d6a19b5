"""gql 4, with httpx.

gql raises at the first withheld field, but its exception keeps the data and the extensions: `ask` returns all three.
The exception must not reach a crash report, because it holds the whole record. gql has no cache.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gql import Client, GraphQLRequest
from gql.client import SyncClientSession
from gql.transport.exceptions import TransportQueryError
from gql.transport.httpx import HTTPXTransport


@dataclass(frozen=True)
class Reply:
    """A reply as the server wrote it: a null with an error at its path is not "no record"."""

    data: dict[str, Any]
    errors: list[dict[str, Any]]
    extensions: dict[str, Any]


def needtoknow(url: str, token: str) -> Client:
    return Client(transport=HTTPXTransport(url, headers={"Authorization": f"Bearer {token}"}))


def ask(session: SyncClientSession, request: GraphQLRequest) -> Reply:
    """The whole reply.

    Raises: TransportQueryError if it has no data.
    """
    try:
        result = session.execute(request, get_execution_result=True)
    except TransportQueryError as error:
        if error.data is None:
            raise
        return Reply(error.data, error.errors or [], error.extensions or {})
    return Reply(result.data or {}, [], result.extensions or {})
