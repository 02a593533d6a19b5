"""What an ordinary resolver gives when its value is not there yet: an awaitable, an async iterable, a list of them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Iterable, Sequence
from typing import Any

from graphql.pyutils import is_async_iterable, is_awaitable


def is_pending(value: Any) -> bool:
    """Is there anything in a value to wait for?"""
    if isinstance(value, list | tuple):
        return any(is_pending(each) for each in value)
    return is_awaitable(value) or is_async_iterable(value)


async def settled(value: Any) -> Any:
    """A value when all in it has come. Where an item of a list broke, its exception stands for it."""
    if is_awaitable(value):
        value = await value
    if is_async_iterable(value):
        value = [each async for each in value]
    if isinstance(value, list | tuple) and is_pending(value):
        return await gather_settled(value)
    return value


async def gather_settled(values: Iterable[Any]) -> list[Any]:
    """Every value when all in it has come, side by side. Where one broke, its exception stands for it."""
    return await all_come([settled(each) for each in values])


async def all_come(awaitables: Sequence[Awaitable[Any]]) -> list[Any]:
    """What each awaitable gives, side by side. Where one broke, its exception stands for it."""
    if len(awaitables) == 1:
        try:
            return [await awaitables[0]]
        except Exception as fault:  # noqa: BLE001 - whatever it is, it is an answer here
            return [fault]
    found = await asyncio.gather(*awaitables, return_exceptions=True)
    for each in found:
        if isinstance(each, BaseException) and not isinstance(each, Exception):
            raise each
    return found
