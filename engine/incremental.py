"""Execution in parts: each deferred part has its own levels, beside those of the others, and is complete on its own.

The initial part is complete first. A deferred part is complete once nothing can give it further objects, and all its
levels have ended. What it holds is kept apart from the object that it belongs to, so a part that has been sent cannot
change any more.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field

from graphql import GraphQLError

from engine.deferral import DeferredPart
from engine.derivation import derive
from engine.execution import compiled_program, complete_root, introspect
from engine.execution_state import ExecutionState
from engine.field_completion import Parent
from engine.level import PendingFields
from engine.levels import Levels, split_last
from engine.program import Program, Selection
from engine.reply_size import FRAGMENT_BYTES, size_of
from engine.response import Path, ResponseBuilder, Root, TooManyErrors

MAX_FRAGMENTS = 10_000
"""Deferred fragments in the objects of one response: each has a path, an identifier, and an error if it fails."""


class TooManyFragments(Exception):
    """A response with more than MAX_FRAGMENTS deferred fragments."""


@dataclass(slots=True, eq=False)
class Part:
    """One part during execution, and when it is complete.

    declared:  the deferred part of the plan; None for the initial part.
    last:      its fields that tell of all others, which wait until all others are complete.
    inner:     the data of other parts that belongs to its objects, with the part.
    running:   how many of its chains of levels have not ended.
    """

    declared: DeferredPart | None
    response: ResponseBuilder
    last: PendingFields = field(default_factory=list)
    inner: list[tuple[Part, Root]] = field(default_factory=list)
    running: int = 0
    is_complete: bool = False

    @property
    def number(self) -> int:
        """0 for the initial part, and else the number in the plan."""
        return self.declared.number if self.declared else 0

    def remove(self) -> None:
        """Remove all its data, and with it that of other parts that belongs to its objects."""
        for root in self.response.roots.values():
            root.data = None
        self.remove_inner(lambda _: True)

    def remove_inner(self, is_removed: Callable[[Root], bool]) -> None:
        """Remove data of other parts that belongs to its objects."""
        for part, root in self.inner:
            if is_removed(root):
                root.is_removed = part.response.has_removed_objects = True


async def execute_in_parts(state: ExecutionState) -> AsyncGenerator[list[Part]]:
    """Execute a query once, and give its parts as they are complete, in order of their numbers.

    The first list begins with the initial part; the others in it have nothing to say of any object. Closing the
    iterator ends what still runs. Raises: TooManyFragments.
    """
    execution = _Execution(await compiled_program(state), state)
    try:
        parts = await execution.first()
        while parts:
            # A slow reader keeps no other operation waiting.
            state.time_slice.suspend()
            yield parts
            await state.time_slice.resume()
            parts = await execution.next()
    finally:
        await execution.close()


class _Execution:
    """All parts of one operation."""

    def __init__(self, program: Program, state: ExecutionState) -> None:
        self._program = program
        self._state = state
        self.initial = Part(None, state.add_response(ResponseBuilder.whole()))
        deferred = [Part(each, state.add_response(ResponseBuilder())) for each in state.prepared.plan.parts]
        self._parts: dict[DeferredPart | None, Part] = {each.declared: each for each in (self.initial, *deferred)}
        self.waiting = deferred
        self._chains: set[asyncio.Task[None]] = set()

    async def first(self) -> list[Part]:
        """The initial part, and those that have no object in it."""
        state, response = self._state, self.initial.response
        levels = self._levels(self.initial)
        complete_root(self._program, state, response, levels.completer)
        pending, self.initial.last = split_last(await levels.next_pending())
        await levels.execute(pending)
        await introspect(state, response)
        await self._complete(self.initial)
        return [self.initial, *await self._completed(lambda part: not part.response.roots)]

    async def next(self) -> list[Part]:
        """The next parts that are complete, at least one unless all are."""
        completed: list[Part] = []
        while self.waiting and not (completed := await self._completed()):
            self._state.time_slice.suspend()
            done, _ = await asyncio.wait(self._chains, return_when=asyncio.FIRST_COMPLETED)
            self._chains -= done
            for each in done:
                each.result()  # a defect of ours ends the operation
        return completed

    async def close(self) -> None:
        """Cancel what still runs, and wait until it has ended."""
        for each in self._chains:
            each.cancel()
        await asyncio.gather(*self._chains, return_exceptions=True)
        self._chains.clear()

    async def _completed(self, is_wanted: Callable[[Part], bool] = lambda _: True) -> list[Part]:
        """The parts that are complete by now, which wait no longer."""
        completed = []
        for part in self.waiting:
            if self._is_ready(part) and is_wanted(part):
                await self._complete(part)
                completed.append(part)
        self.waiting = [each for each in self.waiting if not each.is_complete]
        return completed

    def _is_ready(self, part: Part) -> bool:
        assert part.declared is not None
        before = (part.declared.parent, *part.declared.requires)
        return not part.running and all(self._parts[each].is_complete for each in before)

    async def _complete(self, part: Part) -> None:
        state, levels = self._state, self._levels(part)
        await derive(self._program, state, part.response, levels.completer, part.declared)
        state.has_errors |= bool(part.response.errors or state.input_errors or state.invalid_inputs)
        state.completed_parts.add(part.declared)
        if any(root.data is not None for root in part.response.roots.values()):
            await levels.execute(part.last)
        part.is_complete = True
        if part.response.errors or part.response.has_removed_objects:
            present = part.response.present()
            part.remove_inner(lambda root: id(root.owner) not in present)

    def _levels(self, part: Part) -> Levels:
        async def hand_over(objects: list[tuple[Selection, list[Parent]]]) -> None:
            paths = part.response.paths()
            for selection, parents in objects:
                await self._start(selection, parents, part, paths)

        return Levels(self._program, self._state, part.response, part.declared, hand_over)

    async def _start(self, selection: Selection, parents: list[Parent], outer: Part, paths: dict[int, Path]) -> None:
        """Start the levels of a part for some objects of another, which have these paths. Raises: TooManyFragments."""
        state, part = self._state, self._parts[selection.part]
        state.fragment_count += len(parents)
        if state.fragment_count > MAX_FRAGMENTS:
            raise TooManyFragments
        levels = self._levels(part)
        for owner, row in parents:
            if state.time_slice.is_over:
                await state.time_slice.pause()
            root = Root({}, paths[id(owner)], selection.type_path, owner)
            outer.inner.append((part, root))
            self._add_root(root, selection, row, part, levels)
        pending, last = split_last(await levels.next_pending())
        part.last += last
        part.running += 1
        task = asyncio.create_task(self._run(part, levels, pending))
        self._chains.add(task)

    def _add_root(self, root: Root, selection: Selection, row: object, part: Part, levels: Levels) -> None:
        state = self._state
        part.response.add_roots([root])
        try:
            root.data = levels.completer.complete_object(selection, row, root.path)
        except GraphQLError as error:
            root.data = None
            part.response.errors.append(error)
        except TooManyErrors:
            # Only inputs of derived fields are completed here. Those fields are left out, as over a limit.
            root.data = dict.fromkeys(selection.fields)
            for each in selection.fields.values():
                if each is not None and each.planned.is_input:
                    state.over_size_limit(each.planned).is_everywhere = True
            if selection.fetched_fields:
                levels.completer.pending[selection.number].append((root.data, row))
        state.reply_size.bytes += FRAGMENT_BYTES + size_of(root.data)
        name = None if root.owner is None else state.object_types.of(root.owner)
        if name is not None and root.data is not None:
            state.object_types.add(root.data, name)

    async def _run(self, part: Part, levels: Levels, pending: PendingFields) -> None:
        try:
            await levels.execute(pending)
        finally:
            self._state.time_slice.suspend()
        # After a defect of ours the part never becomes complete.
        part.running -= 1
