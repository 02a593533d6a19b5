"""Questions that aim at cost: those that we know to be the dearest under the limits, and random ones like them.

They are over a world of thousands of people, and are about those with the most records.
"""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

from graphql import get_introspection_query
from hypothesis import strategies as st

from engine.document import DocumentCache
from engine.errors import Refused
from engine.limits import Limits
from engine.planner import Planner
from schema.build import guarded_schema

INQUIRY = '@inquiry(purpose: C, reason: INVESTIGATION, caseNumber: "26-0417", attention: "Lee 4417")'
LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Question:
    """An operation with its variables, and the role of its caller."""

    query: str
    variables: Mapping[str, Any] = field(default_factory=dict)
    role: str = "investigator"


SMALL = Question(
    'query @inquiry(purpose: C, reason: TRAFFIC_STOP) { person(id: "P0000001") { id name { full } } }', {}, "patrol"
)
ORDINARY = Question(
    f'query {INQUIRY} {{ person(id: "P0000001") {{ vehicles {{ vin }} criminalHistory {{ cycles {{ status }} }} }} }}'
)


@dataclass(frozen=True, slots=True)
class Facts:
    """What a world has most of: people, by their numbers, and terms of searches."""

    people: Sequence[str]
    most_charges: str
    most_vehicles: str
    surname: str
    make: str

    @staticmethod
    def of(data: Path) -> Facts:
        """The facts of a data folder."""
        cii = _read(
            data, "criminal_history", "SELECT cii_number FROM cycle JOIN charge ON cycle = cycle.id" + _MOST % 1
        )
        owner = _read(data, "vehicles", "SELECT owner_license FROM vehicle WHERE owner_license > ''" + _MOST % 1)
        return Facts(
            _read(data, "persons", "SELECT id FROM person ORDER BY id"),
            *_read(data, "persons", f"SELECT id FROM person WHERE cii_number = '{cii[0]}'"),
            *_read(data, "persons", f"SELECT id FROM person WHERE license_number = '{owner[0]}'"),
            *_read(data, "persons", "SELECT surname FROM name_key" + _MOST % 1),
            *_read(data, "vehicles", "SELECT make FROM vehicle" + _MOST % 1),
        )


_MOST = " GROUP BY %d ORDER BY count(*) DESC LIMIT 1"


def _read(data: Path, source: str, statement: str) -> list[str]:
    with closing(sqlite3.connect(f"file:{data / source}.db?mode=ro", uri=True)) as connection:
        return [value for (value,) in connection.execute(statement)]


def aliases(selection: str, number: int, prefix: str = "a") -> str:
    """The same selection under many names."""
    return " ".join(f"{prefix}{each}: {selection}" for each in range(number))


def of_records(selections: str, ids: Sequence[str] = (), **variables: Any) -> Question:
    """An operation on records. With ids it has as many of them as its cost allows."""
    if not ids:
        return Question(f"query {INQUIRY} {{ {selections} }}", variables)
    question = Question(f"query($ids: [ID!]!) {INQUIRY} {{ {selections} }}", {"ids": list(ids)})
    return replace(question, variables={"ids": list(ids)[: most_ids(question.query)]})


def most_ids(query: str) -> int:
    """The most ids with which an operation costs no more than the limit. Its cost is linear in them."""
    documents, planner = _planner()
    try:
        document = documents.get(query)
        none, one = (planner.prepare(document, document.operation(None), {"ids": ids}).cost for ids in ([], ["P"]))
    except Refused:
        return 1
    return (LIMITS.cost - none) // (one - none)


@cache
def _planner() -> tuple[DocumentCache, Planner]:
    schema, limits = guarded_schema(), replace(LIMITS, cost=sys.maxsize, cached=4)
    return DocumentCache(schema.graphql, limits), Planner(schema, limits)


