"""Indirect paths to a guarded field: attacks 10 to 12 of docs/security.md."""

from __future__ import annotations

import pytest

from audit.entry import Kind
from engine.declarations import Read
from schema.build import guarded_schema
from tests.attacks.responses import (
    CASE_NUMBER_AND_AAL2,
    denial,
    errors,
    journalled_denial,
    last_release,
    names_in_statements,
    sources_queried,
)
from tests.harness import INVESTIGATION, World

SSN = "999-11-7001"

# Paths from the roots to the SSN of one person: the query, and the response path of the null.
PATHS_TO_SSN = {
    "person": ('person(id: "P0000001") { ssn }', "person.ssn"),
    "persons": ('persons(ids: ["P0000001"]) { ssn }', "persons.0.ssn"),
    "a search by name": (
        'searchPersons(by: {name: {surname: "Thornquist"}}) { edges { node { ssn } } }',
        "searchPersons.edges.0.node.ssn",
    ),
    "a search by licence": (
        'searchPersons(by: {driverLicense: {number: "Z0000001"}}) { edges { node { ssn } } }',
        "searchPersons.edges.0.node.ssn",
    ),
    "vehicle to owner": ('vehicle(by: {plate: {number: "1N00001"}}) { owner { ssn } }', "vehicle.owner.ssn"),
    "vehicles found to owner": (
        'searchVehicles(by: {plateStart: "1N00001"}) { edges { node { owner { ssn } } } }',
        "searchVehicles.edges.0.node.owner.ssn",
    ),
    "warrant to subject": ('warrant(number: "W000000001") { subject { ssn } }', "warrant.subject.ssn"),
    "history to subject": (
        'criminalHistory(ciiNumber: "A00000001") { subject { ssn } }',
        "criminalHistory.subject.ssn",
    ),
    "person to warrants to subject": (
        'person(id: "P0000001") { warrants { subject { ssn } } }',
        "person.warrants.0.subject.ssn",
    ),
    "person to person twice": (
        'person(id: "P0000001") { vehicles { owner { warrants { subject { ssn } } } } }',
        "person.vehicles.0.owner.warrants.0.subject.ssn",
    ),
}


@pytest.mark.attack(10)
@pytest.mark.parametrize(("query", "path"), PATHS_TO_SSN.values(), ids=PATHS_TO_SSN)
async def test_a_person_is_guarded_on_any_path_as_at_the_root(world: World, query: str, path: str) -> None:
    denied = await world.execute(f"query {INVESTIGATION} {{ {query} }}", role="investigator")

    assert errors(denied) == [denial(path, "SSN", *CASE_NUMBER_AND_AAL2)]
    assert SSN not in denied.text
    assert "ssn" not in names_in_statements(world)
    assert last_release(world).denied == (journalled_denial("Person.ssn", "SSN", *CASE_NUMBER_AND_AAL2),)

    granted = await world.execute(f"query {INVESTIGATION} {{ {query} }}", role="records")

    assert SSN in granted.text, "control: the records clerk must get the SSN by this path"


@pytest.mark.attack(10)
async def test_a_restrained_person_is_guarded_as_at_the_root(world: World) -> None:
    document = f'query {INVESTIGATION} {{ protectiveOrder(number: "H000000002") {{ restrained {{ ssn }} }} }}'
    denied = await world.execute(document, role="investigator")
    granted = await world.execute(document, role="records")

    assert errors(denied) == [denial("protectiveOrder.restrained.ssn", "SSN", *CASE_NUMBER_AND_AAL2)]
    assert granted.data == {"protectiveOrder": {"restrained": {"ssn": "999-12-7002"}}}


