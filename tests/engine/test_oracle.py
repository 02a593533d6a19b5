"""Over an awkward schema the engine answers as graphql-core does: the same data and the same errors, whatever is asked
and granted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

import pytest
from graphql import ExecutionResult

from engine.document import DocumentCache
from engine.planner import Planner
from tests.engine import hard_schema
from tests.engine.comparison import EACH, LIMITS, SEED, Tally, agreed, of_an_oracle
from tests.engine.document_generator import DocumentGenerator

BLUEPRINT = hard_schema.build()
DOCUMENTS, PLANNER = DocumentCache(BLUEPRINT.graphql, LIMITS), Planner(BLUEPRINT, LIMITS)
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
class Question:
    """A random document, and how it is asked: all of it made of one number."""

    text: str
    given: dict[str, Any]
    without: frozenset[str]
    source: hard_schema.Near

    @staticmethod
    def of(number: int) -> Question:
        random = Random(number)
        text = DocumentGenerator(BLUEPRINT, random, ARGUMENTS).write(VARIABLES)
        given = {"yes": random.random() < 0.5, "n": random.randrange(100), "text": "t"}
        without = random.sample(hard_schema.GUARDS, random.choice([0, 0, 0, 1, 2]))
        silent, broken = (frozenset(random.sample(FETCHES, random.choice([0, 0, 1]))) for _ in range(2))
        return Question(text, given, frozenset(without), hard_schema.Near(silent, broken))


@pytest.fixture
def tally() -> Iterator[Tally]:
    yield from Tally.of("awkward")


async def compare(question: Question) -> ExecutionResult:
    document = DOCUMENTS.get(question.text)
    prepared = PLANNER.prepare(document, document.operation(None), question.given)
    result, _ = await agreed(prepared, hard_schema.ruled(prepared, question.without), question.source, question.source)
    return result


@of_an_oracle
async def test_the_engine_answers_as_graphql_core_does(tally: Tally) -> None:
    for number in range(SEED, SEED + EACH):
        question = Question.of(number)
        try:
            result = await compare(question)
        except Exception as fault:
            fault.add_note(f"ORACLE_SEED={number} ORACLE_DOCUMENTS=1: {question}")
            raise
        tally.count(has_data=any((result.data or {}).values()), has_errors=bool(result.errors))


async def test_an_error_among_the_answers_of_a_batch_is_one_item_s_and_not_the_list_s() -> None:
    result = await compare(Question("{things(ns:[7,55]){word}}", {}, frozenset(), hard_schema.Near()))

    assert result.data == {"things": [{"word": "word 7"}, None]}
    assert [(error.message, error.path) for error in result.errors or ()] == [("odd 55", ["things", 1])]
