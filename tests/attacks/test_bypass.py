"""Attempts to read a guarded field by aliases, fragments, conditions and missing labels. Attacks 1 to 9.

The investigator without a case number is denied the social security number, with a step-up. The patrol officer is
finally denied the basis of a firearms prohibition.
"""

from __future__ import annotations

from typing import Any

import pytest
import strawberry
from strawberry import Schema

from engine.declarations import METADATA, Column, Read
from engine.errors import UnguardedSchema
from engine.guarded_schema import GuardedSchema
from policy.record_classes import RecordClass
from resolvers import persons
from resolvers.numbers.number_format import PERSON_ID
from schema.directives import inquiry as inquiry_directive
from schema.directives import know, labels
from schema.fields import column
from schema.root_fields import by_number, record_field
from tests.attacks.responses import (
    CASE_NUMBER_AND_AAL2,
    denial,
    errors,
    journalled_denial,
    last_release,
    names_in_statements,
)
from tests.harness import INVESTIGATION, World

THORNQUIST = "P0000001"
SSN = "999-11-7001"


@pytest.mark.attack(1)
async def test_an_alias_does_not_lift_a_guard(world: World) -> None:
    response = await world.execute(
        f'query {INVESTIGATION} {{ person(id: "{THORNQUIST}") {{ x: ssn }} }}', role="investigator"
    )

    assert response.data == {"person": {"x": None}}
    assert errors(response) == [denial("person.x", "SSN", *CASE_NUMBER_AND_AAL2)]
    assert "ssn" not in names_in_statements(world)
    assert SSN not in response.text
    assert last_release(world).denied == (journalled_denial("Person.ssn", "SSN", *CASE_NUMBER_AND_AAL2),)


@pytest.mark.attack(1)
async def test_an_alias_of_the_parent_changes_only_the_error_path(world: World) -> None:
    response = await world.execute(
        f'query {INVESTIGATION} {{ x: protectiveOrder(number: "H000000002") {{ id: prohibitionBasis }} }}'
    )

    assert response.data == {"x": {"id": None}}
    assert errors(response) == [denial("x.id", "PROHIBITION_BASIS")]
    assert "prohibition_basis" not in names_in_statements(world)
    assert "FAMILY_COURT_ORDER" not in response.text
    assert last_release(world).denied == (journalled_denial("ProtectiveOrder.prohibitionBasis", "PROHIBITION_BASIS"),)


@pytest.mark.attack(2)
async def test_an_open_field_aliased_to_a_guarded_name_is_read(world: World) -> None:
    response = await world.execute(
        f'query {INVESTIGATION} {{ person(id: "{THORNQUIST}") {{ ssn: id }} }}', role="investigator"
    )

    assert response.body["data"] == {"person": {"ssn": THORNQUIST}}
    assert response.errors == []
    assert last_release(world).released == ("Person.id", "Query.person")
    assert last_release(world).denied == ()


FRAGMENTS = {
    "named": ("...Secret", "fragment Secret on Person { ssn }"),
    "inline": ("... on Person { ssn }", ""),
    "inline without a type": ("... { ssn }", ""),
    "inline with a condition": ("... @include(if: true) { ssn }", ""),
    "in another": ("...Outer", "fragment Outer on Person { ...Inner } fragment Inner on Person { ... { ssn } }"),
    "beside another that is granted": ("...A ...B", "fragment A on Person { id } fragment B on Person { ssn }"),
}


@pytest.mark.attack(3)
@pytest.mark.parametrize(("spread", "definitions"), FRAGMENTS.values(), ids=FRAGMENTS)
async def test_a_fragment_does_not_lift_a_guard(world: World, spread: str, definitions: str) -> None:
    """The schema has no interface and no union; fragments on them are tested in tests/engine."""
    response = await world.execute(
        f'query {INVESTIGATION} {{ person(id: "{THORNQUIST}") {{ {spread} }} }} {definitions}', role="investigator"
    )

    assert response.data["person"]["ssn"] is None
    assert errors(response) == [denial("person.ssn", "SSN", *CASE_NUMBER_AND_AAL2)]
    assert "ssn" not in names_in_statements(world)
    assert SSN not in response.text
    assert last_release(world).denied == (journalled_denial("Person.ssn", "SSN", *CASE_NUMBER_AND_AAL2),)