def new_document(number: int) -> Question:
    """One of many documents that no server has seen."""
    return of_records(
        f'person(id: "P0000001") {{ {aliases("vehicles { owner { vehicles { plate } } }", 120, f"n{number}_")} }}'
    )


def named_questions(facts: Facts) -> dict[str, Question]:
    """The dearest questions that we know of."""
    charges, vehicles, everybody = [facts.most_charges] * 1_000, [facts.most_vehicles] * 1_000, facts.people[:1_000]
    names = [f'searchPersons(by: {{name: {{surname: "{facts.surname}{each}"}}}}) {{ total }}' for each in range(49)]
    cars = [f"searchVehicles(by: {{make: {facts.make}, yearTo: {3000 + each}}}) {{ total }}" for each in range(49)]
    page = f"{{ edges {{ {aliases('cursor', 480)} }} }}"
    group = "criminalHistory {{ cycles {{ charges {{ {} }} }} }}"
    return {
        "a new document of 480 fields": new_document(0),
        "introspection": Question(get_introspection_query()),
        "160 lookups of one long number": replace(
            of_records("", number="\u0390" * 29_000 + "\U0001f600"),
            query=f"query($number: ID!) {INQUIRY} {{ {aliases('person(id: $number) { id }', 158)} }}",
        ),
        "23 times a thousand people": of_records(aliases("persons(ids: $ids) { id }", 23), everybody),
        "480 null fields of a thousand people": of_records(
            f"persons(ids: $ids) {{ name {{ {aliases('suffix', 480)} }} }}", everybody
        ),
        "480 full names of a thousand people": of_records(
            f"persons(ids: $ids) {{ name {{ {aliases('full', 480)} }} }}", everybody
        ),
        "240 edges of each arrest": of_records(
            f"persons(ids: $ids) {{ criminalHistory {{ cycles {{ {aliases('charges { code }', 240)} }} }} }}",
            charges[:70],
        ),
        "240 owners of each vehicle": of_records(
            f"persons(ids: $ids) {{ vehicles {{ {aliases('owner { id }', 240)} }} }}", vehicles
        ),
        "four groups of charges, each over the limit": of_records(
            " ".join(
                f"g{each}: persons(ids: $ids) {{ {group.format(aliases('disposition { court { name } }', 39))} }}"
                for each in range(4)
            ),
            charges[:50],
        ),
        "three groups of charges, each over the limit": of_records(
            " ".join(f"g{each}: persons(ids: $ids) {{ {group.format(aliases('offense', 150))} }}" for each in range(3)),
            charges[:60],
        ),
        "480 cursors of each hit": of_records(f"searchVehicles(by: {{make: {facts.make}}}, first: 100) {page}"),
        "480 times of each inquiry": of_records(
            f"inquiries(first: 100) {{ edges {{ node {{ {aliases('at', 480)} }} }} }}"
        ),
        "30 lists of each inquiry": of_records(
            f"inquiries(first: 100) {{ edges {{ node {{ {aliases('asked', 30)} replay {{ outcome }} }} }} }}"
        ),
        "a replay of each inquiry": of_records(
            "inquiries(first: 100) { edges { node { replay { lines { field rule needs decided agrees } } } } }"
        ),
        "49 searches by name": of_records(" ".join(f"a{each}: {name}" for each, name in enumerate(names))),
        "49 searches of vehicles": of_records(" ".join(f"a{each}: {car}" for each, car in enumerate(cars))),
        "240 probes of the sources": Question(f"{{ {aliases('sources { name }', 240)} }}"),
        "280 operations": Question(" ".join(f"query q{each} {{ me {{ name }} }}" for each in range(280))),
    }


