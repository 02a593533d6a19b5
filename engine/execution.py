"""Execution of a plan, breadth first: one level of objects at a time, each with one batch per fetch.

It reads what the authorized plan allows and decides nothing: an edge that is not allowed is null and queries no source.
"""

from __future__ import annotations

from typing import Any

from graphql import ExecutionResult, GraphQLError, OperationType, experimental_execute_incrementally

from engine.compile import compile_in_parts
from engine.completion import ValueCompleter
from engine.derivation import derive
from engine.execution_state import ExecutionState
from engine.levels import Levels, split_last
from engine.program import Program
from engine.reply_size import size_of
from engine.response import ResponseBuilder


async def execute(state: ExecutionState) -> ExecutionResult:
    """Execute an operation once.

    The errors of the result are those of resolvers and values. Withheld fields, failed fetches and fields over the row
    limit are null without an error; the state lists them.
    """
    program = await compiled_program(state)
    response = state.add_response(ResponseBuilder.whole())
    levels = Levels(program, state, response)
    complete_root(program, state, response, levels.completer)
    first, last = split_last(await levels.next_pending())
    serial = [first]
    if state.prepared.plan.operation.operation is OperationType.MUTATION:
        # Mutation fields run serially, each with its whole subtree.
        serial = [[((field,), parents)] for fields, parents in first for field in fields]
    for pending in serial:
        if response.data is not None:
            await levels.execute(pending)
    await derive(program, state, response, levels.completer)
    await introspect(state, response)
    state.has_errors = bool(response.errors or state.input_errors or state.invalid_inputs)
    if response.data is not None:
        # Their resolvers may read what the state holds of all others.
        await levels.execute(last)
    if state.time_slice.is_over:
        await state.time_slice.pause()
    return ExecutionResult(response.data, response.errors or None)


async def compiled_program(state: ExecutionState) -> Program:
    """The program of the authorized plan."""
    program = None
    for part in compile_in_parts(state.prepared.plan, state.authorized_plan.program_key):
        program = part
        if state.time_slice.is_over:
            await state.time_slice.pause()
    assert program is not None
    return program


def complete_root(
    program: Program, state: ExecutionState, response: ResponseBuilder, completer: ValueCompleter
) -> None:
    """Complete the operation's own selection; its fetched fields are pending."""
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
    state.reply_size.bytes = size_of(response.data)


async def introspect(state: ExecutionState, response: ResponseBuilder) -> None:
    """Introspection, by graphql-core: it can reach no record. It cannot be divided, and may take ten time slices."""
    document = state.prepared.plan.introspection
    if document is None or response.data is None:
        return
    variables: dict[str, Any] = dict(state.prepared.raw_variables)
    await state.time_slice.pause()
    # `execute_sync` refuses a schema that has @defer. The document has none left, so the result is whole.
    result = experimental_execute_incrementally(
        state.prepared.schema, document, variable_values=variables, hide_suggestions=True
    )
    assert isinstance(result, ExecutionResult)
    response.errors += result.errors or ()
    if result.data is None:
        response.data = None
    else:
        response.data.update(result.data)