@pytest.mark.attack(4)
async def test_a_fragment_under_two_parents_is_decided_for_each(world: World) -> None:
    """The address is visible under the person, but not under the protected party of an order."""
    response = await world.execute(
        f"""query {INVESTIGATION} {{
          person(id: "P0000002") {{ residence {{ ...Where }} }}
          protectiveOrder(number: "H000000002") {{ protectedParties {{ residence {{ ...Where }} }} }}
        }}
        fragment Where on Residence {{ street city }}""",
    )

    assert response.data == {
        "person": {"residence": {"street": "2280 Magnolia Ave", "city": "Riverside"}},
        "protectiveOrder": {"protectedParties": None},
    }
    assert errors(response) == [denial("protectiveOrder.protectedParties", "PROTECTED_PARTY", *CASE_NUMBER_AND_AAL2)]
    assert "protected_party" not in names_in_statements(world)
    assert "Juniper" not in response.text
    assert last_release(world).denied == (
        journalled_denial("ProtectiveOrder.protectedParties", "PROTECTED_PARTY", *CASE_NUMBER_AND_AAL2),
    )


@pytest.mark.attack(4)
async def test_a_guarded_field_in_a_fragment_is_denied_at_each_spread(world: World) -> None:
    response = await world.execute(
        f"""query {INVESTIGATION} {{
          person(id: "{THORNQUIST}") {{ ...Who }}
          vehicle(by: {{plate: {{number: "1N00001"}}}}) {{ owner {{ ...Who }} }}
        }}
        fragment Who on Person {{ id ssn }}""",
        role="investigator",
    )

    assert response.data == {
        "person": {"id": THORNQUIST, "ssn": None},
        "vehicle": {"owner": {"id": THORNQUIST, "ssn": None}},
    }
    assert errors(response) == [
        denial("person.ssn", "SSN", *CASE_NUMBER_AND_AAL2),
        denial("vehicle.owner.ssn", "SSN", *CASE_NUMBER_AND_AAL2),
    ]
    assert "ssn" not in names_in_statements(world)


@pytest.mark.attack(5)
@pytest.mark.parametrize("role", ["records", "investigator"])
@pytest.mark.parametrize(("directive", "value"), [("@include(if: $v)", False), ("@skip(if: $v)", True)])
async def test_a_skipped_field_is_neither_read_nor_journalled(
    world: World, directive: str, value: bool, role: str
) -> None:
    document = f'query($v: Boolean!) {INVESTIGATION} {{ person(id: "{THORNQUIST}") {{ id ssn {directive} }} }}'
    response = await world.execute(document, role=role, variables={"v": value})

    assert response.data == {"person": {"id": THORNQUIST}}
    assert response.errors == []
    assert "ssn" not in names_in_statements(world)
    assert last_release(world).released == ("Person.id", "Query.person")
    assert last_release(world).denied == ()


@pytest.mark.attack(5)
async def test_a_conditionally_included_field_is_decided(world: World) -> None:
    document = f'query($v: Boolean!) {INVESTIGATION} {{ person(id: "{THORNQUIST}") {{ ssn @include(if: $v) }} }}'
    # The same document without the field runs first, so that its cached plan cannot be used for this one.
    await world.execute(document, role="investigator", variables={"v": False})
    denied = await world.execute(document, role="investigator", variables={"v": True})

    assert denied.data == {"person": {"ssn": None}}
    assert errors(denied) == [denial("person.ssn", "SSN", *CASE_NUMBER_AND_AAL2)]
    assert "ssn" not in names_in_statements(world)
    assert last_release(world).denied == (journalled_denial("Person.ssn", "SSN", *CASE_NUMBER_AND_AAL2),)

    granted = await world.execute(document, role="records", variables={"v": True})

    assert granted.data == {"person": {"ssn": SSN}}
    assert last_release(world).released == ("Person.ssn", "Query.person")


@pytest.mark.attack(6)
@pytest.mark.parametrize(
    "selections",
    ["ssn @skip(if: true) ssn", "ssn ssn @skip(if: true)", "ssn @include(if: false) ... { ssn }"],
)
async def test_skipping_one_of_two_merged_selections_lifts_no_guard(world: World, selections: str) -> None:
    response = await world.execute(
        f'query {INVESTIGATION} {{ person(id: "{THORNQUIST}") {{ {selections} }} }}', role="investigator"
    )

    assert response.data == {"person": {"ssn": None}}
    assert errors(response) == [denial("person.ssn", "SSN", *CASE_NUMBER_AND_AAL2)]
    assert "ssn" not in names_in_statements(world)
    assert last_release(world).denied == (journalled_denial("Person.ssn", "SSN", *CASE_NUMBER_AND_AAL2),)