LEAF = ""
FIELDS: dict[str, dict[str, str]] = {
    "Person": {
        "ssn": LEAF,
        "scarsMarksTattoos": LEAF,
        "cautions": LEAF,
        "name": "PersonName",
        "aliases": "PersonName",
        "residence": "Residence",
        "vehicles": "Vehicle",
        "warrants": "Warrant",
        "protectiveOrders": "Order",
        "criminalHistory": "History",
    },
    "PersonName": {"full": LEAF, "suffix": LEAF},
    "Residence": {"street": LEAF, "confidential": LEAF},
    "Vehicle": {"vin": LEAF, "make": LEAF, "owner": "Person", "residence": "Residence"},
    "Warrant": {"offense": LEAF, "bailCents": LEAF, "cautions": LEAF, "subject": "Person"},
    "Order": {"conditions": LEAF, "issuedOn": LEAF, "restrained": "Person"},
    "History": {"ciiNumber": LEAF, "subject": "Person", "cycles": "Cycle"},
    "Cycle": {"arrestedOn": LEAF, "charges": "Charge"},
    "Charge": {"offense": LEAF, "severity": LEAF, "sentence": "Sentence"},
    "Sentence": {"days": LEAF},
    "Inquiry": {"asked": LEAF, "released": LEAF, "documentSha256": LEAF, "at": LEAF, "replay": "Replay"},
    "Replay": {"outcome": LEAF, "lines": "Line"},
    "Line": {"field": LEAF, "rule": LEAF, "needs": LEAF, "agrees": LEAF},
}
"""Fields that a random question is made of, with the types that their objects have."""
DEEPEST = 9


@st.composite
def selections(draw: st.DrawFn, kind: str, fields: int, depth: int = DEEPEST) -> str:
    """A selection on a type of about this many fields, most of them aliases of one another."""
    names, parts = count(), []
    for _ in range(draw(st.integers(1, 2))):
        allowed = [name for name, inner in FIELDS[kind].items() if inner is LEAF or (depth and fields > 3)]
        name = draw(st.sampled_from(allowed))
        inner = FIELDS[kind][name]
        times = max(1, fields // 2)
        if inner is not LEAF:
            times = draw(st.sampled_from([1, 1, 2, 5, max(1, fields // 4)]))
            name = f"{name} {{ {draw(selections(inner, fields // 2 // times, depth - 1))} }}"
        parts += [f"a{next(names)}: {name}" for _ in range(times)]
    return " ".join(parts)


@st.composite
def questions(draw: st.DrawFn, facts: Facts) -> Question:
    """A question near the limits: of as many people as its cost allows, or of pages of a hundred hits."""
    groups = draw(st.sampled_from([1, 1, 2, 4, 20]))
    fields = draw(st.sampled_from([490, 300, 100])) // groups - 3
    kind = draw(st.sampled_from(["persons", "persons", "persons", "names", "vehicles", "inquiries"]))
    if kind == "persons":
        root, inner = "persons(ids: $ids)", draw(selections("Person", fields))
    elif kind == "names":
        root = f'searchPersons(by: {{name: {{surname: "{facts.surname}"}}}}, first: 100)'
        inner = f"edges {{ cursor node {{ {draw(selections('Person', fields))} }} }}"
    elif kind == "vehicles":
        root = f"searchVehicles(by: {{make: {facts.make}}}, first: 100)"
        inner = f"edges {{ cursor node {{ {draw(selections('Vehicle', fields))} }} }}"
    else:
        groups = min(groups, 4)
        root, inner = "inquiries(first: 100)", f"edges {{ node {{ {draw(selections('Inquiry', fields))} }} }}"
    ids: list[str] = []
    if kind == "persons":
        most = draw(st.sampled_from([facts.most_charges, facts.most_vehicles, None]))
        share = draw(st.floats(0.2, 1))
        ids = [most] * 1_000 if most else list(facts.people[:1_000])
        question = of_records(aliases(f"{root} {{ {inner} }}", groups, "g"), ids)
        allowed = question.variables["ids"]
        return replace(question, variables={"ids": allowed[: max(1, round(len(allowed) * share))]})
    return of_records(aliases(f"{root} {{ {inner} }}", groups, "g"))
