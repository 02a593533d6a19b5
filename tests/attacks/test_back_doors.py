"""Ways to a guarded field that do not go through the front. Attacks 10 to 12."""

from __future__ import annotations

import pytest

from audit.entry import Kind
from engine.declarations import Read
from schema.build import guarded_schema
from tests.attacks.shapes import BOTH, denial, errors, journalled, names_read, release, sources_asked
from tests.harness import INQUIRY, World

SSN = "999-11-7001"

# Every way from a root to Person.ssn: the query, and the path of the null.
WAYS = {
    "person": ('person(id: "P0000001") { ssn }', "person.ssn"),
    "persons": ('persons(ids: ["P0000001"]) { ssn }', "persons.@.ssn"),
    "a search by name": (
        'searchPersons(by: {name: {surname: "Thornquist"}}) { edges { node { ssn } } }',
        "searchPersons.edges.@.node.ssn",
    ),
    "a search by licence": (
        'searchPersons(by: {driverLicense: {number: "Z0000001"}}) { edges { node { ssn } } }',
        "searchPersons.edges.@.node.ssn",
    ),
    "vehicle to owner": ('vehicle(by: {plate: {number: "1N00001"}}) { owner { ssn } }', "vehicle.owner.ssn"),
    "vehicles found to owner": (
        'searchVehicles(by: {plateStart: "1N00001"}) { edges { node { owner { ssn } } } }',
        "searchVehicles.edges.@.node.owner.ssn",
    ),
    "warrant to subject": ('warrant(number: "W000000001") { subject { ssn } }', "warrant.subject.ssn"),
    "history to subject": (
        'criminalHistory(ciiNumber: "A00000001") { subject { ssn } }',
        "criminalHistory.subject.ssn",
    ),
    "person to warrants to subject": (
        'person(id: "P0000001") { warrants { subject { ssn } } }',
        "person.warrants.@.subject.ssn",
    ),
    "round twice": (
        'person(id: "P0000001") { vehicles { owner { warrants { subject { ssn } } } } }',
        "person.vehicles.@.owner.warrants.@.subject.ssn",
    ),
}


@pytest.mark.parametrize(("query", "path"), WAYS.values(), ids=WAYS)
async def test_10_a_person_reached_by_any_way_is_guarded_as_at_the_top(world: World, query: str, path: str) -> None:
    denied = await world.execute(f"query {INQUIRY} {{ {query} }}", as_="investigator")

    assert errors(denied) == [denial(path, "SSN", *BOTH)]
    assert SSN not in denied.text
    assert "ssn" not in names_read(world)
    assert release(world).denied == (journalled("Person.ssn", "SSN", *BOTH),)

    granted = await world.execute(f"query {INQUIRY} {{ {query} }}", as_="records")

    assert SSN in granted.text, "there was nothing to be had this way"


async def test_10_the_restrained_person_of_an_order_is_guarded_as_at_the_top(world: World) -> None:
    document = f'query {INQUIRY} {{ protectiveOrder(number: "H000000002") {{ restrained {{ ssn }} }} }}'
    denied = await world.execute(document, as_="investigator")
    granted = await world.execute(document, as_="records")

    assert errors(denied) == [denial("protectiveOrder.restrained.ssn", "SSN", *BOTH)]
    assert granted.data == {"protectiveOrder": {"restrained": {"ssn": "999-12-7002"}}}


async def test_11_of_two_operations_only_the_one_named_is_decided_read_and_journalled(world: World) -> None:
    document = (
        f'query Open {INQUIRY} {{ person(id: "P0000007") {{ id }} }}'
        f' query Secret @inquiry(purpose: C, reason: BOOKING) {{ person(id: "P0000001") {{ id ssn }} }}'
    )
    plain = await world.execute(document, as_="investigator", operation="Open")

    assert plain.data == {"person": {"id": "P0000007"}}
    assert plain.errors == []
    intent, entry = world.journal_entries()
    assert (entry.operation_name, entry.reason) == ("Open", "INVESTIGATION")
    assert entry.denied == ()
    assert intent.record_ids == entry.record_ids == ("persons/P0000007",)

    secret = await world.execute(document, as_="investigator", operation="Secret")

    assert errors(secret) == [denial("person.ssn", "SSN", *BOTH)]
    assert (release(world).operation_name, release(world).reason) == ("Secret", "BOOKING")


async def test_11_the_inquiry_of_another_operation_is_not_this_ones(world: World) -> None:
    document = (
        f'query Said {INQUIRY} {{ person(id: "P0000001") {{ id }} }} query Unsaid {{ person(id: "P0000001") {{ id }} }}'
    )
    reply = await world.execute(document, operation="Unsaid")

    assert reply.codes == ["PURPOSE_REQUIRED"]
    assert world.statements == []
    (entry,) = world.journal_entries()
    assert (entry.kind, entry.outcome) == (Kind.REFUSAL, "PURPOSE_REQUIRED")


@pytest.mark.parametrize("operation", [None, "", "Third", "open"])
async def test_11_without_the_name_of_one_of_them_neither_is_run(world: World, operation: str | None) -> None:
    document = (
        f'query Open {INQUIRY} {{ person(id: "P0000007") {{ id }} }}'
        f' query Secret {INQUIRY} {{ person(id: "P0000001") {{ ssn }} }}'
    )
    reply = await world.execute(document, as_="records", operation=operation)

    assert reply.codes == ["BAD_INPUT"]
    assert world.statements == []


def test_12_a_value_made_of_columns_is_guarded_by_all_that_guards_each_of_them() -> None:
    """Else an age would be a way round a birth date."""
    sites = guarded_schema().fields
    guards: dict[tuple[str, str], set[object]] = {}
    for (parent, _), site in sites.items():
        if isinstance(site.declaration, Read) and len(site.declaration.columns) == 1:
            guards.setdefault((parent, site.declaration.columns[0]), set()).update(site.guards)
    made = {
        site.coordinate: {guard for each in site.declaration.columns for guard in guards.get((parent, each), ())}
        <= set(site.guards)
        for (parent, _), site in sites.items()
        if isinstance(site.declaration, Read) and len(site.declaration.columns) > 1
    }

    assert made == {"PersonName.full": True, "Charge.standing": True}


async def test_12_what_a_charge_amounts_to_needs_what_its_disposition_needs(world: World) -> None:
    """The standing of a charge is worked out from its disposition and its code."""
    history = 'criminalHistory(ciiNumber: "A00000013")'
    reply = await world.execute(f"query {INQUIRY} {{ {history} {{ cycles {{ charges {{ standing }} }} }} }}")

    assert errors(reply) == [denial("criminalHistory.cycles.@.charges", "CONVICTION", *BOTH)]
    assert sources_asked(world) == {"criminal_history"}
    assert {"disposition_kind", "charge", "has_charge"} & names_read(world) == set()


async def test_12_the_last_four_digits_are_a_mask_that_the_source_makes(world: World) -> None:
    reply = await world.execute(f'query {INQUIRY} {{ person(id: "P0000001") {{ ssn }} }}')

    assert reply.data == {"person": {"ssn": "***-**-7001"}}
    assert release(world).masked == ("Person.ssn",)
    assert release(world).released == ("Query.person",)
    (statement,) = world.statements
    assert "'***-**-' || substr(ssn, -4)" in statement
