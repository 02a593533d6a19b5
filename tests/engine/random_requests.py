"""Random requests over the hard schema: documents, variables, grants, and sources that fail."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any

from tests.engine import hard_schema
from tests.engine.document_generator import DocumentGenerator

SCHEMA = hard_schema.build()
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
    """A document over the hard schema with its variables, denied guards and loader, all made from one number."""

    text: str
    variables: dict[str, Any]
    denied: frozenset[str]
    loader: hard_schema.NumberLoader

    @staticmethod
    def of(number: int, generator: type[DocumentGenerator]) -> RandomRequest:
        random = Random(number)
        text = generator(SCHEMA, random, ARGUMENTS).generate(VARIABLES)
        variables = {"yes": random.random() < 0.5, "n": random.randrange(100), "text": "t"}
        denied = random.sample(hard_schema.GUARDS, random.choice([0, 0, 0, 1, 2]))
        unavailable, broken = (frozenset(random.sample(FETCHES, random.choice([0, 0, 1]))) for _ in range(2))
        return RandomRequest(text, variables, frozenset(denied), hard_schema.NumberLoader(unavailable, broken))
