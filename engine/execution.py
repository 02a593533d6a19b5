"""Execution of a plan, breadth first: one level of objects at a time, each with one batch per fetch.

It reads what the authorized plan allows and decides nothing: an edge that is not allowed is null and queries no source.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from graphql import ExecutionResult, GraphQLError, OperationType, execute_sync

from engine.compile import compile_in_parts
from engine.completion import ValueCompleter
from engine.derivation import derive
from engine.execution_state import ExecutionState
from engine.level import Level, PendingFields
from engine.program import CompiledField, Program
from engine.reply_size import size_of
from engine.response import ResponseBuilder


async def execute(state: ExecutionState) -> ExecutionResult:
    """Execute an operation once.

    The errors of the result are those of resolvers and values. Withheld fields, failed fetches and fields over the row
    limit are null without an error; the state lists them.
    """
    plan = state.prepared.plan
    program = None
    for part in compile_in_parts(plan, state.authorized_plan.program_key):
        program = part
        if state.time_slice.is_over:
            await state.time_slice.pause()
    assert program is not None
    response = ResponseBuilder()
    completer = ValueCompleter(state, response)
    _complete_root(program, state, response, completer)
    state.reply_size.bytes = size_of(response.data)
    first = _next_pending(program, response, completer)
    first, last = _split(first, lambda field: field.planned.spec.is_last)
    levels = [first]
    if plan.operation.operation is OperationType.MUTATION:
        # Mutation fields run serially, each with its whole subtree.
        levels = [[((field,), parents)] for fields, parents in first for field in fields]
    for level in levels:
        await _execute_levels(level, program, state, response, completer)
    await derive(program, state, response, completer)
    await _introspect(state, response)
    state.has_errors = bool(response.errors or state.input_errors or state.invalid_inputs)
    if last:
        # Its resolver may read what the state holds of all others.
        await _execute_levels(last, program, state, response, completer)
    if state.time_slice.is_over:
        await state.time_slice.pause()
    return ExecutionResult(response.data, response.errors or None)


async def _execute_levels(
    pending: PendingFields,
    program: Program,
    state: ExecutionState,
    response: ResponseBuilder,
    completer: ValueCompleter,
) -> None:
    """Execute pending fields, and the levels inside them."""
    while pending and response.data is not None:
        current, deferred = _split_prefetched(pending)
        await Level(state, response, completer).execute(current)
        pending = _next_pending(program, response, completer, deferred)


def _complete_root(
    program: Program, state: ExecutionState, response: ResponseBuilder, completer: ValueCompleter
) -> None:
    root = program.root
    assert root.complete is not None
    try:
        response.data = root.complete({}, completer)
    except Exception:  # noqa: BLE001 - any error: the slow path attributes it to the right field
        state.slow_paths += 1
        completer.take_pending()
        try:
            response.data = completer.complete_object(root, {}, ())
        except GraphQLError as error:
            response.data = None
            response.errors.append(error)


def _next_pending(
    program: Program, response: ResponseBuilder, completer: ValueCompleter, deferred: PendingFields | tuple[()] = ()
) -> PendingFields:
    """The pending fields of new objects, and those that were deferred."""
    new = [
        (program.selections[number].fetched_fields, parents)
        for number, parents in sorted(completer.take_pending().items())
    ]
    # Objects that an error or a limit has removed from the response fetch nothing.
    present = response.paths() if response.errors or response.has_removed_objects else None
    level: PendingFields = []
    for fields, parents in [*new, *deferred]:
        remaining = parents if present is None else [parent for parent in parents if id(parent[0]) in present]
        if remaining:
            level.append((fields, remaining))
    return level


def _split_prefetched(pending: PendingFields) -> tuple[PendingFields, PendingFields]:
    """The prefetched fields, and the rest. Children of prefetched fields start without waiting for the rest."""
    rest, prefetched = _split(pending, lambda field: field.is_prefetched)
    return (prefetched, rest) if prefetched else (pending, [])


def _split(pending: PendingFields, is_apart: Callable[[CompiledField], bool]) -> tuple[PendingFields, PendingFields]:
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


async def _introspect(state: ExecutionState, response: ResponseBuilder) -> None:
    """Introspection, by graphql-core: it can reach no record. It cannot be divided, and may take ten time slices."""
    document = state.prepared.plan.introspection
    if document is None or response.data is None:
        return
    variables: dict[str, Any] = dict(state.prepared.raw_variables)
    await state.time_slice.pause()
    result = execute_sync(state.prepared.schema, document, variable_values=variables, hide_suggestions=True)
    response.errors += result.errors or ()
    if result.data is None:
        response.data = None
    else:
        response.data.update(result.data)
