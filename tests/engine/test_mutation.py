"""Mutations: their fields are executed one after another, and give graphql-core's results."""

from __future__ import annotations

from random import Random
from typing import Any, cast

from graphql import ExecutionResult, GraphQLObjectType
from hypothesis import given
from hypothesis import strategies as st

from engine.execution import execute
from engine.execution_state import ExecutionState
from tests.engine.comparison import execute_both, uses_oracle
from tests.engine.document_generator import DocumentGenerator
from tests.engine.hard_schema import GUARDS, NumberLoader, authorize_except
from tests.engine.mutation_schema import SCHEMA, LoggingLoader, prepare

ROOT = cast("GraphQLObjectType", SCHEMA.graphql.mutation_type)
VARIABLES = {"$yes": "Boolean!=true", "$n": "Int!"}
ARGUMENTS = {f"Mutation.{name}": ["", "(n:$n)", *(f"(n:{n})" for n in range(1, 100))] for name in ROOT.fields}


async def run(text: str, *denied: str) -> tuple[ExecutionResult, list[Any]]:
    """The result, and the log of resolvers and batches."""
    log: list[Any] = []
    prepared = prepare(text)
    state = ExecutionState(prepared, authorize_except(prepared, denied), LoggingLoader(log=log), log)
    return await execute(state), log


@uses_oracle
@given(
    random=st.randoms(use_true_random=True),
    n=st.integers(1, 96),
    denied=st.sets(st.sampled_from(GUARDS), max_size=1),
    yes=st.booleans(),
)
async def test_mutations_give_graphql_core_s_results(random: Random, n: int, denied: set[str], yes: bool) -> None:
    generator = DocumentGenerator(SCHEMA, random, ARGUMENTS)
    text = generator.operation("mutation", f"{{{generator.selections(ROOT, 1)}}}", VARIABLES)
    prepared = prepare(text, n=n, yes=yes)
    log: list[Any] = []

    await execute_both(prepared, authorize_except(prepared, denied), NumberLoader(), NumberLoader(), log)

    # Both did the same in the same order.
    assert log[: len(log) // 2] == log[len(log) // 2 :]


async def test_a_mutation_field_starts_after_the_whole_previous_field() -> None:
    result, log = await run("mutation{a:put(n:6){next{next{text}}} b:fetched{text} c:putNonNull(n:5){next{text}}}")

    assert result.errors is None
    assert log == ["put 6", ("near.one", 19), ("near.one", 58), ("near.one", 3), "put_non_null 5", ("near.one", 16)]


async def test_fields_inside_a_mutation_are_read_in_batches() -> None:
    _, log = await run("mutation{put(n:5){next{text} all{next{text}}}}")

    assert log == ["put 5", ("near.one", 16), ("near.one", 22, 19)]


async def test_a_withheld_mutation_field_queries_no_source() -> None:
    result, log = await run("mutation{fetched{text} put(n:2){next{text} isBig far{text}}}", "A", "B")

    assert result == ExecutionResult({"fetched": None, "put": {"next": None, "isBig": None, "far": None}}, None)
    assert log == ["put 2"]


async def test_after_an_error_that_nulls_all_data_no_field_is_executed() -> None:
    result, log = await run("mutation{a:putNonNull(n:55){text} b:put(n:2){text}}")

    assert (result.data, [error.message for error in result.errors or ()]) == (None, ["odd 55"])
    assert log == ["put_non_null 55"]
