"""The engine answers as graphql-core does: the same data and the same errors, whatever is asked and granted.

`make oracle` asks many more documents than `make test` and says how many, and of which seed.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

import pytest
from graphql import ExecutionResult

from engine.document import Documents
from engine.limits import Limits
from engine.plan import Planner
from engine.ruling import Ruling, rule
from engine.run import Run
from tests.engine import awkward
from tests.engine.author import Author
from tests.engine.desk import Leave, Refusal, refusal
from tests.engine.oracle import Oracle

DOCUMENTS = int(os.environ.get("ORACLE_DOCUMENTS", "300"))
FIRST = int(os.environ.get("ORACLE_SEED", "1"))

BLUEPRINT = awkward.build()
LIMITS = Limits(characters=10**6, tokens=10**6, comparisons=10**7, depth=30, places=10**5)
VARIABLES = {"$yes": "Boolean!=true", "$n": "Int!=3", "$ns": "[Int!]!=[1,22]", "$text": "String"}
ARGUMENTS = {
    "Query.thing": ["(n:1)", "(n:11)", "(n:$n)", "(n:25)"],
    "Query.things": ["(ns:[1,2,33,4])", "(ns:$ns)", "(ns:[])", "(ns:7)"],
    "Query.page": ["(n:2)", "(n:$n)", "(n:44)"],
    "Query.here": ["", "(n:$n)", "(n:12)", "(n:11)"],
    "Query.there": ["", "(n:$n)", "(n:22)", "(n:3)"],
} | {
    f"{kind}.{name}": choices
    for kind in ("Thing", "Ball", "Cube")
    for name, choices in {"sure": ["", '(text:"t")', "(text:$text)"], "later": ["", "(number:$n)"]}.items()
}

FETCHES = ("near.one", "near.many", "far.one")

Error = tuple[str, tuple[Any, ...], tuple[tuple[int, int], ...]]


def errors(result: ExecutionResult) -> Mapping[tuple[Any, ...], set[Error]]:
    """Errors by the null that each explains."""
    found: dict[tuple[Any, ...], set[Error]] = defaultdict(set)
    for error in result.errors or ():
        path = tuple(error.path or ())
        places = tuple((each.line, each.column) for each in error.locations or ())
        found[_null_on(result.data, path)].add((error.message, path, places))
    return found


def _null_on(data: Any, path: tuple[Any, ...]) -> tuple[Any, ...]:
    for length, step in enumerate(path):
        if data is None:
            return path[:length]
        data = data[step]
    return path


def agree(ours: ExecutionResult, theirs: ExecutionResult) -> None:
    """The same data, and for each null the same errors.

    Where several errors null one parent the first to come is enough, and which that is depends on who waits for whom:
    there both must explain the null, by at least one and the same error or by errors that lie below it.
    """
    assert ours.data == theirs.data
    found, expected = errors(ours), errors(theirs)
    assert found.keys() == expected.keys()
    for null, said in found.items():
        direct = {error for error in said if error[1] == null}
        assert direct == {error for error in expected[null] if error[1] == null} or said & expected[null]


def ruled(prepared: Any, without: frozenset[str]) -> Ruling[Leave, Refusal]:
    leave = {guard: Leave(guard) for guard in awkward.GUARDS if guard not in without}
    return rule(prepared, leave, {guard: Refusal(guard) for guard in without}, refusal)


@dataclass(frozen=True)
class Question:
    """A random document, and how it is asked: all of it made of one number."""

    text: str
    given: dict[str, Any]
    without: frozenset[str]
    source: awkward.Near

    @staticmethod
    def of(number: int) -> Question:
        random = Random(number)
        text = Author(BLUEPRINT, random, ARGUMENTS).write(VARIABLES)
        given = {"yes": random.random() < 0.5, "n": random.randrange(100), "text": "t"}
        without = random.sample(awkward.GUARDS, random.choice([0, 0, 0, 1, 2]))
        silent, broken = (frozenset(random.sample(FETCHES, random.choice([0, 0, 1]))) for _ in range(2))
        return Question(text, given, frozenset(without), awkward.Near(silent, broken))


async def compare(question: Question) -> ExecutionResult:
    """Ask both, and see that they agree."""
    document = Documents(BLUEPRINT.graphql, LIMITS).read(question.text)
    prepared = Planner(BLUEPRINT, LIMITS).prepare(document, document.operation(None), question.given)
    ruling = ruled(prepared, question.without)
    run, oracle = Run(prepared, ruling, question.source), Oracle(prepared, ruling, question.source)
    ours, theirs = await run.result(), await oracle.result()
    agree(ours, theirs)
    if all(error[1] == null for null, said in errors(theirs).items() for error in said):
        # Inside what was nulled, who was asked before that is a matter of time.
        assert run.failed.keys() == oracle.failed.keys()
    return ours


# Where an error nulls a parent, graphql-core drops the coroutines that were to complete its other fields.
@pytest.mark.filterwarnings("ignore:coroutine .* was never awaited", "ignore::pytest.PytestUnraisableExceptionWarning")
async def test_the_engine_answers_as_graphql_core_does() -> None:
    broken = 0
    for done, number in enumerate(range(FIRST, FIRST + DOCUMENTS), 1):
        try:
            broken += len((await compare(Question.of(number))).errors or ())
        except AssertionError:
            pytest.fail(f"ORACLE_SEED={number} ORACLE_DOCUMENTS=1: {Question.of(number)}")
        if done % 1000 == 0:
            print(f"{done:,} of {DOCUMENTS:,} agree, seeds {FIRST} to {number}, {broken:,} errors among them")  # noqa: T201
    # Without errors there would be little to agree on.
    assert DOCUMENTS < 300 or broken > DOCUMENTS / 3