@pytest.mark.attack(6)
async def test_skipping_every_merged_selection_omits_the_field(world: World) -> None:
    response = await world.execute(
        f'query {INVESTIGATION} {{ person(id: "{THORNQUIST}") {{ id ssn @skip(if: true) ssn @skip(if: true) }} }}',
        role="investigator",
    )

    assert response.data == {"person": {"id": THORNQUIST}}
    assert last_release(world).denied == ()


@pytest.mark.attack(7)
def test_a_type_without_its_interface_s_label_does_not_build() -> None:
    @strawberry.interface(directives=know(RecordClass.IDENTITY))
    class Known:
        number: str | None = column("number", "A number.", know=RecordClass.SSN)

    @strawberry.type
    class Suspect(Known):
        number: str | None = column("number", "The same.", know=RecordClass.IDENTITY)

    with pytest.raises(UnguardedSchema, match=r"Suspect\.number drops a label that Known\.number has"):
        GuardedSchema(Schema(query=query_of(Known), types=[Suspect]), labels=labels, open_fields=["Query.it"])


@pytest.mark.attack(8)
def test_an_unlabelled_field_off_the_open_list_does_not_build() -> None:
    @strawberry.type
    class Suspect:
        number: str | None = column("number", "A number.")

    schema = Schema(query=query_of(Suspect))

    with pytest.raises(UnguardedSchema, match=r"Suspect\.number has no label and is not on the open list"):
        GuardedSchema(schema, labels=labels, open_fields=["Query.it"])


def query_of(kind: Any) -> type:
    def it() -> Any: ...

    it.__annotations__["return"] = kind | None
    return strawberry.type(type("Query", (), {"it": strawberry.field(it)}))


@strawberry.type(name="Person", directives=know(RecordClass.IDENTITY))
class TwiceLabelled:
    both: str | None = strawberry.field(
        directives=know(RecordClass.IDENTITY, RecordClass.SSN),
        metadata={METADATA: Read(("birth_date",), Column("birth_date"))},
    )
    one: str | None = column("birth_date", "One label.")


@strawberry.type(name="Query")
class TwiceLabelledQuery:
    @record_field(by_number(persons.by_id, "id", PERSON_ID), "A person.", RecordClass.IDENTITY)
    def person(self, id: strawberry.ID) -> TwiceLabelled | None: ...


@pytest.fixture
def twice_labelled(monkeypatch: pytest.MonkeyPatch) -> None:
    schema = GuardedSchema(
        Schema(query=TwiceLabelledQuery, directives=[inquiry_directive]), labels=labels, open_fields=[]
    )
    monkeypatch.setattr("api.http.resources.guarded_schema", lambda: schema)
    # The documents of the field app are for the real schema.
    monkeypatch.setattr("api.http.resources.MANIFEST", None)


@pytest.mark.attack(9)
@pytest.mark.usefixtures("twice_labelled")
async def test_a_field_with_two_labels_needs_both_grants(world: World) -> None:
    """The real schema has no such field, so the server uses this one instead."""
    document = f'query {INVESTIGATION} {{ person(id: "{THORNQUIST}") {{ one both }} }}'
    refused = await world.execute(document, role="investigator")
    granted = await world.execute(document, role="records")

    assert refused.data == {"person": {"one": "1987-03-14", "both": None}}
    assert errors(refused) == [denial("person.both", "SSN", *CASE_NUMBER_AND_AAL2)]
    assert granted.data == {"person": {"one": "1987-03-14", "both": "1987-03-14"}}


@pytest.mark.attack(9)
async def test_an_argument_s_guard_is_required_besides_the_labels(world: World) -> None:
    document = f'query {INVESTIGATION} {{ searchPersons(by: {{ssn: "{SSN}"}}) {{ total }} }}'
    outsider = await world.execute(document, role="auditor")
    investigator = await world.execute(document, role="investigator")
    records = await world.execute(document, role="records")

    assert {each["extensions"]["recordClass"] for each in outsider.errors} <= {"IDENTITY", "SSN"}
    assert investigator.codes == ["STEP_UP_REQUIRED"]
    assert records.data == {"searchPersons": {"total": 1}}
