"""ariadne-codegen 0.19, with the client that ariadne_codegen.toml generates.

The client raises at the first withheld field, but its exception keeps the data: `read` returns the typed reply with
its errors. It drops `extensions.inquiry`, so each query selects `inquiryStatus`. The client has no cache.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from needtoknow_client import BaseModel, Client, GraphQLClientGraphQLError, GraphQLClientGraphQLMultiError

Reply = TypeVar("Reply", bound=BaseModel)


def needtoknow(url: str, token: str) -> Client:
    return Client(url, {"Authorization": f"Bearer {token}"})


def read(reply: type[Reply], ask: Callable[[], Reply]) -> tuple[Reply, list[GraphQLClientGraphQLError]]:
    """The reply and its errors: `read(Stop, lambda: client.stop(plate))`.

    Raises: GraphQLClientGraphQLMultiError if there is no data.
    """
    try:
        return ask(), []
    except GraphQLClientGraphQLMultiError as error:
        if error.data is None:
            raise
        return reply.model_validate(error.data), error.errors
