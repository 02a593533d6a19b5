"""Mutations: fields take turns, each with all that is inside it, and are answered as graphql-core answers them."""

from __future__ import annotations

from random import Random
from typing import Any

from graphql import ExecutionResult
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.execution import execute
from engine.execution_state import ExecutionState
from tests.engine.comparison import agreed, of_an_oracle
from tests.engine.document_generator import DocumentGenerator
from tests.engine.event_schema import BLUEPRINT, Noting, prepare
from tests.engine.hard_schema import GUARDS, Near, ruled

ROOT = BLUEPRINT.graphql.mutation_type
assert ROOT is not None
VARIABLES = {"$yes": "Boolean!=true", "$n": "Int!"}
ARGUMENTS = {f"Mutation.{name}": ["", "(n:$n)", *(f"(n:{n})" for n in range(1, 100))] for name in ROOT.fields}


async def ask(text: str, *without: str) -> tuple[ExecutionResult, list[Any]]:
    """The answer, and what was done for it in order."""
    prepared, done = prepare(text), []  # type: ignore[var-annotated]
    result = await execute(ExecutionState(prepared, ruled(prepared, without), Noting(done=done), done))
    return result, done


@of_an_oracle
@settings(max_examples=100, deadline=None)
@given(
    random=st.randoms(use_true_random=True),
    n=st.integers(1, 96),
    without=st.sets(st.sampled_from(GUARDS), max_size=1),
    yes=st.booleans(),
)
async def test_a_mutation_is_answered_as_graphql_core_answers_it(
    random: Random, n: int, without: set[str], yes: bool
) -> None:
    generator = DocumentGenerator(BLUEPRINT, random, ARGUMENTS)
    text = generator.operation("mutation", f"{{{generator.selections(ROOT, 1)}}}", VARIABLES)
    prepared = prepare(text, n=n, yes=yes)
    done: list[Any] = []

    await agreed(prepared, ruled(prepared, without), Near(), Near(), done)

    # Both did the same in the same order.
    assert done[: len(done) // 2] == done[len(done) // 2 :]


async def test_a_field_begins_when_everything_inside_the_one_before_it_has_come() -> None:
    result, done = await ask("mutation{a:put(n:6){next{next{text}}} b:found{text} c:must(n:5){next{text}}}")

    assert result.errors is None
    assert done == ["put 6", ("near.one", 19), ("near.one", 58), ("near.one", 3), "must 5", ("near.one", 16)]


async def test_what_is_inside_a_mutation_is_read_in_batches_like_that_of_a_query() -> None:
    _, done = await ask("mutation{put(n:5){next{text} all{next{text}}}}")

    assert done == ["put 5", ("near.one", 16), ("near.one", 22, 19)]


async def test_what_is_withheld_of_a_mutation_asks_nobody() -> None:
    result, done = await ask("mutation{found{text} put(n:2){next{text} isBig far{text}}}", "A", "B")

    assert result == ExecutionResult({"found": None, "put": {"next": None, "isBig": None, "far": None}}, None)
    assert done == ["put 2"]


async def test_after_an_error_that_leaves_no_data_nothing_more_is_done() -> None:
    result, done = await ask("mutation{a:must(n:55){text} b:put(n:2){text}}")

    assert (result.data, [error.message for error in result.errors or ()]) == (None, ["odd 55"])
    assert done == ["must 55"]
