"""Awaitables: values of ordinary resolvers that are not there yet, awaited side by side."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Sequence
from typing import Any

from graphql.pyutils import is_async_iterable, is_awaitable


def is_pending(value: Any) -> bool:
    """Whether any part of a value must still be awaited."""
    if isinstance(value, list | tuple):
        return any(is_pending(each) for each in value)
    return is_awaitable(value) or is_async_iterable(value)


async def settle(value: Any) -> Any:
    """A value with all of it awaited. A list item that raised is replaced by its exception."""
    if is_awaitable(value):
        value = await value
    if is_async_iterable(value):
        value = [each async for each in value]
    if isinstance(value, list | tuple) and is_pending(value):
        return await gather_settled([settle(each) for each in value])
    return value


async def gather_settled(awaitables: Sequence[Awaitable[Any]]) -> list[Any]:
    """The result of each awaitable, or the exception that it raised; a cancellation is raised."""
    if len(awaitables) == 1:
        try:
            return [await awaitables[0]]
        except Exception as error:  # noqa: BLE001 - any error is a result here
            return [error]
    results = await asyncio.gather(*awaitables, return_exceptions=True)
    for each in results:
        if isinstance(each, BaseException) and not isinstance(each, Exception):
            raise each
    return results
