"""Over the hard schema the engine gives graphql-core's data and errors, for any operation and any grants."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

import pytest
from graphql import ExecutionResult

from engine.document import DocumentCache
from engine.execution_state import ExecutionState
from engine.planner import Planner
from tests.engine import hard_schema
from tests.engine.comparison import DOCUMENTS_PER_SCHEMA, LIMITS, SEED, Tally, execute_both, uses_oracle
from tests.engine.document_generator import DocumentGenerator

SCHEMA = hard_schema.build()
DOCUMENTS, PLANNER = DocumentCache(SCHEMA.graphql, LIMITS), Planner(SCHEMA, LIMITS)
VARIABLES = {"$yes": "Boolean!=true", "$n": "Int!=3", "$ns": "[Int!]!=[1,22]", "$text": "String"}
ONE = ["(n:$n)", *(f"(n:{n})" for n in range(1, 100))]
ARGUMENTS = {
    "Query.thing": ONE,
    "Query.things": ["(ns:$ns)", "(ns:[])", *(f"(ns:[{n},{n + 33}])" for n in range(1, 100)), "(ns:7)"],
    "Query.page": ONE,
    "Query.here": ["", *ONE],
    "Query.there": ["", *ONE],
} | {
    f"{kind}.{name}": choices
    for kind in ("Thing", "Ball", "Cube")
    for name, choices in {"sure": ["", '(text:"t")', "(text:$text)"], "later": ["", "(number:$n)"]}.items()
}

FETCHES = ("near.one", "near.many", "far.one")


@dataclass(frozen=True)
class RandomRequest:
    """A random document with its variables, denied guards and loader, all made from one number."""

    text: str
    variables: dict[str, Any]
    denied: frozenset[str]
    loader: hard_schema.NumberLoader

    @staticmethod
    def of(number: int) -> RandomRequest:
        random = Random(number)
        text = DocumentGenerator(SCHEMA, random, ARGUMENTS).generate(VARIABLES)
        variables = {"yes": random.random() < 0.5, "n": random.randrange(100), "text": "t"}
        denied = random.sample(hard_schema.GUARDS, random.choice([0, 0, 0, 1, 2]))
        unavailable, broken = (frozenset(random.sample(FETCHES, random.choice([0, 0, 1]))) for _ in range(2))
        return RandomRequest(text, variables, frozenset(denied), hard_schema.NumberLoader(unavailable, broken))


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
        request = RandomRequest.of(number)
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
