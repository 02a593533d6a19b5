"""Ways to have a guarded field read under another guise. Attacks 1 to 9.

The investigator without a case number is the caller who is refused the social security number (more would help), the
patrol officer the one who is refused the basis of a firearms prohibition (nothing would).
"""

from __future__ import annotations

from typing import Any

import pytest
import strawberry
from strawberry import Schema

from engine.errors import UnguardedSchema
from engine.guarded_schema import GuardedSchema
from policy.record_classes import RecordClass
from resolvers import persons
from schema.directives import inquiry as inquiry_directive
from schema.directives import know, labels
from schema.fields import column
from schema.query import by_number, record_field
from tests.attacks.shapes import BOTH, denial, errors, journalled, names_read, release
from tests.harness import INQUIRY, World

THORNQUIST = "P0000001"
SSN = "999-11-7001"


async def test_1_an_alias_does_not_lift_a_guard(world: World) -> None:
    reply = await world.execute(f'query {INQUIRY} {{ person(id: "{THORNQUIST}") {{ x: ssn }} }}', as_="investigator")

    assert reply.data == {"person": {"x": None}}
    assert errors(reply) == [denial("person.x", "SSN", *BOTH)]
    assert "ssn" not in names_read(world)
    assert SSN not in reply.text
    assert release(world).denied == (journalled("Person.ssn", "SSN", *BOTH),)


async def test_1_an_alias_of_the_parent_is_in_the_path_and_nothing_else_changes(world: World) -> None:
    reply = await world.execute(
        f'query {INQUIRY} {{ x: protectiveOrder(number: "H000000002") {{ id: prohibitionBasis }} }}'
    )

    assert reply.data == {"x": {"id": None}}
    assert errors(reply) == [denial("x.id", "PROHIBITION_BASIS")]
    assert "prohibition_basis" not in names_read(world)
    assert "FAMILY_COURT_ORDER" not in reply.text
    assert release(world).denied == (journalled("ProtectiveOrder.prohibitionBasis", "PROHIBITION_BASIS"),)


async def test_2_an_record_field_under_the_name_of_a_guarded_one_is_read(world: World) -> None:
    reply = await world.execute(f'query {INQUIRY} {{ person(id: "{THORNQUIST}") {{ ssn: id }} }}', as_="investigator")

    assert reply.body["data"] == {"person": {"ssn": THORNQUIST}}
    assert reply.errors == []
    assert release(world).released == ("Person.id", "Query.person")
    assert release(world).denied == ()


FRAGMENTS = {
    "named": ("...Secret", "fragment Secret on Person { ssn }"),
    "inline": ("... on Person { ssn }", ""),
    "inline without a type": ("... { ssn }", ""),
    "inline with a condition": ("... @include(if: true) { ssn }", ""),
    "in another": ("...Outer", "fragment Outer on Person { ...Inner } fragment Inner on Person { ... { ssn } }"),
    "beside another that is granted": ("...A ...B", "fragment A on Person { id } fragment B on Person { ssn }"),
}


@pytest.mark.parametrize(("spread", "definitions"), FRAGMENTS.values(), ids=FRAGMENTS)
async def test_3_a_fragment_does_not_lift_a_guard(world: World, spread: str, definitions: str) -> None:
    """The schema has no interface and no union; what fragments on them do is tested with the engine."""
    reply = await world.execute(
        f'query {INQUIRY} {{ person(id: "{THORNQUIST}") {{ {spread} }} }} {definitions}', as_="investigator"
    )

    assert reply.data["person"]["ssn"] is None
    assert errors(reply) == [denial("person.ssn", "SSN", *BOTH)]
    assert "ssn" not in names_read(world)
    assert SSN not in reply.text
    assert release(world).denied == (journalled("Person.ssn", "SSN", *BOTH),)


