"""Subscriptions: a stream of events, each answered as a query is. Knows nothing of how answers travel.

The root's own resolver gives the events, and each is the row that the root is read from: declared as Read, the event
holds the value; declared as Edge, it holds the key.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Any, NamedTuple

from graphql import ExecutionResult, create_source_event_stream
from graphql.execution import map_async_iterable

from engine.completion import ValueCompleter
from engine.execution import Execution
from engine.response import ResponseBuilder


class EventResult(NamedTuple):
    """One event's answer, and the run that gave it."""

    result: ExecutionResult
    run: Execution


async def subscribe(begin: Callable[[Any], Execution]) -> ExecutionResult | AsyncGenerator[EventResult]:
    """The answers to a subscription's events, in order; or one result where there is no stream.

    There is none if the root is withheld, and then its resolver is not called; or if it gives none, and then the
    result is its error. `begin` makes the run for an event, with loads of its own, and first one for no event, which is
    the resolver's context. What the stream itself raises ends it and is raised here. To close the answers closes it.
    """
    opening = begin(None)
    (root,) = opening.prepared.plan.places
    if any(place is root for place, _ in opening.ruling.withheld):
        return await opening.result()
    coming = create_source_event_stream(ValueCompleter(opening.prepared, opening, ResponseBuilder()).executor)
    events = await coming if isinstance(coming, Awaitable) else coming
    if isinstance(events, ExecutionResult):
        return events

    async def answer(event: Any) -> EventResult:
        run = begin(event)
        return EventResult(await run.result(), run)

    return map_async_iterable(events, answer)