@pytest.mark.attack(11)
async def test_only_the_named_operation_is_decided_read_and_journalled(world: World) -> None:
    document = (
        f'query Open {INVESTIGATION} {{ person(id: "P0000007") {{ id }} }}'
        f' query Secret @inquiry(purpose: C, reason: BOOKING) {{ person(id: "P0000001") {{ id ssn }} }}'
    )
    open_response = await world.execute(document, role="investigator", operation="Open")

    assert open_response.data == {"person": {"id": "P0000007"}}
    assert open_response.errors == []
    intent, entry = world.journal_entries()
    assert (entry.operation_name, entry.reason) == ("Open", "INVESTIGATION")
    assert entry.denied == ()
    assert intent.record_ids == entry.record_ids == ("persons/P0000007",)

    secret = await world.execute(document, role="investigator", operation="Secret")

    assert errors(secret) == [denial("person.ssn", "SSN", *CASE_NUMBER_AND_AAL2)]
    assert (last_release(world).operation_name, last_release(world).reason) == ("Secret", "BOOKING")


@pytest.mark.attack(11)
async def test_the_inquiry_of_another_operation_does_not_count(world: World) -> None:
    document = (
        f'query Said {INVESTIGATION} {{ person(id: "P0000001") {{ id }} }}'
        f' query Unsaid {{ person(id: "P0000001") {{ id }} }}'
    )
    response = await world.execute(document, operation="Unsaid")

    assert response.codes == ["PURPOSE_REQUIRED"]
    assert world.statements == []
    (entry,) = world.journal_entries()
    assert (entry.kind, entry.outcome) == (Kind.REFUSAL, "PURPOSE_REQUIRED")


@pytest.mark.attack(11)
@pytest.mark.parametrize("operation", [None, "", "Third", "open"])
async def test_without_the_name_of_one_of_two_operations_none_runs(world: World, operation: str | None) -> None:
    document = (
        f'query Open {INVESTIGATION} {{ person(id: "P0000007") {{ id }} }}'
        f' query Secret {INVESTIGATION} {{ person(id: "P0000001") {{ ssn }} }}'
    )
    response = await world.execute(document, role="records", operation=operation)

    assert response.codes == ["BAD_INPUT"]
    assert world.statements == []


@pytest.mark.attack(12)
def test_a_computed_value_needs_the_guards_of_all_its_columns() -> None:
    """Otherwise an age would reveal a birth date."""
    fields = guarded_schema().fields
    guards: dict[tuple[str, str], set[object]] = {}
    for (parent, _), spec in fields.items():
        if isinstance(spec.declaration, Read) and len(spec.declaration.columns) == 1:
            guards.setdefault((parent, spec.declaration.columns[0]), set()).update(spec.guards)
    has_all_guards = {
        spec.coordinate: {guard for each in spec.declaration.columns for guard in guards.get((parent, each), ())}
        <= set(spec.guards)
        for (parent, _), spec in fields.items()
        if isinstance(spec.declaration, Read) and len(spec.declaration.columns) > 1
    }

    assert has_all_guards == {
        "PersonName.full": True,
        "Charge.standing": True,
        "ProtectiveOrder.enforcement": True,
    }


@pytest.mark.attack(12)
async def test_the_standing_of_a_charge_needs_the_guards_of_disposition(world: World) -> None:
    """The standing of a charge is computed from its disposition and its code."""
    history = 'criminalHistory(ciiNumber: "A00000013")'
    response = await world.execute(f"query {INVESTIGATION} {{ {history} {{ cycles {{ charges {{ standing }} }} }} }}")

    assert errors(response) == [denial("criminalHistory.cycles.0.charges", "CONVICTION", *CASE_NUMBER_AND_AAL2)]
    assert sources_queried(world) == {"criminal_history"}
    assert {"disposition_kind", "charge", "has_charge"} & names_in_statements(world) == set()


@pytest.mark.attack(12)
async def test_the_source_masks_an_ssn_to_its_last_four_digits(world: World) -> None:
    response = await world.execute(f'query {INVESTIGATION} {{ person(id: "P0000001") {{ ssn }} }}')

    assert response.data == {"person": {"ssn": "***-**-7001"}}
    assert last_release(world).masked == ("Person.ssn",)
    assert last_release(world).released == ("Query.person",)
    (statement,) = world.statements
    assert "'***-**-' || substr(person.ssn, -4)" in statement
