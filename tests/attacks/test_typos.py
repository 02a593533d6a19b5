"""Errors about typos contain no suggestion from the schema. Attack 28."""

from __future__ import annotations

import pytest

from tests.harness import INVESTIGATION, World

PURPOSE = "Add @inquiry(purpose: …, reason: …) to the operation"

# The typo, and the name that a suggestion would reveal.
TYPOS = {
    "field": (f'query {INVESTIGATION} {{ person(id: "1") {{ sn }} }}', "ssn"),
    "root": (f"query {INVESTIGATION} {{ persn {{ id }} }}", "persons"),
    "argument": (f'query {INVESTIGATION} {{ person(idd: "1") {{ id }} }}', "'id'"),
    "type": (f'query {INVESTIGATION} {{ person(id: "1") {{ ... on Persn {{ id }} }} }}', "Person'"),
    "variable's type": (f"query($x: PersonSerch) {INVESTIGATION} {{ person(id: $x) {{ id }} }}", "PersonSearch"),
    "directive": (f'query {INVESTIGATION} {{ person(id: "1") {{ id @incude(if: true) }} }}', "'@include'"),
    "directive's argument": (f'query {INVESTIGATION} {{ person(id: "1") {{ id @include(iff: true) }} }}', "'if'"),
    "fragment": (f'query {INVESTIGATION} {{ person(id: "1") {{ ...Whoo }} }} fragment Who on Person {{ id }}', '"Who"'),
    "enum": (f"query {INVESTIGATION} {{ searchVehicles(by: {{make: TOYTA}}) {{ total }} }}", "TOYT"),
    "input field": (f'query {INVESTIGATION} {{ searchPersons(by: {{nam: {{surname: "a"}}}}) {{ total }} }}', "'name'"),
    "purpose": ('@inquiry(purpose: CC, reason: INVESTIGATION) { person(id: "1") { id } }', "'C'"),
    "reason": ('@inquiry(purpose: C, reason: INVESTIGATIN) { person(id: "1") { id } }', "INVESTIGATION"),
    "inquiry": ('@inquiri(purpose: C, reason: INVESTIGATION) { person(id: "1") { id } }', "'@inquiry'"),
    "inquiry's argument": ('@inquiry(purpos: C, reason: INVESTIGATION) { person(id: "1") { id } }', "'purpose'"),
    "type of the schema": ('{ __type(nme: "Person") { name } }', "'name'"),
}


@pytest.mark.attack(28)
@pytest.mark.parametrize(("document", "meant"), TYPOS.values(), ids=TYPOS)
async def test_a_typo_is_reported_without_a_suggestion(world: World, document: str, meant: str) -> None:
    response = await world.execute(
        document if document.startswith(("query", "{")) else f"query {document}", role="outsider"
    )

    assert response.data is None
    assert set(response.codes) <= {"BAD_INPUT", "PURPOSE_REQUIRED"}
    assert "mean" not in response.text
    assert not any(meant in error["message"].removeprefix(PURPOSE) for error in response.errors)
    assert world.statements == []


@pytest.mark.attack(28)
async def test_a_typo_in_a_variable_is_reported_without_a_suggestion(world: World) -> None:
    document = f"query($by: VehicleSearch!) {INVESTIGATION} {{ searchVehicles(by: $by) {{ total }} }}"
    for by in ({"make": "TOYTA"}, {"mak": "TOYT"}, {"make": "TOYT", "colour": "RED"}):
        response = await world.execute(document, variables={"by": by})

        assert response.codes == ["BAD_INPUT"]
        assert "mean" not in response.text