async def test_4_one_fragment_under_two_parents_is_decided_place_by_place(world: World) -> None:
    """Where they live is open under the person and not under the party that an order protects."""
    reply = await world.execute(
        f"""query {INQUIRY} {{
          person(id: "P0000002") {{ residence {{ ...Where }} }}
          protectiveOrder(number: "H000000002") {{ protectedParties {{ residence {{ ...Where }} }} }}
        }}
        fragment Where on Residence {{ street city }}""",
    )

    assert reply.data == {
        "person": {"residence": {"street": "2280 Magnolia Ave", "city": "Riverside"}},
        "protectiveOrder": {"protectedParties": None},
    }
    assert errors(reply) == [denial("protectiveOrder.protectedParties", "PROTECTED_PARTY", *BOTH)]
    assert "protected_party" not in names_read(world)
    assert "Juniper" not in reply.text
    assert release(world).denied == (journalled("ProtectiveOrder.protectedParties", "PROTECTED_PARTY", *BOTH),)


async def test_4_one_fragment_with_a_guarded_field_is_refused_wherever_it_stands(world: World) -> None:
    reply = await world.execute(
        f"""query {INQUIRY} {{
          person(id: "{THORNQUIST}") {{ ...Who }}
          vehicle(by: {{plate: {{number: "1N00001"}}}}) {{ owner {{ ...Who }} }}
        }}
        fragment Who on Person {{ id ssn }}""",
        as_="investigator",
    )

    assert reply.data == {
        "person": {"id": THORNQUIST, "ssn": None},
        "vehicle": {"owner": {"id": THORNQUIST, "ssn": None}},
    }
    assert errors(reply) == [denial("person.ssn", "SSN", *BOTH), denial("vehicle.owner.ssn", "SSN", *BOTH)]
    assert "ssn" not in names_read(world)


@pytest.mark.parametrize("role", ["records", "investigator"])
@pytest.mark.parametrize(("directive", "value"), [("@include(if: $v)", False), ("@skip(if: $v)", True)])
async def test_5_what_a_condition_leaves_out_is_neither_read_nor_journalled(
    world: World, directive: str, value: bool, role: str
) -> None:
    document = f'query($v: Boolean!) {INQUIRY} {{ person(id: "{THORNQUIST}") {{ id ssn {directive} }} }}'
    reply = await world.execute(document, as_=role, variables={"v": value})

    assert reply.data == {"person": {"id": THORNQUIST}}
    assert reply.errors == []
    assert "ssn" not in names_read(world)
    assert release(world).released == ("Person.id", "Query.person")
    assert release(world).denied == ()


async def test_5_what_a_condition_leaves_in_is_decided(world: World) -> None:
    document = f'query($v: Boolean!) {INQUIRY} {{ person(id: "{THORNQUIST}") {{ ssn @include(if: $v) }} }}'
    # The same document with the field left out comes first, so that its plan cannot serve for this one.
    await world.execute(document, as_="investigator", variables={"v": False})
    denied = await world.execute(document, as_="investigator", variables={"v": True})

    assert denied.data == {"person": {"ssn": None}}
    assert errors(denied) == [denial("person.ssn", "SSN", *BOTH)]
    assert "ssn" not in names_read(world)
    assert release(world).denied == (journalled("Person.ssn", "SSN", *BOTH),)

    granted = await world.execute(document, as_="records", variables={"v": True})

    assert granted.data == {"person": {"ssn": SSN}}
    assert release(world).released == ("Person.ssn", "Query.person")


@pytest.mark.parametrize(
    "selections",
    ["ssn @skip(if: true) ssn", "ssn ssn @skip(if: true)", "ssn @include(if: false) ... { ssn }"],
)
async def test_6_skipping_one_of_two_merged_selections_does_not_lift_the_guard(world: World, selections: str) -> None:
    reply = await world.execute(
        f'query {INQUIRY} {{ person(id: "{THORNQUIST}") {{ {selections} }} }}', as_="investigator"
    )

    assert reply.data == {"person": {"ssn": None}}
    assert errors(reply) == [denial("person.ssn", "SSN", *BOTH)]
    assert "ssn" not in names_read(world)
    assert release(world).denied == (journalled("Person.ssn", "SSN", *BOTH),)


