"""Levels of an execution: fields are completed one level of objects at a time, each with one batch per fetch."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from engine.completion import ValueCompleter
from engine.deferral import DeferredPart
from engine.execution_state import ExecutionState
from engine.field_completion import Parent
from engine.level import Level, PendingFields
from engine.program import CompiledField, Program, Selection
from engine.response import ResponseBuilder

HandOver = Callable[[list[tuple[Selection, list[Parent]]]], Awaitable[None]]
"""Takes over the objects whose fields in some selections arrive in other parts."""


class Levels:
    """The levels of a response, or of one part of it, below some of its objects."""

    def __init__(
        self,
        program: Program,
        state: ExecutionState,
        response: ResponseBuilder,
        part: DeferredPart | None = None,
        hand_over: HandOver | None = None,
    ) -> None:
        """`hand_over` is needed if the plan has deferred parts."""
        self._program = program
        self._state = state
        self._response = response
        self._part = part
        self._hand_over = hand_over
        self.completer = ValueCompleter(state, response)

    async def execute(self, pending: PendingFields) -> None:
        """Execute pending fields, and the levels inside them."""
        while pending:
            current, waiting = _split_prefetched(pending)
            await Level(self._state, self._response, self.completer).execute(current)
            pending = await self.next_pending(waiting)

    async def next_pending(self, waiting: PendingFields | tuple[()] = ()) -> PendingFields:
        """The pending fields of new objects, and those that still wait. Those of other parts are handed over."""
        response, level, objects = self._response, list(waiting), self.completer.take_pending()
        handed_over: list[tuple[Selection, list[Parent]]] = []
        # Objects that an error or a limit has removed from the response fetch nothing.
        present = response.present() if response.errors or response.has_removed_objects else None
        for number, parents in sorted(objects.items()):
            selection = self._program.selections[number]
            if selection.part is self._part:
                level.append((selection.fetched_fields, parents))
            elif remaining := _remaining(parents, present):
                handed_over.append((selection, remaining))
        if handed_over:
            assert self._hand_over is not None
            await self._hand_over(handed_over)
        return [(fields, remaining) for fields, parents in level if (remaining := _remaining(parents, present))]


def split(pending: PendingFields, is_apart: Callable[[CompiledField], bool]) -> tuple[PendingFields, PendingFields]:
    """The fields without those to be set apart, and those."""
    if not any(is_apart(each) for fields, _ in pending for each in fields):
        return pending, []
    rest: PendingFields = []
    apart: PendingFields = []
    for fields, parents in pending:
        for part, is_chosen in ((apart, True), (rest, False)):
            selected = [each for each in fields if is_apart(each) is is_chosen]
            if selected:
                part.append((selected, parents))
    return rest, apart


def split_last(pending: PendingFields) -> tuple[PendingFields, PendingFields]:
    """The fields without those that tell of all others, and those."""
    return split(pending, lambda field: field.planned.spec.is_last)


def _split_prefetched(pending: PendingFields) -> tuple[PendingFields, PendingFields]:
    """The prefetched fields, and the rest. Children of prefetched fields start without waiting for the rest."""
    rest, prefetched = split(pending, lambda field: field.is_prefetched)
    return (prefetched, rest) if prefetched else (pending, [])


def _remaining(parents: list[Parent], present: set[int] | None) -> list[Parent]:
    return parents if present is None else [parent for parent in parents if id(parent[0]) in present]
