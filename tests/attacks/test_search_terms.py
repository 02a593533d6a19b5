"""Keyed hashes of search terms tell a caller nothing, neither of hidden people nor of other callers. Attack 41."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.attacks.data_files import change, set_subject
from tests.harness import INVESTIGATION, World

BY_NAME = '{name: {surname: "Thornquist", given: "Victor"}}'
SEARCH = f"query {INVESTIGATION} {{ searchPersons(by: {BY_NAME}) {{ total }} }}"
EVERY_FIELD = f"""query {INVESTIGATION} {{ inquiries(first: 1) {{ edges {{ node {{
  asked records released masked filters flags outcome operationName documentSha256 denied {{ field }}
}} }} }} }}"""


@pytest.mark.attack(41)
async def test_a_hidden_person_changes_no_byte_of_the_intent(world: World) -> None:
    """The caller's own record is hidden from them. Then nobody of the name is there."""
    set_subject(world.folder, "THORNQUIST", user="demo-patrol")
    hidden_total = (await world.execute(SEARCH)).data
    change(world.folder, "persons", "UPDATE person SET surname = 'Elsewhere' WHERE id = 'P0000001'")
    await world.execute(SEARCH)
    hidden, _, absent, _ = world.journal_entries()

    assert hidden_total["searchPersons"]["total"] is not None
    assert len(hidden.searched) == 2
    assert hidden.to_bytes() == replace(absent, id=hidden.id, at=hidden.at, trace_id=hidden.trace_id).to_bytes()


@pytest.mark.attack(41)
@pytest.mark.parametrize("role", ["patrol", "auditor"])
async def test_no_field_of_the_schema_shows_a_hash(world: World, role: str) -> None:
    await world.execute(SEARCH)
    intent, _ = world.journal_entries()
    response = await world.execute(EVERY_FIELD, role=role)

    assert response.data["inquiries"]["edges"]
    hashes = [each.partition("=")[2] for each in intent.searched]
    assert [each for each in (*hashes, intent.search_key) if each in response.text] == []