async def test_6_skipping_every_merged_selection_leaves_the_field_out(world: World) -> None:
    reply = await world.execute(
        f'query {INQUIRY} {{ person(id: "{THORNQUIST}") {{ id ssn @skip(if: true) ssn @skip(if: true) }} }}',
        as_="investigator",
    )

    assert reply.data == {"person": {"id": THORNQUIST}}
    assert release(world).denied == ()


def test_7_a_type_that_drops_the_label_of_its_interface_does_not_build() -> None:
    @strawberry.interface(directives=know(RecordClass.IDENTITY))
    class Known:
        number: str | None = column("number", "A number.", know=(RecordClass.SSN,))

    @strawberry.type
    class Somebody(Known):
        number: str | None = column("number", "The same.", know=(RecordClass.IDENTITY,))

    with pytest.raises(UnguardedSchema, match=r"Somebody\.number drops a label that Known\.number has"):
        GuardedSchema(Schema(query=query_of(Known), types=[Somebody]), labels=labels, open_fields=["Query.it"])


def test_8_a_field_without_a_label_does_not_build_unless_it_is_on_the_open_list() -> None:
    @strawberry.type
    class Somebody:
        number: str | None = column("number", "A number.")

    schema = Schema(query=query_of(Somebody))

    with pytest.raises(UnguardedSchema, match=r"Somebody\.number has no label and is not on the open list"):
        GuardedSchema(schema, labels=labels, open_fields=["Query.it"])


def query_of(kind: Any) -> type:
    def it() -> Any: ...

    it.__annotations__["return"] = kind | None
    return strawberry.type(type("Query", (), {"it": strawberry.field(it)}))


@strawberry.type(name="Person", directives=know(RecordClass.IDENTITY))
class TwiceLabelled:
    both: str | None = column("birth_date", "Two labels.", know=(RecordClass.IDENTITY, RecordClass.SSN))
    one: str | None = column("birth_date", "One label.")


@strawberry.type(name="Query")
class TwiceLabelledQuery:
    @record_field(by_number(persons.by_id, "id"), "A person.", RecordClass.IDENTITY)
    def person(self, id: strawberry.ID) -> TwiceLabelled | None: ...


@pytest.fixture
def twice_labelled(monkeypatch: pytest.MonkeyPatch) -> None:
    blueprint = GuardedSchema(
        Schema(query=TwiceLabelledQuery, directives=[inquiry_directive]), labels=labels, open_fields=[]
    )
    monkeypatch.setattr("api.http.resources.guarded_schema", lambda: blueprint)


@pytest.mark.usefixtures("twice_labelled")
async def test_9_of_two_labels_on_a_field_both_must_be_granted(world: World) -> None:
    """The real schema has no such field, so this one is served in its place."""
    document = f'query {INQUIRY} {{ person(id: "{THORNQUIST}") {{ one both }} }}'
    refused = await world.execute(document, as_="investigator")
    granted = await world.execute(document, as_="records")

    assert refused.data == {"person": {"one": "1987-03-14", "both": None}}
    assert errors(refused) == [denial("person.both", "SSN", *BOTH)]
    assert granted.data == {"person": {"one": "1987-03-14", "both": "1987-03-14"}}


async def test_9_what_an_argument_calls_for_comes_on_top_of_the_labels(world: World) -> None:
    document = f'query {INQUIRY} {{ searchPersons(by: {{ssn: "{SSN}"}}) {{ total }} }}'
    outsider = await world.execute(document, as_="auditor")
    investigator = await world.execute(document, as_="investigator")
    records = await world.execute(document, as_="records")

    assert {each["extensions"]["recordClass"] for each in outsider.errors} <= {"IDENTITY", "SSN"}
    assert investigator.codes == ["STEP_UP_REQUIRED"]
    assert records.data == {"searchPersons": {"total": 1}}
