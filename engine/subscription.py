"""Subscriptions: a stream of events, each executed as a query is.

The root field's own resolver gives the events. An event is the row that the root is read from: with a Read it holds the
value, with an Edge it holds the key.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Any, NamedTuple

from graphql import ExecutionResult, create_source_event_stream
from graphql.execution import map_async_iterable

from engine.completion import ValueCompleter
from engine.execution import execute
from engine.execution_state import ExecutionState
from engine.response import ResponseBuilder


class EventResult(NamedTuple):
    """The result of one event, and the state of its execution."""

    result: ExecutionResult
    state: ExecutionState


async def subscribe(new_state: Callable[[Any], ExecutionState]) -> ExecutionResult | AsyncGenerator[EventResult]:
    """The results of a subscription's events, in order; or one result if there is no stream.

    There is no stream if the root is withheld, and then its resolver is not called; or if the resolver gives none, and
    then the result has its error. `new_state` makes the state for an event, with a loader of its own. The first call is
    for no event, and makes the resolver's context. An error of the stream ends it and is raised here. Closing the
    results closes the stream.
    """
    initial = new_state(None)
    (root,) = initial.prepared.plan.fields
    if any(planned is root for planned, _ in initial.authorized_plan.withheld):
        return await execute(initial)
    stream = create_source_event_stream(ValueCompleter(initial.prepared, initial, ResponseBuilder()).executor)
    events = await stream if isinstance(stream, Awaitable) else stream
    if isinstance(events, ExecutionResult):
        return events

    async def execute_event(event: Any) -> EventResult:
        state = new_state(event)
        return EventResult(await execute(state), state)

    return map_async_iterable(events, execute_event)
