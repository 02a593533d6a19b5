"""Over the hard schema the engine gives graphql-core's data and errors, for any operation and any grants."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from graphql import ExecutionResult

from engine.document import DocumentCache
from engine.execution_state import ExecutionState
from engine.planner import Planner
from tests.engine import hard_schema
from tests.engine.comparison import DOCUMENTS_PER_SCHEMA, LIMITS, SEED, Tally, execute_both, uses_oracle
from tests.engine.document_generator import DocumentGenerator
from tests.engine.random_requests import SCHEMA, RandomRequest

DOCUMENTS, PLANNER = DocumentCache(SCHEMA.graphql, LIMITS), Planner(SCHEMA, LIMITS)


@pytest.fixture
def tally() -> Iterator[Tally]:
    yield from Tally.of("hard")


async def compare(request: RandomRequest) -> tuple[ExecutionResult, ExecutionState]:
    document = DOCUMENTS.get(request.text)
    prepared = PLANNER.prepare(document, document.operation(None), request.variables)
    authorized = hard_schema.authorize_except(prepared, request.denied)
    return await execute_both(prepared, authorized, request.loader, request.loader)


@uses_oracle
async def test_random_operations_give_graphql_core_s_results(tally: Tally) -> None:
    for number in range(SEED, SEED + DOCUMENTS_PER_SCHEMA):
        request = RandomRequest.of(number, DocumentGenerator)
        try:
            result, _ = await compare(request)
        except Exception as error:
            error.add_note(f"ORACLE_SEED={number} ORACLE_DOCUMENTS=1: {request}")
            raise
        tally.count(has_data=any((result.data or {}).values()), has_errors=bool(result.errors))


async def test_an_error_in_a_batch_nulls_one_item_and_not_the_list() -> None:
    request = RandomRequest("{things(ns:[7,55]){word}}", {}, frozenset(), hard_schema.NumberLoader())

    result, state = await compare(request)

    assert result.data == {"things": [{"word": "word 7"}, None]}
    assert [(error.message, error.path) for error in result.errors or ()] == [("odd 55", ["things", 1])]
    assert state.slow_paths == 1
