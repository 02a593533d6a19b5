"""Arguments that find something in a seeded world, by the field that takes them."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any

from graphql import get_nullable_type

from engine.declarations import Edge
from resolvers.catalogue import NAMES
from resolvers.fetch import Fetch
from resolvers.record import RecordKind
from schema.build import guarded_schema
from tests.harness import PEOPLE_COUNT

VARIABLES = {
    "$yes": "Boolean!=true",
    "$person": "ID!",
    "$people": "[ID!]!",
    "$name": "NameSearchInput!",
    "$plate": "PlateKey!",
    "$first": "Int=3",
}

INQUIRIES = [f"{number:032x}" for number in range(3)]
"""Ids of the inquiries in the journal."""


def number_roots() -> Iterator[tuple[str, str, Fetch, RecordKind]]:
    """(root field, argument, fetch, kind) of each root that finds a record of a source by its own number."""
    schema = guarded_schema()
    assert schema.graphql.query_type is not None
    for name, field in schema.graphql.query_type.fields.items():
        declaration = schema.fields["Query", name].declaration
        if isinstance(declaration, Edge) and [str(each.type) for each in field.args.values()] == ["ID!"]:
            (fetch,), (argument,) = declaration.fetches, field.args
            if isinstance(fetch, Fetch) and fetch.record and fetch.source in NAMES:
                yield name, argument, fetch, fetch.record


class SeededValues:
    """Arguments as document text, with literals or with `VARIABLES`, and values for the variables."""

    def __init__(self, folder: Path) -> None:
        def rows(source: str, columns: str, table: str) -> list[Any]:
            with closing(sqlite3.connect(folder / f"{source}.db")) as file:
                return file.execute(f"SELECT {columns} FROM {table} ORDER BY 1").fetchall()

        def each(form: str, source: str, columns: str, table: str) -> list[str]:
            return [form % row for row in rows(source, columns, table)]

        self.people = each("%s", "persons", "id", "person")
        self.names = [
            {"surname": surname, "given": given, "birthDate": born, "expandBirthDate": True, "sex": sex}
            for surname, given, born, sex in rows("persons", "surname, given, birth_date, sex", "person")
        ]
        self.plates = [
            {"number": plate, "state": state}
            for plate, state in rows("vehicles", "plate, plate_state", "vehicle WHERE plate IS NOT NULL")
        ]
        by_license = "license_number, license_state"
        arguments = {
            **{
                name: each(f'({argument}:"%s")', fetch.source, record.column, fetch.table)
                for name, argument, fetch, record in number_roots()
            },
            "persons": [*each('(ids:["%s" "P0000001"])', "persons", "id", "person"), *["(ids:$people)"] * PEOPLE_COUNT],
            "vehicle": [
                *each('(by:{vin:"%s"})', "vehicles", "vin", "vehicle"),
                *each('(by:{plate:{number:"%s" state:"%s"}})', "vehicles", "plate, plate_state", "vehicle"),
                *["(by:{plate:$plate})"] * PEOPLE_COUNT,
            ],
            "vehiclesByPlate": each('(number:"%s")', "vehicles", "plate", "vehicle WHERE plate IS NOT NULL"),
            "property": [
                *each('(by:{number:"%s"})', "property", "number", "property_report"),
                *each('(by:{vin:"%s"})', "property", "vin", "property_report WHERE vin IS NOT NULL"),
                *each('(by:{plate:{number:"%s"}})', "property", "plate", "property_report WHERE plate IS NOT NULL"),
            ],
            "firearm": each('(by:{serial:{number:"%s"}})', "firearms", "serial", "firearm"),
            "searchPersons": [
                *each('(by:{name:{surname:"%s"}} first:5)', "persons", "surname", "person"),
                *each('(by:{ssn:"%s"})', "persons", "ssn", "person WHERE ssn IS NOT NULL"),
                *each('(by:{ciiNumber:"%s"})', "persons", "cii_number", "person WHERE cii_number IS NOT NULL"),
                *each('(by:{driverLicense:{number:"%s" state:"%s"}})', "persons", by_license, "person"),
                *["(by:{name:$name})", "(by:{name:$name} first:$first)"] * PEOPLE_COUNT,
            ],
            "searchVehicles": each("(by:{make:%s} first:$first)", "vehicles", "make", "vehicle"),
            "_entities": list(self._entities(each)),
            "inquiry": [f'(id:"{each}")' for each in INQUIRIES],
            "inquiries": ["", '(by:{user:"u-1"} first:2)', '(by:{record:"P0000001"} first:$first)'],
        }
        arguments["person"] += ["(id:$person)"] * PEOPLE_COUNT
        self.arguments = {f"Query.{name}": choices for name, choices in arguments.items()}

    def _entities(self, each: Callable[[str, str, str, str], list[str]]) -> Iterator[str]:
        """Representations of two records of each type, with one that is malformed and one of no type between them."""
        schema = guarded_schema().graphql
        assert schema.query_type is not None
        keys = [
            ("Vehicle", "vin", "vehicles", "vin", "vehicle"),
            ("PropertyReport", "number", "property", "number", "property_report"),
        ]
        for name, argument, fetch, record in number_roots():
            kind = str(get_nullable_type(schema.query_type.fields[name].type))
            keys.append((kind, argument, fetch.source, record.column, fetch.table))
        of_type = [
            each(f'{{__typename:"{kind}" {field}:"%s"}}', source, column, table)
            for kind, field, source, column, table in keys
            if kind in guarded_schema().entities
        ]
        wrong = '{__typename:"Person" id:"-"} {}'
        for number in range(PEOPLE_COUNT):
            known = [found[number % len(found)] for found in of_type]
            yield f"(representations:[{' '.join(known)} {wrong} {' '.join(reversed(known))}])"

    def variables(self, random: Random) -> dict[str, Any]:
        """A random value for each variable."""
        return {
            "yes": random.random() < 0.5,
            "person": random.choice(self.people),
            "people": [random.choice(self.people) for _ in range(random.randrange(6))],
            "name": random.choice(self.names),
            "plate": random.choice(self.plates),
            "first": random.choice([1, 2, 10, None]),
        }
