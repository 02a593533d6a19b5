"""Each guarded field alone, for every distinct outcome of the policy: the response agrees with it.

The fields come from the schema. A new field is therefore tested at once, and fails until a value is planted for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from graphql import FieldNode, GraphQLObjectType, GraphQLSchema, TypeInfo, TypeInfoVisitor, Visitor, parse, visit
from sqlalchemy import Column
from sqlalchemy.sql import visitors

from audit.entry import Denial, Entry, Kind
from engine.declarations import Derived, Edge, Read
from policy.record_classes import RecordClass
from policy.verdicts import Verdicts
from resolvers.catalogue import TABLES
from schema.build import guarded_schema
from tests.attacks.expectations import (
    CURSORS,
    expected_denial,
    expected_errors,
    expected_place,
    expected_value,
    first_denial,
    grant_of,
    observed_value,
    secrets,
    withheld_value,
)
from tests.attacks.guarded_fields import Field, guarded_fields
from tests.attacks.planted_inquiry import INQUIRY_ID as PLANTED_INQUIRY
from tests.attacks.planted_inquiry import plant_inquiry
from tests.attacks.planted_person import PLANTED_VALUES, plant_person
from tests.attacks.positions import EVERY_ROLE, INQUIRY, OPERATION_HEAD, Position
from tests.attacks.responses import errors, names_in_cells, names_in_statements, normalized_body
from tests.harness import Response, World

FIELDS = guarded_fields()
RULED = {
    str(column.name)
    for table in TABLES
    if table.visible is not None
    for column in visitors.iterate(table.visible)
    if isinstance(column, Column)
}
"""Columns that rules about rows read, such as the state of a diversion: a statement tests them without showing them."""


def batches(field: Field, granted: int) -> int:
    """The number of statements for the granted part of the path: one for each edge with a result.

    A search by name is two: the names that may be meant, and the people.
    """
    edges = field.edges[:granted]
    if granted == len(field.specs) and isinstance(field.spec.declaration, Derived):
        edges = [*edges, *(True for _ in edges_of(field.spec.declaration, field.spec.coordinate))]
    # A page of hits is open, and is not fetched if nothing on it is granted.
    if edges and not field.specs[0].guards and len(edges) == 1:
        return 0
    return sum(edges) + (sum(edges) > 0 and field.paths[0] == ("searchPersons",))


def edges_of(derived: Derived, coordinate: str) -> Iterator[str]:
    """The edges in the selection of a derived field, each a statement of its own."""
    schema = guarded_schema()
    kind = schema.graphql.type_map[coordinate.partition(".")[0]]
    assert isinstance(kind, GraphQLObjectType)
    types = TypeInfo(GraphQLSchema(query=kind))
    found: list[str] = []

    class Fields(Visitor):
        def enter_field(self, node: FieldNode, *_: Any) -> None:
            parent = types.get_parent_type()
            assert parent is not None
            if isinstance(schema.fields[parent.name, node.name.value].declaration, Edge):
                found.append(node.name.value)

    visit(parse(derived.selection), TypeInfoVisitor(types, Fields()))
    yield from found


def hidden_columns(field: Field, depth: int) -> set[str]:
    """The columns that are not read because of a denial at this index of the path."""
    return {
        column
        for spec in field.specs[depth:]
        if isinstance(spec.declaration, Read)
        for column in spec.declaration.columns
    }


def expected_of(field: Field, verdicts: Verdicts, data: Any) -> dict[str, Any]:
    """The expected result of one cell; its errors belong to the nulls in the data."""
    denied_at = first_denial(field, verdicts)
    if denied_at:
        depth, denied = denied_at
        return {
            "value": withheld_value(field),
            "withheld": [place := expected_place(field, depth, denied)],
            "errors": expected_errors(place, data),
            "statements": batches(field, depth),
            "columns": set(),
            "secrets": [],
        }
    # The planted inquiry is no caller's own. It is not found, so there is no further statement.
    statements = 1 if grant_of(field, verdicts).is_own_entries_only else batches(field, len(field.specs))
    return {"value": expected_value(field, verdicts), "withheld": [], "errors": [], "statements": statements}


def observed_of(field: Field, response: Response, world: World, verdicts: Verdicts) -> dict[str, Any]:
    """The observed result of one cell, in the form of `expected_of`."""
    observed = {
        "value": observed_value(field, response.data),
        "withheld": response.withheld,
        "errors": errors(response),
        "statements": len(world.statements),
    }
    if denied_at := first_denial(field, verdicts):
        names = names_in_statements(world) - (RULED - names_in_cells(world))
        observed["columns"] = hidden_columns(field, denied_at[0]) & names
        observed["secrets"] = [secret for secret in secrets(field) if secret in normalized_body(response).decode()]
    return observed


def journal_of(field: Field, verdicts: Verdicts) -> tuple[tuple[Denial, ...], bool, bool]:
    """The expected journal of one cell: denials, is the field released, is it masked."""
    if denied_at := first_denial(field, verdicts):
        return (expected_denial(field, *denied_at),), False, False
    grant = grant_of(field, verdicts)
    return (), not (grant.is_masked or grant.is_own_entries_only), grant.is_masked


def journalled_of(field: Field, entry: Entry) -> tuple[tuple[Denial, ...], bool, bool]:
    coordinate = field.spec.coordinate
    return entry.denied, coordinate in entry.released, coordinate in entry.masked


def cells() -> list[tuple[Field, Position, Verdicts]]:
    """Each field with the first position for each distinct outcome of the policy."""
    verdicts = {position: position.verdicts() for position in EVERY_ROLE}
    found: dict[tuple[Any, ...], tuple[Field, Position, Verdicts]] = {}
    for field in FIELDS:
        for position, each in verdicts.items():
            expected: Any = first_denial(field, each)
            if expected is None:
                grant = grant_of(field, each)
                expected = grant.is_masked, grant.is_own_entries_only
            found.setdefault((field.spec.coordinate, expected), (field, position, each))
    return list(found.values())


async def test_each_guarded_field_alone_agrees_with_the_policy(world: World) -> None:
    """One document for each field, so the plan of the first caller is used for all others."""
    plant_person(world.folder)
    await plant_inquiry(world)
    tested = cells()
    wrong: dict[str, tuple[Any, Any]] = {}
    for field, position, verdicts in tested:
        document = f"{OPERATION_HEAD} {INQUIRY} {{ {field.query} }}"
        response = await world.execute(document, token=position.token(world), variables=position.variables)
        observed = observed_of(field, response, world, verdicts)
        expected = expected_of(field, verdicts, response.data)
        if observed != expected:
            wrong[f"{field.spec.coordinate} for {position}"] = observed, expected

    assert wrong == {}
    released = [
        entry for entry in world.journal_entries() if entry.kind is Kind.RELEASE and entry.id != PLANTED_INQUIRY
    ]
    assert [
        (entry.role, *journalled_of(field, entry)) for (field, *_), entry in zip(tested, released, strict=True)
    ] == [(position.role.value, *journal_of(field, verdicts)) for field, position, verdicts in tested]


def test_every_guarded_field_is_included() -> None:
    """But for the roots of events: `test_subscriptions.py` compares them with the roots of queries."""
    guarded = {spec.coordinate for spec in guarded_schema().fields.values() if spec.guards}
    guarded = {each for each in guarded if not each.startswith("Subscription.")}

    assert sorted(field.spec.coordinate for field in FIELDS) == sorted(guarded)
    assert {field.spec.coordinate for field, *_ in cells()} == guarded


def test_every_leaf_has_a_planted_value() -> None:
    leaves = {field.spec.coordinate for field in FIELDS if field.object is None}

    assert PLANTED_VALUES.keys() | CURSORS == leaves
    assert [name for name, value in PLANTED_VALUES.items() if value in (None, [], "")] == []


def test_the_cells_include_denials_masks_and_grants() -> None:
    """Otherwise the test above could pass without comparing anything."""
    outcomes = [first_denial(field, verdicts) for field, _, verdicts in cells()]
    refused = [denied for _, denied in filter(None, outcomes)]

    # Each field is visible to some caller; one is masked for others, and journal fields are visible for own entries.
    of_the_journal = [field for field in FIELDS if RecordClass.AUDIT_TRAIL in field.spec.guards]
    assert outcomes.count(None) == len(FIELDS) + 1 + len(of_the_journal)
    assert len([denied for denied in refused if denied.needs]) > 20
    assert len([denied for denied in refused if not denied.needs]) >= 2 * len(FIELDS) - len(of_the_journal)
